"""Changes of volumes, images and networks, and archives put into containers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from boxtui.engine import parse, streams
from boxtui.engine.reads import quoted, shown
from boxtui.errors import EngineError, UsageError
from boxtui.model.ports import JSON, ByteStream
from boxtui.model.volume import Volume

if TYPE_CHECKING:
    from boxtui.engine.wire import Wire

Tar = BinaryIO | Iterator[bytes] | bytes
_PRUNABLE = ("containers", "images", "volumes", "networks")


class EngineStores:
    """Answers `ports.Stores` over HTTP; each call lasts as long as the engine takes."""

    _wire: "Wire"

    def create_volume(
        self,
        name: str,
        *,
        driver: str = "local",
        labels: Mapping[str, str] | None = None,
        options: Mapping[str, str] | None = None,
    ) -> Volume:
        """Create it, or find the one of that name: creating a volume is not exclusive."""
        doing = f"create volume {name}"
        answer = self._wire.request(
            "POST",
            "/volumes/create",
            doing=doing,
            document={
                "Name": name,
                "Driver": driver,
                "Labels": dict(labels or {}),
                "DriverOpts": dict(options or {}),
            },
        )
        return parse.shaped("the new volume", self._wire.parsed(answer, doing), parse.volume)

    def remove_volume(self, name: str, *, force: bool = False) -> None:
        """Remove it with all its data; InUseError while a container has it."""
        self._delete(f"/volumes/{quoted(name)}", f"remove volume {name}", {"force": force})

    def create_network(self, name: str, *, labels: Mapping[str, str] | None = None) -> str:
        """Create a bridge network; a second one of the same name is refused."""
        doing = f"create network {name}"
        answer = self._wire.request(
            "POST",
            "/networks/create",
            doing=doing,
            document={"Name": name, "CheckDuplicate": True, "Labels": dict(labels or {})},
        )
        told = self._wire.parsed(answer, doing)
        return parse.shaped("the new network", told, lambda document: str(document["Id"]))

    def remove_network(self, ref: str) -> None:
        """Remove it; InUseError while a running container is on it."""
        self._delete(f"/networks/{quoted(ref)}", f"remove network {shown(ref)}", {})

    def commit(
        self,
        ref: str,
        *,
        repository: str | None = None,
        tag: str | None = None,
        pause: bool = True,
        body: Mapping[str, Any] | None = None,
    ) -> str:
        """The new image's id; takes as long as it takes."""
        doing = f"commit {shown(ref)}"
        answer = self._wire.request(
            "POST",
            "/commit",
            doing=doing,
            params={"container": ref, "repo": repository, "tag": tag, "pause": pause},
            document=body or {},
        )
        told = self._wire.parsed(answer, doing)
        return parse.shaped("the new image", told, lambda document: str(document["Id"]))

    def load_image(self, tar: BinaryIO | Iterator[bytes]) -> Sequence[str]:
        """The lines the engine answered with."""
        doing = "load an image"
        body = self._lines(
            "/images/load", doing, headers={"Content-Type": "application/x-tar"}, tar=tar
        )
        told = [str(line.get("stream") or line.get("status") or "").strip() for line in body]
        return [line for line in told if line]

    def save_image(self, ref: str) -> ByteStream:
        """A tar of the image with all its layers."""
        path = f"/images/{quoted(ref, image=True)}/get"
        answer = self._wire.request("GET", path, doing=f"save image {shown(ref)}", stream=True)
        return streams.Body(answer, self._wire.endpoint)

    def pull(self, ref: str) -> Iterator[JSON]:
        """The engine's progress lines; an error line raises EngineError."""
        repository, tag = split_reference(ref)
        return self._lines(
            "/images/create",
            f"pull {ref}",
            params={"fromImage": repository, "tag": tag},
            headers=self._wire.auth_header(repository),
        )

    def tag_image(self, ref: str, repository: str, tag: str) -> None:
        """Give the image one more name."""
        self._wire.request(
            "POST",
            f"/images/{quoted(ref, image=True)}/tag",
            doing=f"tag {shown(ref)} as {repository}:{tag}",
            params={"repo": repository, "tag": tag},
        )

    def remove_image(self, ref: str, *, force: bool = False) -> None:
        """Remove the name, and the image with its last one; InUseError while a box has it."""
        path = f"/images/{quoted(ref, image=True)}"
        self._delete(path, f"remove image {shown(ref)}", {"force": force})

    def prune(self, kind: str, *, filters: Mapping[str, list[str]] | None = None) -> JSON:
        """Kind containers|images|volumes|networks; the engine's own answer."""
        if kind not in _PRUNABLE:
            raise UsageError(f"cannot prune {kind!r}", hint=f"one of {', '.join(_PRUNABLE)}")
        doing = f"prune {kind}"
        params = {"filters": dict(filters)} if filters else None
        answer = self._wire.request("POST", f"/{kind}/prune", doing=doing, params=params)
        told = self._wire.parsed(answer, doing)
        return parse.shaped("what was pruned", told, dict)

    def put_archive(self, ref: str, path: str, tar: Tar) -> None:
        """Unpack a tar at a path; a source that fails midway leaves half of it there."""
        self._wire.request(
            "PUT",
            f"/containers/{quoted(ref)}/archive",
            doing=f"write into {path} of {shown(ref)}",
            params={"path": path},
            headers={"Content-Type": "application/x-tar"},
            body=tar if isinstance(tar, bytes) else _chunks(tar),
        )

    def _delete(self, path: str, doing: str, params: Mapping[str, Any]) -> None:
        self._wire.request("DELETE", path, doing=doing, params=params)

    def _lines(
        self,
        path: str,
        doing: str,
        *,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        tar: BinaryIO | Iterator[bytes] | None = None,
    ) -> Iterator[JSON]:
        """POST, and give the engine's lines as they come; the request is sent at once."""
        answer = self._wire.request(
            "POST",
            path,
            doing=doing,
            params=params,
            headers=headers,
            body=None if tar is None else _chunks(tar),
            stream=True,
        )
        return _progress(streams.Body(answer, self._wire.endpoint), doing)


def _progress(body: streams.Body, doing: str) -> Iterator[JSON]:
    with body:
        for line in streams.json_lines(body, doing):
            if "error" in line or "errorDetail" in line:
                detail = line.get("errorDetail") or {}
                words = str(line.get("error") or detail.get("message") or "unknown error")
                raise EngineError(f"could not {doing}", reason=words)
            yield line


def _chunks(tar: BinaryIO | Iterator[bytes]) -> Iterator[bytes]:
    if not hasattr(tar, "read"):
        return iter(tar)
    return iter(lambda: tar.read(streams.CHUNK), b"")


def split_reference(ref: str) -> tuple[str, str]:
    """Repository, and tag or digest; `latest` where neither is given."""
    if not ref:
        raise UsageError("no image is named")
    name, at, digest = ref.partition("@")
    head, colon, tag = name.rpartition(":")
    # a colon before a slash belongs to the registry's port
    repository, tag = (head, tag) if colon and "/" not in tag else (name, "latest")
    return repository, digest if at else tag
