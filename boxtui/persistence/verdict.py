"""The badge of a box: what its mounts alone say at once, and what a finished scan says."""

from collections.abc import Iterable

from boxtui.model.container import Container
from boxtui.model.mount import Mount, MountKind
from boxtui.model.scan import Badge, Entry, Flag, PathClass, ScanResult, Verdict
from boxtui.persistence.classify import Classifier
from boxtui.persistence.homes import homes
from boxtui.persistence.knowledge import builtin
from boxtui.persistence.patterns import Patterns

AT_RISK_FROM = 2
"""The severity from which an entry beyond the base image puts a box at risk; unknown ones do."""

_FORGETFUL = frozenset({MountKind.ANONYMOUS, MountKind.TMPFS})


def database_mounts(mounts: Iterable[Mount], environment: Iterable[str] = ()) -> list[Mount]:
    """Anonymous volumes at a path where a database keeps its data."""
    anonymous = [mount for mount in mounts if mount.kind is MountKind.ANONYMOUS]
    if not anonymous:
        return []
    classifier = _mount_classifier(environment)
    return [m for m in anonymous if classifier.mounted(m.target).path_class is PathClass.DB]


def _mount_classifier(environment: Iterable[str]) -> Classifier:
    known = homes(None, environment)
    return Classifier(Patterns.build(builtin(), {}, known, {}))


def badge_of_mounts(container: Container) -> Badge:
    """Before any scan: at risk for an anonymous volume at a database's path, else unscanned."""
    environment = container.details.environment if container.details else ()
    found = database_mounts(container.mounts, environment)
    if found:
        return Badge(
            Verdict.AT_RISK, reason=f"a database in an anonymous volume: {found[0].target}"
        )
    return Badge(Verdict.UNSCANNED)


def endangered(entry: Entry) -> bool:
    """Whether an entry counts as at risk: lost by a recreate or so easily that it may as well be.

    What boxtui has copied into a volume mounted above it is lost to nobody.
    """
    if entry.kind in _FORGETFUL:
        return bool(entry.bytes or entry.files)
    if entry.kind is not None or (Flag.SHADOWED in entry.flags and entry.source is not None):
        return False
    return entry.severity is None or entry.severity >= AT_RISK_FROM


def unmeasured(entries: Iterable[Entry]) -> list[Entry]:
    """Anonymous volumes and tmpfs that nobody has looked into."""
    return [entry for entry in entries if entry.kind in _FORGETFUL and entry.bytes is None]


def badge_of_scan(scan: ScanResult) -> Badge:
    """After a scan: safe only if it was complete and found nothing at risk."""
    risky = [entry for entry in scan.entries if endangered(entry)]
    database = next((e for e in scan.entries if Flag.DATABASE_ANONYMOUS in e.flags), None)
    unknown = unmeasured(scan.entries)
    if risky:
        verdict, reason = Verdict.AT_RISK, scan.summary
    elif database is not None:
        verdict = Verdict.AT_RISK
        reason = f"a database in an anonymous volume: {database.path}"
    elif not scan.complete:
        what = "; ".join(scan.missing) or "everything"
        verdict, reason = Verdict.UNSCANNED, f"the last scan could not see {what}"
    elif unknown:
        verdict = Verdict.UNSCANNED
        reason = f"nobody has looked into {unknown[0].path}, which is a {unknown[0].kind}"
    else:
        verdict, reason = Verdict.SAFE, scan.summary
    return Badge(verdict, scan.at_risk_bytes, scan.at_risk_files, scan.scanned_at, reason)


def at_risk(entries: Iterable[Entry]) -> tuple[int, int]:
    """Bytes and files of all that is at risk."""
    risky = [entry for entry in entries if endangered(entry)]
    return sum(e.bytes or 0 for e in risky), sum(e.files or 0 for e in risky)
