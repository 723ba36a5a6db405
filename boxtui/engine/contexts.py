"""The docker CLI's contexts, and which engine is meant when several are named."""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxtui.engine.endpoint import (
    TLS,
    Endpoint,
    checked_url,
    default_endpoint,
    docker_config,
    from_host,
    tls_from_folder,
)
from boxtui.errors import ConfigError, NotFoundError, UsageError


def resolve(
    host: str | None, context: str | None, environ: Mapping[str, str] | None = None
) -> Endpoint:
    """Pick the engine as the docker CLI does.

    In order: -H, -c, DOCKER_HOST, DOCKER_CONTEXT, the current context, the default socket.
    """
    environ = os.environ if environ is None else environ
    if host and context:
        raise UsageError(
            "-H and -c both name an engine", hint="give the host's URL or the context, not both"
        )
    if host:
        return from_host(host, "flag -H", environ)
    if context:
        return named(context, environ)
    if environ.get("DOCKER_HOST"):
        return from_host(environ["DOCKER_HOST"], "DOCKER_HOST", environ)
    name = environ.get("DOCKER_CONTEXT") or _current(docker_config(environ))
    return named(name, environ) if name else default_endpoint(environ)


def contexts(environ: Mapping[str, str] | None = None) -> list[Endpoint]:
    """Every usable context of the store by name, the built-in `default` first."""
    environ = os.environ if environ is None else environ
    found = [_default(environ)]
    for file in sorted(docker_config(environ).glob("contexts/meta/*/meta.json")):
        try:
            meta = _read_json(file)
            found.append(_endpoint(str(meta["Name"]), meta, docker_config(environ)))
        except (ConfigError, UsageError, KeyError):
            # one broken context must not hide the others; naming it gives its error
            continue
    return sorted(found, key=lambda e: (e.context != "default", e.context or ""))


def named(name: str, environ: Mapping[str, str]) -> Endpoint:
    """Give the context of that name, out of the docker CLI's own store."""
    if name == "default":
        return _default(environ)
    config = docker_config(environ)
    file = config / "contexts" / "meta" / _digest(name) / "meta.json"
    if not file.is_file():
        known = ", ".join(e.context for e in contexts(environ) if e.context)
        raise NotFoundError(
            f"no docker context is called {name!r}",
            reason=f"{file} is not there",
            hint=f"known contexts: {known}",
        )
    return _endpoint(name, _read_json(file), config)


def _default(environ: Mapping[str, str]) -> Endpoint:
    host = environ.get("DOCKER_HOST")
    endpoint = from_host(host, "DOCKER_HOST", environ) if host else default_endpoint(environ)
    return Endpoint(endpoint.url, endpoint.origin, "default", endpoint.tls)


def _endpoint(name: str, meta: Mapping[str, Any], config: Path) -> Endpoint:
    docker = (meta.get("Endpoints") or {}).get("docker") or {}
    origin = f"context {name}"
    url = checked_url(str(docker.get("Host") or ""), origin)
    tls = None
    if url.startswith(("tcp://", "https://")):
        folder = config / "contexts" / "tls" / _digest(name) / "docker"
        tls = _stored_tls(folder, verify=not docker.get("SkipTLSVerify"))
        if tls is None and url.startswith("https://"):
            tls = TLS(None, None, None)
    return Endpoint(url, origin, name, tls)


def _stored_tls(folder: Path, *, verify: bool) -> TLS | None:
    if not folder.is_dir():
        return None
    return tls_from_folder(folder, verify=verify)


def _current(config: Path) -> str | None:
    file = config / "config.json"
    if not file.is_file():
        return None
    name = _read_json(file).get("currentContext")
    return str(name) if name else None


def _digest(name: str) -> str:
    return hashlib.sha256(os.fsencode(name)).hexdigest()


def _read_json(file: Path) -> dict[str, Any]:
    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{file} cannot be read", reason=str(error), hint="mend it, or name an engine with -H"
        ) from error
    if not isinstance(document, dict):
        raise ConfigError(f"{file} is no JSON object")
    return document
