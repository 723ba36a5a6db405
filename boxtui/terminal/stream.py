"""Bytes to events: a pyte.ByteStream around one compiled regex.

The regex takes a complete CSI sequence, the text that follows and a line end in one match, which
is nearly all that programs send. Whatever it does not match (an unfinished sequence, strings,
escapes) goes to a small state machine, and that hands back as soon as it is done.
"""

import re
from typing import Any

import pyte

from boxtui.terminal.attributes import BG_MASK, Masks, number, sgr
from boxtui.terminal.charsets import SLOTS
from boxtui.terminal.screen import Screen
from boxtui.terminal.sequences import (
    Handler,
    basic_handlers,
    csi_handlers,
    escape_handlers,
)
from boxtui.terminal.strings import dcs, osc
from boxtui.terminal.widths import NOT_NARROW

CONTROL = "\\x00-\\x1f\\x7f-\\x9f"
TOKEN = re.compile(
    rf"(?:\x1b\[([<-?]?[0-9;:]{{0,256}}[ -/]{{0,4}}[@-~]))?([^{CONTROL}]*)(\r\n|[\x07-\x0f])?"
)
CSI = re.compile(r"([<-?]?)([0-9;:]*)([ -/]*)([@-~])")
CSI_PART = re.compile("[ -?]*")
STRING_END = re.compile("[\x07\x18\x1a\x1b\x9c]")

PENDING = 65536  # characters of a string sequence that are kept
HELD = 256  # of an escape or CSI sequence
PARAMS = 32
ACTIONS = 4096  # compiled sequences remembered
BULK = 512  # characters free of escapes from which the bulk path pays

GROUND, ESCAPE, CSI_STATE, STRING, STRING_ESCAPE = range(5)
STRINGS = {"]": "osc", "P": "dcs", "X": "sos", "^": "pm", "_": "apc", "k": "title"}
CANCEL = "\x18\x1a"

Action = tuple[Handler | None, Any, int]


class ByteStream(pyte.ByteStream):
    """Never raises on any input; any chunking of it gives the same state."""

    def __init__(self, screen: Screen | None = None, strict: bool = True) -> None:
        self._state = GROUND
        self._held = ""
        self._parts: list[str] = []
        self._size = 0
        self._kind = ""
        self._actions: dict[str, Action] = {}
        super().__init__(screen, strict)

    def attach(self, screen: Screen) -> None:
        self.listener = screen
        self._csi = csi_handlers(screen)
        self._escape = escape_handlers(screen)
        self._basic = basic_handlers(screen)
        self._actions.clear()

    def feed(self, data: bytes) -> None:
        text = self.utf8_decoder.decode(data) if self.use_utf8 else data.decode("latin-1")
        at, size = 0, len(text)
        while at < size:
            at = self._resume(text, at) if self._state else self._run(text, at)

    def pending(self) -> list[str | int]:
        """What is half read, for a snapshot."""
        undecoded, _ = self.utf8_decoder.getstate()
        parts = "".join(self._parts)
        return [self._state, self._held, parts, self._size, self._kind, undecoded.hex()]

    def resume(self, pending: list[Any]) -> None:
        """Go on from what `pending` gave; ValueError or TypeError if it is not of that form."""
        state, held, parts, size, kind, undecoded = pending
        good = state in range(STRING_ESCAPE + 1) and len(held) <= HELD + 1
        if not good or len(parts) > PENDING + 1 or size < 0 or kind not in {"", *STRINGS.values()}:
            raise ValueError
        self._state, self._held, self._parts, self._size = state, held, [parts], size
        self._kind = kind
        self.utf8_decoder.setstate((bytes.fromhex(undecoded)[:4], 0))

    def _run(self, text: str, at: int) -> int:  # noqa: C901, PLR0912
        """Take plain text and complete sequences; where something else begins.

        One long function on purpose: calls and attribute look-ups are what the time goes to.
        """
        screen: Screen = self.listener
        actions, basic = self._actions, self._basic
        not_narrow, cursor = NOT_NARROW.search, screen.cursor
        columns = screen.columns
        rows, pen, plain = screen.rows, screen.pen, screen.plain
        bulk_from = at
        for match in TOKEN.finditer(text, at):
            body, run, control = match.groups()
            if body is not None:
                handler, first, second = actions.get(body) or self._compile(body)
                if handler is None:
                    screen.pen = pen = pen & first | second
                else:
                    handler(*first)
                    rows, pen, plain = screen.rows, screen.pen, screen.plain
            if run:
                x = cursor.x
                count = len(run)
                end = x + count
                row = rows[cursor.y]
                if (
                    plain
                    and end <= columns
                    and not row.wide
                    and (run.isascii() or not not_narrow(run))
                ):
                    row.chars[x:end] = run
                    row.attrs[x:end] = [pen] * count
                    row.version = 0
                    cursor.x = end
                    screen.last_drawn = run
                else:
                    screen.draw(run)
                    plain = screen.plain
            if control is None:
                if body is None and not run:
                    return self._irregular(text, match.start())
            elif control == "\r\n":
                cursor.x = 0
                y = cursor.y
                if y != screen.bottom:
                    if y < screen.lines - 1:
                        cursor.y = y + 1
                    continue
                screen.scroll_lines_up(1)
                start = match.end()
                if start >= bulk_from and len(text) - start > BULK and plain:
                    stop = text.find("\x1b", start)
                    bulk_from = stop if stop >= 0 else len(text)
                    if bulk_from - start > BULK:
                        done = self._bulk(text, start, bulk_from)
                        if done > start:
                            return done
            else:
                basic[control]()
                plain = screen.plain
        return len(text)

    def _bulk(self, text: str, start: int, stop: int) -> int:
        """Take many whole lines at once where nothing but narrow text is there; how far it went."""
        screen: Screen = self.listener
        if screen.top or screen.bottom != screen.lines - 1 or screen.pen & BG_MASK:
            return start
        end = text.rfind("\r\n", start, stop) + 2
        if end <= start:
            return start
        lines = text[start : end - 2].split("\r\n")
        joined = "".join(lines)
        if not joined.isprintable() or not (joined.isascii() or not NOT_NARROW.search(joined)):
            return start
        screen.scroll_in(lines)
        if joined:
            screen.last_drawn = joined[-1]
        return end

    def _compile(self, body: str) -> Action:
        """What to do for a CSI sequence: SGR masks, or a handler and its arguments."""
        action: Action = (self.listener.debug, (), 0)
        if body[-1] == "m" and body[:-1].replace(";", "").isdecimal():
            action = (None, *sgr(body[:-1]))
        elif match := CSI.fullmatch(body):
            prefix, params, between, final = match.groups()
            if final == "m" and not prefix and not between:
                masks: Masks = sgr(params)
                action = (None, *masks)
            else:
                handler = self._csi.get(prefix + between + final)
                if handler is not None:
                    action = (handler, _arguments(params), 0)
        if len(self._actions) >= ACTIONS:
            self._actions.clear()
        self._actions[body] = action
        return action

    def _do_csi(self, body: str) -> None:
        handler, first, second = self._actions.get(body) or self._compile(body)
        if handler is None:
            self.listener.pen = self.listener.pen & first | second
        else:
            handler(*first)

    def _irregular(self, text: str, at: int) -> int:
        """Take the one character that nothing regular begins with; the next position."""
        char = text[at : at + 1]
        if char == "\x1b":
            self._state, self._held = ESCAPE, ""
        elif "\x80" <= char <= "\x9f":
            self._enter(chr(ord(char) - 0x40))
        return at + 1

    def _enter(self, char: str) -> None:
        """Go on after ESC and `char`, or after the C1 control that stands for them."""
        self._held = ""
        if char == "[":
            self._state = CSI_STATE
        elif char in STRINGS:
            self._state, self._kind = STRING, STRINGS[char]
            self._parts, self._size = [], 0
        else:
            self._state = GROUND
            handler = self._escape.get(char)
            if handler is not None:
                handler()

    def _resume(self, text: str, at: int) -> int:
        if self._state == ESCAPE:
            return self._in_escape(text, at)
        if self._state == CSI_STATE:
            return self._in_csi(text, at)
        if self._state == STRING:
            return self._in_string(text, at)
        return self._in_string_escape(text, at)

    def _in_escape(self, text: str, at: int) -> int:
        char = text[at]
        if self._interrupted(char):
            return at + 1
        if " " <= char <= "/":
            self._held += char[: HELD - len(self._held)]
        elif not self._held and char < "\x7f":
            self._enter(char)
        else:
            self._state = GROUND
            if char >= "\xa0":
                return at
            self._designate(self._held + char)
        return at + 1

    def _designate(self, sequence: str) -> None:
        """Do what an escape sequence with intermediates asks."""
        handler = self._escape.get(sequence)
        if handler is not None:
            handler()
        elif len(sequence) == 2 and sequence[0] in SLOTS:
            # a set that is not known reads as ASCII
            self.listener.define_charset("B", sequence[0])

    def _interrupted(self, char: str) -> bool:
        """Treat a control character within a sequence; whether it was one."""
        if char == "\x1b":
            self._state, self._held = ESCAPE, ""
        elif char in CANCEL:
            self._state = GROUND
        elif "\x80" <= char <= "\x9f":
            self._enter(chr(ord(char) - 0x40))
        elif char < " ":
            if char in self._basic:
                self._basic[char]()
        else:
            return char == "\x7f"
        return True

    def _in_csi(self, text: str, at: int) -> int:
        part = CSI_PART.match(text, at)
        assert part is not None
        if part[0]:
            self._held += part[0][: HELD + 1 - len(self._held)]
            return part.end()
        char = text[at]
        if self._interrupted(char):
            return at + 1
        if char <= "~":
            self._state = GROUND
            if len(self._held) <= HELD:
                self._do_csi(self._held + char)
        return at + 1

    def _in_string(self, text: str, at: int) -> int:
        found = STRING_END.search(text, at)
        end = found.start() if found else len(text)
        if end > at:
            if self._size <= PENDING:
                self._parts.append(text[at : min(end, at + PENDING + 1 - self._size)])
            self._size += end - at
            return end
        char = text[at]
        if char == "\x1b":
            self._state = STRING_ESCAPE
        elif char == "\x9c" or (char == "\x07" and self._kind == "osc"):
            self._finish(char)
        elif char != "\x07":
            self._state = GROUND
        return at + 1

    def _in_string_escape(self, text: str, at: int) -> int:
        """After an ESC within a string: its end, or a new sequence that cuts it off."""
        if text[at] == "\\":
            self._finish("\x1b\\")
            return at + 1
        self._state, self._held = ESCAPE, ""
        return at

    def _finish(self, terminator: str) -> None:
        """Hand a string over that has ended properly; one too long is dropped."""
        self._state = GROUND
        body, self._parts = "".join(self._parts), []
        if self._size <= PENDING:
            if self._kind == "osc":
                osc(self.listener, body, "\x1b\\" if terminator == "\x9c" else terminator)
            elif self._kind == "dcs":
                dcs(self.listener, body)


def _arguments(params: str) -> tuple[int, ...]:
    """The numbers of a CSI sequence, an empty one being 0; none at all gives none."""
    if not params:
        return ()
    return tuple(number(part.partition(":")[0]) for part in params.split(";")[:PARAMS])
