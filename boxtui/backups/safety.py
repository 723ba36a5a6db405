"""What an archive must not contain if it is to be unpacked: checked before anything is changed."""

from dataclasses import dataclass, field
from posixpath import normpath

from boxtui.backups.tarstream import TarEntry
from boxtui.errors import UnsafeArchiveError
from boxtui.formatting import plain

TOP = "_data"
"""The one top-level name of every part."""
_MAX_ENTRIES = 50_000_000
_MAX_PATH = 65_536


@dataclass(slots=True)
class SafetyCheck:
    """See every entry of one part in order; raise UnsafeArchiveError at the first that is a trick.

    Symbolic links may point anywhere: they are data. What may not be is an entry that would be
    written through one, or a hard link to anything but an earlier file of the same archive.
    """

    what: str
    max_bytes: int
    """The content that the manifest announces; more is a bomb."""
    entries: int = 0
    bytes: int = 0
    _links: set[str] = field(default_factory=set)
    _linkable: set[str] = field(default_factory=set)

    def see(self, entry: TarEntry) -> None:
        """Check one entry against all before it."""
        self.entries += 1
        self.bytes += entry.size
        if self.bytes > self.max_bytes or self.entries > _MAX_ENTRIES:
            raise self._unsafe(entry, "holds more than the manifest announces, at")
        path = self._inside(entry, entry.name)
        self._through_link(entry, path)
        if entry.type == "hardlink":
            target = self._inside(entry, entry.target)
            if target not in self._linkable:
                raise self._unsafe(entry, "has a hard link to nothing earlier in it:")
            self._linkable.add(path)
        elif entry.type == "link":
            self._links.add(path)
            self._linkable.add(path)
        else:
            # a later plain entry replaces the link: GNU tar unlinks first
            self._links.discard(path)
            if entry.type != "dir":
                self._linkable.add(path)

    def _inside(self, entry: TarEntry, name: str) -> str:
        path = normpath(name)
        escapes = name.startswith("/") or ".." in name.split("/") or "\0" in name
        if escapes or path.split("/", 1)[0] != TOP:
            raise self._unsafe(entry, "has a name that leaves its target:")
        if len(name) > _MAX_PATH:
            raise self._unsafe(entry, "has a name that is too long:")
        return path

    def _through_link(self, entry: TarEntry, path: str) -> None:
        if not self._links:
            return
        at = path.rfind("/")
        while at > 0:
            if path[:at] in self._links:
                raise self._unsafe(entry, "would write through a symbolic link:")
            at = path.rfind("/", 0, at)

    def _unsafe(self, entry: TarEntry, why: str) -> UnsafeArchiveError:
        return UnsafeArchiveError(f"{self.what} {why} {plain(entry.name)[:200]}")
