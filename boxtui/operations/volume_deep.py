"""A backup proven by restoring it: into scratch volumes that are compared with it and removed."""

from contextlib import ExitStack, closing
from pathlib import Path

from boxtui.backups import local
from boxtui.backups.compare import differences
from boxtui.backups.parts import read_part
from boxtui.backups.remote import any_image, read_volume, write_volume
from boxtui.backups.route import Route, route_to
from boxtui.backups.store import Store
from boxtui.backups.verify import PartVerdict
from boxtui.errors import BoxtuiError
from boxtui.model.backup import Backup, Part
from boxtui.model.container import TEMPORARY_LABEL, TEMPORARY_MARK
from boxtui.model.host import EngineInfo
from boxtui.model.ports import Engine
from boxtui.operations import volume_lock
from boxtui.operations.execution import new_operation_id
from boxtui.operations.volume_lock import MAKER_LABEL, Claim


def restore_and_compare(
    engine: Engine, info: EngineInfo, store: Store, backup: Backup
) -> tuple[PartVerdict, ...]:
    """Try each part; it must have been verified before. What cannot be restored is the verdict."""
    return tuple(_tried(engine, info, store.folder(backup), part) for part in backup.parts)


def _tried(engine: Engine, info: EngineInfo, folder: Path, part: Part) -> PartVerdict:
    operation = new_operation_id()
    scratch = f"verify{TEMPORARY_MARK}{operation}"
    claim = Claim(operation, "restore", scratch, (scratch,))
    with ExitStack() as stack:
        lock = volume_lock.take(engine, claim, any_image(engine))
        # all that is left of it, should something of it not come about
        stack.callback(volume_lock.sweep, engine, claim)
        labels = {TEMPORARY_LABEL: "1", MAKER_LABEL: operation}
        volume = engine.create_volume(scratch, labels=labels)
        route = route_to(volume, info.root_dir, [lock])
        place = Path(volume.mountpoint)

        try:
            if route is Route.LOCAL:
                local.write_folder(place, read_part(folder, part))
                back = iter(local.FolderReader(place))
            else:
                write_volume(engine, scratch, read_part(folder, part), labels=claim.labels())
                back = read_volume(engine, scratch, labels=claim.labels())
            with closing(back):
                told = differences(read_part(folder, part), back)
        except BoxtuiError as error:
            return PartVerdict(part.name, "; ".join(filter(None, [error.message, error.reason])))
    problem = "restored, it differs: " + "; ".join(told) if told else None
    return PartVerdict(part.name, problem)
