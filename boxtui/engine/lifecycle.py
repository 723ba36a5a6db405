"""One-step changes of containers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from boxtui.engine import parse
from boxtui.engine.reads import quoted, shown

if TYPE_CHECKING:
    from boxtui.engine.wire import Wire


class EngineLifecycle:
    """Answers `ports.Lifecycle` over HTTP; each call lasts as long as the engine takes."""

    _wire: "Wire"

    def start(self, ref: str) -> None:
        """Start it; one that runs already is left alone."""
        self._post(ref, "start", "start")

    def stop(self, ref: str, *, timeout: int | None = None) -> None:
        """Stop it, killing it after `timeout` seconds (None: its own stop timeout)."""
        self._post(ref, "stop", "stop", t=timeout)

    def restart(self, ref: str, *, timeout: int | None = None) -> None:
        """Stop it as `stop` does, and start it."""
        self._post(ref, "restart", "restart", t=timeout)

    def pause(self, ref: str) -> None:
        """Freeze its processes."""
        self._post(ref, "pause", "pause")

    def unpause(self, ref: str) -> None:
        """Thaw its processes."""
        self._post(ref, "unpause", "unpause")

    def kill(self, ref: str, signal: str) -> None:
        """Send a signal to its first process."""
        self._post(ref, "kill", f"send {signal} to", signal=signal)

    def rename(self, ref: str, name: str) -> None:
        """Give it another name."""
        self._post(ref, "rename", f"rename to {name}", name=name)

    def update(self, ref: str, body: Mapping[str, Any]) -> None:
        """POST /containers/ID/update, such as {"RestartPolicy": {"Name": "no"}}."""
        path = f"/containers/{quoted(ref)}/update"
        self._wire.request("POST", path, doing=f"update {shown(ref)}", document=body)

    def remove_container(self, ref: str, *, volumes: bool = False, force: bool = False) -> None:
        """Remove it; `volumes` takes its anonymous volumes along, `force` kills it first."""
        self._wire.request(
            "DELETE",
            f"/containers/{quoted(ref)}",
            doing=f"remove container {shown(ref)}",
            params={"v": volumes, "force": force},
        )

    def create_container(
        self, name: str, body: Mapping[str, Any], *, platform: str | None = None
    ) -> str:
        """The new id; the body is the engine's own (Config, HostConfig, NetworkingConfig)."""
        doing = f"create container {name}"
        answer = self._wire.request(
            "POST",
            "/containers/create",
            doing=doing,
            params={"name": name, "platform": platform},
            document=body,
        )
        told = self._wire.parsed(answer, doing)
        return parse.shaped("the new container", told, lambda document: str(document["Id"]))

    def connect(self, network: str, ref: str, endpoint: Mapping[str, Any]) -> None:
        """Join it to a network, with the engine's own EndpointConfig."""
        self._wire.request(
            "POST",
            f"/networks/{quoted(network)}/connect",
            doing=f"connect {shown(ref)} to network {network}",
            document={"Container": ref, "EndpointConfig": dict(endpoint)},
        )

    def _post(self, ref: str, verb: str, words: str, **params: Any) -> None:
        path = f"/containers/{quoted(ref)}/{verb}"
        head, to, name = words.partition(" to ")
        doing = f"{head} {shown(ref)} to {name}" if to else f"{words} {shown(ref)}"
        self._wire.request("POST", path, doing=doing, params=params)
