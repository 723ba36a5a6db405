"""libvterm's own state and screen tests, read from Debian's source of it at test time."""

import os
from pathlib import Path

import pytest

from tests.terminal.debian_source import SourceUnavailableError, fetch_source
from tests.terminal.libvterm import Assertion, perl_string, run_file

# The first suite whose libvterm has tests of reflow
SUITE = "trixie"
# What a terminal shows, of all that can be asked
SHOWN = ("cursor", "screen_row", "screen_chars", "screen_text", "screen_eol", "lineinfo")
DIFFERENCES = Path(__file__).with_name("libvterm_differences.tsv")


@pytest.fixture(scope="session")
def libvterm_tests(pytestconfig: pytest.Config) -> list[Path]:
    """`BOXTUI_LIBVTERM` names a source tree to use instead of Debian's."""
    given = os.environ.get("BOXTUI_LIBVTERM")
    try:
        tree = Path(given) if given else _fetch(pytestconfig)
    except SourceUnavailableError as error:
        pytest.skip(f"the source of libvterm can't be had here: {error}")
    files = sorted((tree / "t").glob("*.test"))
    assert files, f"no test files in {tree}"
    return files


def _fetch(config: pytest.Config) -> Path:
    assert config.cache is not None
    return fetch_source("libvterm", SUITE, config.cache.mkdir("libvterm"))


@pytest.fixture(scope="session")
def assertions(libvterm_tests: list[Path]) -> list[Assertion]:
    return [assertion for path in libvterm_tests for assertion in run_file(path)]


def known_differences() -> dict[tuple[str, int], str]:
    """Where we differ on purpose, and why: file, line, reason."""
    known = {}
    for row in DIFFERENCES.read_text().splitlines():
        if row and not row.startswith("#"):
            name, line, why = row.split("\t")
            known[name, int(line)] = why
    return known


def test_all_but_what_is_listed_holds(assertions: list[Assertion]) -> None:
    known = known_differences()
    failed = [one for one in assertions if not one.holds and (one.file, one.line) not in known]
    assert not failed, "\n".join(map(str, failed))


def test_what_is_listed_does_differ(assertions: list[Assertion]) -> None:
    """A line that holds by now, or is no more, has to leave the list."""
    differing = {(one.file, one.line) for one in assertions if not one.holds}
    assert not known_differences().keys() - differing


def test_what_is_shown_is_right(assertions: list[Assertion]) -> None:
    shown = [one for one in assertions if one.question.split()[0] in SHOWN]
    held = sum(one.holds for one in shown)
    print(f"libvterm: {held} of {len(shown)} assertions on the screen hold; ", end="")
    print(f"{sum(one.holds for one in assertions)} of {len(assertions)} with pen and replies")
    assert len(shown) >= 337
    assert held >= len(shown) * 300 / 337


def test_the_interpreter_reads_perl() -> None:
    assert perl_string(r'"A"x3 . "\e[1;\#m\x41\x{9b}\$" . "\\"') == b"AAA\x1b[1;#mA\x9b$\\"
