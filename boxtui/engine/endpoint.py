"""Where an engine is looked for: flags, environment, docker contexts, the default socket."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from boxtui.errors import UsageError

DEFAULT_SOCKET = "/var/run/docker.sock"
_SCHEMES = ("unix", "tcp", "http", "https", "ssh")


@dataclass(frozen=True, slots=True)
class TLS:
    """TLS material as files; no `ca` means the system's own authorities."""

    ca: Path | None
    cert: Path | None
    key: Path | None
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One engine's address, and who named it."""

    url: str
    origin: str
    """For messages: "flag -H", "DOCKER_HOST", "context prod", "the default socket"."""
    context: str | None = None
    tls: TLS | None = None

    @property
    def scheme(self) -> str:
        """The part of the URL that picks the transport."""
        return self.url.partition("://")[0]


def from_host(url: str, origin: str, environ: Mapping[str, str]) -> Endpoint:
    """Give the endpoint of a URL, with TLS material from the environment for tcp ones."""
    url = checked_url(url, origin)
    tls = None
    if url.startswith(("tcp://", "https://")):
        tls = _tls_from_environment(environ)
        if tls is None and url.startswith("https://"):
            tls = TLS(None, None, None)
    return Endpoint(url, origin, tls=tls)


def checked_url(url: str, origin: str) -> str:
    """Refuse what is no URL of an engine; a bare path is a socket, as the docker CLI has it."""
    if url.startswith("/"):
        url = f"unix://{url}"
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in _SCHEMES or not rest:
        raise UsageError(
            f"{origin} names {url!r}, which is no engine's address",
            hint="give unix:///path/to/docker.sock, tcp://host:2376 or ssh://user@host",
        )
    return url


def default_endpoint(environ: Mapping[str, str]) -> Endpoint:
    """Give the socket that is tried when nothing names an engine."""
    origin = "the default socket"
    if environ.get("DOCKER_CONTEXT") == "default":
        origin = "the context default"
    return Endpoint(f"unix://{DEFAULT_SOCKET}", origin)


def other_sockets(environ: Mapping[str, str]) -> list[str]:
    """Sockets of other engines that are there: named in hints, never used unasked."""
    runtime = environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}"
    candidates = [
        Path(runtime, "docker.sock"),
        Path(runtime, "podman/podman.sock"),
        Path("/run/podman/podman.sock"),
    ]
    return [f"unix://{path}" for path in candidates if path.is_socket()]


def _tls_from_environment(environ: Mapping[str, str]) -> TLS | None:
    verify = bool(environ.get("DOCKER_TLS_VERIFY"))
    if not verify and not environ.get("DOCKER_TLS"):
        return None
    folder = environ.get("DOCKER_CERT_PATH")
    return tls_from_folder(Path(folder) if folder else docker_config(environ), verify=verify)


def tls_from_folder(folder: Path, *, verify: bool) -> TLS:
    """Give the TLS material that lies in a folder; what is not there is left out."""
    found = {name: folder / f"{name}.pem" for name in ("ca", "cert", "key")}
    there = {name: path if path.is_file() else None for name, path in found.items()}
    return TLS(there["ca"], there["cert"], there["key"], verify)


def docker_config(environ: Mapping[str, str]) -> Path:
    """Give the folder of the docker CLI's own configuration."""
    given = environ.get("DOCKER_CONFIG")
    return Path(given) if given else Path("~/.docker").expanduser()
