"""The Logs tab: what it shows, how one moves in it, and that nothing in a log can do harm."""

from pathlib import Path

from boxtui.errors import EngineError, NoEngineError
from tests.fakes.engine import FakeEngine
from tests.tui.conftest import Open
from tests.tui.console import Console

LOST = NoEngineError("the connection broke", reason="Connection reset")


async def logs(c: Console, *words: str) -> None:
    """Open the tab, and go into it once these words are there."""
    await c.until(lambda: c.app.main.completed)
    await c.press("l", "3")
    await c.sees(*words)


def streams(engine: FakeEngine) -> int:
    return sum(not stream.closed for stream in engine.log_streams)


async def test_lines_are_followed_while_the_tab_is_in_sight(
    console: Open, engine: FakeEngine
) -> None:
    box = engine.box("alpha")
    engine.log(box, "first words")
    async with console() as c:
        await c.until(lambda: c.app.main.completed)
        assert engine.log_streams == []
        await logs(c, "first words", "following", "1 line of the last 1,000 lines")
        engine.log(box, "more words", stderr=True)
        await c.sees("E more words", "2 lines")
        await c.press("m")
        await c.until(lambda: streams(engine) == 0)
        engine.log(box, "meanwhile")
        await c.press("l")
        await c.sees("first words", "E more words", "meanwhile")
        assert streams(engine) == 1
    assert streams(engine) == 0


async def test_another_box_has_another_log(console: Open, engine: FakeEngine) -> None:
    engine.log(engine.box("alpha"), "of alpha")
    engine.log(engine.box("beta"), "of beta")
    async with console() as c:
        await logs(c, "of alpha")
        await c.press("1", "j")
        await c.sees("of beta")
        assert "of alpha" not in c.text
        assert streams(engine) == 1


async def test_an_empty_log_and_one_that_is_refused(console: Open, engine: FakeEngine) -> None:
    engine.box("alpha")
    async with console(size=(160, 36)) as c:
        await logs(c, "following", "nothing in the last 1,000 lines")
        await c.press("m")
        engine.fail_next("logs", EngineError("could not", reason="no [b]reading[/b] here"))
        await c.press("l")
        await c.sees("no log: no [b]reading[/b] here")


async def test_the_end_of_the_box_and_its_next_start(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    engine.log(box, "one")
    async with console() as c:
        await logs(c, "one", "following")
        engine.stop(box)
        engine.cut_logs(None)
        await c.sees("the box has ended")
        engine.log(box, "two")
        engine.start(box)
        await c.sees("one", "two", "following")
        assert c.text.count("one ") == 1


async def test_a_broken_line_is_marked_and_nothing_comes_twice(
    console: Open, engine: FakeEngine
) -> None:
    box = engine.box("alpha")
    engine.log(box, "one", "two")
    async with console() as c:
        await logs(c, "one", "two", "following")
        engine.cut_logs(LOST)
        await c.sees("the connection broke here: Connection reset")
        engine.log(box, "three")
        await c.sees("three", "following")
        assert [c.text.count(word) for word in ("one ", "two ", "three ")] == [1, 1, 1]


async def test_pausing_going_back_and_following_again(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    engine.log(box, *(f"line {n}." for n in range(500)))
    async with console() as c:
        await logs(c, "line 499.", "following")
        await c.press("g")
        await c.sees("line 0.", "paused")
        engine.log(box, "the newest")
        await c.sees("501 lines")
        assert "the newest" not in c.text
        await c.press("pagedown", "j", "k")
        await c.press("G")
        await c.sees("the newest", "following")
        await c.press("f")
        engine.log(box, "one more")
        await c.sees("502 lines", "paused")
        assert "one more" not in c.text
        await c.press("j")
        await c.sees("one more", "following")


async def test_searching(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    words = {20: "a Needle", 300: "\x1b[31mnee\x1b[0mdle too"}
    engine.log(box, *(words.get(n, f"line {n}.") for n in range(500)))
    async with console() as c:
        await logs(c, "line 499.")
        await c.press("n", "N")
        await c.sees("following")
        await c.press("slash", *"needle", "enter")
        await c.sees("needle too", "search: needle", "paused")
        await c.press("N")
        await c.sees("a Needle")
        await c.press("n")
        await c.sees("needle too")
        assert c.app.main.panes.current == "detail"


async def test_wrapping_times_and_sideways(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    engine.log(box, "begin " + "x" * 300 + " end")
    stamp = engine.logged[box][0].stamp.decode()
    async with console() as c:
        await logs(c, "begin", " end", "wrapped")
        await c.press("w")
        await c.sees("begin", "from column 1")
        assert " end" not in c.text.replace("ended", "")
        await c.press(*["right"] * 33)
        await c.sees(" end", "from column 265")
        await c.press("w", "v")
        await c.sees(f"{stamp[5:10]} {stamp[11:23]} begin")


async def test_how_far_back(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    engine.log(box, *(f"line {n}." for n in range(200)))
    async with console() as c:
        await logs(c, "200 lines")
        await c.press("h")
        await c.sees("How far back", "the last hour")
        await c.press("g", "enter")
        await c.sees("100 lines of the last 100 lines")


async def test_saving(console: Open, engine: FakeEngine, tmp_path: Path) -> None:
    box = engine.box("alpha")
    engine.log(box, "one \x1b[31mred\x1b[0m \x1b]0;owned\x07")
    async with console() as c:
        await logs(c, "one red")
        for _ in range(2):
            await c.press("ctrl+s")
            await c.sees("Save these lines", "~/alpha.log")
            await c.press("enter")
            await c.misses("Save these lines")
        await c.sees("Not done", "is there already")
    saved = tmp_path / "alpha.log"
    assert saved.read_text() == "one red \\x1b]0;owned\\x07\n"
    assert saved.stat().st_mode & 0o777 == 0o600


async def test_a_hostile_log(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    engine.log(
        box,
        b"\x1b]0;title\x07\x1b[2J\x1b[H\x1bc\x9b31m",
        b"nul \x00 and \xff\xfe bytes",
        b"[bold]markup[/bold] [@click=app.quit]x[/]",
        b"\x1b[8mhidden\x1b[0m \xe2\x80\xae\xf0\x9f\x98\x80\xef\xb8\x8f back \r over",
        b"\x1b[38;5;999;999999999999m colour \x1b[31mred",
        b"wide \xe4\xbd\xa0\xe5\xa5\xbd" + "\N{COMBINING ACUTE ACCENT}".encode() * 50,
    )
    async with console(size=(120, 36)) as c:
        await logs(c, "[bold]markup[/bold] [@click=app.quit]x[/]", "nul \\x00 and \\xff\\xfe bytes")
        text = c.text
        assert not [x for x in text if (x != "\n" and ord(x) < 32) or 0x7F <= ord(x) < 0xA0]
        assert "\\x1b]0;title\\x07\\x1b[2J\\x1b[H\\x1bc" in text
        assert "hidden" in text
        assert "\\u202e" in text
        for keys in (("w",), ("right",), ("slash", *"[b", "enter"), ("v",)):
            await c.press(*keys)


async def test_a_burst_drops_no_key(console: Open, engine: FakeEngine) -> None:
    box = engine.box("alpha")
    async with console() as c:
        await logs(c, "following")
        line = engine.log_streams[0]
        for part in range(300):
            engine.log(box, *(f"burst {part}.{n}" for n in range(100)))
            if part % 30 == 0:
                await c.press("w")
        await c.sees("10,000 lines, older ones dropped", "burst 299.99")
        assert len(c.app.main.query_one("#detail LogPane").view.entries) == 10_000
        assert not line.closed
        await c.sees("wrapped")
