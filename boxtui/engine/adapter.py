"""The door of this room: `connect` gives an engine, as docker's own CLI would find it."""

from typing import TYPE_CHECKING

from boxtui.engine.contexts import resolve
from boxtui.engine.endpoint import Endpoint

if TYPE_CHECKING:
    from boxtui.engine.client import DockerEngine


def connect(
    host: str | None = None,
    context: str | None = None,
    *,
    read_only: bool = False,
    allow_exec: bool = False,
) -> "DockerEngine":
    """Connect to the engine that -H, -c or the environment name; NoEngineError where none is.

    `read_only` refuses every change before anything is sent; exec too, unless `allow_exec`.
    """
    return connect_to(resolve(host, context), read_only=read_only, allow_exec=allow_exec)


def connect_to(
    endpoint: Endpoint, *, read_only: bool = False, allow_exec: bool = False
) -> "DockerEngine":
    """Connect to a known endpoint, such as one of `contexts()`."""
    # docker and requests cost 150 ms to import: `boxtui --help` must not pay them
    from boxtui.engine.client import DockerEngine  # noqa: PLC0415

    return DockerEngine(endpoint, read_only=read_only, allow_exec=allow_exec)
