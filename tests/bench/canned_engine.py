"""An engine of canned answers on a unix socket: many containers, and nothing ever happens to them.

    python -m tests.bench.canned_engine /path/to.sock [CONTAINERS] [RUNNING]

Each answer is made before the first question, so that the time measured is the asker's.
"""

import json
import re
import socketserver
import sys
import time
from contextlib import suppress
from typing import Any, NamedTuple

_DAY = 86_400
_VERSION = {
    "Version": "20.10.24",
    "ApiVersion": "1.41",
    "MinAPIVersion": "1.12",
    "Os": "linux",
    "Arch": "amd64",
}
_INFO = {
    "ID": "CANNED",
    "Name": "canned",
    "ServerVersion": "20.10.24",
    "Driver": "overlay2",
    "DockerRootDir": "/var/lib/docker",
    "SecurityOptions": [],
}


class Canned(NamedTuple):
    """One container, as the list and as inspect tell of it."""

    listed: dict[str, Any]
    inspected: dict[str, Any]


def container(number: int, *, running: bool) -> Canned:
    """Make one; two of three belong to a compose project."""
    labels = {"com.docker.compose.project": f"project-{number % 50}"} if number % 3 else {}
    started = int(time.time()) - 30 * _DAY + number
    mount = {
        "Type": "volume",
        "Name": f"volume-{number}",
        "Source": f"/var/lib/docker/volumes/volume-{number}/_data",
        "Destination": "/data",
        "Driver": "local",
        "Mode": "z",
        "RW": True,
        "Propagation": "",
    }
    shared = {"Id": f"{number:064x}", "Mounts": [mount]}
    listed = {
        **shared,
        "Names": [f"/box-{number:04d}"],
        "Image": "busybox",
        "ImageID": "sha256:" + "a" * 64,
        "Command": "sleep 1000",
        "Created": started,
        "Ports": [],
        "Labels": labels,
        "State": "running" if running else "exited",
        "Status": "Up 3 days" if running else "Exited (0) 2 hours ago",
        "HostConfig": {"NetworkMode": "default"},
        "NetworkSettings": {"Networks": {"bridge": {"NetworkID": "", "IPAddress": ""}}},
    }
    day = time.strftime("%Y-%m-%dT%H:%M:%S.000000000Z", time.gmtime(started))
    inspected = {
        **shared,
        "Created": day,
        "Name": f"/box-{number:04d}",
        "Path": "sleep",
        "Args": ["1000"],
        "Image": "sha256:" + "a" * 64,
        "RestartCount": 0,
        "State": {
            "Status": "running" if running else "exited",
            "Running": running,
            "ExitCode": 0,
            "OOMKilled": False,
            "Error": "",
            "Pid": 1000 + number if running else 0,
            "StartedAt": day,
            "FinishedAt": "0001-01-01T00:00:00Z" if running else day,
        },
        "HostConfig": {
            "NetworkMode": "default",
            "AutoRemove": False,
            "RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0},
        },
        "Config": {
            "Image": "busybox",
            "Hostname": f"{number:012x}",
            "User": "",
            "WorkingDir": "",
            "Env": ["PATH=/bin"],
            "Cmd": ["sleep", "1000"],
            "Labels": labels,
            "Tty": False,
        },
        "NetworkSettings": {"Networks": {"bridge": {"NetworkID": "", "IPAddress": ""}}},
    }
    return Canned(listed, inspected)


class Server(socketserver.ThreadingUnixStreamServer):
    """Serves until it is killed."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, path: str, containers: int, running: int) -> None:
        canned = [container(n, running=n < running) for n in range(containers)]
        self.listed = json.dumps([c.listed for c in canned]).encode()
        self.inspected = {c.listed["Id"]: json.dumps(c.inspected).encode() for c in canned}
        super().__init__(path, Handler)

    def answer(self, path: str) -> bytes | None:
        """Give the body for a path; None where there is no such thing."""
        path = re.sub(r"^/v1\.\d+", "", path)
        fixed = {
            "/_ping": b"OK",
            "/version": json.dumps(_VERSION).encode(),
            "/info": json.dumps(_INFO).encode(),
            "/containers/json": self.listed,
            "/volumes": b'{"Volumes": [], "Warnings": null}',
            "/images/json": b"[]",
            "/networks": b"[]",
        }
        inspect = re.fullmatch(r"/containers/(\w+)/json", path)
        return fixed.get(path) or (self.inspected.get(inspect[1]) if inspect else None)


class Handler(socketserver.StreamRequestHandler):
    """Answers one connection's requests."""

    server: Server

    def handle(self) -> None:
        # those who ask are killed once their list is on screen
        with suppress(ConnectionError):
            self._answer_all()

    def _answer_all(self) -> None:
        while (request := self.rfile.readline()).strip():
            while self.rfile.readline().strip():
                pass
            method, target, _version = request.decode().split()
            path = target.partition("?")[0]
            if path.endswith("/events"):
                self._keep_silent()
                return
            body = self.server.answer(path)
            status = b"200 OK" if body is not None else b"404 Not Found"
            body = body if body is not None else b'{"message": "no such thing"}'
            head = (
                b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nApi-Version: 1.41\r\n"
                b"Ostype: linux\r\nServer: canned\r\nContent-Length: %d\r\n\r\n"
            ) % (status, len(body))
            self.wfile.write(head + (b"" if method == "HEAD" else body))

    def _keep_silent(self) -> None:
        self.wfile.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n"
        )
        # to the end of the connection: whoever listens closes it
        self.rfile.read(1)


def main() -> None:
    path = sys.argv[1]
    containers = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    running = int(sys.argv[3]) if len(sys.argv) > 3 else containers // 5
    Server(path, containers, running).serve_forever()


if __name__ == "__main__":
    main()
