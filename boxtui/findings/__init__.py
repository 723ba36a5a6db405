"""Findings: one function a rule, in packs."""

from boxtui.findings.audit import OFF, RuleSettings, Silence, audit, counts, wanting
from boxtui.findings.configuration import is_secret
from boxtui.findings.facts import BoxFacts, Estate
from boxtui.findings.rule import rules

__all__ = [
    "OFF",
    "BoxFacts",
    "Estate",
    "RuleSettings",
    "Silence",
    "audit",
    "counts",
    "is_secret",
    "rules",
    "wanting",
]
