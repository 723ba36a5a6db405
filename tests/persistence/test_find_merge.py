"""What find has seen, joined with what the engine lists."""

from datetime import UTC, datetime

from boxtui.model.ports import Change
from boxtui.model.scan import FileRecord, FileType
from boxtui.persistence.boundary import Boundary
from boxtui.persistence.diff_list import listed
from boxtui.persistence.errand import Sight
from boxtui.persistence.find_merge import merged
from boxtui.persistence.find_output import Found

CREATED = datetime(2026, 1, 1, 12, 0, 30, 500_000, UTC)
SECOND = CREATED.replace(microsecond=0).timestamp()


def seen(path: str, changed: float) -> Found:
    return Found(FileRecord(path, FileType.FILE, 5), path, 1, changed)


def join(found: list[Found], *changes: Change) -> tuple[list[str], Sight]:
    sight = Sight()
    records = merged(
        {one.record.path: one for one in found},
        listed(changes),
        Boundary(()),
        sight,
        created=CREATED,
        sees_hidden=False,
    )
    return [record.path for record in records], sight


def test_a_copy_that_the_engine_does_not_list_counts() -> None:
    paths, sight = join([seen("/copied", SECOND + 60), seen("/of-the-image", SECOND - 60)])
    assert paths == ["/copied"]
    assert sight.complete


def test_whole_seconds_leave_open_what_the_box_did_in_its_first_second() -> None:
    paths, sight = join([seen("/either", SECOND)])
    assert paths == []
    assert not sight.complete


def test_what_is_listed_counts_whenever_it_was_made() -> None:
    paths, sight = join([seen("/new", SECOND)], Change("A", "/new"))
    assert paths == ["/new"]
    assert sight.complete
