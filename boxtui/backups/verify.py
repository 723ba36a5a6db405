"""Reading all of a backup to prove it whole and safe, before anything is done with it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from boxtui.backups.parts import walk_part
from boxtui.backups.safety import SafetyCheck
from boxtui.errors import DamagedError, UnsafeArchiveError
from boxtui.model.backup import Backup, Part


@dataclass(frozen=True, slots=True)
class PartVerdict:
    """What is wrong with a part; None if nothing is."""

    name: str
    problem: str | None

    @property
    def ok(self) -> bool:
        """Whether the part is whole and safe."""
        return self.problem is None


def verify_part(
    folder: Path, backup: Backup, part: Part, on_bytes: Callable[[int], None] | None = None
) -> None:
    """Read one part to its end; DamagedError or UnsafeArchiveError says what is wrong with it."""
    check = SafetyCheck(f"part {part.name}", max_bytes=backup.bytes)
    walk_part(folder, part, check.see, on_bytes)


def verify(
    folder: Path, backup: Backup, on_bytes: Callable[[int], None] | None = None
) -> tuple[PartVerdict, ...]:
    """Read every part and judge each; files that the manifest does not know are named too."""
    verdicts = [_judge(folder, backup, part, on_bytes) for part in backup.parts]
    known = {part.file for part in backup.parts} | {"manifest.json"}
    strangers = sorted(f.name for f in folder.iterdir() if f.name not in known)
    verdicts += [PartVerdict(name, "is not in the manifest") for name in strangers]
    return tuple(verdicts)


def require_whole(
    folder: Path, backup: Backup, on_bytes: Callable[[int], None] | None = None
) -> None:
    """Raise for the first part that is damaged or unsafe: what a restore does before it begins."""
    for part in backup.parts:
        verify_part(folder, backup, part, on_bytes)


def _judge(
    folder: Path, backup: Backup, part: Part, on_bytes: Callable[[int], None] | None
) -> PartVerdict:
    try:
        verify_part(folder, backup, part, on_bytes)
    except (DamagedError, UnsafeArchiveError) as error:
        return PartVerdict(part.name, error.message)
    return PartVerdict(part.name, None)
