"""Throughput of the terminal against stock pyte and tmux, and the memory of its history.

    python -m tests.bench.terminal_speed [--size BYTES] [--profile] [--without-tmux]

All figures are ratios within one run, the best of a few alternating rounds.
"""

import argparse
import cProfile
import io
import pstats
import time
import tracemalloc
from collections.abc import Callable

import pyte

from boxtui.terminal.terminal import Terminal
from tests.bench.terminal_workloads import WORKLOADS, chunks
from tests.terminal.tmux_oracle import Pane, Tmux

ROUNDS = 5
SIZE = 2_000_000
# Stock pyte is slow and steady; a part of the data is enough to know its speed
STOCK_PART = 8


def seconds(feed: Callable[[bytes], object], parts: list[bytes]) -> float:
    begun = time.perf_counter()
    for part in parts:
        feed(part)
    return time.perf_counter() - begun


def ours(name: str) -> Callable[[bytes], object]:
    _, columns, lines, _ = WORKLOADS[name]
    return Terminal(columns, lines).feed


def stock(name: str) -> Callable[[bytes], object]:
    _, columns, lines, _ = WORKLOADS[name]
    return pyte.ByteStream(pyte.Screen(columns, lines)).feed


def speed(make: Callable[[str], Callable[[bytes], object]], name: str, parts: list[bytes]) -> float:
    """Megabytes a second, the best of one round."""
    return sum(map(len, parts)) / seconds(make(name), parts) / 1e6


def tmux_speed(server: Tmux, name: str, parts: list[bytes]) -> float:
    _, columns, lines, _ = WORKLOADS[name]
    pane = Pane(server, columns, lines)
    try:
        whole = b"".join(parts)
        return len(whole) / seconds(pane.feed, [whole]) / 1e6
    finally:
        pane.close()


def measure(size: int, *, with_tmux: bool) -> None:
    print(f"{'workload':16}{'ours MB/s':>11}{'stock':>8}{'ratio':>8}{'goal':>7}{'of tmux':>9}")
    for name, (_, _, _, goal) in WORKLOADS.items():
        parts = chunks(name, size)
        few = parts[: max(1, len(parts) // STOCK_PART)]
        fast = slow = theirs = 0.0
        for _ in range(ROUNDS):
            fast = max(fast, speed(ours, name, parts))
            slow = max(slow, speed(stock, name, few))
        if with_tmux:
            with Tmux() as server:
                theirs = max(tmux_speed(server, name, parts) for _ in range(2))
        of_tmux = f"{fast / theirs:8.0%}" if theirs else "       -"
        met = "" if fast / slow >= goal else "  MISSED"
        print(f"{name:16}{fast:11.2f}{slow:8.2f}{fast / slow:8.1f}{goal:7}{of_tmux}{met}")


def history_memory(data: list[bytes], columns: int) -> float:
    """Megabytes that a terminal with a full history of 10,000 lines holds."""
    tracemalloc.start()
    try:
        terminal = Terminal(columns, 50, history=10_000)
        for part in data:
            terminal.feed(part)
        assert len(terminal.history) == 10_000
        return tracemalloc.get_traced_memory()[0] / 1e6
    finally:
        tracemalloc.stop()


def measure_memory() -> None:
    text = "x" * 200
    lines = {
        "plain": text,
        "a colour a word": "".join(f"\x1b[3{n % 8}m{text[:10]}" for n in range(20)),
        "a colour a cell": "".join(f"\x1b[38;5;{n}mx" for n in range(200)),
        "24-bit a cell": "".join(f"\x1b[38;2;{n};9;{n}mx" for n in range(200)),
        "CJK": "\u6f22" * 100,
    }
    print("\n10,000 lines of 200 columns in the history, MB (goal 40)")
    for name, line in lines.items():
        part = (line + "\r\n").encode() * 50
        print(f"{name:16}{history_memory([part] * 202, 200):11.1f}")


def profile(size: int) -> None:
    """What holds each figure back: the functions that the time goes to."""
    for name in WORKLOADS:
        parts = chunks(name, size)
        feed = ours(name)
        profiler = cProfile.Profile()
        profiler.runcall(seconds, feed, parts)
        out = io.StringIO()
        pstats.Stats(profiler, stream=out).sort_stats("tottime").print_stats(6)
        print(f"\n{name}")
        for line in out.getvalue().splitlines():
            words = line.split()
            if (len(words) >= 6 and words[0][:1].isdigit() and ":" in words[-1]) or "{" in line:
                print("  " + line.strip())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=SIZE, help="bytes of each workload")
    parser.add_argument("--profile", action="store_true", help="show where the time goes")
    parser.add_argument("--without-tmux", action="store_true")
    options = parser.parse_args()
    if options.profile:
        profile(options.size)
        return
    measure(options.size, with_tmux=not options.without_tmux)
    measure_memory()


if __name__ == "__main__":
    main()
