"""Character sets: designation (SCS), shifts, and line drawing, under UTF-8 as well."""

from pyte.charsets import VT100_MAP

from boxtui.terminal.state import ScreenState

# pyte has other pictures for the blank and for h and i, which are the symbols for NL and VT
LINE_DRAWING = {
    0x5F: " ",
    0x68: "\N{SYMBOL FOR NEWLINE}",
    0x69: "\N{SYMBOL FOR VERTICAL TABULATION}",
}
TABLES: dict[str, dict[int, str]] = {
    "0": {code: VT100_MAP[code] for code in range(0x60, 0x7F)} | LINE_DRAWING,
    "A": {0x23: "\N{POUND SIGN}"},
}
SLOTS = {"(": 0, ")": 1, "*": 2, "+": 3}


class Charsets(ScreenState):
    def define_charset(self, code: str, mode: str) -> None:
        """Designate set `code` as G0 to G3, which `mode`, one of ()*+, tells."""
        self.charsets[SLOTS[mode]] = code
        self.select_charset()

    def shift_in(self) -> None:
        self._shift(0)

    def shift_out(self) -> None:
        self._shift(1)

    def lock_shift_2(self) -> None:
        self._shift(2)

    def lock_shift_3(self) -> None:
        self._shift(3)

    def shift_2_once(self) -> None:
        self.single_shift = 2
        self.refresh_plain()

    def shift_3_once(self) -> None:
        self.single_shift = 3
        self.refresh_plain()

    def _shift(self, slot: int) -> None:
        self.shifted = slot
        self.select_charset()

    def select_charset(self) -> None:
        """Put the set that is shifted in into effect."""
        self.translation = TABLES.get(self.charsets[self.shifted])
        self.refresh_plain()

    def translate(self, data: str) -> str:
        head = ""
        if self.single_shift:
            head = data[0].translate(TABLES.get(self.charsets[self.single_shift], {}))
            data = data[1:]
            self.single_shift = 0
            self.refresh_plain()
        return head + (data.translate(self.translation) if self.translation else data)
