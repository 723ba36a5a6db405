"""Terminals in boxes of a real engine: nothing lost, nothing left over, every failure told."""

import hashlib
import os
import re
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from boxtui.engine.adapter import connect
from boxtui.engine.client import DockerEngine
from boxtui.errors import EngineError, NotFoundError, ReadOnlyError
from boxtui.model.ports import EndCause, TerminalRequest
from tests.engine.conftest import IMAGE, Docker
from tests.engine.sessions import WAIT, Session
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine

pytestmark = pytest.mark.engine


@pytest.fixture
def box(docker: Docker, name: str) -> str:
    docker("run", "-d", "--init", "--name", name, IMAGE, "sleep", "100000")
    return name


def processes(docker: Docker, box: str) -> list[str]:
    """Command lines in the box but those of its own first process."""
    rows = docker("top", box, "-eo", "pid,stat,args").splitlines()[1:]
    found = [row.split(None, 2) for row in rows]
    return [args for _, stat, args in found if "sleep 100000" not in args and "Z" not in stat]


def test_a_shell_answers_and_its_exit_code_is_told(real: DockerEngine, box: str) -> None:
    session = Session(real, TerminalRequest(box))
    session.until(b"# ")
    assert b"5379" not in session.output, "the announcement is taken out"
    session.terminal.write(b"echo A$((1+1))B; exit 42\r")
    session.until(b"A2B")
    end = session.end()
    assert (end.cause, end.code) == (EndCause.EXITED, 42)
    assert "42" in end.reason


def test_the_first_size_is_right_and_the_last_one_counts(real: DockerEngine, box: str) -> None:
    for n in range(5):
        argv = ("stty", "size")
        session = Session(real, TerminalRequest(box, argv=argv, columns=100 + n, lines=40 + n))
        assert session.end().code == 0
        assert session.output == b"%d %d\r\n" % (40 + n, 100 + n)
    session = Session(
        real,
        TerminalRequest(
            box, argv=("sh", "-c", "trap 'stty size' WINCH; echo up; while :; do sleep 0.1; done")
        ),
    )
    session.until(b"up")
    for n in range(1, 30):
        session.terminal.resize(50 + n, 20 + n)
    session.until(b"49 79")
    session.terminal.hang_up()
    session.end()


def test_who_where_and_with_what(real: DockerEngine, box: str) -> None:
    request = TerminalRequest(
        box, argv=("sh", "-c", 'echo "$(id -u) $PWD $A $TERM $0 $1"', "x y", "'z"),
        user="1234", working_dir="/tmp", environment=("A=b c", "TERM=vt100"),
    )  # fmt: skip
    session = Session(real, request)
    assert session.end().code == 0
    assert session.output == b"1234 /tmp b c vt100 x y 'z\r\n"


def test_control_keys_pass_one_by_one(
    real: DockerEngine, docker: Docker, name: str, realistic: str
) -> None:
    """^P is not held back, and ^P^Q does not end the session."""
    docker("run", "-d", "--init", "--name", name, realistic, "sleep", "100000")
    box = name
    session = Session(
        real, TerminalRequest(box, argv=("sh", "-c", "stty raw -echo; echo up; cat -v"))
    )
    session.until(b"up")
    for code in (0x10, 0x11, 0x1D, 0x1E, 0x03, 0x04, 0x1A, 0x7F):
        before = len(session.output)
        session.terminal.write(bytes([code]))
        session.until(lambda out, n=before: len(out) > n)
    assert session.output.endswith(b"^P^Q^]^^^C^D^Z^?")
    session.terminal.hang_up()
    assert session.end().cause is EndCause.HUNG_UP


def test_input_of_megabytes_arrives_whole(real: DockerEngine, box: str) -> None:
    payload = os.urandom(1 << 20).hex().encode() + b"\n"
    count = len(payload)
    script = f"stty raw -echo; echo up; sleep 0.3; head -c {count} | sha256sum"
    session = Session(real, TerminalRequest(box, argv=("sh", "-c", script)))
    session.until(b"up")
    for at in range(0, count, 100_000):
        session.terminal.write(payload[at : at + 100_000])
    session.until(hashlib.sha256(payload).hexdigest().encode())
    assert session.end().code == 0
    assert session.terminal.unsent == 0


def test_output_of_megabytes_arrives_whole(real: DockerEngine, box: str) -> None:
    script = "stty raw; head -c 20000000 /dev/urandom > /r; sha256sum /r > /s; cat /r"
    session = Session(real, TerminalRequest(box, argv=("sh", "-c", script)))
    assert session.end().code == 0
    assert len(session.output) == 20_000_000
    assert (
        real.run(box, ["cat", "/s"]).stdout[:64].decode()
        == hashlib.sha256(session.output).hexdigest()
    )


def test_paused_reading_holds_the_program_and_input_still_goes(
    real: DockerEngine, box: str
) -> None:
    session = Session(
        real,
        TerminalRequest(
            box,
            argv=(
                "sh",
                "-c",
                "trap 'exit 7' INT; echo up; while :; do echo yyyyyyyyyyyyyyyyyyyy; done",
            ),
        ),
    )
    session.until(b"up")
    session.terminal.pause_reading()
    session.terminal.write(b"\x03")
    session.terminal.resume_reading()
    assert session.end().code == 7


@pytest.mark.parametrize(
    ("argv", "code", "words"),
    [(("/no/such",), 127, "not found"), (("/etc/passwd",), 126, "cannot be executed")],
)
def test_what_cannot_be_run_is_told(
    real: DockerEngine, box: str, argv: tuple[str, ...], code: int, words: str
) -> None:
    session = Session(real, TerminalRequest(box, argv=argv))
    end = session.end()
    assert (end.code, end.cause) == (code, EndCause.EXITED)
    assert words in end.reason


def test_a_user_or_directory_that_is_not_there(real: DockerEngine, box: str) -> None:
    for request in (
        TerminalRequest(box, user="nobody-here"),
        TerminalRequest(box, working_dir="/no"),
    ):
        # engines refuse the one at once and tell the other in the stream, or the reverse
        told = []
        with suppress(EngineError):
            told.append(Session(real, request).end())
        for end in told:
            assert end.cause is EndCause.NOT_STARTED
            assert "nobody-here" in end.reason or "/no" in end.reason


def test_a_box_without_sh_runs_a_program_all_the_same(
    real: DockerEngine, docker: Docker, box: str
) -> None:
    docker("exec", box, "sh", "-c", "cp /bin/busybox /bin/cat2; mv /bin/busybox /cat; ")
    session = Session(real, TerminalRequest(box, argv=("/cat", "cat", "/etc/passwd")))
    end = session.end()
    assert end.code == 0, end
    assert b"root" in session.output
    end = Session(real, TerminalRequest(box)).end()
    assert end.cause is EndCause.NOT_STARTED
    assert "sh" in end.reason


def test_a_box_that_does_not_run(real: DockerEngine, docker: Docker, box: str) -> None:
    docker("pause", box)
    with pytest.raises(EngineError) as caught:
        Session(real, TerminalRequest(box))
    assert "paused" in str(caught.value.reason)
    docker("unpause", box)
    docker("kill", box)
    with pytest.raises(EngineError) as caught:
        Session(real, TerminalRequest(box))
    assert "is not running" in str(caught.value.reason)
    docker("rm", box)
    with pytest.raises(NotFoundError):
        Session(real, TerminalRequest(box))


def test_a_box_killed_under_its_terminal(real: DockerEngine, docker: Docker, box: str) -> None:
    session = Session(real, TerminalRequest(box))
    session.until(b"# ")
    docker("kill", box)
    end = session.end()
    assert end.cause is EndCause.BOX_ENDED
    assert "137" in end.reason


def test_read_only_refuses_a_terminal(engine: RunningEngine, box: str) -> None:
    reader = connect(engine.url, read_only=True)
    with pytest.raises(ReadOnlyError):
        Session(reader, TerminalRequest(box))
    reader.close()
    reader = connect(engine.url, read_only=True, allow_exec=True)
    assert Session(reader, TerminalRequest(box, argv=("true",))).end().code == 0
    reader.close()


HOLDERS = {
    "idle shell": "exec sh",
    "silent": "exec sleep 5000",
    "slow printer": "while :; do echo x; sleep 1; done",
    "deaf": "trap '' HUP; echo up; sleep 5000; sleep 5000",
    "deafest": "trap '' HUP TERM INT; while :; do sleep 1; done",
    "background": "sleep 5001 & sleep 5002 & exec sleep 5003",
    "job control": "set -m; sleep 5004 & sh -c 'sleep 5005' & wait",
    "stopped": "kill -STOP $$",
}


@pytest.mark.parametrize("script", HOLDERS.values(), ids=HOLDERS.keys())
def test_hanging_up_leaves_no_process(
    real: DockerEngine, docker: Docker, box: str, script: str
) -> None:
    session = Session(real, TerminalRequest(box, argv=("sh", "-c", f"echo begun; {script}")))
    session.until(b"begun")
    session.terminal.hang_up()
    end = session.end()
    assert end.cause is EndCause.HUNG_UP, end
    assert processes(docker, box) == []


def test_nohup_in_the_background_is_respected(real: DockerEngine, docker: Docker, box: str) -> None:
    # what nohup does; a busybox may be without it
    script = "set -m; (trap '' HUP; echo begun; exec sleep 6001 >/dev/null) & wait; exec sh"
    session = Session(real, TerminalRequest(box, argv=("sh", "-c", script)))
    session.until(b"begun")
    session.terminal.hang_up()
    assert session.end().cause is EndCause.HUNG_UP
    assert processes(docker, box) == ["sleep 6001"]


def test_another_users_program_without_capabilities(
    real: DockerEngine, docker: Docker, name: str
) -> None:
    docker("run", "-d", "--init", "--cap-drop", "ALL", "--name", name, IMAGE, "sleep", "100000")
    session = Session(real, TerminalRequest(name, user="1000"))
    session.until(b"$ ")
    session.terminal.hang_up()
    assert session.end().cause is EndCause.HUNG_UP
    assert processes(docker, name) == []


def test_close_leaves_the_program_and_no_thread(
    real: DockerEngine, docker: Docker, box: str
) -> None:
    before = set(threading.enumerate())
    session = Session(real, TerminalRequest(box, argv=("sh", "-c", "echo up; exec sleep 7000")))
    session.until(b"up")
    descriptors = len(list(Path("/proc/self/fd").iterdir()))
    session.terminal.close()
    for thread in set(threading.enumerate()) - before:
        thread.join(WAIT)
        assert not thread.is_alive()
    assert len(list(Path("/proc/self/fd").iterdir())) < descriptors
    assert processes(docker, box) == ["sleep 7000"]
    assert not session.ended()


def test_a_cut_line_is_told_and_the_program_lives(proxy: Proxy, docker: Docker, box: str) -> None:
    engine = connect(proxy.url)
    session = Session(engine, TerminalRequest(box, argv=("sh", "-c", "echo up; exec sleep 7001")))
    session.until(b"up")
    proxy.cut()
    end = session.end()
    assert (end.cause, end.code) == (EndCause.LOST, None)
    assert "still runs" in end.reason
    assert processes(docker, box) == ["sleep 7001"]
    engine.close()


def test_the_first_byte_is_never_lost_behind_a_delaying_proxy(proxy: Proxy, box: str) -> None:
    proxy.delay(0.02)
    engine = connect(proxy.url)
    for n in range(5):
        session = Session(engine, TerminalRequest(box, argv=("echo", f"first-{n}")))
        assert session.end().code == 0
        assert session.output == b"first-%d\r\n" % n
    engine.close()


def test_shells_are_tried_in_order(
    real: DockerEngine, docker: Docker, name: str, realistic: str
) -> None:
    docker("run", "-d", "--init", "--name", name, realistic, "sleep", "100000")
    for shell, expected in ((None, b"bash"), ("dash", b"dash"), ("no-such-shell", b"bash")):
        session = Session(real, TerminalRequest(name, shell=shell))
        session.terminal.write(b"readlink /proc/$$/exe; exit\r")
        assert session.end().code == 0
        assert re.search(rb"/%s\r\n" % expected, session.output)
