"""Each route of the map against `docker diff`, on a box with many changed files, interleaved.

    python -m tests.bench.map_routes unix:///path/docker.sock [FILES] [ROUNDS]

The box is made of an image that the engine has (busybox) and removed at the end. The peak of
memory is that of the process that scans.
"""

import json
import statistics
import subprocess
import sys
import time

_SCAN = """
import json, resource, sys, time
from boxtui.engine.adapter import connect
from boxtui.model.scan import Method
from boxtui.persistence import ScanOptions, scan
engine = connect(sys.argv[1])
box = engine.inspect_container(sys.argv[2])
options = ScanOptions(method=Method(sys.argv[3]), allow_exec=True, allow_helper=True)
start = time.perf_counter()
result = scan(engine, box, options)
seconds = time.perf_counter() - start
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
print(json.dumps([seconds, peak, result.totals.files, result.complete]))
"""
_FILL = (
    "mkdir -p /root/.nvm; cd /root/.nvm; d=0; while [ $d -lt {folders} ]; do mkdir $d; f=0;"
    " while [ $f -lt 100 ]; do echo $f > $d/$f; f=$((f+1)); done; d=$((d+1)); done"
)
_ROUTES = ("overlay-dir", "in-box", "helper", "diff")


def main() -> None:
    host = sys.argv[1]
    files = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    name = f"boxtui-bench-map-{time.time_ns()}"
    docker = ["docker", "-H", host]
    run([*docker, "run", "-d", "--name", name, "busybox", "sleep", "86400"])
    try:
        run([*docker, "exec", name, "sh", "-c", _FILL.format(folders=files // 100)])
        compare(docker, host, name, rounds)
    finally:
        run([*docker, "rm", "--force", "--volumes", name])


def compare(docker: list[str], host: str, name: str, rounds: int) -> None:
    taken: dict[str, list[float]] = {route: [] for route in ("docker diff", *_ROUTES)}
    told: dict[str, list[object]] = {}
    for _ in range(rounds):
        start = time.perf_counter()
        run([*docker, "diff", name])
        taken["docker diff"].append(time.perf_counter() - start)
        for route in _ROUTES:
            seconds, *rest = json.loads(run([sys.executable, "-c", _SCAN, host, name, route]))
            taken[route].append(seconds)
            told[route] = rest
    base = statistics.median(taken["docker diff"])
    for route, seconds in taken.items():
        middle = statistics.median(seconds)
        peak, files, complete = told.get(route, ("-", "-", "-"))
        print(
            f"{route:12} {middle:7.2f} s  {middle / base:5.2f}x  peak {peak} MB"
            f"  files {files}  complete {complete}"
        )


def run(argv: list[str]) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    main()
