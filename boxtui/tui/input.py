"""The console's driver: Textual's, with an input thread that keys for a box pass unharmed.

While `capturing` is set, what the outer terminal sends is cut into sequences here: keys are named
by raw_keys, a paste of any size is taken whole, and all else (mouse, focus, reports) goes through
Textual's parser as ever.
"""

import codecs
import os
import re
import selectors
from collections.abc import Generator, Iterable, Iterator
from typing import ClassVar

from textual import events
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from boxtui.tui.raw_keys import key_name

_PASTE_START, _PASTE_END = "\x1b[200~", "\x1b[201~"
_TOKEN = re.compile(
    r"(?P<other>\x1b\[<[\d;]+[Mm]|\x1b\[[IO]|\x1b\[48;[\d:;]*t|\x1b\[[?>=][\d;]*\$?[a-zA-Z]"
    r"|\x1b\[\d+;\d+R|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\))"
    r"|(?P<paste>\x1b\[200~)"
    r"|(?P<key>\x1b?\x1b\[[\d;:]*[ -/]*[@-~]|\x1b?\x1bO\d?[@-~]|\x1b[^\x1b\[OPX^_\]]|[^\x1b])",
    re.DOTALL,
)
_READ = 64 << 10
_FLUSH_AFTER = 0.02
"""Seconds after which a lone ESC is the escape key: sequences arrive in one piece over SSH too."""
_POLL = 0.1
"""Seconds within which the thread sees that it is to end."""


class Splitter:
    """Text from the outer terminal, cut into messages for a terminal in focus."""

    def __init__(self, parser: XTermParser) -> None:
        self._parser = parser
        self._rest = ""
        self._pasting: list[str] | None = None

    @property
    def waiting(self) -> bool:
        """Whether a sequence stands half finished."""
        return bool(self._rest) and self._pasting is None

    def feed(self, text: str) -> Iterator[Message]:
        """Take what was read; what is not whole yet waits for more, or for flush()."""
        text, self._rest = self._rest + text, ""
        at = 0
        while at < len(text):
            if self._pasting is not None:
                at = yield from self._paste(text, at)
                continue
            match = _TOKEN.match(text, at)
            if match is None:
                self._rest = text[at:]
                return
            at = match.end()
            if match["paste"]:
                self._pasting = []
            elif match["other"]:
                yield from self._parser.feed(match[0])
            else:
                yield from _key(match[0])

    def flush(self) -> Iterator[Message]:
        """Take what never became a sequence for the keys that it looks like."""
        rest, self._rest = self._rest, ""
        if rest.startswith("\x1b\x1b"):
            yield events.Key("alt+escape", None)
            rest = rest[2:]
        elif len(rest) == 2 and rest[0] == "\x1b":
            # alt and one of the signs that begin a sequence
            yield from _key(rest, name=f"alt+{rest[1]}")
            return
        for character in rest:
            yield from _key(character)

    def _paste(self, text: str, at: int) -> Generator[Message, None, int]:
        assert self._pasting is not None
        end = text.find(_PASTE_END, at)
        if end < 0:
            # the end mark may stand at the edge of what was read
            edge = max(at, len(text) - len(_PASTE_END) + 1)
            self._pasting.append(text[at:edge])
            self._rest = text[edge:]
            return len(text)
        self._pasting.append(text[at:end])
        pasted, self._pasting = "".join(self._pasting), None
        yield events.Paste(pasted)
        return end + len(_PASTE_END)


def _key(sequence: str, *, name: str | None = None) -> Iterator[Message]:
    name = name or key_name(sequence)
    if name is not None:
        printable = len(sequence) == 1 and sequence.isprintable()
        yield events.Key(name, sequence if printable else None)


class ConsoleDriver(LinuxDriver):
    """Textual's driver for Linux and its kin, with an input thread of our own."""

    capturing: ClassVar[bool] = False
    """Set while a terminal has the focus: every key is its own."""

    def run_input_thread(self) -> None:
        """Read and post until the console ends."""
        parser = XTermParser(self._debug)
        splitter = Splitter(parser)
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                patience = _FLUSH_AFTER if splitter.waiting else _POLL
                ready = bool(selector.select(patience))
                self._post(parser, splitter, decoder, ready=ready)

    def _post(
        self,
        parser: XTermParser,
        splitter: Splitter,
        decoder: codecs.IncrementalDecoder,
        *,
        ready: bool,
    ) -> None:
        text = decoder.decode(os.read(self.fileno, _READ)) if ready else ""
        if ready and not text:
            return
        if ConsoleDriver.capturing or splitter.waiting:
            messages: Iterable[Message] = splitter.feed(text) if ready else splitter.flush()
        else:
            messages = (*(parser.feed(text) if ready else ()), *parser.tick())
        for message in messages:
            self.process_message(message)
