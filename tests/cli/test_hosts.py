"""The commands by every way to an engine, and its state on screen and in the document."""

import json
from pathlib import Path

import pytest

from tests.cli import contract
from tests.cli.docker import Docker
from tests.cli.running import Boxtui
from tests.engines.proxy import Proxy
from tests.engines.running import RunningEngine, TLSEngine

pytestmark = pytest.mark.engine


def test_over_tls(boxtui: Boxtui, docker: Docker, tls_engine: TLSEngine) -> None:
    outcome = boxtui("ps", "--json", **tls_engine.environment)
    assert (outcome.code, outcome.stderr) == (0, "")
    contract.check(outcome.document, contract.PS)
    assert outcome.document["engine"]["host"] == tls_engine.url
    assert outcome.document["engine"]["id"] == tls_engine.docker("info", "--format", "{{.ID}}")
    bare = boxtui("ps", "--json", DOCKER_HOST=tls_engine.url)
    assert bare.code == 1
    assert "HTTPS server" in bare.error["reason"]


def test_a_context_of_the_docker_cli(boxtui: Boxtui, docker: Docker, engine: RunningEngine) -> None:
    config = boxtui.home / "docker"
    name = docker.run("box")
    engine_context(config, "here", engine.url)
    engine_context(config, "dead", "unix:///gone.sock")
    outcome = boxtui("ps", "--json", "-c", "here", DOCKER_CONFIG=str(config))
    assert outcome.code == 0
    assert outcome.document["engine"]["context"] == "here"
    assert outcome.document["engine"]["host"] == engine.url
    assert name in {c["name"] for c in outcome.document["containers"]}
    by_environment = boxtui("ps", "--json", DOCKER_CONTEXT="here", DOCKER_CONFIG=str(config))
    assert by_environment.document["engine"]["context"] == "here"
    (config / "config.json").write_text(json.dumps({"currentContext": "here"}))
    current = boxtui("ps", "--json", DOCKER_CONFIG=str(config))
    assert current.document["engine"]["context"] == "here"
    dead = boxtui("ps", "--json", "-c", "dead", DOCKER_CONFIG=str(config))
    assert (dead.code, dead.error["code"]) == (1, "no-engine")


def engine_context(config: Path, name: str, url: str) -> None:
    """Make a context as `docker context create` does."""
    docker = Docker(url)
    docker.environment = {"DOCKER_CONFIG": str(config)}
    docker("context", "create", name, "--docker", f"host={url}")


def test_reads_send_nothing_that_changes(boxtui: Boxtui, docker: Docker, proxy: Proxy) -> None:
    name = docker.run("box")
    docker("exec", name, "sh", "-c", "echo secret > /root/.claude.json")
    through = Boxtui(boxtui.home, proxy.url)
    commands = (["ps", "-a"], ["volumes", "--size"], ["map", name], ["history"], ["audit", name])
    for words in commands:
        assert through(*words, "--read-only").code == 0, words
    assert len(proxy.requests) > len(commands)
    assert proxy.changes == []
    refused = through("recreate", name, "--confirm", name, "--read-only", "--json")
    assert (refused.code, refused.error["code"]) == (4, "read-only")
    assert proxy.changes == []


def test_an_engine_that_breaks_off_is_said(boxtui: Boxtui, docker: Docker, proxy: Proxy) -> None:
    docker.run("box")
    proxy.fail("GET", "/containers/json", 500, "the engine is on fire\x1b[31m")
    outcome = Boxtui(boxtui.home, proxy.url)("ps", "--json")
    assert (outcome.code, outcome.error["code"]) == (1, "engine")
    assert outcome.error["reason"] == "the engine is on fire\x1b[31m"
    assert r"the engine is on fire\x1b[31m" in outcome.stderr
    assert "\x1b" not in outcome.stderr
    proxy.drop_reply("GET", "/containers/json", times=9)
    cut = Boxtui(boxtui.home, proxy.url)("ps", "--json")
    assert (cut.code, cut.error["code"]) == (1, "no-engine")
