from pathlib import Path

import pytest

from boxtui import config
from boxtui.errors import ConfigError


def test_a_missing_file_gives_the_defaults_unless_it_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    assert config.load(path, required=False) == config.Config()
    with pytest.raises(ConfigError, match="no such configuration file") as caught:
        config.load(path, required=True)
    assert str(path) in caught.value.message
    assert "--config" in (caught.value.hint or "")


def test_every_table_is_read(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(
        'read_only = true\n[console]\ntheme = "nord"\nsymbols = "ascii"\nmouse = false\n'
        '[keys]\n"box.remount" = "M,m"\n[confirm]\nstop = false\n'
    )
    read = config.load(path, required=True)
    assert read == config.Config(
        read_only=True,
        console=config.Console(theme="nord", symbols="ascii", mouse=False),
        keys={"box.remount": "M,m"},
        confirm={"stop": False},
    )


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("# c\n\nread_only = true\ncolour = 1\n", 4, "unknown key 'colour'"),
        ("[console]\nmouse = true\n\n# c\nfont = 'x'\n", 5, "unknown key 'font'; [console]"),
        ("[console]\nmouse = 1\n", 2, "mouse must be true or false"),
        ("\nread_only = 'yes'\n", 2, "read_only must be true or false"),
        ("[console]\nsymbols = 'emoji'", 2, "symbols must be one of: auto, unicode, ascii"),
        ("[console]\nsymbols = ['ascii']", 2, "symbols must be one of"),
        ("console = 1\n", 1, "console must be a table"),
        ("[keys]\na = 'x'\nb = 3\n", 3, "b must be text in quotes"),
        ("console.mouse = true\nconsole.sound = true\n", 2, "unknown key 'sound'"),
        ("console = {mouse = true, sound = 1}\n", 1, "unknown key 'sound'"),
        ("[keys]\nx = [\n 'a',\n]\n", 2, "x must be text in quotes"),
        ("[[console]]\nmouse = true\n", 1, "console must be a table"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, problem: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        config.load(path, required=True)
    assert caught.value.message.startswith(f"{path}, line {line}: ")
    assert problem in caught.value.message


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"a = \n", "line 1"),
        (b"x = 1\n[console\n", "line 2"),
        (b"a = 1\nb = '\xff'\n", "line 2: not UTF-8"),
    ],
)
def test_a_broken_file_is_an_error_with_its_line(tmp_path: Path, data: bytes, problem: str) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=problem) as caught:
        config.load(path, required=False)
    assert str(path) in caught.value.message


def test_a_folder_is_no_configuration_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read") as caught:
        config.load(tmp_path, required=False)
    assert caught.value.reason == "Is a directory"
