"""All rules over all facts, as the user has set them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from boxtui.errors import ConfigError
from boxtui.findings import configuration, mounts, overlay
from boxtui.findings.facts import Estate
from boxtui.findings.rule import Hit, Rule, rules
from boxtui.model.finding import Finding, Severity

PACKS = (overlay, mounts, configuration)
"""Importing a pack makes its rules known."""

OFF = "off"


@dataclass(frozen=True, slots=True)
class Silence:
    """A finding that the user has accepted."""

    rule: str
    name: str
    """Of the object; `*` for all."""
    reason: str


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What the user has changed about the rules."""

    severities: Mapping[str, str] = field(default_factory=dict)
    """By rule: another severity, or off."""
    silences: tuple[Silence, ...] = ()

    def check(self) -> None:
        """ConfigError for a rule that there is not."""
        known = rules()
        for name in (*self.severities, *(silence.rule for silence in self.silences)):
            if name not in known:
                raise ConfigError(
                    f"there is no rule {name!r}", hint=f"known are: {', '.join(known)}"
                )


def audit(estate: Estate, settings: RuleSettings | None = None) -> list[Finding]:
    """Every finding, the gravest first; silenced ones last."""
    settings = settings or RuleSettings()
    settings.check()
    found = [
        _finding(rule, hit, settings)
        for rule in rules().values()
        if settings.severities.get(rule.name) != OFF
        for hit in rule.check(estate)
    ]
    order = list(rules())
    return sorted(
        found,
        key=lambda f: (
            f.silenced is not None,
            -f.severity.rank,
            order.index(f.rule),
            f.subject.name,
        ),
    )


def _finding(rule: Rule, hit: Hit, settings: RuleSettings) -> Finding:
    severity = Severity(settings.severities.get(rule.name, rule.severity))
    found = Finding(rule.name, severity, hit.subject, hit.evidence, rule.why, hit.fix, rule.key)
    for silence in settings.silences:
        if silence.rule == rule.name and silence.name in {"*", hit.subject.name, hit.subject.id}:
            return replace(found, silenced=silence.reason)
    return found


def counts(findings: Iterable[Finding]) -> dict[Severity, int]:
    """How many of each severity; silenced ones never count."""
    summary = dict.fromkeys(Severity, 0)
    for finding in findings:
        if finding.silenced is None:
            summary[finding.severity] += 1
    return summary


def wanting(findings: Iterable[Finding], threshold: Severity) -> bool:
    """Whether any that is not silenced is at or above a severity."""
    return any(f.silenced is None and f.severity.rank >= threshold.rank for f in findings)
