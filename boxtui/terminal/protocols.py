"""Keyboard protocols, titles, links and events: what is not cells."""

import binascii
from base64 import b64decode
from dataclasses import dataclass
from typing import Literal

from boxtui.terminal.attributes import LINK_SHIFT, LOW_BITS
from boxtui.terminal.reports import Reports

TITLE = 256
TITLES = 10
LINKS = 4096
URI = 2083
EVENTS = 256

EventKind = Literal["bell", "clipboard", "directory", "prompt", "notification"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell the operator. `data` is untrusted: decoded for clipboard, raw otherwise."""

    kind: EventKind
    data: str = ""


class Protocols(Reports):
    """`links` maps the number in an attribute to a URI; only the newest ones are kept."""

    events: list[Event]
    links: dict[int, str]
    link_ids: dict[tuple[str, str], int]
    link_count: int
    titles: list[str]

    def bell(self, *_: int) -> None:
        self._emit(Event("bell"))

    def _emit(self, event: Event) -> None:
        if len(self.events) < EVENTS:
            self.events.append(event)

    def set_title(self, param: str) -> None:
        self.title = _printable(param)[:TITLE]

    def set_icon_name(self, param: str) -> None:
        self.icon_name = _printable(param)[:TITLE]

    def window_operation(self, what: int = 0, which: int = 0, *_: int) -> None:
        """XTWINOPS: only the stack of titles; nothing is ever reported."""
        if which in {0, 2}:
            if what == 22:
                self.titles = [*self.titles, self.title][-TITLES:]
            elif what == 23 and self.titles:
                self.title = self.titles.pop()

    def set_key_modifiers(self, what: int = 0, value: int = 0, *_: int) -> None:
        """XTMODKEYS, of which modifyOtherKeys is of use."""
        if what in {0, 4}:
            self.modes.modify_other_keys = value if what and value <= 2 else 0

    def reset_key_modifiers(self, what: int = 0, *_: int) -> None:
        if what == 4:
            self.modes.modify_other_keys = 0

    def push_kitty_flags(self, flags: int = 0, *_: int) -> None:
        self.modes.push_kitty(flags)

    def pop_kitty_flags(self, count: int = 1, *_: int) -> None:
        self.modes.pop_kitty(max(count, 1))

    def set_kitty_flags(self, flags: int = 0, how: int = 1, *_: int) -> None:
        self.modes.set_kitty(flags, how or 1)

    def set_link(self, params: str, uri: str) -> None:
        """OSC 8; an empty URI ends the link."""
        self.pen &= LOW_BITS
        if not uri or len(uri) > URI or not uri.isprintable():
            return
        name = next((part[3:] for part in params.split(":") if part.startswith("id=")), "")
        key = (name, uri)
        number = self.link_ids.get(key) if name or self._last_link() == key else None
        if number is None:
            number = self.link_count = self.link_count + 1
            self.links[number] = uri
            self.link_ids[key] = number
            self._forget_links()
        self.pen |= number << LINK_SHIFT

    def _last_link(self) -> tuple[str, str] | None:
        return next(reversed(self.link_ids), None)

    def _forget_links(self) -> None:
        if len(self.links) > LINKS:
            del self.links[next(iter(self.links))]
        if len(self.link_ids) > LINKS:
            del self.link_ids[next(iter(self.link_ids))]

    def offer_clipboard(self, data: str) -> None:
        """OSC 52: a write is told as an event, a read is not answered."""
        if data == "?":
            return
        try:
            text = b64decode(data, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return
        self._emit(Event("clipboard", text))

    def note(self, kind: EventKind, data: str) -> None:
        self._emit(Event(kind, data))


def _printable(text: str) -> str:
    return "".join(char for char in text if char.isprintable())
