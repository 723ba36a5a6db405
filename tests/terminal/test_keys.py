"""The key table, walked whole: terminfo is the oracle where it knows, the rest is spelled out."""

import curses
from itertools import product

import pytest

from boxtui.terminal import keys
from boxtui.terminal.key_names import ALT, CTRL, SHIFT, Key, parse_key
from boxtui.terminal.keys import encode_key
from boxtui.terminal.modes import Modes

LEGACY = Modes()
APPLICATION = Modes(application_cursor=True, application_keypad=True)
OTHER_1 = Modes(modify_other_keys=1)
OTHER_2 = Modes(modify_other_keys=2)


def kitty(flags: int) -> Modes:
    modes = Modes()
    modes.push_kitty(flags)
    return modes


# name, what an unmodified xterm sends
LEGACY_TABLE = {
    "a": "a",
    "A": "A",
    "é": "é",
    "latin_small_letter_e_with_acute": "é",
    "shift+a": "A",
    "plus": "+",
    "+": "+",
    "question_mark": "?",
    "minus": "-",
    "hyphen_minus": "-",
    "slash": "/",
    "solidus": "/",
    "full_stop": ".",
    "left_curly_bracket": "{",
    "space": " ",
    "alt+a": "\x1ba",
    "alt+A": "\x1bA",
    "alt+shift+a": "\x1bA",
    "meta+a": "\x1ba",
    "alt+full_stop": "\x1b.",
    "ctrl+a": "\x01",
    "ctrl+z": "\x1a",
    "ctrl+shift+a": "\x01",
    "alt+ctrl+a": "\x1b\x01",
    "ctrl+alt+a": "\x1b\x01",
    "ctrl+@": "\0",
    "ctrl+at": "\0",
    "ctrl+space": "\0",
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+left_square_bracket": "\x1b",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+underscore": "\x1f",
    "ctrl+slash": "\x1f",
    "ctrl+2": "\0",
    "ctrl+3": "\x1b",
    "ctrl+6": "\x1e",
    "ctrl+8": "\x7f",
    "ctrl+1": "1",
    "ctrl+question_mark": "\x7f",
    "enter": "\r",
    "return": "\r",
    "shift+enter": "\r",
    "ctrl+enter": "\r",
    "alt+enter": "\x1b\r",
    "tab": "\t",
    "shift+tab": "\x1b[Z",
    "backtab": "\x1b[Z",
    "ctrl+tab": "\t",
    "alt+tab": "\x1b\t",
    "escape": "\x1b",
    "alt+escape": "\x1b\x1b",
    "backspace": "\x7f",
    "shift+backspace": "\x7f",
    "ctrl+backspace": "\b",
    "alt+backspace": "\x1b\x7f",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[H",
    "end": "\x1b[F",
    "shift+up": "\x1b[1;2A",
    "alt+up": "\x1b[1;3A",
    "ctrl+shift+left": "\x1b[1;6D",
    "ctrl+alt+right": "\x1b[1;7C",
    "alt+delete": "\x1b[3;3~",
    "f1": "\x1bOP",
    "f5": "\x1b[15~",
    "shift+f5": "\x1b[15;2~",
    "ctrl+f1": "\x1b[1;5P",
    "f13": "\x1b[1;2P",
    "f24": "\x1b[24;2~",
    "f25": "\x1b[1;5P",
    "kp_5": "5",
    "kp_enter": "\r",
    "add": "+",
    "super+a": "",
    "caps_lock": "",
    "no_such_key": "",
    "<any>": "",
    "": "",
}


@pytest.mark.parametrize(("name", "sent"), LEGACY_TABLE.items())
def test_legacy(name: str, sent: str) -> None:
    assert encode_key(name, LEGACY) == sent.encode()


APPLICATION_TABLE = {
    "up": "\x1bOA",
    "left": "\x1bOD",
    "home": "\x1bOH",
    "end": "\x1bOF",
    "shift+up": "\x1b[1;2A",
    "kp_0": "\x1bOp",
    "kp_9": "\x1bOy",
    "kp_enter": "\x1bOM",
    "subtract": "\x1bOm",
    "decimal": "\x1bOn",
    "insert": "\x1b[2~",
    "5": "5",
    "enter": "\r",
}


@pytest.mark.parametrize(("name", "sent"), APPLICATION_TABLE.items())
def test_application_cursor_and_keypad(name: str, sent: str) -> None:
    assert encode_key(name, APPLICATION) == sent.encode()


def test_newline_mode_ends_lines_with_both() -> None:
    assert encode_key("enter", Modes(newline=True)) == b"\r\n"


TERMINFO = {
    "up": "kcuu1",
    "down": "kcud1",
    "left": "kcub1",
    "right": "kcuf1",
    "home": "khome",
    "end": "kend",
    "insert": "kich1",
    "delete": "kdch1",
    "pageup": "kpp",
    "pagedown": "knp",
    "backspace": "kbs",
    "shift+tab": "kcbt",
    "kp_enter": "kent",
    **{f"f{number}": f"kf{number}" for number in range(1, 37)},
    **{
        prefix + name: f"k{capability}{suffix}"
        for name, capability in {
            "up": "UP",
            "down": "DN",
            "left": "LFT",
            "right": "RIT",
            "home": "HOM",
            "end": "END",
            "insert": "IC",
            "delete": "DC",
            "pageup": "PRV",
            "pagedown": "NXT",
        }.items()
        for prefix, suffix in {
            "alt+": 3,
            "alt+shift+": 4,
            "ctrl+": 5,
            "ctrl+shift+": 6,
            "ctrl+alt+": 7,
        }.items()
    },
}


@pytest.mark.parametrize(("name", "capability"), TERMINFO.items())
def test_every_key_that_terminfo_has(name: str, capability: str) -> None:
    curses.setupterm("xterm-256color", 1)
    expected = curses.tigetstr(capability)
    if name == "backspace":  # terminfo of some systems says ^H; Debian's and ours say DEL
        assert expected in (b"\x7f", b"\b")
        expected = b"\x7f"
    assert expected, f"this system's terminfo lacks {capability}"
    assert encode_key(name, APPLICATION) == expected


OTHER_TABLE = {
    # name: level 1, level 2
    "a": ("a", "a"),
    "A": ("A", "A"),
    "shift+tab": ("\x1b[Z", "\x1b[Z"),
    "ctrl+a": ("\x01", "\x1b[27;5;97~"),
    "alt+a": ("\x1ba", "\x1b[27;3;97~"),
    "ctrl+shift+a": ("\x01", "\x1b[27;6;65~"),
    "ctrl+1": ("\x1b[27;5;49~", "\x1b[27;5;49~"),
    "ctrl+full_stop": ("\x1b[27;5;46~", "\x1b[27;5;46~"),
    "ctrl+enter": ("\x1b[27;5;13~", "\x1b[27;5;13~"),
    "shift+enter": ("\x1b[27;2;13~", "\x1b[27;2;13~"),
    "alt+enter": ("\x1b\r", "\x1b[27;3;13~"),
    "ctrl+tab": ("\x1b[27;5;9~", "\x1b[27;5;9~"),
    "ctrl+shift+tab": ("\x1b[27;6;9~", "\x1b[27;6;9~"),
    "ctrl+space": ("\0", "\x1b[27;5;32~"),
    "shift+space": (" ", "\x1b[27;2;32~"),
    "ctrl+backspace": ("\b", "\x1b[27;5;127~"),
    "escape": ("\x1b", "\x1b"),
    "alt+escape": ("\x1b\x1b", "\x1b[27;3;27~"),
    "enter": ("\r", "\r"),
    "up": ("\x1b[A", "\x1b[A"),
    "ctrl+up": ("\x1b[1;5A", "\x1b[1;5A"),
}


@pytest.mark.parametrize(("name", "sent"), OTHER_TABLE.items())
def test_modify_other_keys(name: str, sent: tuple[str, str]) -> None:
    levels = encode_key(name, OTHER_1), encode_key(name, OTHER_2)
    assert levels == (sent[0].encode(), sent[1].encode())


KITTY_TABLE = {
    # name: disambiguate, all keys, all keys with text and alternates
    "a": ("a", "\x1b[97u", "\x1b[97;;97u"),
    "A": ("A", "\x1b[97;2u", "\x1b[97:65;2;65u"),
    "é": ("é", "\x1b[233u", "\x1b[233;;233u"),
    "question_mark": ("?", "\x1b[63u", "\x1b[63;;63u"),
    "space": (" ", "\x1b[32u", "\x1b[32;;32u"),
    "escape": ("\x1b[27u", "\x1b[27u", "\x1b[27u"),
    "enter": ("\r", "\x1b[13u", "\x1b[13u"),
    "tab": ("\t", "\x1b[9u", "\x1b[9u"),
    "backspace": ("\x7f", "\x1b[127u", "\x1b[127u"),
    "shift+enter": ("\x1b[13;2u", "\x1b[13;2u", "\x1b[13;2u"),
    "shift+tab": ("\x1b[9;2u", "\x1b[9;2u", "\x1b[9;2u"),
    "ctrl+backspace": ("\x1b[127;5u", "\x1b[127;5u", "\x1b[127;5u"),
    "ctrl+c": ("\x1b[99;5u", "\x1b[99;5u", "\x1b[99;5u"),
    "alt+a": ("\x1b[97;3u", "\x1b[97;3u", "\x1b[97;3u"),
    "ctrl+shift+a": ("\x1b[97;6u", "\x1b[97;6u", "\x1b[97:65;6u"),
    "super+a": ("\x1b[97;9u", "\x1b[97;9u", "\x1b[97;9u"),
    "hyper+a": ("\x1b[97;17u", "\x1b[97;17u", "\x1b[97;17u"),
    "meta+a": ("\x1b[97;33u", "\x1b[97;33u", "\x1b[97;33u"),
    "up": ("\x1b[A", "\x1b[A", "\x1b[A"),
    "shift+up": ("\x1b[1;2A", "\x1b[1;2A", "\x1b[1;2A"),
    "home": ("\x1b[H", "\x1b[H", "\x1b[H"),
    "delete": ("\x1b[3~", "\x1b[3~", "\x1b[3~"),
    "f1": ("\x1b[P", "\x1b[P", "\x1b[P"),
    "f3": ("\x1b[13~", "\x1b[13~", "\x1b[13~"),
    "ctrl+f3": ("\x1b[13;5~", "\x1b[13;5~", "\x1b[13;5~"),
    "f12": ("\x1b[24~", "\x1b[24~", "\x1b[24~"),
    "f13": ("\x1b[57376u", "\x1b[57376u", "\x1b[57376u"),
    "f35": ("\x1b[57398u", "\x1b[57398u", "\x1b[57398u"),
    "caps_lock": ("\x1b[57358u", "\x1b[57358u", "\x1b[57358u"),
    "kp_0": ("0", "\x1b[57399u", "\x1b[57399u"),
    "separator": (",", "\x1b[57416u", "\x1b[57416u"),
    "ctrl+kp_1": ("\x1b[57400;5u", "\x1b[57400;5u", "\x1b[57400;5u"),
    "no_such_key": ("", "", ""),
}


@pytest.mark.parametrize(("name", "sent"), KITTY_TABLE.items())
def test_kitty(name: str, sent: tuple[str, str, str]) -> None:
    got = tuple(encode_key(name, kitty(flags)).decode() for flags in (1, 9, 0b11111))
    assert got == sent


def test_kitty_wins_over_other_keys_and_application_mode() -> None:
    modes = Modes(application_cursor=True, modify_other_keys=2)
    modes.push_kitty(keys.DISAMBIGUATE)
    assert encode_key("up", modes) == b"\x1b[A"
    assert encode_key("ctrl+a", modes) == b"\x1b[97;5u"


def test_reporting_events_alone_leaves_text_in_its_legacy_form() -> None:
    assert encode_key("ctrl+a", kitty(keys.EVENTS)) == b"\x01"
    assert encode_key("f1", kitty(keys.EVENTS)) == b"\x1b[P"


def test_the_screens_keep_their_kitty_flags_apart() -> None:
    modes = Modes()
    modes.push_kitty(1)
    assert encode_key("escape", modes) == b"\x1b[27u"
    modes.alternate_screen = True
    assert encode_key("escape", modes) == b"\x1b"


ALL_BASES = (
    *keys._LETTERS,
    *keys._NUMBERS,
    *keys._KEYPAD,
    *keys._KITTY_CODES,
    *(chr(code) for code in range(0x20, 0x7F)),
)
ALL_MODIFIERS = ("", "shift+", "alt+", "ctrl+", "alt+shift+", "ctrl+shift+", "ctrl+alt+")
DIALECTS = {
    "legacy": LEGACY,
    "application": APPLICATION,
    "other 1": OTHER_1,
    "other 2": OTHER_2,
    **{f"kitty {flags}": kitty(flags) for flags in range(32)},
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_key_is_one_sequence_in_every_dialect(dialect: str) -> None:
    """Nothing but the keys that only kitty can tell is silent, and none sends two keys' worth."""
    silent = set()
    for modifiers, base in product(ALL_MODIFIERS, dict.fromkeys(ALL_BASES)):
        sent = encode_key(modifiers + base, DIALECTS[dialect])
        if not sent:
            silent.add(base)
            continue
        text = sent.decode()
        assert len(text.removeprefix("\x1b")) == 1 or text.lstrip("\x1b")[:1] in ("", "[", "O")
    only_kitty = {"caps_lock", "scroll_lock", "num_lock", "print_screen", "pause", "menu"}
    assert silent <= only_kitty


def test_kitty_with_all_keys_tells_every_key_from_every_other() -> None:
    modes = kitty(keys.DISAMBIGUATE | keys.ALL_KEYS)
    told: dict[bytes, Key] = {}
    for modifiers, base in product(ALL_MODIFIERS, dict.fromkeys(ALL_BASES)):
        key = parse_key(modifiers + base)
        sent = encode_key(modifiers + base, modes)
        if key.base.isalpha() and key.is_character and key.base.isupper():
            key = Key(key.base.lower(), key.modifiers | SHIFT)
        assert told.setdefault(sent, key) == key, sent


def test_the_layouts_character_wins_over_the_name() -> None:
    assert encode_key("shift+2", LEGACY, character='"') == b'"'
    assert encode_key("ctrl+a", LEGACY, character="\x01") == b"\x01"
    assert encode_key("upper_a", LEGACY, character="A") == b"A"


def test_names_are_taken_apart() -> None:
    assert parse_key("ctrl+shift+alt+f5") == Key("f5", CTRL | SHIFT | ALT)
    assert parse_key("ctrl++") == Key("+", CTRL)
    assert parse_key("ctrl+plus") == Key("+", CTRL)
    assert parse_key("shift+a") == parse_key("A") == Key("A", 0)
