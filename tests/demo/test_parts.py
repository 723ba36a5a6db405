"""The demo's parts that need no engine, held to tar, git and the system's own answers."""

import io
import ipaddress
import os
import signal
import socket
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui.demo import archive, bridge, daemon, packages, phantom, processes, repository, roots
from boxtui.demo.archive import Entry
from boxtui.errors import NoEngineError


def unpacked(entries: list[Entry], folder: Path) -> None:
    subprocess.run(
        ["tar", "-C", folder, "--no-same-owner", "-xf", "-"],
        input=b"".join(archive.stream(entries)),
        check=True,
    )


@given(st.lists(st.tuples(st.binary(max_size=2000), st.integers(0, 2**31 - 1)), max_size=8))
def test_the_stream_is_a_tar_of_its_entries(files: list[tuple[bytes, int]]) -> None:
    entries = [Entry(f"f{n}", data, 0o640, 7, when) for n, (data, when) in enumerate(files)]
    with tarfile.open(fileobj=io.BytesIO(b"".join(archive.stream(entries)))) as tar:
        members = tar.getmembers()
        contents = [tar.extractfile(member).read() for member in members]  # type: ignore[union-attr]
    assert contents == [data for data, _ in files]
    assert [(m.name, m.mode, m.uid, m.mtime) for m in members] == [
        (entry.path, 0o640, 7, entry.mtime) for entry in entries
    ]


def test_folders_come_once_before_what_is_in_them_and_existing_ones_never() -> None:
    entries = [
        Entry("home/a/b/c", owner=5),
        Entry("home/a/d", owner=5),
        Entry("home/a", folder=True),
    ]
    paths = [entry.path for entry in archive.with_folders(entries, ["home"])]
    assert paths == ["home/a", "home/a/b", "home/a/b/c", "home/a/d"]


def test_phantoms_home_is_as_big_as_promised(tmp_path: Path) -> None:
    entries = list(archive.with_folders(phantom.overlay(1_700_000_000)))
    home = [entry for entry in entries if entry.path.startswith(f"{phantom.HOME}/")]
    files = [entry for entry in home if not entry.folder and entry.link is None]
    assert len(files) >= 20_000
    assert sum(len(entry.content) for entry in files) >= 300_000_000
    assert len({entry.path for entry in entries}) == len(entries)


def test_the_repository_is_whole_and_has_work_that_is_nowhere_else(tmp_path: Path) -> None:
    commits = [
        repository.Commit("one", {"a.txt": "1\n"}),
        repository.Commit("two", {"a.txt": "2\n"}),
    ]
    working = {"a.txt": "3\n", "new.txt": "new\n"}
    made = repository.entries("repo", commits, working, pushed=1, owner=0, when=1_700_000_000)
    unpacked(list(archive.with_folders(made)), tmp_path)
    root = tmp_path / "repo"

    def git(*arguments: str) -> str:
        return subprocess.check_output(["git", "-C", root, *arguments], text=True)

    git("fsck", "--strict")
    assert git("status", "--porcelain") == " M a.txt\n?? new.txt\n"
    assert git("log", "--format=%s", "origin/main..main") == "two\n"
    assert git("show", "HEAD:a.txt") == "2\n"


@pytest.mark.skipif(not Path("/bin/busybox").exists(), reason="busybox-static is not installed")
def test_a_busybox_root_has_a_shell_that_runs(tmp_path: Path) -> None:
    target = tmp_path / "busybox.tar"
    roots.busybox(target)
    listed = subprocess.check_output(["tar", "-tvf", target], text=True)
    assert "bin/sh -> busybox" in listed
    assert list(tmp_path.iterdir()) == [target]


@given(st.lists(st.integers(0, 255), unique=True, max_size=200), st.text("abcdef", min_size=1))
def test_a_bridge_gets_a_subnet_that_nobody_has(taken: list[int], name: str) -> None:
    used = [ipaddress.IPv4Network(f"10.213.{third}.0/24") for third in taken]
    found = bridge.free_subnet(name, used)
    assert found.prefixlen == 24
    assert not any(found.overlaps(other) for other in used)


def test_no_free_subnet_is_an_error() -> None:
    with pytest.raises(NoEngineError, match="no free subnet"):
        bridge.free_subnet("x", [bridge.POOL])


def test_apt_starts_nothing_and_the_policy_goes(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    with packages.nothing_started(policy):
        assert subprocess.run([policy], check=False).returncode == 101
    assert not policy.exists()


def test_a_policy_of_the_operators_stays(tmp_path: Path) -> None:
    policy = tmp_path / "policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 0\n")
    with packages.nothing_started(policy):
        assert policy.read_text() == "#!/bin/sh\nexit 0\n"
    assert policy.exists()


def test_os_release_is_read_unquoted(tmp_path: Path) -> None:
    file = tmp_path / "os-release"
    file.write_text("# odd\nID=mint\nID_LIKE=\"ubuntu debian\"\nPRETTY_NAME='Mint 22'\n")
    assert packages.read_os_release(file)["ID_LIKE"] == "ubuntu debian"
    assert packages.read_os_release(tmp_path / "none") == {}


def test_it_says_which_system_is_none_of_debians(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "os-release"
    file.write_text('ID=arch\nPRETTY_NAME="Arch Linux"\n')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(packages.shutil, "which", lambda _program: "/usr/bin/apt-get")
    assert packages.why_not_installable(file) == "this is Arch Linux, not Debian or Ubuntu"


def test_readiness_is_told_and_an_early_death_too(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ready:
        ready.bind(str(tmp_path / "notify"))
        script = "import socket, sys, time\n"
        script += "s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)\n"
        script += f"s.sendto(b'READY=1', {str(tmp_path / 'notify')!r})\ntime.sleep(1000)"
        with subprocess.Popen([sys.executable, "-c", script]) as process:
            assert daemon.wait_ready(ready, process.pid, 60)
            assert processes.end(process.pid, patience=30)
        with subprocess.Popen(["true"]) as process:
            assert not daemon.wait_ready(ready, process.pid, 60)


def test_what_does_not_end_is_killed() -> None:
    script = "trap '' TERM; echo ready; while :; do sleep 1; done"
    with subprocess.Popen(["sh", "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert not processes.end(process.pid, patience=0.1)
        assert process.wait() == -signal.SIGKILL


def test_a_process_is_known_by_whole_words_alone() -> None:
    process = processes.Process(1, 0, ("dockerd", "--data-root", "/var/a/data", "unix:///run/x/s"))
    assert process.mentions({"/var/a"})
    assert process.mentions({"/run/x"})
    assert not process.mentions({"/var/a/dat"})


def test_without_root_a_private_engine_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(NoEngineError, match="needs root"):
        daemon.start(daemon.Daemon(tmp_path / "engine"))
    assert not (tmp_path / "engine").exists()
