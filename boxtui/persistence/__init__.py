"""The persistence map: what a box's paths hold and what they survive."""

from boxtui.persistence.knowledge import Row, own_row
from boxtui.persistence.route_diff import written_bytes
from boxtui.persistence.scan import FILLED_LABEL, ScanOptions, mount_rows, scan
from boxtui.persistence.verdict import badge_of_mounts, badge_of_scan, endangered, unmeasured

__all__ = [
    "FILLED_LABEL",
    "Row",
    "ScanOptions",
    "badge_of_mounts",
    "badge_of_scan",
    "endangered",
    "mount_rows",
    "own_row",
    "scan",
    "unmeasured",
    "written_bytes",
]
