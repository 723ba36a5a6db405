"""The backups as both front ends meet them: taking, listing, reading, judging, restoring."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from boxtui.backups import retention, verify
from boxtui.backups.manifest import MANIFEST_NAME
from boxtui.backups.members import Extracted, extract, files
from boxtui.backups.retention import Policy
from boxtui.backups.store import Store
from boxtui.backups.verify import PartVerdict
from boxtui.bootstrap.apart import Apart
from boxtui.errors import ReadOnlyError, UnsupportedError
from boxtui.model.backup import Backup, BackupKind, Consistency
from boxtui.operations.execution import Change
from boxtui.operations.extraction import plan_extraction
from boxtui.operations.volume_backup import plan_volume_backup
from boxtui.operations.volume_deep import restore_and_compare
from boxtui.operations.volume_restore import plan_volume_restore

if TYPE_CHECKING:
    from boxtui.bootstrap.core import Core

__all__ = [
    "MANIFEST_NAME",
    "Extracted",
    "PartVerdict",
    "Policy",
    "backup_volume",
    "catalogue",
    "check",
    "check_deep",
    "extract",
    "extract_change",
    "files",
    "forget",
    "last_backups",
    "prunable",
    "restore_volume",
    "store_of",
]


def store_of(core: "Core") -> Store:
    """Give the store of the backup folder."""
    return Store(core.settings.backup_dir)


def backup_volume(core: "Core", name: str, *, consistency: Consistency, note: str) -> Change:
    """Plan the backup of one volume; it is carried out in a process of its own."""
    plan = plan_volume_backup(
        core.engine, name, store_of(core), core.info, consistency=consistency, note=note
    ).plan
    request = {"kind": "backup", "name": name, "consistency": str(consistency), "note": note}
    return Apart(core, plan, request)


def restore_volume(core: "Core", backup: Backup, name: str | None) -> Change:
    """Plan to bring a volume back: under another name, or as itself where none is given."""
    plan = plan_volume_restore(
        core.engine,
        backup,
        name or backup.target,
        store_of(core),
        core.info,
        in_place=name is None,
    ).plan
    return Apart(core, plan, {"kind": "restore", "backup": backup.id, "name": name})


def extract_change(core: "Core", reference: str, path: str, into: Path) -> Change:
    """Plan to take a path out of a backup, as `extract` does."""
    store = store_of(core)
    backup = store.get(reference)
    return plan_extraction(
        backup, path, into, lambda: extract(store.folder(backup), backup, path, into)
    )


def catalogue(core: "Core") -> list[Backup]:
    """All complete backups, oldest first; what is damaged there is said."""
    whole, damaged = store_of(core).catalogue()
    for one in damaged:
        core.say(f"damaged: {one.why}")
    return whole


def last_backups(core: "Core", kind: BackupKind) -> dict[str, datetime]:
    """When each object of a kind on this engine was last backed up, by its name."""
    whole, _ = store_of(core).catalogue()
    here = _without_address(core.info.key)
    return {
        b.target: b.created
        for b in whole
        if b.kind is kind and b.engine is not None and _without_address(b.engine) == here
    }


def _without_address(key: str) -> str:
    """Name an engine whichever way it was reached: the address comes last in its key."""
    return key.rpartition("|")[0]


def check(
    core: "Core", reference: str, on_bytes: Callable[[int], None] | None = None
) -> tuple[Backup, Sequence[PartVerdict]]:
    """Read all of a backup and judge each part."""
    store = store_of(core)
    backup = store.get(reference)
    return backup, verify.verify(store.folder(backup), backup, on_bytes)


def check_deep(core: "Core", backup: Backup) -> Sequence[PartVerdict]:
    """Restore a backup that has been read and found whole into scratch volumes, and compare."""
    if core.settings.read_only:
        raise ReadOnlyError(
            "--deep makes scratch volumes: boxtui was started with --read-only",
            hint="leave --deep out: all of the backup is read all the same",
        )
    if backup.kind is not BackupKind.VOLUME:
        raise UnsupportedError(f"{backup.id} is the backup of a {backup.kind}, not of a volume")
    return restore_and_compare(core.engine, core.info, store_of(core), backup)


def forget(core: "Core", doomed: Sequence[Backup]) -> None:
    """Remove backups for good."""
    if core.settings.read_only:
        raise ReadOnlyError("backups are not removed: boxtui was started with --read-only")
    store = store_of(core)
    for backup in doomed:
        store.forget(backup)


def prunable(core: "Core", policy: Policy) -> list[Backup]:
    """What a policy lets go; the newest whole one of anything always stays."""
    store = store_of(core)

    def is_good(backup: Backup) -> bool:
        return all(verdict.ok for verdict in verify.verify(store.folder(backup), backup))

    return retention.removable(catalogue(core), policy, is_good)
