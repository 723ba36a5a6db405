"""Plays a case to a Terminal and to tmux and says where they first differ; makes it small."""

from collections.abc import Callable
from dataclasses import dataclass

from boxtui.terminal.terminal import Terminal
from tests.terminal.cases import Case, Step
from tests.terminal.quirks import quirk_of
from tests.terminal.tmux_oracle import SYNC, Cell, Pane, Picture, Tmux, picture, text_around_cursor


@dataclass(frozen=True)
class Difference:
    """`kind` is cursor, text or attributes; `where` the row; then what tmux has, and what we."""

    kind: str
    where: int
    tmux: str
    ours: str
    after: tuple[Step, ...]

    def __str__(self) -> str:
        return f"{self.kind} {self.where}: tmux {self.tmux} ours {self.ours} after {self.after}"


def compare(
    theirs: Picture, ours: Picture, after: tuple[Step, ...], *, hidden: bool = False
) -> Difference | None:
    """`hidden`: blank cells beyond the end of tmux's capture may have any background."""
    for y, (expected, got) in enumerate(zip(theirs.rows, ours.rows, strict=True)):
        rest = got[len(expected) :] if hidden else ()
        if got == expected or (rest and got[: len(expected)] == expected and _are_blank(rest)):
            continue
        texts = ["".join(cell[0] for cell in row) for row in (expected, got)]
        if texts[0].rstrip() != texts[1].rstrip():
            return Difference("text", y, repr(texts[0]), repr(texts[1]), after)
        return Difference("attributes", y, _attributes(expected), _attributes(got), after)
    if theirs.cursor != ours.cursor:
        return Difference("cursor", 0, str(theirs.cursor), str(ours.cursor), after)
    return None


def _are_blank(cells: tuple[Cell, ...]) -> bool:
    return all(cell[0] == " " and not cell[3] for cell in cells)


def _attributes(row: tuple[tuple[str, object, object, frozenset[str]], ...]) -> str:
    runs: list[list[object]] = []
    for text, *look in row:
        if runs and runs[-1][1:] == look:
            runs[-1][0] = f"{runs[-1][0]}{text}"
        else:
            runs.append([text, *look])
    return "|".join(f"{run[0]!r},{run[1]},{run[2]},{'+'.join(sorted(run[3]))}" for run in runs)


class _Match:
    """One case on a fresh pane and a fresh Terminal."""

    def __init__(self, tmux: Tmux, case: Case) -> None:
        self.pane = Pane(tmux, case.columns, case.lines)
        self.terminal = Terminal(case.columns, case.lines)
        self.done: list[Step] = []
        self.unsent = self.previous = b""
        self.had_region = False

    def feed(self, data: bytes) -> None:
        if quirk_of(data, self.terminal, self.previous):
            return
        if data == b"\x1bc":
            # tmux keeps what was on the screen
            data += b"\x1b[3J"
        self.terminal.feed(data)
        self.unsent += data
        self.done.append(data)
        self.previous = data
        # tmux keeps lines that scrolled out of a region, too
        self.had_region = data[:2] != b"\x1bc" and (self.had_region or data[-1:] == b"r")

    def resize(self, columns: int, lines: int) -> Difference | None:
        """Resize both; on the main screen all text has to stay, and the cursor where it was in it.

        Which row a line then is in differs (see the quirks), so the main screen is cleared before
        the case goes on.
        """
        screen = self.terminal.screen
        if not self.terminal.modes.alternate_screen:
            return self._resize_main(columns, lines)
        # tmux cuts wide characters in two there, and sets the tab stops anew
        own_stops = screen.tabstops != set(range(8, screen.columns, 8))
        if not own_stops and not any(row.wide for row in screen.rows):
            self._resize_both(columns, lines)
        return None

    def _resize_both(self, columns: int, lines: int) -> None:
        self.pane.resize(columns, lines)
        self.terminal.resize(columns=columns, lines=lines)
        self.done.append((columns, lines))

    def _resize_main(self, columns: int, lines: int) -> Difference | None:
        rows = self.terminal.screen.rows
        # tmux drops what is below the cursor where the height shrinks
        used = max((y + 1 for y, row in enumerate(rows) if row.used), default=1)
        before = text_around_cursor(self.terminal)
        self._resize_both(columns, max(lines, used))
        after = text_around_cursor(self.terminal)
        done = tuple(self.done)
        # where the rows do not all fit, the top ones go, and the cursor at last with them
        if before != after and self.terminal.cursor.y:
            return Difference("place", 0, repr(before), repr(after), done)
        expected = self.pane.text()
        if expected != "".join(after) and not self.had_region:
            return Difference("lost", 0, repr(expected), repr("".join(after)), done)
        self.feed(b"\x1bc")
        return None

    def compare(self, *, hidden: bool = True) -> Difference | None:
        # ours too gets the question: whatever tmux makes of it, it is part of the case
        self.terminal.feed(SYNC)
        self.pane.feed(self.unsent)
        self.unsent = self.previous = b""
        return compare(self.pane.picture(), picture(self.terminal), tuple(self.done), hidden=hidden)

    def reveal(self) -> Difference | None:
        """Write into the last column: tmux captures a line no further than it was written to."""
        keys = "".join(
            f"\x1b[{y + 1};{self.terminal.columns}HX" for y in range(self.terminal.lines)
        )
        data = f"\x1b[m\x1b[r\x1b[?6l\x1b[4l\x0f\x1b(B\x1b[?7l{keys}\x1b[H".encode()
        self.terminal.feed(data)
        self.unsent += data
        return self.compare(hidden=False)


def play(tmux: Tmux, case: Case) -> Difference | None:
    """The first difference: compared before and after each resize, and after each group."""
    match = _Match(tmux, case)
    try:
        for group in case.steps:
            for step in group:
                if isinstance(step, bytes):
                    match.feed(step)
                    continue
                if found := match.compare():
                    return found
                if found := match.resize(*step):
                    return found
            if found := match.compare():
                return found
        return match.reveal()
    finally:
        match.pane.close()


def shrink(tmux: Tmux, case: Case, steps: tuple[Step, ...]) -> Difference:
    """The fewest steps that still differ: first steps are left out, then bytes of text halved."""

    def attempt(trial: list[Step]) -> Difference | None:
        return play(tmux, Case(case.columns, case.lines, (tuple(trial),)))

    kept = _drop(list(steps), attempt)
    for index, step in enumerate(kept):
        if isinstance(step, bytes) and not step.startswith(b"\x1b"):
            kept[index] = _shorten(kept, index, step, attempt)
    found = attempt(kept)
    if found is None:
        raise AssertionError(f"not repeatable: {steps}")
    return found


def _drop(kept: list[Step], attempt: Callable[[list[Step]], Difference | None]) -> list[Step]:
    size = max(1, len(kept) // 2)
    while size:
        at = 0
        while at < len(kept):
            trial = kept[:at] + kept[at + size :]
            if trial and attempt(trial):
                kept = trial
            else:
                at += size
        size //= 2
    return kept


def _shorten(
    kept: list[Step],
    index: int,
    step: bytes,
    attempt: Callable[[list[Step]], Difference | None],
) -> bytes:
    text = step.decode("utf-8", "replace")
    size = len(text) // 2
    while size:
        at = 0
        while at < len(text):
            trial = text[:at] + text[at + size :]
            if trial and attempt([*kept[:index], trial.encode(), *kept[index + 1 :]]):
                text = trial
            else:
                at += size
        size //= 2
    return text.encode()
