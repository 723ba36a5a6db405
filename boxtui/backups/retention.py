"""Which backups a policy keeps: the newest of each of the last days, weeks and months."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from boxtui.model.backup import Backup


@dataclass(frozen=True, slots=True)
class Policy:
    """How many to keep of each kind; all zero keeps the last one of everything only."""

    last: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0


def removable(
    backups: Iterable[Backup], policy: Policy, is_good: Callable[[Backup], bool]
) -> list[Backup]:
    """Give what the policy lets go, oldest first; never the newest good one of any target."""
    by_target: dict[tuple[str | None, str, str], list[Backup]] = defaultdict(list)
    for backup in backups:
        by_target[backup.engine, str(backup.kind), backup.target].append(backup)
    doomed: list[Backup] = []
    for same in by_target.values():
        newest_first = sorted(same, key=lambda b: (b.created, b.id), reverse=True)
        kept = _kept(newest_first, policy)
        good = next((b for b in newest_first if is_good(b)), newest_first[0])
        doomed += [b for b in newest_first if b.id not in kept and b is not good]
    return sorted(doomed, key=lambda b: (b.created, b.id))


def _kept(newest_first: list[Backup], policy: Policy) -> set[str]:
    kept = {b.id for b in newest_first[: policy.last]}
    for number, period in (
        (policy.daily, _day),
        (policy.weekly, _week),
        (policy.monthly, _month),
    ):
        seen: set[tuple[int, ...]] = set()
        for backup in newest_first:
            slot = period(backup.created)
            if slot in seen or len(seen) >= number:
                continue
            seen.add(slot)
            kept.add(backup.id)
    return kept


def _day(moment: datetime) -> tuple[int, ...]:
    return (moment.year, moment.month, moment.day)


def _week(moment: datetime) -> tuple[int, ...]:
    return moment.isocalendar()[:2]


def _month(moment: datetime) -> tuple[int, ...]:
    return (moment.year, moment.month)
