"""An engine over HTTP: the whole of ports.Engine, put together from a file for each concern."""

from boxtui.engine.endpoint import Endpoint
from boxtui.engine.execs import EngineExecs
from boxtui.engine.files import EngineFiles
from boxtui.engine.lifecycle import EngineLifecycle
from boxtui.engine.logs import EngineLogs
from boxtui.engine.stores import EngineStores
from boxtui.engine.terminals import EngineTerminals
from boxtui.engine.wire import Wire


class DockerEngine(
    EngineLogs, EngineFiles, EngineLifecycle, EngineStores, EngineExecs, EngineTerminals
):
    """One engine behind one connection pool; thread-safe."""

    def __init__(
        self, endpoint: Endpoint, *, read_only: bool = False, allow_exec: bool = False
    ) -> None:
        self._wire = Wire(endpoint, read_only=read_only, allow_exec=allow_exec)

    @property
    def endpoint(self) -> Endpoint:
        """Where it was found, and who named it."""
        return self._wire.endpoint

    def close(self) -> None:
        """Give all connections up, and end the ssh that carried them."""
        self._wire.close()
