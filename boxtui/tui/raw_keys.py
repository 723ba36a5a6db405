"""What the outer terminal sent for a key, back to the key's name.

Textual's own names lose what a program in a box needs (alt+f becomes ctrl+right, alt+enter becomes
enter): while a terminal has the focus, keys are named here. The inverse of terminal/keys.py.
"""

import re
import unicodedata

_CSI = re.compile(r"\x1b\[(?:(\d+)(?::\d*)*(?:;(\d*)(?::\d+)?(?:;(\d+)[\d:]*)?)?)?([A-Za-z~])\Z")
_SS3 = re.compile(r"\x1bO(\d?)(.)\Z", re.DOTALL)
_LETTERS = {
    "A": "up",
    "B": "down",
    "C": "right",
    "D": "left",
    "E": "kp_begin",
    "F": "end",
    "H": "home",
    "P": "f1",
    "Q": "f2",
    "R": "f3",
    "S": "f4",
}
_SS3_LETTERS = {
    **_LETTERS,
    "M": "kp_enter",
    "X": "kp_equal",
    "j": "kp_multiply",
    "k": "kp_add",
    "l": "kp_separator",
    "m": "kp_subtract",
    "n": "kp_decimal",
    "o": "kp_divide",
    **{chr(ord("p") + digit): f"kp_{digit}" for digit in range(10)},
}
_NUMBERS = {
    1: "home",
    2: "insert",
    3: "delete",
    4: "end",
    5: "pageup",
    6: "pagedown",
    7: "home",
    8: "end",
    **{number: f"f{number - 10}" for number in range(11, 16)},
    **{number: f"f{number - 11}" for number in range(17, 22)},
    **{number: f"f{number - 12}" for number in (23, 24, 25, 26)},
    **{number: f"f{number - 13}" for number in (28, 29)},
    **{number: f"f{number - 14}" for number in (31, 32, 33, 34)},
}
_CODES = {
    9: "tab",
    13: "enter",
    27: "escape",
    127: "backspace",
    57358: "caps_lock",
    57359: "scroll_lock",
    57360: "num_lock",
    57361: "print_screen",
    57362: "pause",
    57363: "menu",
    **{57376 + number - 13: f"f{number}" for number in range(13, 36)},
    **{57399 + digit: f"kp_{digit}" for digit in range(10)},
    57409: "kp_decimal",
    57410: "kp_divide",
    57411: "kp_multiply",
    57412: "kp_subtract",
    57413: "kp_add",
    57414: "kp_enter",
    57415: "kp_equal",
    57416: "kp_separator",
    57417: "left",
    57418: "right",
    57419: "up",
    57420: "down",
    57421: "pageup",
    57422: "pagedown",
    57423: "home",
    57424: "end",
    57425: "insert",
    57426: "delete",
    57427: "kp_begin",
}
_MODIFIERS = ("shift", "alt", "ctrl", "super", "hyper", "meta")
_CONTROL = {"\r": "enter", "\n": "ctrl+j", "\t": "tab", "\x1b": "escape", "\x7f": "backspace"}
_CONTROL_SIGNS = {"\0": "@", "\x1c": "\\", "\x1d": "]", "\x1e": "^", "\x1f": "_"}


def key_name(sequence: str) -> str | None:
    """Name the key of one whole sequence; None for what is no key."""
    if len(sequence) == 1:
        return _character(sequence)
    if match := _CSI.match(sequence):
        return _control_sequence(match)
    if match := _SS3.match(sequence):
        base = _SS3_LETTERS.get(match[2])
        return base and _modified(base, int(match[1] or 1))
    if sequence[0] == "\x1b":
        # ESC before a key is how a terminal without a protocol says alt
        inner = key_name(sequence[1:])
        return None if inner is None else _with_alt(inner)
    return None


def _character(character: str) -> str:
    if character in _CONTROL:
        return _CONTROL[character]
    code = ord(character)
    if code < 32:
        sign = _CONTROL_SIGNS.get(character) or chr(code + 96)
        return f"ctrl+{_spelt(sign)}"
    return _spelt(character)


def _spelt(character: str) -> str:
    """Spell a sign out where a bare one would be read as part of the name."""
    if character == "+":
        return "plus"
    return unicodedata.name(character, character).lower() if character == " " else character


def _control_sequence(match: re.Match[str]) -> str | None:
    number, modifiers, third, final = match.groups()
    held = int(modifiers or 1)
    if final == "Z":
        return _modified("tab", max(held, 1) | 1 if held > 1 else 2)
    if final == "~":
        if number == "27" and third:
            return _by_code(int(third), held)
        base = _NUMBERS.get(int(number or 0))
        return base and _modified(base, held)
    if final == "u":
        return _by_code(int(number or 0), held)
    base = _LETTERS.get(final)
    return base and _modified(base, held)


def _by_code(code: int, held: int) -> str | None:
    if code in _CODES:
        return _modified(_CODES[code], held)
    if not 32 <= code <= 0x10FFFF or 0xD800 <= code <= 0xDFFF or 0xE000 <= code <= 0xF8FF:
        return None
    return _modified(_spelt(chr(code)), held)


def _modified(base: str, held: int) -> str:
    """`held` is one more than the bits of the modifiers; caps and num lock are left out."""
    bits = held - 1
    names = [name for at, name in enumerate(_MODIFIERS) if bits & 1 << at]
    return "+".join((*names, base))


def _with_alt(name: str) -> str:
    return name if "alt+" in name else f"alt+{name}"
