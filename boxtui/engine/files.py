"""What lies in a container: the engine's diff, single paths, archives."""

import base64
import binascii
import json
import stat
from collections.abc import Iterator, Mapping
from typing import Any

from boxtui.engine import parse, streams
from boxtui.engine.reads import quoted, shown
from boxtui.engine.wire import READ_TIMEOUT, Wire
from boxtui.model.ports import ByteStream, Change, PathStat

# Go's os.FileMode keeps the kind of file in its upper bits
_GO_KINDS = (
    (1 << 31, stat.S_IFDIR),
    (1 << 27, stat.S_IFLNK),
    (1 << 25, stat.S_IFIFO),
    (1 << 24, stat.S_IFSOCK),
    (1 << 21, stat.S_IFCHR),
    (1 << 26, stat.S_IFBLK),
)
_GO_BITS = ((1 << 23, stat.S_ISUID), (1 << 22, stat.S_ISGID), (1 << 20, stat.S_ISVTX))


class EngineFiles:
    """Answers `ports.Files` over HTTP."""

    _wire: Wire

    def changes(self, ref: str) -> Iterator[Change]:
        """The engine's diff, parsed as it arrives."""
        doing = f"read what {shown(ref)} has changed"
        return streams.changes(self._stream(f"/containers/{quoted(ref)}/changes", doing))

    def stat_path(self, ref: str, path: str) -> PathStat:
        """What there is at a path; a link is not followed."""
        answer = self._wire.request(
            "HEAD",
            f"/containers/{quoted(ref)}/archive",
            doing=f"look at {path} in {shown(ref)}",
            params={"path": path},
            timeout=READ_TIMEOUT,
        )
        header = answer.headers.get("X-Docker-Container-Path-Stat") or ""
        return parse.shaped("a path", header, _path_stat)

    def get_archive(self, ref: str, path: str) -> ByteStream:
        """A tar; locks a running container until it is drained: for stopped or paused ones."""
        return self._stream(
            f"/containers/{quoted(ref)}/archive", f"read {path} from {shown(ref)}", {"path": path}
        )

    def export(self, ref: str) -> ByteStream:
        """A tar of its whole file system, mounts left out."""
        return self._stream(f"/containers/{quoted(ref)}/export", f"export {shown(ref)}")

    def _stream(
        self, path: str, doing: str, params: Mapping[str, Any] | None = None
    ) -> streams.Body:
        answer = self._wire.request("GET", path, doing=doing, params=params, stream=True)
        return streams.Body(answer, self._wire.endpoint)


def _path_stat(header: Any) -> PathStat:
    try:
        told = json.loads(base64.b64decode(header, validate=True))
    except binascii.Error as error:
        raise ValueError(f"no path stat in the header: {error}") from error
    modified = parse.time(told.get("mtime"))
    return PathStat(
        name=told["name"],
        size=int(told.get("size") or 0),
        mode=system_mode(int(told["mode"])),
        mtime=modified.timestamp() if modified else 0.0,
        link_target=told.get("linkTarget") or "",
    )


def system_mode(mode: int) -> int:
    """st_mode of a Go os.FileMode."""
    # a character device carries Go's device bit too: the order above decides
    kind = next((bits for bit, bits in _GO_KINDS if mode & bit), stat.S_IFREG)
    special = sum(bits for bit, bits in _GO_BITS if mode & bit)
    return kind | special | (mode & 0o777)
