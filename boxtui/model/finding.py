"""Findings: what is wrong with a box, a volume or an image, why it matters, and how to mend it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info, 4 for critical."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a finding is about; `kind` is container, volume, image or project."""

    kind: str
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding; secrets in its evidence are masked."""

    rule: str
    severity: Severity
    subject: Subject
    evidence: tuple[str, ...]
    why: str
    fix: tuple[tuple[str, ...], ...] | None = None
    """Commands, each an argv; None where there is none to give."""
    key: str | None = None
    """The id of the console's binding that does the same."""
    silenced: str | None = None
    """The reason for which it is silenced; such never count."""
