"""What a rule is: a function from facts to hits, with a name, a severity and a reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from boxtui.findings.facts import BoxFacts, Estate
from boxtui.model.finding import Severity, Subject

Command = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule holds."""

    subject: Subject
    evidence: tuple[str, ...]
    fix: tuple[Command, ...] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack."""

    name: str
    severity: Severity
    why: str
    check: Callable[[Estate], Iterable[Hit]]
    key: str | None = None


_KNOWN: dict[str, Rule] = {}


def rules() -> dict[str, Rule]:
    """All rules by name, in the order of the packs."""
    return dict(_KNOWN)


def box_rule(
    name: str, severity: Severity, why: str, *, key: str | None = None
) -> Callable[[Callable[[BoxFacts], Iterable[Hit]]], Callable[[BoxFacts], Iterable[Hit]]]:
    """Make a function of one box a rule."""

    def register(
        check: Callable[[BoxFacts], Iterable[Hit]],
    ) -> Callable[[BoxFacts], Iterable[Hit]]:
        def every(estate: Estate) -> Iterable[Hit]:
            for box in estate.boxes:
                yield from check(box)

        _KNOWN[name] = Rule(name, severity, why, every, key)
        return check

    return register


def estate_rule(
    name: str, severity: Severity, why: str, *, key: str | None = None
) -> Callable[[Callable[[Estate], Iterable[Hit]]], Callable[[Estate], Iterable[Hit]]]:
    """Make a function of all that the engine holds a rule."""

    def register(check: Callable[[Estate], Iterable[Hit]]) -> Callable[[Estate], Iterable[Hit]]:
        _KNOWN[name] = Rule(name, severity, why, check, key)
        return check

    return register
