"""`boxtui ps --json` against a bare docker-py list, each in its own process, interleaved.

    python -m tests.bench.ps unix:///path/docker.sock [ROUNDS]

docker-py's `containers.list()` inspects each container that it lists, as `ps` must; the sparse
list that does not is shown beside it. Processor time is shown too: it says more on a busy machine.
"""

import resource
import statistics
import subprocess
import sys
import tempfile
import time

_LIST = (
    "import docker, json, sys;"
    "client = docker.DockerClient(base_url=sys.argv[1], version='auto');"
    "found = client.containers.list(all=sys.argv[2] == 'all', sparse=sys.argv[3] == 'sparse');"
    "print(json.dumps([c.attrs for c in found]))"
)


def main() -> None:
    host = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 11
    with tempfile.TemporaryDirectory() as state:
        boxtui = [sys.executable, "-m", "boxtui", "-H", host, "--state-dir", state, "--json", "ps"]
        docker = [sys.executable, "-c", _LIST, host]
        for which, flags in (("running", []), ("all", ["-a"])):
            print(f"{which}:")
            commands = {
                "docker-py list": [*docker, which, "full"],
                "docker-py list, sparse": [*docker, which, "sparse"],
                "boxtui ps": [*boxtui, *flags],
            }
            for argv in commands.values():
                measure(argv)  # what is first read from the disk is not counted
            compare(commands, rounds)


def compare(commands: dict[str, list[str]], rounds: int) -> None:
    taken: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, argv in commands.items():
            taken[name].append(measure(argv))
    base = statistics.median(wall for wall, _ in taken["docker-py list"])
    for name, rows in taken.items():
        wall, cpu = (statistics.median(column) for column in zip(*rows, strict=True))
        raw = " ".join(f"{w:.3f}" for w, _ in rows)
        print(f"  {name:<24} {wall:.3f} s ({wall / base:.2f}x), cpu {cpu:.3f} s   [{raw}]")


def measure(argv: list[str]) -> tuple[float, float]:
    """Wall and processor seconds of one run."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(argv, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, cpu


if __name__ == "__main__":
    main()
