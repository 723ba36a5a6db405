"""A plan in words: what it gains, loses, ends and needs, and its steps with their undo."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from boxtui import formatting
from boxtui.model.operation import BytesProgress, Losses, Needs, Operation, Plan, StepState
from boxtui.tui.render import words
from boxtui.tui.render.mapview import wrap
from boxtui.tui.spans import Line, Role, Span, fit
from boxtui.tui.symbols import Symbols

_LABEL = 8
_PATHS_SHOWN = 8
_PROCESSES_SHOWN = 4


def title(plan: Plan) -> str:
    """Name the change, its object and the object's id: what the dialog is bound to."""
    kind = plan.kind.replace("-", " ").capitalize()
    name = formatting.plain(plan.object_name)
    if plan.object_kind == "container":
        return f"{kind} {name} ({plan.object_id[: words.SHORT_ID]})"
    if plan.object_kind == "engine":
        return f"{kind} {name}"
    return f"{kind} {plan.object_kind} {name}"


def body(plan: Plan, symbols: Symbols, width: int) -> list[Line]:
    """Give all that the operator should know before saying yes."""
    lines = [
        *_loses(plan.loses, symbols, width),
        *_ends(plan, width),
        *_needs(plan, width),
        *_listed("hides", plan.hidden, width, Role.RISK),
        *_listed("changes", [f"{d.path}: {d.what}" for d in plan.degraded], width, Role.RISK),
        *_listed("touches", plan.dependents, width, Role.RISK),
    ]
    for warning in plan.warnings:
        lines += _labelled("mind", warning, width, Role.RISK)
    return [*lines, (), *_steps(plan, width)]


def loses_something(losses: Losses) -> bool:
    """Whether anything goes, as far as is known."""
    return losses.bytes != 0 or losses.files != 0 or bool(losses.paths)


def _loses(losses: Losses, symbols: Symbols, width: int) -> Iterator[Line]:
    if not loses_something(losses):
        yield (_label("loses"), Span("nothing", Role.GOOD))
        return
    if losses.bytes is None:
        amount = "what it holds; how much that is nobody has measured"
    else:
        amount = formatting.size(losses.bytes)
        if losses.files is not None:
            amount += f" in {formatting.count(losses.files)} files"
    yield from _labelled("loses", f"{symbols.risk} {amount}", width, Role.BROKEN)
    classes = sorted(losses.classes.items(), key=lambda item: -(item[1].severity or 0))
    for path_class, total in classes:
        what = f"{path_class.value}: {formatting.size(total.bytes)}, {total.files} files"
        yield (Span(" " * _LABEL), Span(what, Role.RISK if total.severity else Role.MUTED))
    room = width - _LABEL
    for path in losses.paths[:_PATHS_SHOWN]:
        yield (Span(" " * _LABEL), Span(fit(formatting.plain(path), room).rstrip(), Role.BROKEN))
    if len(losses.paths) > _PATHS_SHOWN:
        rest = f"and {formatting.count(len(losses.paths) - _PATHS_SHOWN)} paths more"
        yield (Span(" " * _LABEL), Span(rest, Role.MUTED))


def _ends(plan: Plan, width: int) -> Iterator[Line]:
    if plan.terminals:
        yield from _labelled("ends", f"{plan.terminals} terminals", width, Role.RISK)
    if not plan.processes:
        return
    total = len(plan.processes)
    noun = "process" if total == 1 else "processes"
    yield from _labelled("ends", f"{total} {noun}", width, Role.PLAIN)
    room = width - _LABEL
    for process in plan.processes[:_PROCESSES_SHOWN]:
        command = formatting.plain(" ".join(process.argv))
        yield (
            Span(" " * _LABEL),
            Span(fit(f"{process.pid} {command}", room).rstrip(), Role.MUTED),
        )


def _needs(plan: Plan, width: int) -> Iterator[Line]:
    said: list[str] = []
    if plan.disk is not None:
        said.append(f"{formatting.size(plan.disk.needed)} ({formatting.size(plan.disk.free)} free)")
    if plan.downtime_s is not None:
        said.append(f"down about {plan.downtime_s:.0f} s")
    if said:
        yield from _labelled("needs", ", ".join(said), width, Role.PLAIN)


def _steps(plan: Plan, width: int) -> Iterator[Line]:
    longest = max((len(step.text) for step in plan.steps), default=0)
    for number, step in enumerate(plan.steps, 1):
        last = step.name == plan.irreversible_from
        undo = f"undo: {step.undo}" if step.undo else "cannot be undone" if last else ""
        text = formatting.plain(step.text)
        head = Span(f"{number:>2} ", Role.MUTED)
        if undo and longest + len(undo) + 6 <= width:
            yield (head, Span(fit(text, longest)), Span(f"   {undo}", Role.MUTED))
            continue
        for index, part in enumerate(wrap(text, width - 3)):
            yield (head if index == 0 else Span("   "), Span(part))
        if undo:
            yield (Span(f"   {undo}", Role.MUTED),)


def _listed(label: str, items: Sequence[str], width: int, role: Role) -> Iterator[Line]:
    for index, item in enumerate(items[:_PATHS_SHOWN]):
        yield from _labelled(label if index == 0 else "", item, width, role)
    if len(items) > _PATHS_SHOWN:
        yield from _labelled("", f"and {len(items) - _PATHS_SHOWN} more", width, Role.MUTED)


def _labelled(label: str, text: str, width: int, role: Role) -> Iterator[Line]:
    for index, part in enumerate(wrap(formatting.plain(text), width - _LABEL)):
        yield (_label(label if index == 0 else ""), Span(part, role))


def _label(text: str) -> Span:
    return Span(fit(text, _LABEL), Role.MUTED)


def question(plan: Plan) -> Line:
    """Say which keys decide."""
    cancel = (Span("Esc", Role.KEY), Span(" cancel", Role.MUTED), *_views(plan))
    if plan.needs is Needs.NAME:
        name = formatting.plain(plan.object_name)
        return (*cancel, Span("     type ", Role.MUTED), Span(name, Role.BROKEN))
    return (*cancel, Span("     "), Span("y", Role.KEY), Span(f" {plan.kind}", Role.PLAIN))


def _views(plan: Plan) -> Line:
    """Name the other ways to look at the plan; in a field their letters are text."""
    typing = plan.needs is Needs.NAME
    there = []
    if plan.before is not None and plan.after is not None:
        there.append(("^d" if typing else "d", "before/after"))
    if plan.commands:
        there.append(("^l" if typing else "c", "commands"))
    spans: list[Span] = []
    for key, label in there:
        spans += [Span(f"     {key}", Role.KEY), Span(f" {label}", Role.MUTED)]
    return tuple(spans)


_SIGN_ROLES = {
    StepState.PENDING: Role.MUTED,
    StepState.START: Role.FOCUS,
    StepState.DONE: Role.GOOD,
    StepState.UNDO: Role.RISK,
    StepState.FAILED: Role.BROKEN,
}


def running(
    plan: Plan,
    operation: Operation,
    moved: BytesProgress | None,
    symbols: Symbols,
    width: int,
    *,
    cancelling: bool = False,
) -> list[Line]:
    """Tell how far a change has come: each step with its sign, then bytes and time."""
    signs = {
        StepState.START: symbols.busy,
        StepState.DONE: symbols.up,
        StepState.UNDO: symbols.moved,
        StepState.FAILED: symbols.failed,
    }
    lines: list[Line] = []
    for step, record in zip(plan.steps, operation.steps, strict=False):
        sign, role = signs.get(record.state, " "), _SIGN_ROLES[record.state]
        text_role = Role.MUTED if record.state is StepState.PENDING else Role.PLAIN
        for index, part in enumerate(wrap(formatting.plain(step.text), width - 3)):
            lines.append((Span(f"{sign if index == 0 else ' ':<3}", role), Span(part, text_role)))
    seconds = max(0, int((datetime.now(UTC) - operation.started).total_seconds()))
    said = [f"{seconds} s"]
    if moved is not None:
        of = "" if moved.total is None else f" of {formatting.size(moved.total)}"
        said.append(f"{formatting.size(moved.done)}{of}")
    if cancelling:
        said.append("cancelling: what was done is undone")
    return [*lines, (), (Span(", ".join(said), Role.MUTED),)]


def commands(plan: Plan, width: int) -> list[Line]:
    """Give the docker commands that would do the same."""
    lines: list[Line] = []
    for command in plan.commands:
        lines += [(Span(part, Role.TEXT),) for part in wrap(formatting.plain(command), width)]
    return lines
