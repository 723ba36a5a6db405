"""What the console says once, when something has happened to a box."""

from collections.abc import Sequence

from boxtui import formatting
from boxtui.model.timeline import TimelineEvent

_PATHS_SHOWN = 3
_BOXES_SHOWN = 5


def recreated(events: Sequence[TimelineEvent]) -> tuple[str, str, str]:
    """Say that boxes were recreated from outside, what is gone, and what to look at."""
    names = formatting.plain(events[0].box)
    if len(events) > 1:
        names += f" and {len(events) - 1} more"
    told = " ".join(_one(event) for event in events[:_BOXES_SHOWN])
    return f"Recreated from outside: {names}", told, "boxtui history BOX has the whole story"


def _one(event: TimelineEvent) -> str:
    name = formatting.plain(event.box)
    if event.lost is None:
        return f"{name}: nobody had scanned what its old container held."
    lost = event.lost
    paths = ", ".join(formatting.plain(path) for path in lost.paths[:_PATHS_SHOWN])
    size, files = formatting.size(lost.bytes), formatting.count(lost.files)
    return f"{name}: {size} in {files} files are gone{f' ({paths})' if paths else ''}."
