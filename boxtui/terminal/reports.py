"""The answers due to the program. None repeats anything that the program sent."""

from boxtui.terminal.attributes import PROTECTED, describe
from boxtui.terminal.modes import (
    ALTERNATE_SCREEN,
    ANSI_FLAGS,
    MOUSE_ENCODING,
    MOUSE_TRACKING,
    PRIVATE_FLAGS,
)
from boxtui.terminal.state import ScreenState

NAME = "boxtui"
REPLIES = 65536  # characters kept for a program that asks and never reads

UNKNOWN, SET, RESET = 0, 1, 2


class Reports(ScreenState):
    """`colours` are foreground and background as 0xrrggbb: what OSC 10 and 11 are told."""

    replies: list[str]
    replies_size: int
    colours: dict[int, int]

    def write_process_input(self, data: str) -> None:
        """Queue an answer; dropped whole when too much is waiting."""
        if self.replies_size + len(data) <= REPLIES:
            self.replies.append(data)
            self.replies_size += len(data)

    def report_device_attributes(self, mode: int = 0, *_: int) -> None:
        """DA1: a VT100 with the advanced video option."""
        if mode == 0:
            self.write_process_input("\x1b[?1;2c")

    def report_secondary_attributes(self, mode: int = 0, *_: int) -> None:
        """DA2."""
        if mode == 0:
            self.write_process_input("\x1b[>0;100;0c")

    def report_tertiary_attributes(self, mode: int = 0, *_: int) -> None:
        """DA3."""
        if mode == 0:
            self.write_process_input("\x1bP!|00000000\x1b\\")

    def report_device_status(self, mode: int = 0, *_: int, private: bool = False) -> None:
        """DSR 5, and 6: the cursor's position (private: DECXCPR)."""
        if mode == 6:
            y = self.cursor.y - (self.top if self.modes.origin else 0)
            x = min(self.cursor.x, self.columns - 1)
            mark = "?" if private else ""
            self.write_process_input(f"\x1b[{mark}{y + 1};{x + 1}R")
        elif mode == 5 and not private:
            self.write_process_input("\x1b[0n")

    def report_version(self, mode: int = 0, *_: int) -> None:
        """XTVERSION."""
        if mode == 0:
            self.write_process_input(f"\x1bP>|{NAME}\x1b\\")

    def report_mode(self, mode: int = 0, *_: int) -> None:
        """DECRQM of an ANSI mode."""
        name = ANSI_FLAGS.get(mode)
        state = UNKNOWN if name is None else SET if getattr(self.modes, name) else RESET
        self.write_process_input(f"\x1b[{mode};{state}$y")

    def report_private_mode(self, mode: int = 0, *_: int) -> None:
        """DECRQM."""
        self.write_process_input(f"\x1b[?{mode};{self._private_state(mode)}$y")

    def _private_state(self, mode: int) -> int:
        modes = self.modes
        if mode in PRIVATE_FLAGS:
            on = bool(getattr(modes, PRIVATE_FLAGS[mode]))
        elif mode in MOUSE_TRACKING:
            on = modes.mouse_tracking == MOUSE_TRACKING[mode]
        elif mode in MOUSE_ENCODING:
            on = modes.mouse_encoding == MOUSE_ENCODING[mode]
        elif mode in ALTERNATE_SCREEN:
            on = modes.alternate_screen
        else:
            return UNKNOWN
        return SET if on else RESET

    def report_setting(self, setting: str) -> None:
        """DECRQSS; the answer to an unknown setting is bare."""
        known = {
            "m": describe(self.pen),
            "r": f"{self.top + 1};{self.bottom + 1}",
            " q": str(self.modes.cursor_style),
            '"q': "1" if self.pen & PROTECTED else "2",
        }
        if setting in known:
            self.write_process_input(f"\x1bP1$r{known[setting]}{setting}\x1b\\")
        else:
            self.write_process_input("\x1bP0$r\x1b\\")

    def report_kitty_flags(self, *_: int) -> None:
        self.write_process_input(f"\x1b[?{self.modes.kitty_flags}u")

    def report_colour(self, which: int, terminator: str) -> None:
        """OSC 10 and 11 with a question mark."""
        value = self.colours[which]
        red, green, blue = value >> 16, value >> 8 & 255, value & 255
        colour = f"rgb:{red:02x}{red:02x}/{green:02x}{green:02x}/{blue:02x}{blue:02x}"
        self.write_process_input(f"\x1b]{which};{colour}{terminator}")
