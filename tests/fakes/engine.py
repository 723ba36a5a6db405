"""An engine in memory for fast UI tests: ports.Engine, with events, and faults on request."""

from collections.abc import Mapping, Sequence

from boxtui.model.ports import Engine, ExecResult
from tests.fakes.logs import FakeLogs
from tests.fakes.reads import FakeFiles, FakeReads
from tests.fakes.state import refused
from tests.fakes.stores import FakeStores
from tests.fakes.terminal import FakeTerminals


class FakeEngine(FakeReads, FakeLogs, FakeFiles, FakeStores, FakeTerminals):
    """A whole ports.Engine; `box` makes a running container in one line."""

    closed = False

    def box(
        self,
        name: str,
        *,
        image: str = "busybox:latest",
        volumes: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        running: bool = True,
    ) -> str:
        """The new container's id; `volumes` maps targets to volume names ("" is anonymous)."""
        if not any(image in i["RepoTags"] for i in self.images.values()):
            self.add_image(image)
        mounts = [
            {"Type": "volume", "Source": source, "Target": target}
            for target, source in (volumes or {}).items()
        ]
        body = {"Image": image, "Labels": dict(labels or {}), "HostConfig": {"Mounts": mounts}}
        container_id = self.create_container(name, body)
        if running:
            self.start(container_id)
        return container_id

    def set_health(self, ref: str, status: str) -> None:
        """Have its health check say healthy, unhealthy or starting."""
        document = self.find(ref)
        document["State"]["Health"] = {"Status": status}
        self._tell(f"health_status: {status}", document)

    def run(
        self,
        ref: str,
        argv: Sequence[str],
        *,
        user: str | None = None,
        working_dir: str | None = None,
        environment: Mapping[str, str] | None = None,
        limit: int = 64 << 20,
    ) -> ExecResult:
        self.change("run", ref)
        document = self.find(ref)
        if not document["State"]["Running"]:
            raise refused(f"run {argv[0]} in {ref}", f"Container {document['Id']} is not running")
        return self.exec_results.get(tuple(argv), ExecResult(0, b"", b""))

    def close(self) -> None:
        self.closed = True


def _is_an_engine(engine: FakeEngine) -> Engine:
    """For the type checker: the fake has every method of the port, with its signature."""
    return engine
