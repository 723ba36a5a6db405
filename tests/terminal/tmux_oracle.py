"""A private tmux server as an oracle: bytes into a pane, cells out of `capture-pane -e`.

The harness writes to the pane's own tty (its program, `sleep`, never reads or writes it) and knows
that tmux has read everything when the answer to a status request comes back.
"""

import os
import re
import select
import shutil
import subprocess
import tempfile
import time
import tty
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from wcwidth import wcwidth

from boxtui.terminal.terminal import Terminal

Cell = tuple[str, str | int, str | int, frozenset[str]]
BLANK: Cell = (" ", "default", "default", frozenset())
# ST first: nothing that is still open may swallow the question
SYNC, SYNCED = b"\x1b\\\x1b[5n", b"\x1b[0n"
PATIENCE = 20.0

_FLAGS = {1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 8: "hidden", 9: "strike"}
_TOKEN = re.compile(r"\x1b\[([0-9;:]*)m|\x1b\]8;[^\x1b]*\x1b\\|(\x0e|\x0f)|(.)", re.DOTALL)
_ACS = dict(zip("`abcdefghijklmnopqrstuvwxyz{|}~", "◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·", strict=True))


@dataclass(frozen=True)
class Picture:
    """What is to be seen: rows of cells without the blank ones at their ends, and the cursor."""

    rows: tuple[tuple[Cell, ...], ...]
    cursor: tuple[int, int]

    @property
    def text(self) -> list[str]:
        return ["".join(cell[0] for cell in row).rstrip() for row in self.rows]


def _trimmed(cells: list[Cell]) -> tuple[Cell, ...]:
    while cells and cells[-1] == BLANK:
        cells.pop()
    return tuple(cells)


def picture(terminal: Terminal) -> Picture:
    """Ours."""
    rows = []
    for y in range(terminal.lines):
        cells: list[Cell] = []
        for x in range(terminal.columns):
            text, fg, bg, flags = terminal.cell(y, x)
            if text:
                cells.append((text, fg, bg, frozenset(flags)))
        rows.append(_trimmed(cells))
    return Picture(tuple(rows), (terminal.cursor.y, terminal.cursor.x))


def text_around_cursor(terminal: Terminal) -> tuple[str, str]:
    """All of our text with its history, before and after the cursor; without blanks."""
    history = [line.text for line in terminal.history]
    rows = [row.text for row in terminal.screen.rows]
    y = terminal.cursor.y
    chars = terminal.screen.rows[y].chars
    x = terminal.screen.cursor.x
    before = _without_blanks([*history, *rows[:y], *chars[:x]])
    return before, _without_blanks([*chars[x:], *rows[y + 1 :]])


def _without_blanks(texts: Iterable[str]) -> str:
    return "".join("".join(texts).split())


def parse_capture(lines: list[str]) -> tuple[tuple[Cell, ...], ...]:
    """The rows of `capture-pane -e`; tmux may carry attributes from one line to the next."""
    pen = _Pen()
    rows = []
    is_acs = False
    for line in lines:
        cells: list[Cell] = []
        for match in _TOKEN.finditer(line):
            params, shift, char = match.groups()
            if params is not None:
                pen.apply(params)
            elif shift:
                is_acs = shift == "\x0e"
            elif char:
                shown = _ACS.get(char, char) if is_acs else char
                if cells and _joins(shown):
                    last = cells[-1]
                    cells[-1] = (last[0] + shown, *last[1:])
                else:
                    cells.append((shown, pen.fg, pen.bg, frozenset(pen.flags)))
        rows.append(_trimmed(cells))
    return tuple(rows)


def _joins(char: str) -> bool:
    return char > "~" and wcwidth(char) == 0


class _Pen:
    """The attributes in force in a capture. tmux writes no colon but for underline styles."""

    def __init__(self) -> None:
        self.fg: str | int = "default"
        self.bg: str | int = "default"
        self.flags: set[str] = set()

    def apply(self, params: str) -> None:
        parts = params.split(";")
        while parts:
            part = parts.pop(0)
            code = int(part.partition(":")[0] or 0)
            if code in (38, 48, 58):
                self._extended(code, part, parts)
            else:
                self._single(code, part)

    def _extended(self, code: int, part: str, parts: list[str]) -> None:
        values = part.split(":")[1:]
        if not values:
            taken = 2 if parts[0] == "5" else 4
            values = parts[:taken]
            del parts[:taken]
        numbers = [int(value) for value in values if value]
        colour: str | int = numbers[1]
        if numbers[0] == 2:
            colour = "#{:02x}{:02x}{:02x}".format(*numbers[-3:])
        if code == 38:
            self.fg = colour
        elif code == 48:
            self.bg = colour

    def _single(self, code: int, part: str) -> None:
        if code == 0:
            self.__init__()  # type: ignore[misc]  # a new pen
        elif code in _FLAGS:
            (self.flags.discard if part == "4:0" else self.flags.add)(_FLAGS[code])
        elif code == 39:
            self.fg = "default"
        elif code == 49:
            self.bg = "default"
        elif 30 <= code <= 37 or 90 <= code <= 97:
            self.fg = code - 30 if code < 90 else code - 82
        elif 40 <= code <= 47 or 100 <= code <= 107:
            self.bg = code - 40 if code < 100 else code - 92


class Tmux:
    """The server, spoken to in control mode over one client. A context manager."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="boxtui-tmux-"))
        self._socket = str(self._folder / "s")
        environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
        command = ["tmux", "-u", "-S", self._socket, "-f", "/dev/null", "-C"]
        self._client = subprocess.Popen(
            [*command, "new-session", "-x", "80", "-y", "24", "sleep", "1000000"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=self._folder,
        )
        self._read_block()
        # or tmux stops reading the panes until somebody reads what it says of them
        self.run("refresh-client -f no-output")
        for option in (
            "-g history-limit 2000",
            "-g allow-rename off",
            "-g monitor-activity off",
            "-s set-clipboard off",
            "-g alternate-screen on",
        ):
            self.run(f"set-option {option}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.stdin.write(b"kill-server\n")
        self._client.stdin.close()
        self._client.wait(PATIENCE)
        self._client.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def run(self, command: str) -> list[str]:
        """The lines of a command's answer."""
        self._client.stdin.write(command.encode() + b"\n")
        self._client.stdin.flush()
        return self._read_block()

    def _read_block(self) -> list[str]:
        lines: list[str] = []
        while not (line := self._line()).startswith("%begin"):
            pass
        # a captured line may look like an end; the number of the block is what tells
        number = line.split()[2]
        while True:
            line = self._line()
            words = line.split(" ")
            if words[0] in ("%end", "%error") and len(words) > 2 and words[2] == number:
                if words[0] == "%error":
                    raise RuntimeError(f"tmux refused: {lines}")
                return lines
            lines.append(line)

    def _line(self) -> str:
        raw = self._client.stdout.readline()
        if not raw:
            raise RuntimeError("tmux has gone")
        return raw.decode("utf-8", "replace").removesuffix("\n")


class Pane:
    """A fresh pane of a size. Close it."""

    def __init__(self, tmux: Tmux, columns: int, lines: int) -> None:
        self._tmux = tmux
        form = "'#{pane_id} #{pane_tty} #{pane_pid}'"
        (answer,) = tmux.run(f"new-window -d -P -F {form} sleep 1000000")
        self._id, path, pid = answer.split()
        # until it has become `sleep`, the child sets the tty's modes itself
        while Path(f"/proc/{pid}/comm").read_text() != "sleep\n":
            time.sleep(0.001)
        self.resize(columns, lines)
        self._tty = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        tty.setraw(self._tty)

    def close(self) -> None:
        os.close(self._tty)
        self._tmux.run(f"kill-window -t {self._id}")

    def resize(self, columns: int, lines: int) -> None:
        self.columns, self.lines = columns, lines
        self._tmux.run(f"resize-window -t {self._id} -x {columns} -y {lines}")

    def feed(self, data: bytes) -> bytes:
        """Write, wait until tmux has read it all, and return what it replied."""
        rest = memoryview(data + SYNC)
        replies = b""
        deadline = time.monotonic() + PATIENCE
        while not replies.endswith(SYNCED):
            left = deadline - time.monotonic()
            writers = [self._tty] if rest else []
            readable, writable, _ = select.select([self._tty], writers, [], max(0, left))
            if not readable and not writable:
                raise TimeoutError(f"tmux did not answer after {data[-60:]!r}")
            if writable:
                rest = rest[os.write(self._tty, rest[:4096]) :]
            if readable:
                replies += os.read(self._tty, 65536)
        return replies.removesuffix(SYNCED)

    def text(self) -> str:
        """All text with its history, without blanks."""
        rows = parse_capture(self._tmux.run(f"capture-pane -epN -t {self._id} -S - -E -"))
        return _without_blanks(cell[0] for row in rows for cell in row)

    def history(self) -> list[str]:
        lines = self._tmux.run(f"capture-pane -p -t {self._id} -S - -E -")
        return [line.rstrip() for line in lines[: -self.lines]]

    def picture(self) -> Picture:
        rows = parse_capture(self._tmux.run(f"capture-pane -epN -t {self._id}"))
        form = "'#{cursor_y} #{cursor_x}'"
        (answer,) = self._tmux.run(f"display-message -p -t {self._id} {form}")
        y, x = answer.split()
        return Picture(rows, (int(y), min(int(x), self.columns - 1)))
