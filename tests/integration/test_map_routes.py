"""Every route gives the totals that du, find and docker diff give of the same box."""

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from boxtui.engine.adapter import connect
from boxtui.model.mount import MountKind
from boxtui.model.scan import FileType, Flag, Method, ScanResult, Verdict
from boxtui.persistence import ScanOptions, badge_of_scan, scan
from tests.engines.boxes import Boxes
from tests.engines.running import RunningEngine

pytestmark = [pytest.mark.engine, pytest.mark.root]

CORPUS = r"""
set -e
mkdir -p /home/u/.claude /home/u/services/web /home/u/notes /home/u/.nvm/v22/bin /srv/deep/er
echo '{}' > /home/u/.claude.json
echo TOKEN=x > /home/u/services/.env
head -c 70000 /dev/urandom > /home/u/services/web/blob
dd if=/dev/zero of=/home/u/notes/sparse bs=1 count=1 seek=1048575 2>/dev/null
i=0; while [ $i -lt 150 ]; do echo $i > /home/u/.nvm/v22/bin/tool-$i; i=$((i+1)); done
echo original > /home/u/notes/one
ln /home/u/notes/one /home/u/notes/two
ln -s /home/u/notes /home/u/shortcut
mkfifo /srv/deep/pipe
: > /srv/deep/er/empty
mkdir /srv/deep/hollow
printf x > "/srv/deep/new
line"
printf x > "$(printf '/srv/deep/esc\033[31m')"
printf x > /srv/deep/$(printf '\303\251')
rm /bin/awk
rm -rf /var/spool; mkdir -p /var/spool; echo again > /var/spool/file
chmod 750 /root
"""
HOSTILE = r"""ln -s loop /srv/deep/loop; printf yy > "$(printf '/srv/deep/raw\377\376')" """


@dataclass(frozen=True)
class Expected:
    """What find, du and docker diff say of a box."""

    bytes: int
    allocated: int
    files: int
    links: int
    other: int
    directories: int
    deleted: int


def find(upper: Path, *arguments: str) -> list[bytes]:
    done = subprocess.run(
        ["find", upper, "-mindepth", "1", *arguments], capture_output=True, check=True
    )
    return done.stdout.split(b"\0")[:-1]


def expected(engine: RunningEngine, box: str, changed_directories: int) -> Expected:
    """`changed_directories`: of the image, whose mode the test has changed."""
    inspected = engine.docker.json("inspect", box)[0]
    upper = Path(inspected["GraphDriver"]["Data"]["UpperDir"])
    targets = [mount["Destination"] for mount in inspected["Mounts"]]
    targets += inspected["HostConfig"].get("Tmpfs") or {}
    inodes = {}
    files = find(upper, "-type", "f", "-printf", r"%i %s %b\0")
    for line in files:
        inode, size, blocks = map(int, line.split())
        inodes[inode] = (size, blocks * 512)
    lines = engine.docker.lines("diff", box)
    added = {line[2:] for line in lines if line.startswith("A ")}
    folders = find(upper, "-type", "d", "-printf", r"%P\0")
    new = [f for f in folders if f"/{f.decode()}" in added and f"/{f.decode()}" not in targets]
    gone = [line[2:] for line in lines if line.startswith("D ")]
    topmost = [g for g in gone if not any(g.startswith(f"{other}/") for other in gone)]
    return Expected(
        bytes=sum(size for size, _ in inodes.values()),
        allocated=sum(blocks for _, blocks in inodes.values()),
        files=len(files),
        links=len(find(upper, "-type", "l", "-print0")),
        other=len(find(upper, "-type", "p", "-print0")),
        directories=len(new) + changed_directories,
        deleted=len(topmost),
    )


Scanner = Callable[..., ScanResult]


@pytest.fixture(params=["local", "ssh"])
def scanner(
    request: pytest.FixtureRequest, engine: RunningEngine, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scanner]:
    """Scans with a route: as root on the engine's host, and from afar, through ssh to a user."""
    url = engine.url
    if request.param == "ssh":
        monkeypatch.setenv("PATH", request.getfixturevalue("sshd").path)
        url = request.getfixturevalue("operator").url
    connected = connect(url)

    def run(box: str, method: Method | None = None, **options: bool) -> ScanResult:
        container = connected.inspect_container(box)
        return scan(connected, container, ScanOptions(method=method, **options))

    run.remote = request.param == "ssh"  # type: ignore[attr-defined]
    yield run
    connected.close()


def check(result: ScanResult, truth: Expected) -> None:
    totals = result.totals
    assert totals.files == truth.files
    assert totals.bytes == truth.bytes
    assert totals.links == truth.links
    assert totals.other == truth.other
    assert totals.deleted == truth.deleted
    assert totals.directories == truth.directories
    assert totals.allocated_bytes in {truth.allocated, None}
    overlay = [entry for entry in result.entries if entry.kind is None]
    assert sum(entry.bytes or 0 for entry in overlay) == totals.bytes
    assert sum(entry.files or 0 for entry in overlay) == totals.files
    assert sum(one.bytes for one in result.classes.values()) == totals.bytes
    assert sum(one.files for one in result.classes.values()) == totals.files
    paths = sorted(entry.path for entry in overlay if Flag.SHADOWED not in entry.flags)
    for path in paths:
        assert not any(other.startswith(path + "/") for other in paths), path


def corpus(engine: RunningEngine, boxes: Boxes, *, hostile: bool, image: str = "busybox") -> str:
    volume = boxes.volume()
    box = boxes.run(
        image,
        options=["-v", f"{volume}:/home/u/.claude", "-v", "/anonymous", "--tmpfs", "/scratch"],
    )
    engine.docker("exec", box, "sh", "-c", CORPUS + (HOSTILE if hostile else ""))
    return box


@pytest.mark.parametrize("method", [Method.OVERLAY_DIR, Method.IN_BOX, Method.HELPER, Method.DIFF])
def test_totals_of_a_running_box(
    scanner: Scanner, engine: RunningEngine, boxes: Boxes, method: Method
) -> None:
    if method is Method.OVERLAY_DIR and scanner.remote:  # type: ignore[attr-defined]
        pytest.skip("the overlay directory is not read from afar")
    box = corpus(engine, boxes, hostile=method is not Method.DIFF)
    result = scanner(box, method, allow_exec=True, allow_helper=True)
    check(result, expected(engine, box, changed_directories=1))
    assert result.method is method
    assert result.complete
    left = engine.docker("ps", "-aq", "--filter", "label=boxtui.temporary=1")
    assert left == "" or method is not Method.HELPER


@pytest.mark.parametrize("method", [Method.OVERLAY_DIR, Method.HELPER, Method.ARCHIVE, Method.DIFF])
def test_totals_of_a_stopped_box(
    scanner: Scanner, engine: RunningEngine, boxes: Boxes, method: Method
) -> None:
    if method is Method.OVERLAY_DIR and scanner.remote:  # type: ignore[attr-defined]
        pytest.skip("the overlay directory is not read from afar")
    box = corpus(engine, boxes, hostile=method is not Method.DIFF)
    engine.docker("stop", box)
    result = scanner(box, method, allow_helper=True)
    check(result, expected(engine, box, changed_directories=1))
    assert result.complete


def test_gnu_find_in_a_realistic_box(
    scanner: Scanner, engine: RunningEngine, boxes: Boxes, realistic: str
) -> None:
    box = boxes.run(realistic)
    engine.docker("exec", box, "bash", "-c", "echo x > /root/x; rm -rf /usr/share/doc/git")
    engine.docker("exec", box, "sh", "-c", HOSTILE.replace("/srv/deep", "/srv"))
    engine.docker("exec", box, "chmod", "644", "/etc/fstab")
    result = scanner(box, Method.IN_BOX, allow_exec=True)
    check(result, expected(engine, box, changed_directories=0))
    assert result.complete


def test_the_best_route_is_chosen_by_itself(
    scanner: Scanner, engine: RunningEngine, boxes: Boxes
) -> None:
    box = corpus(engine, boxes, hostile=False)
    remote = scanner.remote  # type: ignore[attr-defined]
    assert scanner(box).method is (Method.DIFF if remote else Method.OVERLAY_DIR)
    engine.docker("stop", box)
    assert scanner(box).method is (Method.ARCHIVE if remote else Method.OVERLAY_DIR)


def test_an_untouched_box_has_no_changes(
    scanner: Scanner, engine: RunningEngine, boxes: Boxes
) -> None:
    box = boxes.run(options=["-v", f"{boxes.volume()}:/deep/way/to/it", "--tmpfs", "/t"])
    result = scanner(box)
    assert result.totals.bytes == result.totals.files == result.totals.directories == 0
    assert result.totals.deleted == result.totals.other == result.totals.links == 0
    assert result.summary == "a recreate destroys nothing"


def test_a_chmod_to_the_same_mode_counts_or_the_scan_is_not_complete(
    scanner: Scanner, engine: RunningEngine, boxes: Boxes, realistic: str
) -> None:
    box = boxes.run(realistic)
    engine.docker("exec", box, "chmod", "644", "/etc/fstab")
    result = scanner(box)
    if result.method is Method.OVERLAY_DIR:
        assert (result.totals.files, result.complete) == (1, True)
    else:
        assert not result.complete


def test_names_that_json_cannot_carry_make_the_diff_incomplete(
    scanner: Scanner, engine: RunningEngine, boxes: Boxes
) -> None:
    box = corpus(engine, boxes, hostile=True)
    result = scanner(box, Method.DIFF)
    assert not result.complete
    assert badge_of_scan(result).verdict is Verdict.AT_RISK


def test_layers_committed_by_a_remount_count(
    engine: RunningEngine, boxes: Boxes, scanner: Scanner
) -> None:
    first = boxes.run()
    engine.docker("exec", first, "sh", "-c", "echo one > /one; echo two > /two; rm /bin/awk")
    base = engine.docker("inspect", "--format", "{{.Image}}", first)
    committed = boxes.adopt("image", engine.docker("commit", first))
    box = boxes.run(committed, options=["--label", f"boxtui.base-id={base}"])
    engine.docker("exec", box, "sh", "-c", "echo three > /three; rm /two; echo longer > /one")
    result = scanner(box, want_files=True)
    if result.method is not Method.OVERLAY_DIR:
        assert not result.complete
        return
    assert result.complete
    found = {record.path: record for record in result.files or ()}
    assert found["/one"].bytes == len("longer\n")
    assert found["/three"].type is FileType.FILE
    assert found["/bin/awk"].type is FileType.DELETED
    assert "/two" not in found


def test_what_is_remarkable_is_flagged(
    engine: RunningEngine, boxes: Boxes, scanner: Scanner, realistic: str
) -> None:
    options = ["-v", f"{boxes.volume()}:/root/.claude", "-v", f"{boxes.volume()}:/app/data"]
    box = boxes.run(realistic, options=[*options, "-v", "/var/lib/postgresql/data"])
    script = (
        "mkdir -p /root/services /app/projects /app/data/repos; echo x > /root/.claude.json;"
        "echo y > /app/projects/y; ln -s /app/data/repos /root/repos; cd /root/services;"
        "echo '<p>' > index.html; git init -q /root/code; echo z > /root/code/z"
    )
    engine.docker("exec", box, "bash", "-c", script)
    engine.docker("exec", "-d", "-w", "/root/services", box, "python3", "-m", "http.server", "8099")
    wait = "until grep -q ':1FA3 ' /proc/net/tcp; do sleep 0.05; done"
    engine.docker("exec", box, "sh", "-c", wait)
    result = scanner(box, allow_exec=True)
    flags = {entry.path: set(entry.flags) for entry in result.entries}
    assert Flag.SIBLING_OF_MOUNT in flags["/root/.claude.json"]
    assert Flag.SIBLING_OF_MOUNT in flags["/app/projects"]
    assert Flag.SYMLINK_INTO_VOLUME in flags["/root/repos"]
    assert Flag.LISTENER in flags["/root/services"]
    assert Flag.DATABASE_ANONYMOUS in flags["/var/lib/postgresql/data"]
    assert Flag.GIT_UNCOMMITTED in flags["/root/code"]
    assert result.unchecked == ()


def test_data_hidden_by_a_mount(engine: RunningEngine, boxes: Boxes, scanner: Scanner) -> None:
    box = boxes.create(options=["-v", f"{boxes.volume()}:/app/data"])
    upper = Path(engine.docker.json("inspect", box)[0]["GraphDriver"]["Data"]["UpperDir"])
    (upper / "app/data").mkdir(parents=True, exist_ok=True)
    (upper / "app/data/old").write_text("hidden")
    engine.docker("start", box)
    result = scanner(box)
    (entry,) = [e for e in result.entries if Flag.SHADOWED in e.flags]
    assert entry.kind is None
    if result.method is Method.OVERLAY_DIR:
        assert (entry.bytes, entry.files) == (len("hidden"), 1)
        assert result.complete
    else:
        assert not result.complete


@pytest.mark.parametrize("asked", [False, True])
def test_forgetful_mounts_are_measured_on_the_engines_host_or_in_the_box(
    engine: RunningEngine, boxes: Boxes, scanner: Scanner, *, asked: bool
) -> None:
    box = boxes.run(options=["-v", "/anonymous", "--tmpfs", "/scratch"])
    engine.docker("exec", box, "sh", "-c", "echo abc > /anonymous/a; echo de > /scratch/b")
    result = scanner(box, allow_exec=asked)
    held = {entry.kind: (entry.bytes, entry.files) for entry in result.entries}
    if result.method in {Method.OVERLAY_DIR, Method.IN_BOX}:
        assert held == {MountKind.ANONYMOUS: (4, 1), MountKind.TMPFS: (3, 1)}
        badge = badge_of_scan(result)
        assert (badge.verdict, badge.at_risk_bytes, badge.at_risk_files) == (
            Verdict.AT_RISK, 7, 2,
        )  # fmt: skip
    else:
        assert held == {MountKind.ANONYMOUS: (None, None), MountKind.TMPFS: (None, None)}
        assert badge_of_scan(result).verdict is Verdict.UNSCANNED


def upper_of(engine: RunningEngine, box: str) -> str:
    return str(engine.docker.json("inspect", box)[0]["GraphDriver"]["Data"]["UpperDir"])


def test_du_agrees(engine: RunningEngine, boxes: Boxes) -> None:
    """The helper of these tests itself, against du: apparent sizes of files alone."""
    box = corpus(engine, boxes, hostile=True)
    listing = subprocess.run(
        ["find", upper_of(engine, box), "-type", "f", "-print0"], capture_output=True, check=True
    ).stdout
    done = subprocess.run(
        ["du", "--apparent-size", "--bytes", "--total", "--files0-from=-"],
        input=listing, capture_output=True, check=True,
    )  # fmt: skip
    total = int(done.stdout.splitlines()[-1].split()[0])
    assert total == expected(engine, box, changed_directories=1).bytes
