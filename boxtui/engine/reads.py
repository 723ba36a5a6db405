"""Questions about an engine's objects."""

from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import quote

from boxtui.engine import parse
from boxtui.engine.events import Events
from boxtui.engine.wire import READ_TIMEOUT, Wire
from boxtui.errors import EngineError, UsageError
from boxtui.model.container import Container
from boxtui.model.host import EngineInfo
from boxtui.model.image import Image
from boxtui.model.network import Network
from boxtui.model.ports import JSON, EventStream
from boxtui.model.volume import Volume

PING_TIMEOUT = 10.0
_DOCUMENTS = {
    "container": "/containers/{}/json",
    "volume": "/volumes/{}",
    "image": "/images/{}/json",
    "network": "/networks/{}",
    "exec": "/exec/{}/json",
}


class EngineReads:
    """Answers `ports.Reads` over HTTP."""

    _wire: Wire

    def info(self) -> EngineInfo:
        """What the engine says of itself."""
        doing = "ask the engine about itself"
        answer = self._wire.request("GET", "/info", doing=doing, timeout=READ_TIMEOUT)
        told = self._wire.parsed(answer, doing)
        podman = "Libpod-API-Version" in answer.headers

        def shape(document: Mapping[str, Any]) -> EngineInfo:
            return parse.info(
                document,
                api_version=self._wire.api_version,
                endpoint=self._wire.endpoint,
                podman=podman,
            )

        return parse.shaped("itself", told, shape)

    def ping(self) -> None:
        """Have the engine say anything at all within PING_TIMEOUT seconds."""
        self._wire.request("GET", "/_ping", doing="reach the engine", timeout=PING_TIMEOUT)

    def list_containers(
        self,
        *,
        running_only: bool = False,
        ids: Collection[str] | None = None,
        label: str | None = None,
    ) -> list[Container]:
        """All containers in one request; of `ids` those that there are, of a label its bearers."""
        if ids is not None and not ids:
            return []
        filters = {} if ids is None else {"id": sorted(ids)}
        if label is not None:
            filters["label"] = [label]
        params: dict[str, Any] = {"all": not running_only}
        if filters:
            params["filters"] = filters
        answer = self._wire.get("/containers/json", doing="list containers", params=params)
        return parse.listed("containers", answer, parse.container_summary)

    def inspect_container(self, ref: str) -> Container:
        """With details."""
        return parse.shaped("a container", self.raw("container", ref), parse.container)

    def list_volumes(self) -> list[Volume]:
        """All volumes, without sizes."""
        answer = self._wire.get("/volumes", doing="list volumes")
        entries = parse.shaped("volumes", answer, lambda a: a.get("Volumes"))
        return parse.listed("volumes", entries, parse.volume)

    def list_images(self) -> list[Image]:
        """All images but the nameless layers in between."""
        answer = self._wire.get("/images/json", doing="list images")
        return parse.listed("images", answer, parse.image)

    def list_networks(self) -> list[Network]:
        """All networks."""
        answer = self._wire.get("/networks", doing="list networks")
        return parse.listed("networks", answer, parse.network)

    def raw(self, kind: str, ref: str, *, size: bool = False) -> JSON:
        """The engine's own inspect document."""
        if not ref:
            raise UsageError(f"no {kind} is named")
        path = _DOCUMENTS[kind].format(quoted(ref, image=kind == "image"))
        params = {"size": True} if size else None
        doing = f"inspect {kind} {shown(ref)}"
        document = self._wire.get(
            path, doing=doing, params=params, timeout=None if size else READ_TIMEOUT
        )
        if not isinstance(document, dict):
            raise EngineError(f"could not {doing}: the engine's answer is no JSON object")
        return document

    def volume_sizes(self) -> Mapping[str, int]:
        """Bytes by volume name; the engine walks every volume for it."""
        answer = self._wire.get(
            "/system/df",
            doing="measure volumes",
            params={"type": "volume", "verbose": True},
            timeout=None,
        )
        entries = parse.shaped("volumes", answer, parse.usage_entries)
        volumes = parse.listed("volumes", entries, parse.volume)
        return {v.name: v.bytes for v in volumes if v.bytes is not None}

    def processes(self, ref: str) -> list[tuple[int, str]]:
        """(pid on the engine's host, command line) of a running container."""
        answer = self._wire.get(
            f"/containers/{quoted(ref)}/top",
            doing=f"list the processes of {shown(ref)}",
            params={"ps_args": "-eo pid,args"},
        )
        return parse.shaped("processes", answer, parse.processes)

    def events(self, *, since_ns: int | None = None) -> EventStream:
        """Changes as they happen, from `since_ns` on where it is given."""
        return Events(self._wire, since_ns)


def quoted(ref: str, *, image: bool = False) -> str:
    """One reference as a part of a URL's path; only an image's name keeps its slashes."""
    return quote(ref, safe="/:@" if image else ":@")


def shown(ref: str) -> str:
    """One reference as people read it: a whole id cut to the twelve digits docker shows."""
    digest = ref.removeprefix("sha256:")
    return digest[:12] if len(digest) == 64 and digest.isalnum() else ref
