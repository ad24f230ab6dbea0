"""Event streams: the frames, the pauses between them, and the pings."""

from __future__ import annotations

import pytest

from understudy.engine.streaming import EventStream

FRAMES = [b"a", b"b", b"c", b"d"]


def test_pings_come_at_their_interval_while_the_stream_lasts() -> None:
    stream = EventStream([], ping=b":", ping_seconds=2.0)
    paced = stream.paced(FRAMES, 1.5)
    assert [frame for _, frame in paced] == [b"a", b"b", b":", b"c", b":", b"d"]
    assert [pause for pause, _ in paced] == pytest.approx([0, 1.5, 0.5, 1.0, 1.0, 0.5])


@pytest.mark.parametrize(("ping", "seconds"), [(b"", 2.0), (b":", 0.0), (b":", 15.0)])
def test_without_pings_the_frames_come_alone(ping: bytes, seconds: float) -> None:
    stream = EventStream([], ping=ping, ping_seconds=seconds)
    assert stream.paced(FRAMES, 1.5) == [(0.0, b"a"), *((1.5, frame) for frame in FRAMES[1:])]
    assert stream.paced([], 1.5) == []
