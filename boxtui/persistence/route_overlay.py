"""The overlay directory: what the kernel itself keeps, read as root on the engine's host.

Sees all: sizes, allocation, owners, modes, hard links, chmod-only copies, what mounts hide, and the
layers that a remount has committed. Refuses directories renamed in place (redirect_dir).
"""

from collections.abc import Iterator

from boxtui.errors import NotFoundError
from boxtui.model.scan import FileRecord
from boxtui.persistence.errand import Sight, Watch
from boxtui.persistence.overlay_walk import Layers, OverlayWalk


def overlay_records(layers: Layers, watch: Watch, sight: Sight) -> Iterator[FileRecord]:
    """Every name beyond the base image; NotFoundError where the box is removed meanwhile."""
    try:
        yield from OverlayWalk(layers, watch, sight)
    except FileNotFoundError as error:
        raise NotFoundError(
            "the box's writable layer is gone: was it removed during the scan?", reason=str(error)
        ) from error
