"""The journal: what it says of an operation, whatever a crash has left of it."""

import json
import os
from pathlib import Path

import pytest

from boxtui.errors import NotFoundError
from boxtui.model.operation import OperationState, StepState
from boxtui.operations import journal
from boxtui.operations.journal import Header, Journal
from boxtui.operations.processes import here, identity, lives
from boxtui.operations.trace import Trace

TRACE = Trace(
    operation="0a1b2c3d4e",
    kind="recreate",
    box="box",
    old_id="f" * 64,
    who="ops@host",
    since="2026-01-02T03:04:05Z",
    policy={"Name": "always", "MaximumRetryCount": 0},
    was_running=True,
    stop_timeout=10,
    grace=3.0,
    image_id="sha256:1",
    volumes=("one", "two"),
)
HEADER = Header(TRACE, "engine", "unix:///x", None, ("lock", "create"))


def test_a_trace_is_read_back_from_its_labels() -> None:
    assert Trace.of(TRACE.labels()) == TRACE
    assert all(isinstance(v, str) for v in TRACE.labels().values())
    assert all(k.startswith("boxtui.") for k in TRACE.labels())
    assert TRACE.labels()["boxtui.temporary"] == "1"


def test_an_operation_is_told_by_its_journal(tmp_path: Path) -> None:
    written = Journal.create(tmp_path, HEADER)
    written.write("step", step="lock", state="start", pid=1)
    assert journal.read(tmp_path, TRACE.operation).state is OperationState.RUNNING
    written.write("step", step="lock", state="done", pid=1)
    written.write("fact", facts={"new_id": "n", "downtime_s": 0.5})
    written.write("step", step="create", state="start", pid=1)
    assert journal.unsettled(written.lines()) == {"create"}
    assert journal.known_new(written.lines()) == "n"
    written.close()
    left = journal.read(tmp_path, TRACE.operation)
    assert left.state is OperationState.NEEDS_RECOVERY
    assert (left.new_id, left.downtime_s, left.owner) == ("n", 0.5, "ops@host")
    assert [s.state for s in left.steps] == [StepState.DONE, StepState.START]


def test_an_end_is_the_end(tmp_path: Path) -> None:
    written = Journal.create(tmp_path, HEADER)
    failure = {"code": "engine", "message": "m", "reason": "the disk", "hint": None}
    written.write("broken", failure=failure)
    assert journal.read(tmp_path, TRACE.operation).error == "the disk"
    written.write("end", state="rolled-back", failure=failure)
    assert journal.finished(written.lines())
    written.close()
    ended = journal.read(tmp_path, TRACE.operation)
    assert ended.state is OperationState.ROLLED_BACK
    assert ended.finished is not None


def test_a_line_cut_short_by_a_crash_is_passed_over(tmp_path: Path) -> None:
    written = Journal.create(tmp_path, HEADER)
    written.write("step", step="lock", state="start", pid=1)
    file = written.folder / "journal.jsonl"
    with file.open("ab") as handle:
        handle.write(b'{"time": "2026-01-02T03:04:05+00:00", "event": "st')
    written.close()
    assert journal.read(tmp_path, TRACE.operation).steps[0].state is StepState.START


def test_only_one_may_take_a_dead_operation_over(tmp_path: Path) -> None:
    written = Journal.create(tmp_path, HEADER)
    assert Journal.take_over(tmp_path, TRACE.operation) is None
    written.close()
    first = Journal.take_over(tmp_path, TRACE.operation)
    assert first is not None
    assert Journal.take_over(tmp_path, TRACE.operation) is None
    first.close()


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    written = Journal.create(tmp_path / "state", HEADER)
    for path in (tmp_path / "state" / "operations", written.folder):
        assert path.stat().st_mode & 0o777 == 0o700
    assert (written.folder / "journal.jsonl").stat().st_mode & 0o777 == 0o600
    written.close()


@pytest.mark.parametrize("operation", ["none", "../operations", "", "."])
def test_an_unknown_operation_is_said_to_be(tmp_path: Path, operation: str) -> None:
    Journal.create(tmp_path, HEADER).close()
    with pytest.raises(NotFoundError):
        journal.read(tmp_path, operation)


def test_a_journal_without_a_whole_first_line_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "operations" / "abc"
    folder.mkdir(parents=True)
    (folder / "journal.jsonl").write_text('{"event": "plan", "tra')
    assert journal.operations(tmp_path) == []
    (folder / "journal.jsonl").write_text(json.dumps({"event": "plan", "trace": {}}) + "\n")
    assert journal.operations(tmp_path) == []


def test_a_process_is_not_mistaken_for_a_later_one() -> None:
    me = identity(os.getpid())
    assert here(me)
    assert lives(me)
    assert not lives({**me, "start": "1"})
    assert not here({**me, "boot": "another"})
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    assert not lives(identity(child)), "a zombie has ended"
    os.waitpid(child, 0)
