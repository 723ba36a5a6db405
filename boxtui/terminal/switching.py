"""Setting and resetting modes, the two screens, saving the cursor, the resets."""

from pyte import modes as pyte_modes

from boxtui.terminal.editing import Editing
from boxtui.terminal.modes import (
    ALTERNATE_SCREEN,
    ANSI_FLAGS,
    COLUMN_MODE,
    MOUSE_ENCODING,
    MOUSE_TRACKING,
    PRIVATE_FLAGS,
    SAVE_CURSOR,
    CursorShape,
)
from boxtui.terminal.state import Saved

PRIVATE_SHIFT = 5  # how pyte tells private modes from others
SHAPES: tuple[CursorShape, ...] = ("block", "underline", "bar")


class Switching(Editing):
    @property
    def mode(self) -> set[int]:
        """The modes set, numbered as pyte does."""
        on = {number for number, name in ANSI_FLAGS.items() if getattr(self.modes, name)}
        private = {number for number, name in PRIVATE_FLAGS.items() if getattr(self.modes, name)}
        return on | {number << PRIVATE_SHIFT for number in private}

    def set_mode(self, *modes: int, private: bool = False) -> None:
        """SM, and DECSET as the private form."""
        for mode in modes:
            self._switch(mode, private, on=True)
        self.refresh_plain()

    def reset_mode(self, *modes: int, private: bool = False) -> None:
        """RM, and DECRST as the private form."""
        for mode in modes:
            self._switch(mode, private, on=False)
        self.refresh_plain()

    def _switch(self, mode: int, private: bool, *, on: bool) -> None:
        name = PRIVATE_FLAGS.get(mode) if private else ANSI_FLAGS.get(mode)
        if name is not None:
            setattr(self.modes, name, on)
            if mode << PRIVATE_SHIFT == pyte_modes.DECOM:
                self.cursor_position()
            elif name == "cursor_visible":
                self.cursor.hidden = not on
            elif name == "reverse_screen":
                for row in self.rows:
                    row.version = 0
        elif private:
            self._switch_special(mode, on=on)

    def _switch_special(self, mode: int, *, on: bool) -> None:
        modes = self.modes
        if mode in ALTERNATE_SCREEN:
            self._switch_screen(on=on, keep_cursor=mode == ALTERNATE_SCREEN[-1])
        elif mode == SAVE_CURSOR:
            (self.save_cursor if on else self.restore_cursor)()
        elif mode == COLUMN_MODE:
            self.top, self.bottom = 0, self.lines - 1
            self._erase_rows(0, self.lines, selective=False)
            self.cursor_position()
        elif mode in MOUSE_TRACKING:
            modes.mouse_tracking = MOUSE_TRACKING[mode] if on else "none"
        elif mode in MOUSE_ENCODING:
            if on:
                modes.mouse_encoding = MOUSE_ENCODING[mode]
            elif modes.mouse_encoding == MOUSE_ENCODING[mode]:
                modes.mouse_encoding = "default"

    def _switch_screen(self, *, on: bool, keep_cursor: bool) -> None:
        modes = self.modes
        if on == modes.alternate_screen:
            if not on and keep_cursor and self.saved[0]:
                self.restore_cursor()
            return
        if on and keep_cursor:
            self.save_cursor()
        self.rows, self.other_rows = self.other_rows, self.rows
        modes.alternate_screen = on
        if on:
            self._erase_rows(0, self.lines, selective=False)
        elif keep_cursor:
            self.restore_cursor()

    def save_cursor(self, *_: int) -> None:
        """DECSC and SCOSC; one place for either screen."""
        self.saved[int(self.modes.alternate_screen)] = Saved(
            self.cursor.x,
            self.cursor.y,
            self.pen,
            self.modes.origin,
            (self.charsets[0], self.charsets[1], self.charsets[2], self.charsets[3]),
            self.shifted,
        )

    def restore_cursor(self, *_: int) -> None:
        """DECRC and SCORC; home and a plain pen where nothing was saved."""
        saved = self.saved[int(self.modes.alternate_screen)] or Saved()
        self.cursor.x = min(saved.x, self.columns)
        self.cursor.y = min(saved.y, self.lines - 1)
        self.pen = saved.pen
        self.modes.origin = saved.origin
        self.charsets = list(saved.charsets)
        self._shift(saved.shifted)

    def soft_reset(self, *_: int) -> None:
        """DECSTR."""
        modes = self.modes
        modes.origin = modes.insert = False
        modes.application_cursor = modes.application_keypad = False
        modes.autowrap = modes.cursor_visible = True
        self.cursor.hidden = False
        self.top, self.bottom = 0, self.lines - 1
        self.pen = 0
        self.saved[int(modes.alternate_screen)] = None
        self.charsets = ["B"] * 4
        self._shift(0)

    def set_cursor_style(self, number: int = 0, *_: int) -> None:
        """DECSCUSR."""
        if number <= 6:
            number = max(number, 1) - 1
            self.modes.cursor_shape = SHAPES[number // 2]
            self.modes.cursor_blink = number % 2 == 0

    def set_keypad(self) -> None:
        """DECKPAM."""
        self.modes.application_keypad = True

    def reset_keypad(self) -> None:
        """DECKPNM."""
        self.modes.application_keypad = False

    def _shift(self, slot: int) -> None:
        raise NotImplementedError
