"""Programs in boxes without a terminal: input, output and errors as through a pipe."""

import hashlib
import os

import pytest

from boxtui.engine.client import DockerEngine
from boxtui.errors import EngineError
from boxtui.model.ports import EndCause, TerminalRequest
from tests.engine.conftest import IMAGE, Docker
from tests.engine.sessions import Program

pytestmark = pytest.mark.engine


@pytest.fixture
def box(docker: Docker, name: str) -> str:
    docker("run", "-d", "--init", "--name", name, IMAGE, "sleep", "100000")
    return name


def test_output_errors_and_exit_code(real: DockerEngine, box: str) -> None:
    request = TerminalRequest(
        box, argv=("sh", "-c", 'echo "$A $(id -u) $PWD $TERM"; echo bad >&2; exit 7'),
        user="33", working_dir="/tmp", environment=("A=b",),
    )  # fmt: skip
    program = Program(real, request)
    end = program.end()
    assert (end.code, end.cause) == (7, EndCause.EXITED)
    assert (program.out, program.err) == (b"b 33 /tmp \n", b"bad\n")


def test_input_ends_where_it_is_closed(real: DockerEngine, box: str) -> None:
    payload = os.urandom(3_000_001)
    program = Program(real, TerminalRequest(box, argv=("cat",)))
    for at in range(0, len(payload), 65_536):
        program.session.write(payload[at : at + 65_536])
    program.session.close_input()
    assert program.end().code == 0
    assert hashlib.sha256(program.out).digest() == hashlib.sha256(payload).digest()
    assert program.err == b""


def test_empty_input(real: DockerEngine, box: str) -> None:
    program = Program(real, TerminalRequest(box, argv=("wc", "-c")))
    program.session.close_input()
    assert program.end().code == 0
    assert program.out == b"0\n"


def test_megabytes_on_both_outputs(real: DockerEngine, box: str) -> None:
    script = "head -c 5000000 /dev/zero & head -c 4000000 /dev/zero >&2; wait"
    program = Program(real, TerminalRequest(box, argv=("sh", "-c", script)))
    assert program.end().code == 0
    assert (len(program.out), len(program.err)) == (5_000_000, 4_000_000)


def test_what_is_not_there(real: DockerEngine, box: str) -> None:
    end = Program(real, TerminalRequest(box, argv=("/no/such",))).end()
    assert end.code == 127


def test_hanging_up(real: DockerEngine, docker: Docker, box: str) -> None:
    program = Program(real, TerminalRequest(box, argv=("sh", "-c", "sleep 4400 & sleep 4401")))
    program.session.hang_up()
    assert program.end().cause is EndCause.HUNG_UP
    assert "sleep 440" not in docker("top", box, "-eo", "pid,args")


def test_a_box_that_does_not_run(real: DockerEngine, docker: Docker, box: str) -> None:
    docker("kill", box)
    with pytest.raises(EngineError) as caught:
        Program(real, TerminalRequest(box, argv=("true",)))
    assert "is not running" in str(caught.value.reason)
