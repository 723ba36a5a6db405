"""Where backups lie: one folder each, visible only when complete and on the disk.

A backup grows in `.partial-ID`, held by a lock on a file in it; the last step renames the folder.
What a killed process leaves is swept by the next one that finds its lock free.
"""

import contextlib
import fcntl
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from boxtui.backups.manifest import MANIFEST_NAME, MAX_BYTES, decode, encode
from boxtui.backups.parts import PartWriter
from boxtui.errors import AmbiguousError, DamagedError, InternalError, NotFoundError
from boxtui.model.backup import Backup, PartKind

_PARTIAL = ".partial-"
_REMOVED = ".removed-"
_ID = re.compile(r"\d{8}T\d{6}Z-[A-Za-z0-9][A-Za-z0-9_.-]*-[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Damage:
    """A folder in the catalogue that is not a whole backup, and why."""

    location: str
    why: str


class Draft:
    """A backup that is being written; nobody sees it until publish()."""

    def __init__(self, root: Path, backup_id: str) -> None:
        self.id = backup_id
        self.final = root / backup_id
        self.folder = root / f"{_PARTIAL}{backup_id}"
        self.folder.mkdir(mode=0o700)
        self._lock = _locked(self.folder)
        self._names: set[str] = set()

    def part(self, name: str, *, kind: PartKind, source: str) -> PartWriter:
        """Open the next part; its file is named after it, made fit for any file system."""
        safe = re.sub(r"[^A-Za-z0-9_.-]", "_", name).lstrip(".")[:100] or "part"
        while f"{safe}.tar.zst" in self._names:
            safe += "_"
        file = f"{safe}.tar.zst"
        self._names.add(file)
        return PartWriter(self.folder / file, name=name, kind=kind, source=source)

    def publish(self, backup: Backup) -> Backup:
        """Write the manifest, sync all, and make the folder visible under its id."""
        complete = replace(backup, id=self.id, location=str(self.final))
        descriptor = os.open(
            self.folder / MANIFEST_NAME, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600
        )
        with os.fdopen(descriptor, "wb") as file:
            file.write(encode(complete))
            file.flush()
            os.fsync(file.fileno())
        (self.folder / ".lock").unlink()
        _sync(self.folder)
        self.folder.rename(self.final)
        _sync(self.final.parent)
        os.close(self._lock)
        return complete

    def discard(self) -> None:
        """Remove all that was written."""
        shutil.rmtree(self.folder)
        os.close(self._lock)


class Store:
    """All backups below one folder (0700; made when first written to)."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @contextlib.contextmanager
    def draft(self, target: str) -> Iterator[Draft]:
        """Begin a backup; whatever leaves the block without publish() leaves nothing behind."""
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.sweep()
        draft = Draft(self.root, new_id(target))
        try:
            yield draft
        except BaseException:
            if draft.folder.exists():
                draft.discard()
            raise
        if draft.folder.exists():
            draft.discard()
            raise InternalError("a backup was begun and neither published nor given up")

    def catalogue(self) -> tuple[list[Backup], list[Damage]]:
        """Give every complete backup, oldest first, and every folder that is damaged."""
        whole: list[Backup] = []
        damaged: list[Damage] = []
        for folder in self._folders():
            try:
                whole.append(self._read(folder))
            except DamagedError as error:
                damaged.append(Damage(str(folder), error.message))
        return sorted(whole, key=lambda b: (b.created, b.id)), damaged

    def get(self, reference: str) -> Backup:
        """Find one by its id or a unique prefix; DamagedError if its manifest is not whole."""
        folders = self._folders()
        exact = [f for f in folders if f.name == reference]
        fits = exact or [f for f in folders if reference and f.name.startswith(reference)]
        if not fits:
            raise NotFoundError(
                f"there is no backup {reference!r} in {self.root}",
                hint="`boxtui backups list` lists them",
            )
        if len(fits) > 1:
            raise AmbiguousError(f"{reference!r} fits {len(fits)} backups", hint="give more of it")
        return self._read(fits[0])

    def forget(self, backup: Backup) -> None:
        """Remove one; a kill in the middle leaves nothing that looks like a backup."""
        doomed = self.root / f"{_REMOVED}{backup.id}"
        (self.root / backup.id).rename(doomed)
        _sync(self.root)
        shutil.rmtree(doomed)

    def sweep(self) -> list[str]:
        """Remove what killed processes left; gives the ids."""
        swept = []
        for folder in self._leftovers():
            if folder.name.startswith(_PARTIAL) and not _abandoned(folder):
                continue
            shutil.rmtree(folder)
            swept.append(folder.name.removeprefix(_PARTIAL).removeprefix(_REMOVED))
        return swept

    def folder(self, backup: Backup) -> Path:
        """Where its parts lie."""
        return self.root / backup.id

    def _read(self, folder: Path) -> Backup:
        path = folder / MANIFEST_NAME
        try:
            size = path.stat().st_size
            data = path.read_bytes() if size <= MAX_BYTES else None
        except OSError as error:
            raise DamagedError(
                f"the manifest in {folder} cannot be read: {error.strerror}"
            ) from error
        if data is None:
            raise DamagedError(f"the manifest in {folder} has {size} bytes, too many to be ours")
        backup = decode(data, location=str(folder))
        if backup.id != folder.name:
            raise DamagedError(f"the manifest in {folder} belongs to backup {backup.id}")
        return backup

    def _folders(self) -> list[Path]:
        if not self.root.is_dir():
            return []
        return sorted(f for f in self.root.iterdir() if f.is_dir() and not f.name.startswith("."))

    def _leftovers(self) -> list[Path]:
        marks = (_PARTIAL, _REMOVED)
        return [f for f in self.root.iterdir() if f.name.startswith(marks)]


def new_id(target: str) -> str:
    """Make an id that sorts by time and says what it is of: 20260501T120000Z-phantom-3f2a9c."""
    name = re.sub(r"[^A-Za-z0-9_.-]+", "_", target).strip("_.-")[:60] or "backup"
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{name}-{secrets.token_hex(3)}"


def _locked(folder: Path) -> int:
    descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def _abandoned(folder: Path) -> bool:
    """Whether no living process holds the draft."""
    try:
        os.close(_locked(folder))
    except BlockingIOError:
        return False
    return True


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
