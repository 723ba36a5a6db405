"""Traps between inspect and create that need no engine to be told."""

from typing import Any

import pytest

from boxtui.operations.body import create_body

ID = "0123456789abcdef" * 4


def document(**parts: Any) -> dict[str, Any]:
    config = {"Hostname": ID[:12], "Env": [], "Labels": {}, **parts.pop("config", {})}
    host = {"NetworkMode": "bridge", "Binds": None, "Mounts": None, **parts.pop("host", {})}
    networks = parts.pop("networks", {"bridge": {}})
    return {
        "Id": ID, "Name": "/box", "Config": config, "HostConfig": host, "Mounts": [],
        "NetworkSettings": {"Networks": networks}, **parts,
    }  # fmt: skip


def made(old: dict[str, Any], api: str = "1.41", **more: Any) -> Any:
    return create_body(old, {}, image="image", api=api, **more)


def test_a_made_hostname_is_made_anew_and_a_given_one_kept() -> None:
    assert "Hostname" not in made(document()).create
    assert made(document(config={"Hostname": "mine"})).create["Hostname"] == "mine"
    host = document(config={"Hostname": "machine"}, host={"NetworkMode": "host"})
    assert "Hostname" not in made(host).create


def test_anonymous_volumes_are_mounted_by_name() -> None:
    old = document(
        host={"Binds": ["/bare", "named:/n"], "Mounts": [{"Type": "volume", "Target": "/m/"}]},
        Mounts=[
            {"Type": "volume", "Name": "v1", "Destination": "/bare", "RW": True},
            {"Type": "volume", "Name": "named", "Destination": "/n", "RW": True},
            {"Type": "volume", "Name": "v2", "Destination": "/m", "RW": True},
            {"Type": "volume", "Name": "v3", "Destination": "/from-image", "RW": False},
            {"Type": "volume", "Name": "peers", "Destination": "/peers", "RW": True},
        ],
    )
    host = made(old, borrowed=["/peers"]).create["HostConfig"]
    assert host["Binds"] == ["named:/n"]
    assert {m["Target"]: (m["Source"], m.get("ReadOnly", False)) for m in host["Mounts"]} == {
        "/m/": ("v2", False),
        "/bare": ("v1", False),
        "/from-image": ("v3", True),
    }
    assert old["HostConfig"]["Mounts"] == [{"Type": "volume", "Target": "/m/"}]


def test_below_1_44_only_the_own_network_is_given_at_create() -> None:
    networks = {"a": {"NetworkID": "1"}, "b": {"Aliases": ["x", ID[:12]]}}
    old = document(host={"NetworkMode": "b"}, networks=networks)
    body = made(old, "1.41")
    assert body.create["NetworkingConfig"]["EndpointsConfig"] == {"b": {"Aliases": ["x"]}}
    assert body.connect == {"a": {}}
    assert set(made(old, "1.44").create["NetworkingConfig"]["EndpointsConfig"]) == {"a", "b"}
    assert made(old, "1.44").connect == {}


def test_a_network_named_by_id_is_found() -> None:
    old = document(host={"NetworkMode": "1"}, networks={"a": {"NetworkID": "1"}, "b": {}})
    assert set(made(old).create["NetworkingConfig"]["EndpointsConfig"]) == {"a"}


def test_the_default_bridge_is_given_nothing_that_it_refuses_at_start() -> None:
    networks = {"bridge": {"IPAMConfig": {"IPv4Address": "172.17.0.9"}, "Aliases": ["x"]}}
    body = made(document(networks=networks))
    assert body.create["NetworkingConfig"]["EndpointsConfig"] == {"bridge": {}}


def test_anothers_network_takes_no_ports() -> None:
    old = document(
        config={"ExposedPorts": {"80/tcp": {}}, "Hostname": "theirs"},
        host={"NetworkMode": f"container:{ID}", "PublishAllPorts": True,
              "PortBindings": {"80/tcp": []}},
        networks={},
    )  # fmt: skip
    body = made(old)
    assert "ExposedPorts" not in body.create
    assert "Hostname" not in body.create
    assert body.create["HostConfig"]["PortBindings"] == {}
    assert body.create["HostConfig"]["PublishAllPorts"] is False
    assert body.create["NetworkingConfig"] == {}


@pytest.mark.parametrize(
    ("mac", "address", "kept"),
    [
        ("02:42:ac:11:00:05", "172.17.0.5", False),
        ("02:42:ac:11:00:05", "172.17.0.6", True),
        ("12:34:56:78:9a:bc", "172.17.0.6", True),
        ("02:42:ac:11:00:05", "", False),
    ],
)
def test_only_an_address_that_was_asked_for_is_asked_for_again(
    mac: str, address: str, kept: bool
) -> None:
    networks = {"a": {"MacAddress": mac, "IPAddress": address}}
    old = document(host={"NetworkMode": "a"}, networks=networks)
    endpoint = made(old, "1.45").create["NetworkingConfig"]["EndpointsConfig"]["a"]
    assert ("MacAddress" in endpoint) is kept
    assert "MacAddress" not in made(old).create["NetworkingConfig"]["EndpointsConfig"]["a"]


def test_a_desired_address_goes_where_the_api_wants_it() -> None:
    old = document(config={"MacAddress": "02:00:00:00:00:01"}, host={"NetworkMode": "a"},
                   networks={"a": {}})  # fmt: skip
    assert made(old, "1.43").create["MacAddress"] == "02:00:00:00:00:01"
    newer = made(old, "1.44").create
    assert "MacAddress" not in newer
    assert newer["NetworkingConfig"]["EndpointsConfig"]["a"]["MacAddress"] == "02:00:00:00:00:01"


def test_base_labels_of_a_remount_do_not_stay() -> None:
    old = document(config={"Labels": {"boxtui.base-id": "x", "boxtui.base-ref": "y", "z": "1"}})
    assert made(old).create["Labels"] == {"z": "1"}
