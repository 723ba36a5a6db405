"""The watcher against the fake engine: nothing missed, bursts coalesced, losses told."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from boxtui.errors import EngineError
from boxtui.model.container import Container, Health, State
from boxtui.model.inventory import Inventory
from boxtui.watch.watcher import Watcher
from tests.fakes.engine import FakeEngine
from tests.watch.seen import WAIT, Seen, names


@pytest.fixture
def fake() -> FakeEngine:
    engine = FakeEngine()
    engine.box("first")
    return engine


@pytest.fixture
def seen() -> Seen:
    return Seen()


@pytest.fixture
def watcher(fake: FakeEngine, seen: Seen) -> Iterator[Watcher]:
    watcher = Watcher(fake, seen.on_change, seen.items.put)
    watcher.start()
    yield watcher
    watcher.stop()


def test_first_comes_the_list_then_all_stores(watcher: Watcher, seen: Seen) -> None:
    assert names(seen.until(lambda _: True)) == {"first"}
    assert seen.until(lambda i: bool(i.images)).images


def test_what_happens_between_subscription_and_list_is_not_missed(seen: Seen) -> None:
    class Racing(FakeEngine):
        def list_containers(self, **asked: Any) -> list[Container]:
            found = super().list_containers(**asked)
            if not self.containers:
                self.box("late")  # after this list was made, before it is delivered
            return found

    watcher = Watcher(Racing(), seen.on_change, seen.items.put)
    watcher.start()
    seen.until(lambda i: names(i) == {"late"})
    watcher.stop()


@pytest.mark.parametrize(
    ("act", "then"),
    [
        (lambda e: e.stop("first"), lambda c: c.state is State.EXITED),
        (lambda e: e.pause("first"), lambda c: c.state is State.PAUSED),
        (lambda e: e.rename("first", "second"), lambda c: c.name == "second"),
        (lambda e: e.set_health("first", "unhealthy"), lambda c: c.health is Health.UNHEALTHY),
    ],
    ids=["stop", "pause", "rename", "health"],
)
def test_a_change_of_a_container_arrives(
    watcher: Watcher,
    fake: FakeEngine,
    seen: Seen,
    act: Callable[[FakeEngine], None],
    then: Callable[[Container], bool],
) -> None:
    seen.until(lambda i: bool(i.images))
    act(fake)
    seen.until(lambda i: any(then(c) for c in i.containers.values()))


def test_removal_takes_the_container_out(watcher: Watcher, fake: FakeEngine, seen: Seen) -> None:
    fake.remove_container("first", force=True)
    seen.until(lambda i: not i.containers)


def test_stores_follow_their_events(watcher: Watcher, fake: FakeEngine, seen: Seen) -> None:
    seen.until(lambda i: bool(i.images))
    fake.create_volume("data")
    network = fake.add_network("lan")
    fake.tag_image("busybox:latest", "mine", "1")
    seen.until(
        lambda i: (
            "data" in i.volumes
            and network in i.networks
            and any("mine:1" in image.tags for image in i.images.values())
        )
    )
    fake.remove_volume("data")
    fake.remove_network("lan")
    seen.until(lambda i: not i.volumes and not i.networks)


def test_an_operations_own_container_is_left_out_until_it_is_renamed(
    watcher: Watcher, fake: FakeEngine, seen: Seen
) -> None:
    fake.box("web.boxtui-new-1")
    fake.box("marker")
    shown = seen.until(lambda i: "marker" in names(i))
    assert names(shown) == {"first", "marker"}
    fake.rename("web.boxtui-new-1", "web")
    seen.until(lambda i: names(i) == {"first", "marker", "web"})


def test_a_burst_is_read_in_few_lists_and_ends_right(
    fake: FakeEngine, seen: Seen, watcher: Watcher
) -> None:
    seen.until(lambda i: bool(i.images))
    before = seen.changes
    for _ in range(1000):
        fake.pause("first")
        fake.unpause("first")
    fake.box("last")
    final = seen.until(lambda i: "last" in names(i))
    assert {c.state for c in final.containers.values() if c.name == "first"} == {State.RUNNING}
    assert seen.changes - before < 200


def test_a_cut_stream_is_told_and_mended_by_a_full_resync(
    watcher: Watcher, fake: FakeEngine, seen: Seen
) -> None:
    seen.until(lambda i: bool(i.images))
    fake.go_away("Connection reset by peer")
    assert "Connection reset by peer" in seen.offline()
    assert names(watcher.inventory) == {"first"}, "the last known data stays"
    fake.containers.clear()
    fake.come_back()
    watcher.retry_now()
    seen.until(lambda i: not i.containers)


def test_an_engine_that_answers_nonsense_is_told_and_asked_again(
    fake: FakeEngine, seen: Seen
) -> None:
    fake.fail_next("list_containers", EngineError("makes no sense", reason="a list was expected"))
    watcher = Watcher(fake, seen.on_change, seen.items.put)
    watcher.start()
    assert "a list was expected" in seen.offline()
    watcher.retry_now()
    seen.until(lambda i: names(i) == {"first"})
    watcher.stop()


def test_a_silent_engine_that_does_not_answer_a_ping_is_offline(
    fake: FakeEngine, seen: Seen
) -> None:
    watcher = Watcher(fake, seen.on_change, seen.items.put, idle_ping=0.05)
    watcher.start()
    seen.until(lambda i: bool(i.images))
    fake.fail_next("ping", EngineError("no engine answers", reason="no answer in time"))
    assert "no answer in time" in seen.offline()
    watcher.stop()


def test_details_come_on_demand_and_stay_fresh(
    watcher: Watcher, fake: FakeEngine, seen: Seen
) -> None:
    other = fake.box("other")
    first = seen.until(lambda i: names(i) == {"first", "other"})
    wanted = next(c.id for c in first.containers.values() if c.name == "first")
    watcher.want_details([wanted])
    with_details = seen.until(lambda i: i.containers[wanted].details is not None)
    assert with_details.containers[other].details is None
    fake.kill("first", "KILL")
    gone = seen.until(lambda i: _exit_code(i, wanted) == 137)
    assert gone.containers[wanted].state is State.EXITED


def _exit_code(inventory: Inventory, container_id: str) -> int | None:
    details = inventory.containers[container_id].details
    return details.exit_code if details else None


def test_stop_ends_every_thread_and_callback(fake: FakeEngine, seen: Seen) -> None:
    before = set(threading.enumerate())
    watcher = Watcher(fake, seen.on_change, seen.items.put)
    watcher.start()
    seen.until(lambda i: bool(i.images))
    watcher.stop()
    told = seen.changes
    fake.box("unseen")
    for thread in set(threading.enumerate()) - before:
        thread.join(WAIT)
        assert not thread.is_alive()
    assert seen.changes == told


def test_stop_ends_a_back_off_at_once(fake: FakeEngine, seen: Seen) -> None:
    fake.go_away()
    watcher = Watcher(fake, seen.on_change, seen.items.put)
    watcher.start()
    seen.offline()
    watcher.stop()
    assert not any(t.name == "watcher" and t.is_alive() for t in threading.enumerate())
