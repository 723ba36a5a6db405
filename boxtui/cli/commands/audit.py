"""List what is wrong with boxes, volumes and images, why it matters, and how to mend it."""

import argparse
import shlex
from collections.abc import Iterable, Sequence
from typing import Any

from boxtui import formatting
from boxtui.cli import output
from boxtui.cli.command import Call, Command, Report
from boxtui.model.finding import Finding, Severity

_STYLES = {Severity.CRITICAL: "red", Severity.HIGH: "red", Severity.MEDIUM: "yellow"}
_WANTING = 3


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("boxes", metavar="BOX", nargs="*", help="these only; else all there is")
    parser.add_argument(
        "--fail-on",
        metavar="SEVERITY",
        choices=[severity.value for severity in Severity],
        help="exit 3 where anything is at or above it: info, low, medium, high or critical",
    )


def run(call: Call) -> Report:
    from boxtui import findings  # noqa: PLC0415 - not for --help

    found = call.core.audit(call.args.boxes)
    summary = findings.counts(found)
    threshold = call.args.fail_on
    failed = threshold is not None and findings.wanting(found, Severity(threshold))
    fields = {
        "findings": [_document(finding) for finding in found],
        "summary": {severity.value: number for severity, number in summary.items()},
    }
    return Report(
        fields, lambda: _lines(found, color=call.color), exit_code=_WANTING if failed else 0
    )


def _document(finding: Finding) -> dict[str, Any]:
    subject = finding.subject
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "object": {"kind": subject.kind, "id": subject.id, "name": subject.name},
        "evidence": list(finding.evidence),
        "why": finding.why,
        "fix": None if finding.fix is None else [list(command) for command in finding.fix],
        "silenced": finding.silenced,
    }


def _lines(found: Sequence[Finding], *, color: bool) -> Iterable[str]:
    if not found:
        yield "Nothing found."
    for finding in found:
        name = formatting.plain(finding.subject.name)
        severity = output.paint(
            f"{finding.severity:<8}", _STYLES.get(finding.severity, ""), color=color
        )
        yield f"{severity} {finding.rule}  {name}"
        if finding.silenced is not None:
            yield f"         silenced: {formatting.plain(finding.silenced)}"
            continue
        yield from (f"         {formatting.plain(line)}" for line in finding.evidence)
        yield output.paint(f"         {finding.why}", "dim", color=color)
        for command in finding.fix or ():
            yield f"         $ {formatting.plain(shlex.join(command))}"


COMMAND = Command(run=run, configure=configure, fields=("findings", "summary"))
