"""Statements that only a real engine can prove, each as local root and through ssh."""

import io
import os
import stat
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from boxtui.engine.client import DockerEngine
from boxtui.errors import EngineError, NotFoundError
from boxtui.model.container import Health
from boxtui.model.mount import MountKind
from tests.engine.conftest import IMAGE, Docker, box_body

pytestmark = pytest.mark.engine


def test_info(real: DockerEngine, docker: Docker) -> None:
    told = docker("info", "--format", "{{.ID}}|{{.Name}}|{{.ServerVersion}}|{{.DockerRootDir}}")
    info = real.info()
    assert [info.id, info.name, info.version, info.root_dir] == told.strip().split("|")
    assert info.host == real.endpoint.url


def test_the_list_is_dockers_list(real: DockerEngine, docker: Docker, name: str) -> None:
    for n in range(3):
        docker("run", "-d", "--name", f"{name}-{n}", "-p", "127.0.0.1::80", IMAGE, "sleep", "99")
    rows = docker(
        "ps", "-a", "--no-trunc", "--filter", f"name={name}", "--format", "{{.ID}} {{.Names}}"
    )
    expected = dict(row.split() for row in rows.splitlines())
    listed = {c.id: c for c in real.list_containers() if c.name.startswith(name)}
    assert {i: c.name for i, c in listed.items()} == expected
    for box in listed.values():
        (port,) = box.ports
        assert docker("port", box.id).strip() == f"80/tcp -> 127.0.0.1:{port.host_port}"


def test_inspect_is_dockers_inspect(
    real: DockerEngine, docker: Docker, name: str, tmp_path: Path
) -> None:
    docker(
        "run", "-d", "--name", name, "--restart", "on-failure:4", "-e", "A=b", "-w", "/tmp",
        "-u", "1000", "--hostname", "boxy", "--tmpfs", "/t:ro", "-v", f"{name}:/v:ro",
        "-v", "/anon", "-v", f"{tmp_path}:/b", "--health-cmd", "true", "--label", "k=\x1b[31mred",
        IMAGE, "sleep", "99",
    )  # fmt: skip
    box = real.inspect_container(name)
    assert box.details is not None
    assert (box.details.restart_policy, box.details.user) == ("on-failure:4", "1000")
    assert (box.details.hostname, box.details.working_dir) == ("boxy", "/tmp")
    assert "A=b" in box.details.environment
    assert str(box.details.pid) == docker("inspect", "-f", "{{.State.Pid}}", name).strip()
    assert {(m.target, m.kind, m.read_only) for m in box.mounts} == {
        ("/t", MountKind.TMPFS, True),
        ("/v", MountKind.VOLUME, True),
        ("/anon", MountKind.ANONYMOUS, False),
        ("/b", MountKind.BIND, False),
    }
    assert box.health in {Health.STARTING, Health.HEALTHY}
    assert box.labels["k"] == "\x1b[31mred"
    assert abs((datetime.now(UTC) - box.created).total_seconds()) < 600


def test_volume_sizes_are_dus(real: DockerEngine, docker: Docker, name: str) -> None:
    docker("run", "--rm", "-v", f"{name}:/v", IMAGE, "sh", "-c", "head -c 1000000 /dev/zero > /v/x")
    measured = docker("run", "--rm", "-v", f"{name}:/v", IMAGE, "sh", "-c", "cat /v/x | wc -c")
    assert real.volume_sizes()[name] == int(measured)


def test_processes(real: DockerEngine, docker: Docker, name: str) -> None:
    docker("run", "-d", "--name", name, IMAGE, "sleep", "4321")
    pid = int(docker("inspect", "-f", "{{.State.Pid}}", name))
    assert (pid, "sleep 4321") in real.processes(name)


def test_changes_are_dockers_diff(real: DockerEngine, docker: Docker, name: str) -> None:
    odd = (
        "mkdir /n; touch '/n/a },{\"b' '/n/line\nbreak'; rm -r /home; chmod 700 /etc;"
        "for n in $(seq 5000); do : > /n/$n; done"
    )
    docker("run", "--name", name, IMAGE, "sh", "-c", odd)
    changed = "".join(f"{c.kind} {c.path}\n" for c in real.changes(name))
    assert sorted(changed.splitlines()) == sorted(docker("diff", name).splitlines())


def test_paths(real: DockerEngine, docker: Docker, name: str) -> None:
    docker(
        "run", "--name", name, IMAGE, "sh", "-c",
        "cd /root; echo hello > f; chmod 4750 f; ln -s f l; mkfifo p; mkdir d; chmod 1777 d",
    )  # fmt: skip
    modes = {path: real.stat_path(name, f"/root/{path}") for path in "flpd"}
    assert stat.filemode(modes["f"].mode) == "-rwsr-x---"
    assert stat.filemode(modes["l"].mode)[0] == "l"
    assert modes["l"].link_target.endswith("f")
    assert stat.filemode(modes["p"].mode)[0] == "p"
    assert stat.filemode(modes["d"].mode) == "drwxrwxrwt"
    assert (modes["f"].size, modes["f"].name) == (6, "f")
    with pytest.raises(NotFoundError):
        real.stat_path(name, "/root/none")


def test_archives_come_and_go_whole(real: DockerEngine, docker: Docker, name: str) -> None:
    box = real.create_container(name, box_body("true"))
    payload = os.urandom(5_000_001)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        entry = tarfile.TarInfo("blob")
        entry.size = len(payload)
        tar.addfile(entry, io.BytesIO(payload))
    data = packed.getvalue()
    for source in (data, io.BytesIO(data), iter([data[:7], b"", data[7:]])):
        real.put_archive(box, "/root", source)
    with real.get_archive(box, "/root/blob") as stream:
        back = b"".join(stream)
    with tarfile.open(fileobj=io.BytesIO(back)) as tar:
        inner = tar.extractfile("blob")
        assert inner is not None
        assert inner.read() == payload
    exported = b"".join(real.export(box))
    with tarfile.open(fileobj=io.BytesIO(exported)) as tar:
        assert tar.getmember("root/blob").size == len(payload)


def test_an_archive_given_up_frees_the_engine(
    real: DockerEngine, docker: Docker, name: str
) -> None:
    docker("run", "--name", name, IMAGE, "sh", "-c", "head -c 50000000 /dev/urandom > /big")
    stream = real.get_archive(name, "/big")
    assert len(next(iter(stream))) > 0
    stream.close()
    real.remove_container(name)
    assert real.list_containers() is not None


def test_a_source_that_fails_is_the_callers_own_error(real: DockerEngine, name: str) -> None:
    box = real.create_container(name, box_body("true"))

    def source() -> Iterator[bytes]:
        yield b"\0" * 4096
        raise OSError(28, "my own disk is full")

    with pytest.raises(OSError, match="my own disk"):
        real.put_archive(box, "/", source())
    assert real.inspect_container(box).id == box, "the connection is usable afterwards"


def test_images_go_out_and_in_again(real: DockerEngine, docker: Docker, name: str) -> None:
    docker("run", "--name", name, IMAGE, "touch", "/new")
    committed = real.commit(name, repository=name, tag="x", body={"Cmd": ["true"]})
    with real.save_image(f"{name}:x") as stream:
        saved = b"".join(stream)
    real.remove_image(f"{name}:x")
    lines = real.load_image(io.BytesIO(saved))
    assert lines == [f"Loaded image: {name}:x"]
    assert docker("image", "inspect", "-f", "{{.Id}}", f"{name}:x").strip() == committed
    real.remove_image(committed)


def test_a_pull_that_fails_raises_the_engines_words(real: DockerEngine) -> None:
    with pytest.raises(EngineError) as caught:
        list(real.pull("localhost:1/none:x"))
    assert "connection refused" in str(caught.value.reason)


def test_exec_tells_output_errors_and_exit_code(
    real: DockerEngine, docker: Docker, name: str
) -> None:
    docker("run", "-d", "--name", name, IMAGE, "sleep", "999")
    done = real.run(
        name, ["sh", "-c", 'echo "$A $(pwd) $(id -u)"; echo bad >&2; exit 42'],
        environment={"A": "b c"}, working_dir="/tmp", user="1000",
    )  # fmt: skip
    assert (done.exit_code, done.stdout, done.stderr) == (42, b"b c /tmp 1000\n", b"bad\n")
    big = real.run(name, ["sh", "-c", "head -c 3000000 /dev/zero"])
    assert big.stdout == b"\0" * 3_000_000
    assert real.run(name, ["sh", "-c", "exec >&- 2>&-; sleep 0.3; exit 9"]).exit_code == 9
    assert real.run(name, ["/no/such"]).exit_code in {126, 127}
    with pytest.raises(EngineError, match="more than 10 bytes"):
        real.run(name, ["echo", "0123456789"], limit=10)
