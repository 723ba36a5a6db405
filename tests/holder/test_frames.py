import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui.errors import InternalError
from boxtui.holder.frames import MAX_FRAME, Decoder, Frame, Kind, encode, message

FRAMES = st.lists(
    st.tuples(st.sampled_from(list(Kind)), st.integers(0, 2**32 - 1), st.binary(max_size=200))
)


@given(FRAMES, st.integers(1, 50))
def test_frames_come_out_as_they_went_in_however_they_are_cut(
    frames: list[tuple[Kind, int, bytes]], piece: int
) -> None:
    stream = b"".join(encode(*frame) for frame in frames)
    decoder = Decoder()
    seen = [f for at in range(0, len(stream), piece) for f in decoder.feed(stream[at : at + piece])]
    assert seen == [Frame(*frame) for frame in frames]


def test_a_message_is_json() -> None:
    (frame,) = Decoder().feed(message("resize", 3, {"columns": 80}))
    assert frame.message == {"op": "resize", "columns": 80}


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        encode(Kind.DATA, 1, b"")[:4] + b"\x09" + bytes(4),
        (MAX_FRAME + 1).to_bytes(4, "big") + bytes(5),
        bytes(9),
    ],
)
def test_what_is_no_frame_is_refused(stream: bytes) -> None:
    with pytest.raises(InternalError):
        Decoder().feed(stream)


def test_a_message_that_is_no_object_is_refused() -> None:
    (frame,) = Decoder().feed(encode(Kind.MESSAGE, 0, b"[1]"))
    with pytest.raises(InternalError):
        _ = frame.message
