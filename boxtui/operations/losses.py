"""What a change would destroy, and what it must therefore ask of the operator."""

from boxtui.model.operation import Losses, Needs
from boxtui.model.scan import PathClass, ScanResult

DEAR = frozenset({PathClass.AGENT, PathClass.CRED, PathClass.WORK, PathClass.DB})
"""Classes that cannot be made again: a yes alone does not destroy them."""

UNKNOWN = Losses(bytes=None, files=None)


def losses_of(scan: ScanResult | None) -> Losses:
    """All that lies beyond the base image: what goes with the container; None: nobody knows."""
    if scan is None:
        return UNKNOWN
    overlay = [e for e in scan.entries if e.kind is None]
    # what nobody has classified may be anything: it stands before what can be made again
    overlay.sort(key=lambda e: (-(2.5 if e.severity is None else e.severity), -(e.bytes or 0)))
    return Losses(
        bytes=scan.totals.bytes,
        files=scan.totals.files,
        classes=scan.classes,
        paths=tuple(e.path for e in overlay),
    )


def needs_for(losses: Losses) -> Needs:
    """The name where it is dear or unknown, a yes where anything goes at all."""
    if losses.bytes is None or DEAR & set(losses.classes):
        return Needs.NAME
    return Needs.YES
