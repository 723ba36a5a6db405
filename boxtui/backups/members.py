"""What lies in a backup, name by name, and single paths taken out of it."""

import os
import secrets
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import normpath

from boxtui.backups.local import extract_members
from boxtui.backups.parts import read_part, walk_part
from boxtui.backups.safety import TOP, SafetyCheck
from boxtui.backups.tarstream import TarEntry
from boxtui.errors import InUseError, NotFoundError, UnsupportedError
from boxtui.formatting import plain
from boxtui.model.backup import Backup, Part
from boxtui.model.scan import FileRecord, FileType

_KINDS = {
    "file": FileType.FILE,
    "hardlink": FileType.FILE,
    "dir": FileType.DIR,
    "link": FileType.LINK,
}


@dataclass(frozen=True, slots=True)
class Extracted:
    """What was taken out."""

    into: str
    files: int
    bytes: int


@dataclass(slots=True)
class _Chosen:
    """The entries at and below a path, seen while the whole part is judged."""

    top: str
    files: int = 0
    bytes: int = 0
    devices: bool = False
    found: bool = False
    """Whether there is anything at the path."""
    names: set[str] = field(default_factory=set)
    wanted: set[str] = field(default_factory=set)
    """Names elsewhere that carry the content of hard links in here."""

    def see(self, entry: TarEntry) -> None:
        name = normpath(entry.name)
        if name != self.top and not name.startswith(f"{self.top}/"):
            return
        self.found = True
        self.files += 1
        self.bytes += entry.size
        self.devices |= entry.type in {"char", "block"}
        self.names.add(name)
        if entry.type == "hardlink":
            target = normpath(entry.target)
            if target not in self.names:
                self.wanted.add(target)


def files(folder: Path, backup: Backup) -> list[FileRecord]:
    """Give every name in a backup's parts; DamagedError where one is not whole."""
    records: list[FileRecord] = []
    for part in backup.parts:
        walk_part(folder, part, lambda entry: records.append(_record(entry)))
    return records


def _record(entry: TarEntry) -> FileRecord:
    return FileRecord(
        path=normpath(entry.name).removeprefix(TOP) or "/",
        type=_KINDS.get(entry.type, FileType.OTHER),
        bytes=entry.size,
        mode=entry.mode,
        uid=entry.uid,
        gid=entry.gid,
        mtime=entry.mtime,
        target=entry.target if entry.type == "link" else None,
    )


def extract(folder: Path, backup: Backup, path: str, into: Path) -> Extracted:
    """Take a path out of a backup into a folder of this machine, under its own name.

    `/` puts all that the backup holds into the folder. Nothing that is there is ever replaced.
    """
    part = _only_part(backup)
    top = normpath(f"{TOP}/{path}")
    if top != TOP and not top.startswith(f"{TOP}/"):
        raise NotFoundError(f"{plain(path)} leaves the backup")
    chosen = _judged(folder, backup, part, top)
    if not chosen.found:
        raise NotFoundError(
            f"there is no {plain(path)} in backup {backup.id}",
            hint=f"`boxtui backups files {backup.id}` has all names",
        )
    if chosen.devices and os.geteuid() != 0:
        raise UnsupportedError(f"{plain(path)} holds devices, which only root can make")
    into.mkdir(parents=True, exist_ok=True)
    staging = into / f".boxtui-{secrets.token_hex(6)}"
    staging.mkdir(mode=0o700)
    try:
        extract_members(staging, read_part(folder, part), [top, *sorted(chosen.wanted)])
        _move_out(staging / top, into, whole=top == TOP)
    finally:
        shutil.rmtree(staging)
    return Extracted(str(into), chosen.files, chosen.bytes)


def _judged(folder: Path, backup: Backup, part: Part, top: str) -> _Chosen:
    check = SafetyCheck(f"part {part.name}", max_bytes=backup.bytes)
    chosen = _Chosen(top)

    def see(entry: TarEntry) -> None:
        check.see(entry)
        chosen.see(entry)

    walk_part(folder, part, see)
    return chosen


def _move_out(taken: Path, into: Path, *, whole: bool) -> None:
    moving = sorted(taken.iterdir()) if whole else [taken]
    for one in moving:
        if os.path.lexists(into / one.name):
            raise InUseError(
                f"{plain(str(into / one.name))} is already there: nothing was taken out",
                hint="give an empty folder",
            )
    for one in moving:
        # a folder that nobody may write to cannot be moved but by root: its mode comes after
        mode = None if one.is_symlink() or not one.is_dir() else one.stat().st_mode & 0o7777
        if mode is not None and not mode & 0o200:
            facts = one.stat()
            one.chmod(mode | 0o200)
            moved = one.rename(into / one.name)
            moved.chmod(mode)
            os.utime(moved, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        else:
            one.rename(into / one.name)


def _only_part(backup: Backup) -> Part:
    if len(backup.parts) != 1:
        raise UnsupportedError(f"backup {backup.id} has {len(backup.parts)} parts")
    return backup.parts[0]
