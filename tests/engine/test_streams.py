"""Bodies cut anywhere, in any chunks: whole objects or one clear error."""

import itertools
import json
import tracemalloc
from collections.abc import Iterator
from typing import Self

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui.engine.endpoint import Endpoint
from boxtui.engine.execs import demultiplexed
from boxtui.engine.files import system_mode
from boxtui.engine.streams import changes, json_lines
from boxtui.errors import EngineError, NoEngineError
from boxtui.model.ports import Change

ENDPOINT = Endpoint("unix:///x.sock", "a test")
KINDS = {"C": 0, "A": 1, "D": 2}


class Chunks:
    """A body that arrives in the chunks given."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self.closed = False

    def read(self, limit: int = 0) -> bytes:
        return next(self._chunks, b"")

    read_some = read

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def split(data: bytes, cuts: list[int]) -> Chunks:
    at = sorted({0, len(data), *(c % (len(data) + 1) for c in cuts)})
    return Chunks(data[a:b] for a, b in itertools.pairwise(at))


CUTS = st.lists(st.integers(min_value=0), max_size=10)


@given(
    entries=st.lists(st.tuples(st.sampled_from("CAD"), st.text()), max_size=20),
    cuts=CUTS,
    compact=st.booleans(),
)
def test_changes_in_any_chunks(
    entries: list[tuple[str, str]], cuts: list[int], compact: bool
) -> None:
    document = [{"Path": path, "Kind": KINDS[kind]} for kind, path in entries]
    separators = (",", ":") if compact else (", ", ": ")
    data = json.dumps(document, separators=separators).encode() + b"\n"
    assert list(changes(split(data, cuts))) == [Change(kind, path) for kind, path in entries]


@given(path=st.text(alphabet='{},":[]\\a', max_size=40), cuts=CUTS)
def test_paths_that_look_like_json(path: str, cuts: list[int]) -> None:
    document = [{"Path": path, "Kind": 1}] * 3
    data = json.dumps(document, separators=(",", ":")).encode()
    assert [c.path for c in changes(split(data, cuts))] == [path] * 3


@pytest.mark.parametrize("answer", [b"null", b"[]", b"null\n"])
def test_no_changes(answer: bytes) -> None:
    assert list(changes(split(answer, []))) == []


@pytest.mark.parametrize(
    "answer",
    [
        b"{}", b"<html>", b'[{"Path":"/a"}]', b'[{"Path":"/a","Kind":9}]',
        b'[{"Path":"/a","Kind":1},{"Pa', b"[5]", b'["x"]',
    ],
)  # fmt: skip
def test_changes_that_make_no_sense(answer: bytes) -> None:
    with pytest.raises(EngineError):
        list(changes(split(answer, [])))


def test_many_changes_in_bounded_memory() -> None:
    part = b",".join(b'{"Path":"/usr/lib/some/where/file-%06d","Kind":1}' % n for n in range(1000))

    def body() -> Iterator[bytes]:
        yield b"[" + part
        for _ in range(199):
            yield b"," + part
        yield b"]"

    tracemalloc.start()
    count = sum(1 for _ in changes(Chunks(body())))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 200_000
    assert peak < 5_000_000


@given(entries=st.lists(st.dictionaries(st.text(), st.text(), max_size=3), max_size=10), cuts=CUTS)
def test_json_lines_in_any_chunks(entries: list[dict[str, str]], cuts: list[int]) -> None:
    lines = [json.dumps(entry, ensure_ascii=False).encode() + b"\r\n" for entry in entries]
    assert list(json_lines(split(b"".join(lines), cuts), "test")) == entries


@pytest.mark.parametrize(
    "answer", [b"<html>\n</html>\n", b'{"a":1}\n{"b"', b"5\n", b'{"a":1}\n]\n']
)
def test_json_lines_that_make_no_sense(answer: bytes) -> None:
    with pytest.raises(EngineError, match="could not test"):
        list(json_lines(split(answer, []), "test"))


def frame(stream: int, data: bytes) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(data).to_bytes(4, "big") + data


@given(
    pieces=st.lists(st.tuples(st.sampled_from([1, 2]), st.binary(max_size=30)), max_size=10),
    cuts=CUTS,
)
def test_output_is_told_apart_in_any_chunks(
    pieces: list[tuple[int, bytes]], cuts: list[int]
) -> None:
    body = split(b"".join(frame(*p) for p in pieces), cuts)
    out = {1: b"", 2: b""}
    for stream, data in demultiplexed(body, ENDPOINT):
        out[stream] += data
    assert out == {s: b"".join(d for t, d in pieces if t == s) for s in (1, 2)}


@pytest.mark.parametrize(
    ("data", "error"), [(frame(1, b"abc")[:-1], NoEngineError), (b"HTTP/1.1 200", EngineError)]
)
def test_output_cut_off_is_an_error(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        list(demultiplexed(split(data, []), ENDPOINT))


@pytest.mark.parametrize(
    ("go", "system"),
    [
        (0o755 | 1 << 31, 0o40755),
        (0o777 | 1 << 27, 0o120777),
        (0o755 | 1 << 23 | 1 << 22, 0o106755),
        (0o777 | 1 << 31 | 1 << 20, 0o41777),
        (0o666 | 1 << 26 | 1 << 21, 0o20666),
        (0o660 | 1 << 26, 0o60660),
        (0o600 | 1 << 25, 0o10600),
        (0o600 | 1 << 24, 0o140600),
        (0o640, 0o100640),
    ],
)
def test_modes(go: int, system: int) -> None:
    assert system_mode(go) == system
