"""Key names, as Textual writes them ("ctrl+shift+left", "question_mark", "a"), taken apart."""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

SHIFT, ALT, CTRL, SUPER, HYPER, META = (1 << bit for bit in range(6))
MODIFIERS = {
    "shift": SHIFT,
    "alt": ALT,
    "ctrl": CTRL,
    "super": SUPER,
    "hyper": HYPER,
    "meta": META,
}

_ALIASES = {
    "return": "enter",
    "esc": "escape",
    "space": " ",
    "slash": "/",
    "backslash": "\\",
    "at": "@",
    "minus": "-",
    "plus": "+",
    "underscore": "_",
    "page_up": "pageup",
    "page_down": "pagedown",
    "backtab": "shift+tab",
    "decimal": "kp_decimal",
    "divide": "kp_divide",
    "multiply": "kp_multiply",
    "subtract": "kp_subtract",
    "add": "kp_add",
    "equal": "kp_equal",
    "separator": "kp_separator",
}
# str.isalnum and the Unicode names with a hyphen are why these cannot be computed from the name
_ASCII = {
    unicodedata.name(chr(code)).lower().replace("-", "_").replace(" ", "_"): chr(code)
    for code in range(0x21, 0x7F)
    if not chr(code).isalnum()
}


class Key(NamedTuple):
    """`base` is one character, or the name of a key that types none; modifiers are kitty's bits."""

    base: str
    modifiers: int

    @property
    def is_character(self) -> bool:
        return len(self.base) == 1


@lru_cache(maxsize=1024)
def parse_key(name: str) -> Key:
    """Take a name apart; a character that Unicode names is found, an unknown name kept as it is.

    Shift is folded into letters ("shift+a" and "A" are one key: "A" without the bit).
    """
    modifiers = 0
    rest = name
    while True:
        head, plus, tail = rest.partition("+")
        if not plus or not tail or head not in MODIFIERS:
            break
        modifiers |= MODIFIERS[head]
        rest = tail
    if rest == "backtab":
        return Key("tab", modifiers | SHIFT)
    base = _base(rest)
    if len(base) == 1 and modifiers & SHIFT and base.upper() != base and len(base.upper()) == 1:
        base = base.upper()
    if len(base) == 1 and base.lower() != base:
        modifiers &= ~SHIFT
    return Key(base, modifiers)


def _base(name: str) -> str:
    if len(name) == 1:
        return name
    if name in _ALIASES:
        return _ALIASES[name]
    if name in _ASCII:
        return _ASCII[name]
    try:
        character = unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return name
    # "tab" and "delete" are also names of control characters
    return character if character.isprintable() and len(character) == 1 else name
