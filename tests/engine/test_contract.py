"""The same statements about the fake engine and a real one."""

import threading

import pytest

from boxtui.errors import BoxtuiError, EngineError, InUseError, NotFoundError
from boxtui.model.container import State
from boxtui.model.mount import MountKind
from boxtui.model.ports import Engine
from tests.engine.conftest import IMAGE, box_body


def make(engine: Engine, name: str, *, volume: str = "", start: bool = True) -> str:
    body = box_body()
    if volume:
        mounts = [{"Type": "volume", "Source": volume, "Target": "/data"}]
        body["HostConfig"] = {"Mounts": mounts}
    box = engine.create_container(name, body)
    if start:
        engine.start(box)
    return box


def test_a_box_is_listed_and_inspected(any_engine: Engine, name: str) -> None:
    box = make(any_engine, name, volume=name)
    (listed,) = any_engine.list_containers(ids=[box])
    assert (listed.name, listed.image, listed.state) == (name, IMAGE, State.RUNNING)
    assert [(m.kind, m.source, m.target, m.read_only) for m in listed.mounts] == [
        (MountKind.VOLUME, name, "/data", False)
    ]
    inspected = any_engine.inspect_container(name)
    assert (inspected.id, inspected.mounts) == (box, listed.mounts)
    assert inspected.details is not None
    assert inspected.details.command == ("sleep", "1000")
    assert inspected.details.exit_code is None
    assert inspected.details.started is not None
    assert any_engine.inspect_container(box[:12]).id == box
    assert any_engine.raw("container", name)["Id"] == box


def test_an_ended_box_has_an_exit_code(any_engine: Engine, name: str) -> None:
    box = make(any_engine, name)
    any_engine.kill(name, "KILL")
    stream = any_engine.list_containers(ids=[box])
    details = any_engine.inspect_container(box).details
    assert stream[0].state is State.EXITED
    assert details is not None
    assert details.exit_code == 137
    assert not any_engine.list_containers(running_only=True, ids=[box])


def test_lifecycle(any_engine: Engine, name: str) -> None:
    box = make(any_engine, name)

    def state() -> State:
        return any_engine.inspect_container(box).state

    any_engine.start(box)  # again: no error
    any_engine.pause(box)
    assert state() is State.PAUSED
    with pytest.raises(EngineError):
        any_engine.pause(box)
    any_engine.unpause(box)
    any_engine.stop(box, timeout=0)
    any_engine.stop(box, timeout=0)  # again: no error
    assert state() is State.EXITED
    any_engine.restart(box, timeout=0)
    assert state() is State.RUNNING
    any_engine.rename(box, f"{name}-b")
    assert any_engine.inspect_container(f"{name}-b").id == box
    any_engine.update(box, {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}})
    details = any_engine.inspect_container(box).details
    assert details is not None
    assert details.restart_policy == "on-failure:3"
    with pytest.raises(EngineError) as caught:
        any_engine.remove_container(box)
    assert caught.value.status == 409
    any_engine.remove_container(box, force=True)
    assert any_engine.list_containers(ids=[box]) == []


def test_what_is_not_there(any_engine: Engine, name: str) -> None:
    for ask in (
        lambda: any_engine.inspect_container(name),
        lambda: any_engine.start(name),
        lambda: any_engine.remove_container(name),
        lambda: any_engine.raw("volume", name),
        lambda: any_engine.raw("image", name),
        lambda: any_engine.remove_volume(name),
        lambda: any_engine.remove_network(name),
        lambda: any_engine.remove_image(name),
        lambda: any_engine.run(name, ["true"]),
        lambda: list(any_engine.changes(name)),
        lambda: any_engine.create_container(name, {"Image": f"{name}:none"}),
    ):
        with pytest.raises(NotFoundError) as caught:
            ask()
        assert caught.value.reason


def test_a_name_that_is_taken(any_engine: Engine, name: str) -> None:
    make(any_engine, name, start=False)
    with pytest.raises(EngineError) as caught:
        make(any_engine, name)
    assert caught.value.status == 409
    assert "already in use" in str(caught.value.reason)


def test_volumes(any_engine: Engine, name: str) -> None:
    made = any_engine.create_volume(name, labels={"a": "b"})
    assert (made.name, made.labels, made.anonymous) == (name, {"a": "b"}, False)
    assert any_engine.create_volume(name) == made, "creating a volume is not exclusive"
    make(any_engine, name, volume=name, start=False)
    with pytest.raises(InUseError):
        any_engine.remove_volume(name)
    any_engine.remove_container(name, volumes=True)
    assert name in {v.name for v in any_engine.list_volumes()}, "it has a name: kept"
    any_engine.remove_volume(name)
    assert name not in {v.name for v in any_engine.list_volumes()}
    any_engine.remove_volume(name, force=True)  # not there: no error


def test_anonymous_volumes_go_with_their_box(any_engine: Engine, name: str) -> None:
    body = {**box_body(), "HostConfig": {"Mounts": [{"Type": "volume", "Target": "/data"}]}}
    box = any_engine.create_container(name, body)
    (mount,) = any_engine.inspect_container(box).mounts
    assert mount.kind is MountKind.ANONYMOUS
    any_engine.remove_container(box, volumes=True)
    assert mount.source not in {v.name for v in any_engine.list_volumes()}


def test_images(any_engine: Engine, name: str) -> None:
    image_id = any_engine.raw("image", IMAGE)["Id"]
    any_engine.tag_image(IMAGE, name, "1")
    (image,) = [i for i in any_engine.list_images() if i.id == image_id]
    assert f"{name}:1" in image.tags
    any_engine.remove_image(f"{name}:1")
    (image,) = [i for i in any_engine.list_images() if i.id == image_id]
    assert f"{name}:1" not in image.tags
    make(any_engine, name)
    committed = any_engine.commit(name, repository=name, tag="2")
    assert any_engine.raw("image", f"{name}:2")["Id"] == committed
    any_engine.remove_image(committed)


def test_events_tell_what_happens_and_replay_what_has(any_engine: Engine, name: str) -> None:
    stream = any_engine.events()
    box = make(any_engine, name)
    heard = []
    for event in stream:
        if event.id == box:
            heard.append(event)
            if event.action == "start":
                break
    assert [e.action for e in heard] == ["create", "start"]
    stream.close()
    again = any_engine.events(since_ns=heard[1].time_ns)
    assert next(e for e in again if e.id == box).action == "start"
    again.close()


def test_closing_events_ends_their_reader(any_engine: Engine) -> None:
    stream = any_engine.events()
    ended = threading.Event()

    def read() -> None:
        for _ in stream:
            pass
        ended.set()

    threading.Thread(target=read, daemon=True).start()
    stream.close()
    assert ended.wait(20)


def test_exec_in_a_box_that_does_not_run(any_engine: Engine, name: str) -> None:
    make(any_engine, name, start=False)
    with pytest.raises(BoxtuiError) as caught:
        any_engine.run(name, ["true"])
    assert "is not running" in str(caught.value.reason)
