"""Runs the `.test` files of libvterm's own suite on a Terminal, as its own harness would.

What the terminal's face can tell is checked: the cursor, rows, cells, the pen, wrapped lines, and
what it sends (replies, keys, mouse, paste, focus). The callbacks of libvterm's own programming
interface (putglyph, damage, moverect ...) are passed over.
"""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from boxtui.terminal.keys import encode_key
from boxtui.terminal.mouse import MouseEvent, encode_mouse
from boxtui.terminal.paste import PASTE_END, PASTE_START, encode_focus
from boxtui.terminal.terminal import Terminal

LINES, COLUMNS = 25, 80
HISTORY = 0  # the harness gives no line back unless asked to
SENDS = {"INCHAR", "INKEY", "MOUSEMOVE", "MOUSEBTN", "PASTE", "FOCUS"}
PALETTE = {
    0: (0, 0, 0),
    1: (224, 0, 0),
    2: (0, 224, 0),
    3: (224, 224, 0),
    4: (0, 0, 224),
    5: (224, 0, 224),
    6: (0, 224, 224),
    7: (224, 224, 224),
}
FOREGROUND, BACKGROUND = (240, 240, 240), (0, 0, 0)
_ESCAPES = {
    "e": "\x1b",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "b": "\b",
    "a": "\a",
    "f": "\f",
    "0": "\0",
}
_ESCAPE = re.compile(r"\\(?:x\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
_TERM = re.compile(r'\s*(?:"((?:\\.|[^"\\])*)"|\'([^\']*)\')\s*(?:x\s*(\d+))?\s*(\.)?')


@dataclass(frozen=True)
class Assertion:
    """One `?question = answer`, or one `output`: where it stands, what was said, what we say."""

    file: str
    line: int
    question: str
    expected: str
    got: str

    @property
    def holds(self) -> bool:
        return self.expected == self.got


def perl_string(text: str) -> bytes:
    """The value of a Perl expression of strings, `.` and `x N`."""
    out = ""
    at = 0
    while match := _TERM.match(text, at):
        double, single, times, _ = match.groups()
        part = single if double is None else _ESCAPE.sub(_escaped, double)
        out += part * int(times or 1)
        at = match.end()
    if at < len(text.rstrip()):
        raise ValueError(f"not a string: {text!r}")
    return out.encode("latin-1")


def _escaped(match: re.Match[str]) -> str:
    wide, byte, other = match.groups()
    if wide or byte:
        return chr(int(wide or byte, 16))
    return _ESCAPES.get(other, other)


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The file's lines with `$SEQ` and `$REP` carried out."""
    for number, raw in enumerate(path.read_text("latin-1").splitlines(), 1):
        line = raw.strip()
        if line == "__END__":
            return
        if line and not line.startswith("#"):
            for expanded in _expand(line):
                yield number, expanded


def _expand(line: str) -> Iterator[str]:
    if match := re.match(r"\$SEQ\s+(\d+)\s+(\d+):\s*(.*)", line):
        for value in range(int(match[1]), int(match[2]) + 1):
            yield from _expand(match[3].replace("\\#", str(value)))
    elif match := re.match(r"\$REP\s+(\d+):\s*(.*)", line):
        for _ in range(int(match[1])):
            yield from _expand(match[2])
    else:
        yield line


@dataclass
class Run:
    """One file on one terminal."""

    file: str
    terminal: Terminal = field(default_factory=lambda: Terminal(COLUMNS, LINES, HISTORY))
    assertions: list[Assertion] = field(default_factory=list)
    _sent: bytes = b""
    _wanted: bytes | None = None
    _line: int = 0
    _mouse: tuple[int, int] = (0, 0)
    _held: str = "none"

    def step(self, number: int, line: str) -> None:
        if line[0].isupper() or line[0] in "!?":
            self._settle()
        self._line = number
        if line[0].isupper():
            self._command(line)
        elif line[0] == "?":
            question, _, answer = line[1:].partition("=")
            self._assert(question.strip(), answer.strip())
        elif line.startswith("output"):
            self._wanted = (self._wanted or b"") + perl_string(line[7:])

    def finish(self) -> list[Assertion]:
        self._settle()
        return self.assertions

    def _settle(self) -> None:
        """Compare what was sent since the last command with the `output` lines beneath it."""
        self._sent += self.terminal.take_replies()
        if self._wanted is not None:
            self._note("output", repr(self._wanted), repr(self._sent))
        self._sent, self._wanted = b"", None

    def _note(self, question: str, expected: str, got: str) -> None:
        self.assertions.append(Assertion(self.file, self._line, question, expected, got))

    # ------------------------------------------------------------ commands

    def _command(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        if verb == "RESET":
            self.terminal = Terminal(self.terminal.columns, self.terminal.lines, HISTORY)
        elif verb == "RESIZE":
            lines, columns = (int(part) for part in rest.split(","))
            self.terminal.resize(columns=columns, lines=lines)
        elif verb == "PUSH":
            self.terminal.feed(perl_string(rest))
        elif verb in SENDS:
            self._sent += self._send(verb, rest.split())

    def _send(self, verb: str, words: list[str]) -> bytes:
        modes = self.terminal.modes
        if verb == "FOCUS":
            return encode_focus(words[0] == "IN", modes)
        if verb == "PASTE":
            bracket = PASTE_START if words[0] == "START" else PASTE_END
            return bracket if modes.bracketed_paste else b""
        if verb in ("INCHAR", "INKEY"):
            modifiers = _modifiers(words[0])
            base = chr(int(words[1], 16)) if verb == "INCHAR" else _KEYS[words[1]]
            return encode_key("".join(f"{name}+" for name in modifiers) + base, modes)
        return self._move_mouse(verb, words)

    def _move_mouse(self, verb: str, words: list[str]) -> bytes:
        modes = self.terminal.modes
        if verb == "MOUSEMOVE":
            row, column = (int(part) for part in words[0].split(","))
            if (row, column) == self._mouse:
                return b""
            self._mouse = row, column
            kind, button, held = "move", self._held, "".join(words[1:])
        else:
            kind, held = ("press" if words[0] in "dD" else "release"), "".join(words[2:])
            button = _MOUSE_BUTTONS[words[1]]
            if not button.startswith("wheel"):
                if (self._held != "none") == (kind == "press"):
                    return b""
                self._held = button if kind == "press" else "none"
        names = dict.fromkeys(_modifiers(held), True)
        row, column = self._mouse
        return encode_mouse(MouseEvent(kind, button, column, row, **names), modes)

    # ------------------------------------------------------------ questions

    def _assert(self, question: str, expected: str) -> None:
        kind, _, where = question.partition(" ")
        numbers = [int(part) for part in re.findall(r"\d+", where)]
        got = getattr(self, f"_answer_{kind}", lambda *_: "?")(where.strip(), numbers)
        if kind in ("screen_row", "screen_chars", "screen_text"):
            expected = repr(_code_points(expected, is_bytes=kind == "screen_text"))
        self._note(question, expected, got)

    def _answer_cursor(self, *_: object) -> str:
        return f"{self.terminal.cursor.y},{self.terminal.cursor.x}"

    def _answer_screen_row(self, _: str, numbers: list[int]) -> str:
        return repr(self._text(numbers[0], 0, numbers[0] + 1, self.terminal.columns))

    def _answer_screen_chars(self, _: str, numbers: list[int]) -> str:
        if len(numbers) == 1:
            return self._answer_screen_row("", numbers)
        return repr(self._text(*numbers))

    _answer_screen_text = _answer_screen_chars

    def _text(self, top: int, left: int, bottom: int, right: int) -> str:
        rows = []
        for y in range(top, bottom):
            cells = [self.terminal.cell(y, x)[0] for x in range(left, right)]
            rows.append("".join(cells).rstrip(" "))
        return "\n".join(rows)

    def _answer_screen_cell(self, _: str, numbers: list[int]) -> str:
        text, fg, bg, flags = self.terminal.cell(*numbers)
        y, x = numbers
        is_wide = x + 1 < self.terminal.columns and self.terminal.cell(y, x + 1)[0] == ""
        letters = {"bold": "B", "underline": "U1", "italic": "I", "inverse": "R"}
        names = "".join(letter for flag, letter in letters.items() if flag in flags)
        points = ",".join(f"0x{ord(char):x}" for char in text) if text != " " else ""
        return (
            f"{{{points}}} width={1 + is_wide} attrs={{{names}}} "
            f"fg={_rgb(fg, FOREGROUND)} bg={_rgb(bg, BACKGROUND)}"
        )

    def _answer_screen_eol(self, _: str, numbers: list[int]) -> str:
        y, x = numbers
        return str(int(not self._text(y, x, y + 1, self.terminal.columns)))

    def _answer_lineinfo(self, _: str, numbers: list[int]) -> str:
        (y,) = numbers
        return "cont" if y and self.terminal.screen.rows[y - 1].wrapped else ""

    def _answer_pen(self, name: str, _: list[int]) -> str:
        """The pen shows in what it writes: on a copy, so that nothing moves."""
        trial = copy.deepcopy(self.terminal)
        trial.feed(b"\rX")
        _, fg, bg, flags = trial.cell(trial.cursor.y, 0)
        if name in ("foreground", "background"):
            colour, default = (fg, "fg") if name == "foreground" else (bg, "bg")
            rgb = FOREGROUND if default == "fg" else BACKGROUND
            if colour == "default":
                return _rgb(colour, rgb)[:-1] + f",is_default_{default})"
            return f"idx({colour})" if isinstance(colour, int) else _rgb(colour, rgb)
        if name == "underline":
            return str(int("underline" in flags))
        flag = {"reverse": "inverse"}.get(name, name)
        if flag in ("bold", "italic", "inverse"):
            return "on" if flag in flags else "off"
        return "?"


def _rgb(colour: int | str, default: tuple[int, int, int]) -> str:
    if colour == "default":
        rgb: tuple[int, ...] = default
    elif isinstance(colour, int):
        rgb = PALETTE.get(colour, (-1, -1, -1))
    else:
        rgb = tuple(bytes.fromhex(colour[1:]))
    return "rgb({},{},{})".format(*rgb)


def _code_points(expected: str, *, is_bytes: bool) -> str:
    if expected.startswith('"'):
        return perl_string(expected).decode("utf-8", "replace").rstrip(" ")
    values = [int(part, 16) for part in expected.split(",") if part]
    text = bytes(values).decode("utf-8") if is_bytes else "".join(map(chr, values))
    return text.rstrip(" ")


def _modifiers(letters: str) -> list[str]:
    names = {"S": "shift", "C": "ctrl", "A": "alt"}
    return [names[letter] for letter in letters if letter in names]


_KEYS = {"Up": "up", "Tab": "tab", "Enter": "enter", "KP0": "kp_0", "F1": "f1"}
_MOUSE_BUTTONS = {
    "1": "left",
    "2": "middle",
    "3": "right",
    "4": "wheel_up",
    "5": "wheel_down",
    "6": "wheel_left",
    "7": "wheel_right",
}


def run_file(path: Path) -> list[Assertion]:
    run = Run(path.name)
    for number, line in read_lines(path):
        run.step(number, line)
    return run.finish()
