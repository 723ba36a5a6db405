import io
import os
import stat
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxtui.backups.tarstream import BLOCK, TarEntry, TarWalk
from boxtui.errors import DamagedError, UnsafeArchiveError

GNU_FULL = ["--format=pax", "--pax-option=delete=atime,delete=ctime", "--numeric-owner", "--sparse"]


def walk(data: bytes, piece: int = 1 << 20) -> list[TarEntry]:
    entries: list[TarEntry] = []
    walker = TarWalk(entries.append, "the test's tar")
    for start in range(0, len(data), piece):
        walker.feed(data[start : start + piece])
    walker.finish()
    return entries


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tree") / "_data"
    root.mkdir()
    (root / "plain").write_bytes(b"x" * 1000)
    (root / "empty").touch()
    (root / ("long" * 60)).write_text("name of 240")
    deep = root
    for _ in range(12):
        deep = deep / ("d" * 40)
        deep.mkdir()
    (deep / "leaf").write_text("deep")
    os.link(root / "plain", root / "hard")
    (root / "soft").symlink_to("../outside/" + "t" * 150)
    os.mkfifo(root / "fifo")
    with open(os.fsencode(root) + b"/\xff\xfe\nname", "wb") as file:  # noqa: PTH123
        file.write(b"odd")
    with (root / "sparse").open("wb") as file:
        file.seek(10 << 20)
        file.write(b"end")
    os.utime(root / "plain", ns=(1, 1_600_000_000_123_456_789))
    return root


@pytest.mark.parametrize("options", [GNU_FULL, ["--format=gnu"], ["--format=posix"]])
def test_the_walk_sees_what_lies_on_the_disk(tree: Path, options: list[str]) -> None:
    made = subprocess.run(
        ["tar", *options, "-C", tree.parent, "-c", tree.name], check=True, capture_output=True
    )
    seen = {e.name.rstrip("/"): e for e in walk(made.stdout)}
    found = subprocess.run(
        ["find", tree.name, "-printf", "%p\\0%y\\0%s\\0%T@\\0%l\\0"],
        cwd=tree.parent,
        check=True,
        capture_output=True,
    ).stdout.decode("utf-8", "surrogateescape")
    fields = found.split("\0")[:-1]
    rows = {fields[i]: fields[i + 1 : i + 5] for i in range(0, len(fields), 5)}
    assert set(seen) == set(rows)
    hard = [e for e in seen.values() if e.type == "hardlink"]
    assert len(hard) == 1
    for name, (letter, size, mtime, target) in rows.items():
        entry = seen[name]
        if entry.type == "hardlink":
            continue
        assert entry.type == {"f": "file", "d": "dir", "l": "link", "p": "fifo"}[letter]
        if letter == "f":
            assert entry.size == int(size)
        assert int(entry.mtime) == int(float(mtime))
        assert entry.target == target
        assert entry.mode == stat.S_IMODE((tree.parent / name).lstat().st_mode)


@settings(max_examples=60, deadline=None)
@given(
    piece=st.integers(min_value=1, max_value=3000), names=st.lists(st.text(min_size=1), max_size=6)
)
def test_any_chunking_gives_the_same_entries(piece: int, names: list[str]) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for number, name in enumerate(names):
            info = tarfile.TarInfo(f"{number}-{name}")
            info.size = number * 300
            tar.addfile(info, io.BytesIO(b"z" * info.size))
    data = buffer.getvalue()
    assert walk(data, piece) == walk(data)
    assert [e.size for e in walk(data)] == [n * 300 for n in range(len(names))]


def small_tar() -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        info = tarfile.TarInfo("é" * 150)
        info.size = 700
        tar.addfile(info, io.BytesIO(b"z" * 700))
    return buffer.getvalue()


def test_a_tar_cut_anywhere_before_its_end_is_damaged() -> None:
    whole = small_tar()
    content = len(whole.rstrip(b"\0"))
    end = -(-content // BLOCK) * BLOCK + 2 * BLOCK
    assert walk(whole[:end])
    for cut in range(0, end, 37):
        with pytest.raises(DamagedError):
            walk(whole[:cut])


def test_a_flipped_header_bit_is_damaged() -> None:
    whole = bytearray(small_tar())
    whole[10] ^= 1
    with pytest.raises(DamagedError, match="checksum"):
        walk(bytes(whole))


def test_data_after_the_end_is_damaged() -> None:
    with pytest.raises(DamagedError, match="after its end"):
        walk(small_tar() + small_tar())


def test_a_huge_extended_header_is_refused_before_it_is_read() -> None:
    header = bytearray(tarfile.TarInfo("x").tobuf(tarfile.USTAR_FORMAT))
    header[156:157] = b"x"
    header[124:136] = b"%011o\0" % (1 << 32)
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:512])
    with pytest.raises(UnsafeArchiveError, match="extended header"):
        walk(bytes(header[:512]))


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=3000), st.integers(min_value=0, max_value=1500))
def test_garbage_is_damaged_or_unsafe_and_never_anything_else(noise: bytes, at: int) -> None:
    data = small_tar()
    garbled = data[:at] + noise + data[at + len(noise) :]
    try:
        walk(garbled)
    except (DamagedError, UnsafeArchiveError):
        return
