"""The map on engines of other versions and makes: the same totals, or a plain word about why not.

Docker 26 and 28, Docker with containerd's image store (whose inspect has no GraphDriver), podman.
"""

from collections.abc import Callable, Iterator

import pytest

from boxtui.engine.adapter import connect
from boxtui.errors import UnsupportedError
from boxtui.model.mount import MountKind
from boxtui.model.scan import FileType, Method, ScanResult
from boxtui.persistence import ScanOptions, scan
from tests.engines.newer import NewerEngine

pytestmark = [pytest.mark.engine, pytest.mark.full, pytest.mark.root, pytest.mark.timeout(900)]

NAME = "mapped"
PLACES = ("/home/u", "/srv")
"""All that the box writes lies here, and one image file is gone."""
FILL = """
mkdir -p /home/u/.claude /srv/deep /srv/hollow
echo '{}' > /home/u/.claude.json
echo kept > /home/u/.claude/inside
head -c 70000 /dev/urandom > /srv/deep/blob
ln -s blob /srv/deep/link
mkfifo /srv/deep/pipe
printf x > "/srv/deep/new
line"
rm /bin/awk
echo abc > /anonymous/a; echo de > /scratch/b
"""
TRAPS = "ln /srv/deep/blob /srv/deep/again; chmod 755 /bin/busybox"
"""A hard link; a copy made by a chmod to the mode that it has: not every route can tell."""

Scanner = Callable[..., ScanResult]


@pytest.fixture
def box(newer_engine: NewerEngine) -> Iterator[NewerEngine]:
    docker = newer_engine.docker
    mounts = ("-v", "mapped:/home/u/.claude", "-v", "/anonymous", "--tmpfs", "/scratch")
    docker("run", "-d", "--name", NAME, "--network", "none", *mounts, "busybox", "sleep", "9999")
    docker("exec", NAME, "sh", "-c", FILL)
    try:
        yield newer_engine
    finally:
        docker("rm", "-f", "-v", NAME)
        docker("volume", "rm", "-f", "mapped")


@pytest.fixture
def scanner(box: NewerEngine) -> Iterator[Scanner]:
    connected = connect(box.url)

    def run(method: Method | None = None, *, name: str = NAME) -> ScanResult:
        options = ScanOptions(
            method=method,
            allow_exec=method is Method.IN_BOX,
            allow_helper=method is Method.HELPER,
            want_files=True,
        )
        return scan(connected, connected.inspect_container(name), options)

    yield run
    connected.close()


def counted(box: NewerEngine, kind: str) -> int:
    """What find in the box counts: NUL ends a name, which may hold a newline."""
    look = f"find {' '.join(PLACES)} -xdev -type {kind} -print0 | tr -dc '\\000' | wc -c"
    return int(box.docker("exec", NAME, "sh", "-c", look))


def summed(box: NewerEngine) -> int:
    look = f"find {' '.join(PLACES)} -xdev -type f -exec cat {{}} + | wc -c"
    return int(box.docker("exec", NAME, "sh", "-c", look))


def truth(box: NewerEngine) -> tuple[int, int, int, int, int]:
    directories = counted(box, "d") - 1  # without the mountpoint
    return summed(box), counted(box, "f"), counted(box, "l"), counted(box, "p"), directories


def told(result: ScanResult) -> tuple[int, int, int, int, int]:
    totals = result.totals
    return totals.bytes, totals.files, totals.links, totals.other, totals.directories


def by_containerd(box: NewerEngine) -> bool:
    return "overlayfs" in box.docker("info", "--format", "{{.Driver}}")


def by_podman(box: NewerEngine) -> bool:
    return "podman" in box.docker("version", "--format", "{{json .Server}}").lower()


@pytest.mark.parametrize("method", [Method.OVERLAY_DIR, Method.IN_BOX, Method.HELPER, Method.DIFF])
def test_totals_of_a_running_box(box: NewerEngine, scanner: Scanner, method: Method) -> None:
    if method is Method.HELPER and by_containerd(box):
        with pytest.raises(UnsupportedError) as refusal:
            scanner(method)
        assert "does not say where its overlay directory is" in (refusal.value.reason or "")
        return
    expected = truth(box)
    result = scanner(method)
    assert told(result) == expected
    assert result.totals.deleted == 1
    assert result.method is method
    sums_otherwise = by_containerd(box) or by_podman(box)
    assert result.complete is not (method is Method.DIFF and sums_otherwise)
    assert bool(result.missing) is not result.complete


@pytest.mark.parametrize("method", [Method.OVERLAY_DIR, Method.ARCHIVE])
def test_totals_of_a_stopped_box(box: NewerEngine, scanner: Scanner, method: Method) -> None:
    expected = truth(box)
    box.docker("stop", "-t", "0", NAME)
    if method is Method.OVERLAY_DIR and by_containerd(box):
        with pytest.raises(UnsupportedError):
            scanner(method)
        return
    result = scanner(method)
    assert told(result) == expected
    assert result.totals.deleted == 1
    sums_otherwise = by_containerd(box) or by_podman(box)
    assert result.complete is not (method is Method.ARCHIVE and sums_otherwise)


@pytest.mark.parametrize("method", [Method.OVERLAY_DIR, Method.IN_BOX, Method.DIFF])
def test_what_not_every_route_can_tell_is_told_or_the_scan_is_not_complete(
    box: NewerEngine, scanner: Scanner, method: Method
) -> None:
    before = summed(box)
    copied = int(box.docker("exec", NAME, "stat", "-c", "%s", "/bin/busybox"))
    box.docker("exec", NAME, "sh", "-c", TRAPS)
    result = scanner(method)
    if result.complete:
        assert result.totals.bytes == before + copied
    elif method is Method.IN_BOX:
        assert "in the second in which the box was made" in " ".join(result.missing)
    else:
        assert method is Method.DIFF
        assert result.missing


def test_the_overlay_directory_is_the_first_choice(box: NewerEngine, scanner: Scanner) -> None:
    result = scanner()
    assert result.method is Method.OVERLAY_DIR
    held = {entry.kind: (entry.bytes, entry.files) for entry in result.entries if entry.kind}
    assert held == {
        MountKind.VOLUME: (None, None), MountKind.ANONYMOUS: (4, 1), MountKind.TMPFS: (3, 1),
    }  # fmt: skip
    anonymous = next(e for e in result.entries if e.kind is MountKind.ANONYMOUS)
    assert anonymous.source in box.docker.lines("volume", "ls", "-q")


def test_an_untouched_box_has_no_changes(box: NewerEngine, scanner: Scanner) -> None:
    docker = box.docker
    docker("run", "-d", "--name", "untouched", "--network", "none", "busybox", "sleep", "9999")
    try:
        for method in (Method.OVERLAY_DIR, Method.IN_BOX, Method.DIFF):
            result = scanner(method, name="untouched")
            assert result.entries == (), method
    finally:
        docker("rm", "-f", "untouched")


def test_layers_committed_by_a_remount_count(box: NewerEngine, scanner: Scanner) -> None:
    docker = box.docker
    base = docker("inspect", "--format", "{{.Image}}", NAME)
    docker("commit", NAME, "committed")
    label = f"boxtui.base-id={base}"
    new = ("run", "-d", "--name", "again", "--network", "none", "--label", label)
    docker(*new, "committed", "sleep", "9999")
    try:
        docker("exec", "again", "sh", "-c", "echo three > /srv/three; rm /home/u/.claude.json")
        result = scanner(name="again")
        found = {record.path: record.type for record in result.files or ()}
        assert (result.method, result.missing) == (Method.OVERLAY_DIR, ())
        assert found["/srv/three"] is found["/srv/deep/blob"] is FileType.FILE
        assert found["/bin/awk"] is FileType.DELETED
        assert "/home/u/.claude.json" not in found
        afar = scanner(Method.DIFF, name="again")
        assert "layers committed by a remount" in afar.missing
    finally:
        docker("rm", "-f", "again")
        docker("rmi", "-f", "committed")
