"""Answers of engines, real and misshapen, into the model."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxtui.engine import parse
from boxtui.errors import EngineError
from boxtui.model.container import Health, Port, State
from boxtui.model.mount import MountKind

HEX = "a" * 64
SUMMARY: dict[str, Any] = {
    "Id": "c" * 64,
    "Names": ["/other/alias", "/web"],
    "Image": "nginx",
    "ImageID": f"sha256:{HEX}",
    "Created": 1700000000,
    "State": "running",
    "Status": "Up 2 hours (unhealthy)",
    "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "front"},
    "Ports": [
        {"IP": "0.0.0.0", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
        {"IP": "::", "PrivatePort": 80, "PublicPort": 8080, "Type": "tcp"},
        {"PrivatePort": 443, "Type": "tcp"},
    ],
    "Mounts": [
        {"Type": "volume", "Name": HEX, "Source": f"/v/{HEX}/_data", "Destination": "/db",
         "Driver": "local", "RW": True},
        {"Type": "bind", "Source": "/srv", "Destination": "/srv", "RW": False},
    ],
    "NetworkSettings": {"Networks": {"shop_default": {}}},
}  # fmt: skip
DOCUMENT: dict[str, Any] = {
    "Id": "c" * 64,
    "Name": "/web",
    "Created": "2024-01-02T03:04:05.123456789Z",
    "Image": f"sha256:{HEX}",
    "Path": "sleep",
    "Args": ["inf"],
    "RestartCount": 3,
    "State": {
        "Status": "exited", "ExitCode": 137, "OOMKilled": True, "Error": "", "Pid": 0,
        "StartedAt": "2024-01-02T03:04:05Z", "FinishedAt": "0001-01-01T00:00:00Z",
        "Health": {"Status": "starting"},
    },
    "Config": {"Image": "nginx", "Env": ["A=b"], "Labels": None, "User": "", "Hostname": "web"},
    "HostConfig": {
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5},
        "AutoRemove": False,
        "Tmpfs": {"/run": "size=64m", "/ro": "ro"},
    },
    "Mounts": None,
    "NetworkSettings": {
        "Networks": {"bridge": {}},
        "Ports": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}], "53/udp": None},
    },
}  # fmt: skip
VOLUME: dict[str, Any] = {
    "Name": "data", "Driver": "local", "Mountpoint": "/m", "CreatedAt": "2024-01-02T03:04:05+01:00",
    "Labels": None, "Options": None, "Scope": "local", "UsageData": {"Size": -1, "RefCount": 0},
}  # fmt: skip
EVENT: dict[str, Any] = {
    "Type": "container", "Action": "start", "time": 1700000000, "timeNano": 1700000000123456789,
    "Actor": {"ID": "c" * 64, "Attributes": {"name": "web"}},
}  # fmt: skip
IMAGE: dict[str, Any] = {
    "Id": HEX, "RepoTags": ["<none>:<none>"], "RepoDigests": None, "Created": 1, "Size": 5,
    "Labels": None,
}  # fmt: skip


def test_a_line_of_the_list() -> None:
    box = parse.container_summary(SUMMARY)
    assert (box.name, box.project, box.service) == ("web", "shop", "front")
    assert (box.state, box.health) == (State.RUNNING, Health.UNHEALTHY)
    assert box.ports == (
        Port("0.0.0.0", 8080, 80, "tcp"),
        Port("::", 8080, 80, "tcp"),
        Port(None, None, 443, "tcp"),
    )
    assert [(m.kind, m.source, m.read_only) for m in box.mounts] == [
        (MountKind.ANONYMOUS, HEX, False),
        (MountKind.BIND, "/srv", True),
    ]
    assert box.networks == ("shop_default",)


@pytest.mark.parametrize(
    ("status", "health"),
    [
        ("Up 2 hours (healthy)", Health.HEALTHY),
        ("Up 1 second (health: starting)", Health.STARTING),
        ("Up 3 days (Paused)", Health.NONE),
        ("Exited (137) 2 hours ago", Health.NONE),
    ],
)
def test_health_stands_in_the_status(status: str, health: Health) -> None:
    assert parse.container_summary({**SUMMARY, "Status": status}).health is health


def test_newer_engines_tell_health_apart() -> None:
    told = {**SUMMARY, "Status": "Up", "Health": {"Status": "healthy", "FailingStreak": 0}}
    assert parse.container_summary(told).health is Health.HEALTHY


def test_inspect() -> None:
    box = parse.container(DOCUMENT)
    assert box.details is not None
    assert box.details.restart_policy == "on-failure:5"
    assert (box.details.exit_code, box.details.oom_killed) == (137, True)
    assert box.details.finished is None
    assert box.created == datetime(2024, 1, 2, 3, 4, 5, 123456, UTC)
    assert box.health is Health.STARTING
    assert box.ports == (Port(None, 8080, 80, "tcp"), Port(None, None, 53, "udp"))
    assert [(m.kind, m.target, m.read_only) for m in box.mounts] == [
        (MountKind.TMPFS, "/run", False),
        (MountKind.TMPFS, "/ro", True),
    ]


@pytest.mark.parametrize(
    ("state", "code", "shown"),
    [("running", 0, None), ("created", 0, None), ("created", 127, 127), ("restarting", 1, 1)],
)
def test_exit_codes_are_of_programs_that_ended(state: str, code: int, shown: int | None) -> None:
    told = {**DOCUMENT, "State": {"Status": state, "ExitCode": code}}
    details = parse.container(told).details
    assert details is not None
    assert details.exit_code == shown


@pytest.mark.parametrize(
    ("document", "anonymous"),
    [
        (VOLUME, False),
        ({**VOLUME, "Name": HEX}, True),
        ({**VOLUME, "Labels": {"com.docker.volume.anonymous": ""}}, True),
        ({**VOLUME, "Anonymous": True}, True),
    ],
)
def test_anonymous_volumes(document: dict[str, Any], anonymous: bool) -> None:
    volume = parse.volume(document)
    assert volume.anonymous is anonymous
    assert volume.bytes is None


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("0001-01-01T00:00:00Z", None),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("2024-13-45T99:99:99Z", None),
        ("2024-01-02T03:04:05Z", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2024-01-02T03:04:05.1+02:00", datetime(2024, 1, 2, 1, 4, 5, 100000, UTC)),
        ("2024-01-02 03:04:05 +0000 UTC", datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ],
)
def test_times(told: str | None, meant: datetime | None) -> None:
    assert parse.time(told) == meant


def test_images_without_a_name() -> None:
    image = parse.image(IMAGE)
    assert (image.id, image.tags, image.dangling) == (f"sha256:{HEX}", (), True)


def test_names_with_odd_characters_are_kept() -> None:
    odd = {**SUMMARY, "Names": ["/\x1b[31m"], "Labels": {"k": "\udcff\u202e\n"}}
    box = parse.container_summary(odd)
    assert (box.name, box.labels["k"]) == ("\x1b[31m", "\udcff\u202e\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def _paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [at, *(path for key, child in inner for path in _paths(child, (*at, key)))]


@pytest.mark.parametrize(
    ("sample", "shape"),
    [
        (SUMMARY, parse.container_summary),
        (DOCUMENT, parse.container),
        (VOLUME, parse.volume),
        (EVENT, parse.event),
        (IMAGE, parse.image),
        ({"Id": "n", "Name": "n", "Labels": {}}, parse.network),
        ({"Titles": ["PID", "CMD"], "Processes": [["1", "sh"]]}, parse.processes),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
@given(data=st.data())
def test_any_value_anywhere_parses_or_is_one_engine_error(
    sample: dict[str, Any], shape: Callable[[Any], Any], data: st.DataObject
) -> None:
    document = copy.deepcopy(sample)
    path = data.draw(st.sampled_from(_paths(document)))
    value = data.draw(JSON)
    if path:
        at = document
        for key in path[:-1]:
            at = at[key]
        at[path[-1]] = value
    else:
        document = value
    try:
        parsed = parse.shaped("a thing", document, shape)
    except EngineError:
        return
    else:
        labels = getattr(parsed, "labels", {})
        assert isinstance(labels, dict)


@pytest.mark.parametrize("answer", [{}, "text", 5, [None], [5]])
def test_a_list_that_is_none_is_one_engine_error(answer: Any) -> None:
    with pytest.raises(EngineError, match="makes no sense"):
        parse.listed("containers", answer, parse.container_summary)


def test_null_is_an_empty_list() -> None:
    assert parse.listed("containers", None, parse.container_summary) == []
