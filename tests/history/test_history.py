import multiprocessing
import sqlite3
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from boxtui.errors import DamagedError, InternalError, NotFoundError, UnsupportedError
from boxtui.history import History
from boxtui.history.database import _MIGRATIONS
from boxtui.model.operation import Operation, OperationState
from boxtui.model.timeline import Author, Happening, Lost
from tests.history.builders import START, at_risk, box, scan, service

HERE, THERE = "ID|one|/var/lib/docker|unix:///a", "ID|one|/var/lib/docker|unix:///b"
LATER = START + timedelta(hours=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.db"


@pytest.fixture
def history(path: Path) -> Iterator[History]:
    with History(path) as opened:
        yield opened


def operation(kind: str, state: OperationState, *, old: str, new: str | None) -> Operation:
    return Operation(
        id="0f1e2d",
        kind=kind,
        object_kind="container",
        object_id=old,
        object_name="phantom",
        state=state,
        started=START,
        finished=None if state is OperationState.RUNNING else LATER,
        old_id=old,
        new_id=new,
    )


def test_the_file_and_its_folder_are_for_their_owner_alone(history: History, path: Path) -> None:
    history.observe(HERE, [box("a1", "phantom")])
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file


def test_a_scan_comes_back_as_it_was(history: History) -> None:
    one = box("a1", "phantom")
    older, newer = scan(one, at=START, size=7), scan(one, at=LATER)
    for result in (newer, older):
        history.save_scan(HERE, result, at_risk(result), image_id=one.image_id)
    assert history.last_scan(HERE, "a1") == newer
    assert history.badges(HERE) == {"a1": at_risk(newer)}
    assert history.last_scan(THERE, "a1") is None
    assert history.badges(THERE) == {}


def test_old_scans_of_a_container_make_room(history: History, path: Path) -> None:
    one = box("a1", "phantom")
    for hour in range(10):
        result = scan(one, at=START + timedelta(hours=hour))
        history.save_scan(HERE, result, at_risk(result), image_id=one.image_id)
    rows = sqlite3.connect(path).execute("SELECT COUNT(*), MAX(scanned_at) FROM scans").fetchone()
    assert rows == (3, (START + timedelta(hours=9)).timestamp())
    assert len(history.timeline(HERE)) == 10


def test_a_recreate_behind_our_back_is_told_once_with_what_it_destroyed(history: History) -> None:
    old = box("a1", "phantom")
    history.observe(HERE, [old], now=START)
    result = scan(old)
    history.save_scan(HERE, result, at_risk(result), image_id=old.image_id)
    new = box("a2", "phantom", created=LATER)

    events = history.observe(HERE, [new], now=LATER + timedelta(minutes=5))

    assert [(e.kind, e.by, e.box, e.container_id, e.time) for e in events] == [
        (Happening.RECREATED, Author.OUTSIDE, "phantom", "a2", LATER)
    ]
    paths = ("/home/a/.claude.json", "/home/a\udcff/x", "/tmp/y")
    assert events[0].lost == Lost(1200, 3, paths)
    untold = history.untold(HERE)
    assert [e.container_id for e in untold] == ["a2"]
    history.mark_told(untold)
    assert history.untold(HERE) == []
    assert history.observe(HERE, [new]) == []


def test_a_recreate_in_the_second_of_the_scan_comes_after_it(history: History) -> None:
    old = box("a1", "phantom")
    history.observe(HERE, [old], now=START)
    scanned = scan(old, at=START + timedelta(seconds=5.7))
    history.save_scan(HERE, scanned, at_risk(scanned), image_id=old.image_id)
    # lists tell whole seconds
    new = box("a2", "phantom", created=START + timedelta(seconds=5))
    (event,) = history.observe(HERE, [new], now=START + timedelta(seconds=7))
    assert event.time >= scanned.scanned_at
    told = history.timeline(HERE, "phantom")
    assert [e.kind for e in told] == [Happening.SEEN, Happening.SCAN, Happening.RECREATED]


def test_the_timeline_of_a_box_goes_across_its_containers(history: History) -> None:
    history.observe(HERE, [box("a1", "phantom"), box("b1", "other")], now=START)
    history.observe(HERE, [box("a1", "ghost"), box("b1", "other")], now=START)
    renewed = box("a2", "ghost", created=LATER)
    history.observe(HERE, [renewed, box("b1", "other")], now=LATER)
    history.observe(HERE, [box("b1", "other")], now=LATER + timedelta(hours=1))
    kinds = [e.kind for e in history.timeline(HERE, "ghost")]
    assert kinds == [Happening.SEEN, Happening.RECREATED, Happening.REMOVED]
    assert history.timeline(HERE, "a2") == history.timeline(HERE, "ghost")
    assert [e.box for e in history.timeline(HERE)] == ["phantom", "other", "ghost", "ghost"]
    with pytest.raises(NotFoundError, match="'nobody'"):
        history.timeline(HERE, "nobody")


def test_the_timeline_of_a_service(history: History) -> None:
    boxes = [service("b1", "shop", "web", 1), service("b2", "shop", "web", 2)]
    history.observe(HERE, [*boxes, service("b3", "shop", "web2", 1)], now=START)
    assert [e.container_id for e in history.timeline(HERE, "shop/web")] == ["b1", "b2"]


def test_the_same_name_on_two_engines_with_one_id_is_two_boxes(history: History) -> None:
    history.observe(HERE, [box("a1", "phantom")], now=START)
    events = history.observe(THERE, [box("c1", "phantom", created=LATER)], now=LATER)
    assert [e.kind for e in events] == [Happening.SEEN]
    assert history.observe(HERE, [box("a1", "phantom")], now=LATER) == []


def test_a_removed_box_is_told_with_its_loss(history: History) -> None:
    old = box("a1", "phantom")
    history.observe(HERE, [old], now=START)
    result = scan(old)
    history.save_scan(HERE, result, at_risk(result), image_id=old.image_id)
    events = history.observe(HERE, [], now=LATER)
    assert [(e.kind, e.box, e.lost and e.lost.bytes) for e in events] == [
        (Happening.REMOVED, "phantom", 1200)
    ]
    assert history.observe(HERE, [], now=LATER) == []


def test_what_was_never_scanned_is_lost_with_unknown_content(history: History) -> None:
    history.observe(HERE, [box("a1", "phantom")], now=START)
    [event] = history.observe(HERE, [box("a2", "phantom", created=LATER)], now=LATER)
    assert event.lost is None


def test_our_own_operation_is_no_recreate_from_outside(history: History) -> None:
    history.observe(HERE, [box("a1", "phantom")], now=START)
    history.save_operation(HERE, operation("remount", OperationState.RUNNING, old="a1", new="a2"))
    [event] = history.observe(HERE, [box("a2", "phantom", created=LATER)], now=LATER)
    assert (event.kind, event.by, event.lost) == (Happening.RECREATED, Author.BOXTUI, None)
    done = operation("remount", OperationState.DONE, old="a1", new="a2")
    history.save_operation(HERE, done)
    history.save_operation(HERE, done)
    told = [(e.kind, e.operation) for e in history.timeline(HERE, "phantom")]
    assert told == [
        (Happening.SEEN, None),
        (Happening.RECREATED, None),
        (Happening.OPERATION, "0f1e2d"),
    ]
    assert history.untold(HERE) == []


def test_a_box_that_boxtui_removed_was_not_removed_from_outside(history: History) -> None:
    history.observe(HERE, [box("a1", "phantom"), box("b1", "other")], now=START)
    history.save_operation(HERE, operation("remove", OperationState.DONE, old="a1", new=None))
    events = history.observe(HERE, [], now=LATER)
    assert {(e.box, e.kind, e.by) for e in events} == {
        ("phantom", Happening.REMOVED, Author.BOXTUI),
        ("other", Happening.REMOVED, Author.OUTSIDE),
    }


def test_operations_are_settled_once_their_end_is_kept(history: History) -> None:
    for state in (OperationState.RUNNING, OperationState.NEEDS_RECOVERY):
        history.save_operation(HERE, operation("remount", state, old="a1", new=None))
        assert history.settled_operations() == set()
        assert history.timeline(HERE) == []
    history.save_operation(HERE, operation("remount", OperationState.FAILED, old="a1", new=None))
    assert history.settled_operations() == {"0f1e2d"}
    assert [e.kind for e in history.timeline(HERE)] == [Happening.OPERATION]


def test_an_operation_that_was_rolled_back_took_nobodys_place(history: History) -> None:
    history.observe(HERE, [box("a1", "phantom")], now=START)
    history.save_operation(HERE, operation("remount", OperationState.RUNNING, old="a1", new="a2"))
    history.save_operation(
        HERE, operation("remount", OperationState.ROLLED_BACK, old="a1", new="a2")
    )
    [event] = history.observe(HERE, [box("a2", "phantom", created=LATER)], now=LATER)
    assert event.by is Author.OUTSIDE


@pytest.mark.parametrize(
    ("kind", "told"), [("backup", Happening.BACKUP), ("restore", Happening.RESTORE)]
)
def test_backups_and_restores_have_lines_of_their_own(
    history: History, kind: str, told: Happening
) -> None:
    history.observe(HERE, [box("a1", "phantom")], now=START)
    history.save_operation(HERE, operation(kind, OperationState.DONE, old="a1", new=None))
    assert [e.kind for e in history.timeline(HERE, "phantom")] == [Happening.SEEN, told]


def test_a_look_that_finds_nothing_new_writes_nothing(history: History, path: Path) -> None:
    history.observe(HERE, [box("a1", "phantom")], now=START)
    watcher = sqlite3.connect(path)
    version = watcher.execute("PRAGMA data_version").fetchone()
    history.observe(HERE, [box("a1", "phantom")], now=START + timedelta(minutes=5))
    assert watcher.execute("PRAGMA data_version").fetchone() == version
    history.observe(HERE, [box("a1", "phantom")], now=START + timedelta(hours=2))
    assert watcher.execute("PRAGMA data_version").fetchone() != version


def test_unfamiliar_boxes_are_worth_a_whole_look(history: History) -> None:
    one = box("a1", "phantom")
    assert history.unfamiliar(HERE, [one])
    history.observe(HERE, [one, box("b1", "other")], now=START)
    assert not history.unfamiliar(HERE, [one])
    assert history.unfamiliar(HERE, [box("a1", "ghost")])


def test_a_file_of_a_newer_boxtui_is_left_alone(path: Path) -> None:
    History(path).close()
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(UnsupportedError, match="newer boxtui"):
        History(path)
    assert path.read_bytes() == before


def test_an_older_file_is_brought_up_to_date_and_keeps_what_it_holds(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.executescript(_MIGRATIONS[0] + "PRAGMA user_version = 1;")
    connection.execute(
        "INSERT INTO events (time, kind, engine, box, by) VALUES (1, 'seen', ?, 'old', 'outside')",
        (HERE,),
    )
    connection.commit()
    connection.close()
    with History(path) as history:
        assert [e.box for e in history.timeline(HERE)] == ["old"]
        history.save_operation(HERE, operation("remove", OperationState.DONE, old="a1", new=None))
        assert history.settled_operations() == {"0f1e2d"}


@pytest.mark.parametrize(
    "content", [b"no database at all" * 300, b"SQLite format 3\0" + b"\xff" * 5000]
)
def test_a_damaged_file_is_one_clear_error(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(DamagedError, match="is damaged") as caught:
        History(path)
    assert "move it away" in (caught.value.hint or "")
    assert path.read_bytes() == content


def test_a_state_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(InternalError, match="cannot be opened"):
        History(tmp_path / "state" / "history.db")


def _observe(path: Path, number: int, barrier: "multiprocessing.synchronize.Barrier") -> None:
    barrier.wait()
    with History(path) as history:
        for turn in range(5):
            history.observe(HERE, [box(f"p{number}-{turn}", f"box-{number}")], now=START)


def test_several_processes_at_once(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(4)
    workers = [context.Process(target=_observe, args=(path, i, barrier)) for i in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0] * 4
    with History(path) as history:
        seen = [e.container_id for e in history.timeline(HERE) if e.kind is not Happening.REMOVED]
    assert sorted(i for i in seen if i) == sorted(
        f"p{number}-{turn}" for number in range(4) for turn in range(5)
    )


def test_without_a_file_all_is_forgotten() -> None:
    one = box("a1", "phantom")
    with History(None) as history:
        history.observe(HERE, [one])
        assert len(history.timeline(HERE)) == 1
    with History(None) as history:
        assert history.timeline(HERE) == []
