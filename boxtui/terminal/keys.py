"""What a key sends to the program: a pure function of its name and the modes in force.

Three dialects: the legacy one of xterm, its modifyOtherKeys (1 and 2), and the kitty keyboard
protocol. The newest that the program asked for is spoken.
"""

from boxtui.terminal.key_names import ALT, CTRL, META, SHIFT, Key, parse_key
from boxtui.terminal.modes import Modes

DISAMBIGUATE, EVENTS, ALTERNATES, ALL_KEYS, TEXT = (1 << bit for bit in range(5))

# The keys of one final letter, CSI 1 ; modifiers LETTER
_LETTERS = {
    "up": "A",
    "down": "B",
    "right": "C",
    "left": "D",
    "end": "F",
    "home": "H",
    "kp_begin": "E",
    "f1": "P",
    "f2": "Q",
    "f3": "R",
    "f4": "S",
}
_CURSOR_KEYS = frozenset({"up", "down", "right", "left", "end", "home", "kp_begin"})
# The keys of a number, CSI number ; modifiers ~
_NUMBERS = {
    "insert": 2,
    "delete": 3,
    "pageup": 5,
    "pagedown": 6,
    "f5": 15,
    "f6": 17,
    "f7": 18,
    "f8": 19,
    "f9": 20,
    "f10": 21,
    "f11": 23,
    "f12": 24,
}
# The keypad: what it types, and its final letter in application mode (SS3 LETTER)
_KEYPAD = {
    **{f"kp_{digit}": (str(digit), chr(ord("p") + digit)) for digit in range(10)},
    "kp_decimal": (".", "n"),
    "kp_divide": ("/", "o"),
    "kp_multiply": ("*", "j"),
    "kp_subtract": ("-", "m"),
    "kp_add": ("+", "k"),
    "kp_enter": ("\r", "M"),
    "kp_equal": ("=", "X"),
    "kp_separator": (",", "l"),
}
_CONTROLS = {"enter": "\r", "tab": "\t", "escape": "\x1b", "backspace": "\x7f"}
_CODES = {"enter": 13, "tab": 9, "escape": 27, "backspace": 127}
_KITTY_KEYPAD = (
    *(f"kp_{digit}" for digit in range(10)),
    "kp_decimal",
    "kp_divide",
    "kp_multiply",
    "kp_subtract",
    "kp_add",
    "kp_enter",
    "kp_equal",
    "kp_separator",
)
# Keys that only the kitty protocol can tell
_KITTY_CODES = {
    **_CODES,
    "caps_lock": 57358,
    "scroll_lock": 57359,
    "num_lock": 57360,
    "print_screen": 57361,
    "pause": 57362,
    "menu": 57363,
    **{f"f{number}": 57376 + number - 13 for number in range(13, 36)},
    **{name: 57399 + index for index, name in enumerate(_KITTY_KEYPAD)},
}
# CSI R would be taken for a cursor report
_KITTY_NUMBERS = {**_NUMBERS, "f3": 13}
# Without the flag for all keys these are typed as ever (so that a shell left behind is of use)
_KITTY_TYPED = {
    "enter": "\r",
    "tab": "\t",
    "backspace": "\x7f",
    **{name: typed for name, (typed, _) in _KEYPAD.items()},
}
# What ctrl makes of the characters that have a control code; the others it leaves as they are
_CTRL = {
    **{chr(code): chr(code & 0x1F) for code in range(ord("a"), ord("z") + 1)},
    **dict(
        zip(
            " @2[3\\4]5^6~_/7?8",
            "\0\0\0\x1b\x1b\x1c\x1c\x1d\x1d\x1e\x1e\x1e\x1f\x1f\x1f\x7f\x7f",
            strict=True,
        )
    ),
}


def encode_key(name: str, modes: Modes, character: str | None = None) -> bytes:
    """The bytes for a key; none for a key that the dialect in force cannot tell.

    `character` is what the keyboard's layout makes of the key, where the caller knows it better
    than the name tells.
    """
    key = parse_key(name)
    if character and len(character) == 1 and character.isprintable():
        if not key.modifiers & ~SHIFT and key.base not in _KEYPAD:
            key = parse_key(character)
    elif not name:
        return b""
    return _encode(key, modes).encode("utf-8", "replace")


def _encode(key: Key, modes: Modes) -> str:
    flags = modes.kitty_flags
    if flags & ALL_KEYS or flags & DISAMBIGUATE:
        return _kitty(key, flags)
    if flags & EVENTS and not key.is_character and key.base not in _CODES:
        return _kitty(key, flags)
    if modes.modify_other_keys:
        other = _modified_other(key, modes.modify_other_keys)
        if other:
            return other
    return _legacy(key, modes)


def _parameter(modifiers: int) -> int:
    return modifiers + 1


# ---------------------------------------------------------------- the legacy dialect


def _legacy(key: Key, modes: Modes) -> str:
    if key.is_character:
        return _legacy_character(key)
    if key.base in _CONTROLS:
        return _legacy_control(key, modes)
    if key.base in _KEYPAD:
        typed, letter = _KEYPAD[key.base]
        if modes.application_keypad:
            return f"\x1bO{letter}"
        return _legacy_character(Key(typed, key.modifiers))
    return _legacy_function(*_shifted_function(key), modes)


def _legacy_character(key: Key) -> str:
    if key.modifiers & ~(SHIFT | ALT | CTRL | META):
        return ""
    text = key.base
    if key.modifiers & CTRL:
        text = _CTRL.get(text.lower(), text)
    return "\x1b" + text if key.modifiers & (ALT | META) else text


def _legacy_control(key: Key, modes: Modes) -> str:
    text = _CONTROLS[key.base]
    if key.base == "tab" and key.modifiers & SHIFT:
        text = "\x1b[Z"
    elif key.base == "backspace" and key.modifiers & CTRL:
        text = "\b"
    elif key.base == "enter" and modes.newline:
        text = "\r\n"
    return "\x1b" + text if key.modifiers & (ALT | META) else text


def _shifted_function(key: Key) -> tuple[str, int]:
    """F13 to F24 are shift and F1 to F12 to xterm and its terminfo; F25 to F36 are ctrl."""
    base, modifiers = key
    if base[0] == "f" and base[1:].isdecimal():
        bank, number = divmod(int(base[1:]) - 1, 12)
        if 1 <= bank <= 2:
            return f"f{number + 1}", modifiers | (SHIFT if bank == 1 else CTRL)
    return base, modifiers


def _legacy_function(base: str, modifiers: int, modes: Modes) -> str:
    if base in _NUMBERS:
        suffix = f";{_parameter(modifiers)}" if modifiers else ""
        return f"\x1b[{_NUMBERS[base]}{suffix}~"
    letter = _LETTERS.get(base)
    if letter is None:
        return ""
    if modifiers:
        return f"\x1b[1;{_parameter(modifiers)}{letter}"
    if base not in _CURSOR_KEYS or modes.application_cursor:
        return f"\x1bO{letter}"
    return f"\x1b[{letter}"


# ---------------------------------------------------------------- modifyOtherKeys


def _modified_other(key: Key, level: int) -> str:
    """CSI 27 ; modifiers ; code ~, or "" for a key that keeps its legacy form."""
    if not key.modifiers or not (key.is_character or key.base in _CODES):
        return ""
    if level == 1 and _well_known(key):
        return ""
    if key == Key("tab", SHIFT):
        return ""
    modifiers = key.modifiers
    if key.is_character and key.base != " ":
        if not modifiers & ~SHIFT:
            return ""
        if key.base.lower() != key.base:
            modifiers |= SHIFT
    code = ord(key.base) if key.is_character else _CODES[key.base]
    return f"\x1b[27;{_parameter(modifiers)};{code}~"


def _well_known(key: Key) -> bool:
    """Whether level 1 leaves a modified key alone: its legacy form says all there is to say."""
    if key.is_character:
        if not key.modifiers & CTRL:
            return True
        return key.base.lower() in _CTRL
    if key.base in ("backspace", "escape"):
        return True
    return not key.modifiers & ~(ALT | META)


# ---------------------------------------------------------------- the kitty protocol


def _kitty(key: Key, flags: int) -> str:
    if key.is_character:
        return _kitty_character(key, flags)
    if not flags & ALL_KEYS and not key.modifiers and key.base in _KITTY_TYPED:
        return _KITTY_TYPED[key.base]
    suffix = f";{_parameter(key.modifiers)}" if key.modifiers else ""
    if key.base in _KITTY_NUMBERS:
        return f"\x1b[{_KITTY_NUMBERS[key.base]}{suffix}~"
    if key.base in _LETTERS:
        return f"\x1b[{'1' if suffix else ''}{suffix}{_LETTERS[key.base]}"
    code = _KITTY_CODES.get(key.base)
    return "" if code is None else f"\x1b[{code}{suffix}u"


def _kitty_character(key: Key, flags: int) -> str:
    if not flags & ALL_KEYS and not key.modifiers & ~SHIFT:
        return key.base
    modifiers = key.modifiers
    lower = key.base.lower()
    is_shifted = lower != key.base and len(lower) == 1
    if is_shifted:
        modifiers |= SHIFT
    code = str(ord(lower if is_shifted else key.base))
    if flags & ALTERNATES and is_shifted:
        code += f":{ord(key.base)}"
    text = ""
    if flags & TEXT and flags & ALL_KEYS and not modifiers & ~SHIFT:
        text = f";{ord(key.base)}"
    if text or modifiers:
        return f"\x1b[{code};{_parameter(modifiers) if modifiers else ''}{text}u"
    return f"\x1b[{code}u"
