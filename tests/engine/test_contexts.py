"""Which engine is meant, as the docker CLI decides it; the store is one that its CLI writes."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from boxtui.engine.contexts import contexts, resolve
from boxtui.errors import ConfigError, NotFoundError, UsageError

needs_docker = pytest.mark.skipif(shutil.which("docker") is None, reason="needs the docker CLI")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "docker"
    folder.mkdir()
    return folder


def docker(config: Path, *arguments: str) -> str:
    environment = {"DOCKER_CONFIG": str(config), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    done = subprocess.run(
        ["docker", *arguments], env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


def environ(config: Path, **more: str) -> dict[str, str]:
    return {"DOCKER_CONFIG": str(config), **more}


@pytest.fixture
def store(config: Path, tmp_path: Path) -> Path:
    key, cert, ca = (tmp_path / f"{name}.pem" for name in ("key", "cert", "ca"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=engine",
         "-keyout", key, "-out", cert],
        check=True, capture_output=True,
    )  # fmt: skip
    shutil.copy(cert, ca)
    docker(config, "context", "create", "prod", "--docker", "host=ssh://ops@prod")
    docker(
        config, "context", "create", "tls", "--docker",
        f"host=tcp://10.0.0.1:2376,ca={tmp_path}/ca.pem,cert={tmp_path}/cert.pem,"
        f"key={tmp_path}/key.pem,skip-tls-verify=true",
    )  # fmt: skip
    return config


@needs_docker
def test_a_context_of_the_cli(store: Path) -> None:
    endpoint = resolve(None, "prod", environ(store))
    assert (endpoint.url, endpoint.context, endpoint.scheme) == ("ssh://ops@prod", "prod", "ssh")


@needs_docker
def test_tls_material_comes_from_the_store(store: Path, tmp_path: Path) -> None:
    tls = resolve(None, "tls", environ(store)).tls
    assert tls is not None
    assert tls.ca is not None
    assert tls.ca.read_text() == (tmp_path / "ca.pem").read_text()
    assert not tls.verify


@needs_docker
def test_the_current_context_counts_where_nothing_else_does(store: Path) -> None:
    docker(store, "context", "use", "prod")
    assert resolve(None, None, environ(store)).context == "prod"
    assert resolve(None, None, environ(store, DOCKER_CONTEXT="tls")).context == "tls"
    there = environ(store, DOCKER_CONTEXT="tls", DOCKER_HOST="unix:///x.sock")
    assert resolve(None, None, there).url == "unix:///x.sock"
    assert resolve(None, "prod", there).context == "prod"
    assert resolve("tcp://h:2375", None, there).url == "tcp://h:2375"


@needs_docker
def test_the_listing_names_what_docker_names(store: Path) -> None:
    named = docker(store, "context", "ls", "--format", "{{.Name}}").split()
    assert [e.context for e in contexts(environ(store))] == sorted(
        named, key=lambda n: n != "default"
    )


@needs_docker
def test_one_broken_context_does_not_hide_the_others(store: Path) -> None:
    broken = store / "contexts" / "meta" / "ff"
    broken.mkdir()
    (broken / "meta.json").write_text("{")
    assert [e.context for e in contexts(environ(store))] == ["default", "prod", "tls"]


def test_the_default_socket(config: Path) -> None:
    endpoint = resolve(None, None, environ(config))
    assert (endpoint.url, endpoint.context) == ("unix:///var/run/docker.sock", None)


def test_tls_of_the_environment(config: Path, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("ca")
    given = environ(config, DOCKER_TLS_VERIFY="1", DOCKER_CERT_PATH=str(tmp_path))
    tls = resolve("tcp://h:2376", None, given).tls
    assert tls is not None
    assert (tls.verify, tls.ca, tls.cert) == (True, tmp_path / "ca.pem", None)
    assert resolve("tcp://h:2375", None, environ(config)).tls is None


@pytest.mark.parametrize("url", ["", "docker", "ftp://x", "tcp://", "npipe:////./pipe/docker"])
def test_what_is_no_address(config: Path, url: str) -> None:
    with pytest.raises(UsageError):
        resolve(None, None, environ(config, DOCKER_HOST=url) if url else {"DOCKER_HOST": " "})


def test_both_flags(config: Path) -> None:
    with pytest.raises(UsageError, match="-H and -c"):
        resolve("unix:///x", "prod", environ(config))


def test_an_unknown_context(config: Path) -> None:
    with pytest.raises(NotFoundError, match="'nope'") as caught:
        resolve(None, "nope", environ(config))
    assert "default" in str(caught.value.hint)


@pytest.mark.parametrize("text", ["{", "[]", json.dumps("x")])
def test_a_broken_config_is_named(config: Path, text: str) -> None:
    (config / "config.json").write_text(text)
    with pytest.raises(ConfigError, match=r"config\.json"):
        resolve(None, None, environ(config))
