"""What has been counted of a path, and what may be counted together."""

from dataclasses import dataclass

from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence.classify import Match


@dataclass(slots=True)
class Sum:
    """Counts of names; bytes of regular files, an inode once."""

    bytes: int = 0
    allocated: int | None = 0
    files: int = 0
    links: int = 0
    other: int = 0
    directories: int = 0
    deleted: int = 0
    unmeasured: int = 0
    """Files whose size the route could not see."""
    newest: float | None = None

    def add(self, more: "Sum") -> None:
        """Take in what lies beside."""
        self.bytes += more.bytes
        if self.allocated is None or more.allocated is None:
            self.allocated = None
        else:
            self.allocated += more.allocated
        self.files += more.files
        self.links += more.links
        self.other += more.other
        self.directories += more.directories
        self.deleted += more.deleted
        self.unmeasured += more.unmeasured
        self._touch(more.newest)

    def count(self, record: FileRecord) -> None:
        """Take in one name."""
        kind = record.type
        if kind is FileType.FILE:
            self._count_file(record)
        elif kind is FileType.LINK:
            self.links += 1
        elif kind is FileType.DIR:
            self.directories += 1
        elif kind is FileType.DELETED:
            self.deleted += 1
        else:
            self.other += 1

    def _count_file(self, record: FileRecord) -> None:
        self.files += 1
        if record.bytes is None:
            self.unmeasured += 1
        else:
            self.bytes += record.bytes
        if self.allocated is not None:
            more = record.allocated
            self.allocated = None if more is None else self.allocated + more
        self._touch(record.mtime)

    def _touch(self, moment: float | None) -> None:
        if moment is not None and (self.newest is None or moment > self.newest):
            self.newest = moment

    @property
    def substance(self) -> bool:
        """Whether anything is in it but directories and gaps."""
        return bool(self.files or self.links or self.other)


@dataclass(frozen=True, slots=True, eq=False)
class Key:
    """What may be folded together; one object for all that may."""

    match: Match
    shadow: str | None = None
    """The mount that hides it."""
    link: str | None = None
    """Where it points, if it is a link into a mount: such stand alone."""

    def carried_by(self, directory: str, *, structural: bool) -> bool:
        """Whether a directory may stand for what it holds, if all of that has this key."""
        if self.link is not None:
            return False
        root = self.match.root
        if root == "/":
            return not structural
        return directory == root or directory.startswith(root + "/")


@dataclass(slots=True)
class Folded:
    """A topmost path of one class."""

    path: str
    key: Key
    sum: Sum
    mixed: bool = False
    """Whether it stands for several classes, whose names were too many to list."""
