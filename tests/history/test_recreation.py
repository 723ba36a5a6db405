from datetime import timedelta

from boxtui.history.recreation import Differences, compare, identity
from boxtui.model.container import BASE_ID_LABEL, Container
from boxtui.model.timeline import Author, Sighting
from tests.history.builders import START, box, service

LATER = START + timedelta(hours=1)


def seen(container: Container, *, removed: bool = False) -> Sighting:
    return Sighting(
        container_id=container.id,
        identity=identity(container),
        box=container.name,
        image_id=container.image_id,
        image=container.image,
        created=container.created,
        first_seen=container.created,
        last_seen=container.created,
        removed=LATER if removed else None,
    )


def test_what_is_as_it_was_is_no_difference() -> None:
    boxes = [box("a1", "phantom"), service("b1", "shop", "db", 1)]
    assert compare([seen(b) for b in boxes], boxes) == Differences()


def test_a_first_sight() -> None:
    one = box("a1", "phantom")
    assert compare([], [one]) == Differences(new=(one,))


def test_the_same_name_with_another_id_was_recreated_by_someone_else() -> None:
    old, new = box("a1", "phantom"), box("a2", "phantom", created=LATER)
    found = compare([seen(old)], [new])
    assert [(r.old.container_id, r.new, r.by) for r in found.replaced] == [
        ("a1", new, Author.OUTSIDE)
    ]
    assert found.new == ()


def test_also_where_its_removal_was_seen_before() -> None:
    old, new = box("a1", "phantom"), box("a2", "phantom", created=LATER)
    found = compare([seen(old, removed=True)], [new])
    assert [r.by for r in found.replaced] == [Author.OUTSIDE]
    assert found.gone == ()


def test_the_last_of_several_predecessors_is_the_one_replaced() -> None:
    first, second = box("a1", "phantom"), box("a2", "phantom", created=LATER)
    third = box("a3", "phantom", created=LATER + timedelta(hours=1))
    found = compare([seen(second, removed=True), seen(first, removed=True)], [third])
    assert [r.old.container_id for r in found.replaced] == ["a2"]


def test_a_renamed_box_is_the_same_box() -> None:
    found = compare([seen(box("a1", "phantom"))], [box("a1", "ghost")])
    assert found == Differences(renamed=(box("a1", "ghost"),))


def test_a_newcomer_under_the_name_that_a_renamed_box_had_replaces_nothing() -> None:
    renamed, newcomer = box("a1", "ghost"), box("a2", "phantom", created=LATER)
    found = compare([seen(box("a1", "phantom"))], [renamed, newcomer])
    assert found == Differences(new=(newcomer,), renamed=(renamed,))


def test_a_box_that_is_gone_is_told_once() -> None:
    old = box("a1", "phantom")
    assert compare([seen(old)], []).gone == (seen(old),)
    assert compare([seen(old, removed=True)], []) == Differences()


def test_a_stopped_box_that_was_started_again_is_not_recreated() -> None:
    old = box("a1", "phantom", created=START)
    assert compare([seen(old)], [box("a1", "phantom", status="Up 1 second")]) == Differences()


def test_a_service_recreated_by_compose() -> None:
    old = service("b1", "shop", "db", 1)
    new = service("b2", "shop", "db", 1, replace="shop-db-1", created=LATER)
    assert [r.by for r in compare([seen(old)], [new]).replaced] == [Author.OUTSIDE]


def test_a_service_scaled_up_replaces_nothing() -> None:
    one, two = service("b1", "shop", "web", 1), service("b2", "shop", "web", 2)
    assert compare([seen(one)], [one, two]) == Differences(new=(two,))


def test_a_service_scaled_down_and_up_again_replaces_nothing() -> None:
    one, two = service("b1", "shop", "web", 1), service("b2", "shop", "web", 2)
    again = service("b3", "shop", "web", 2, created=LATER)
    found = compare([seen(one), seen(two, removed=True)], [one, again])
    assert found == Differences(new=(again,))
    unseen = compare([seen(one), seen(two)], [one, again])
    assert (unseen.new, unseen.replaced) == ((again,), ())
    assert [s.container_id for s in unseen.gone] == ["b2"]


def test_an_instance_that_compose_replaced_beside_another_was_recreated() -> None:
    one, two = service("b1", "shop", "web", 1), service("b2", "shop", "web", 2)
    again = service("b3", "shop", "web", 2, replace="shop-web-2", created=LATER)
    found = compare([seen(one), seen(two)], [one, again])
    assert [r.old.container_id for r in found.replaced] == ["b2"]


def test_a_whole_service_taken_down_and_up_was_recreated() -> None:
    old = [service("b1", "shop", "web", 1), service("b2", "shop", "web", 2)]
    new = [
        service("b3", "shop", "web", 1, created=LATER),
        service("b4", "shop", "web", 2, created=LATER),
    ]
    found = compare([seen(b) for b in old], new)
    assert {(r.old.container_id, r.new.id) for r in found.replaced} == {("b1", "b3"), ("b2", "b4")}


def test_one_off_runs_of_a_service_are_boxes_of_their_own() -> None:
    first = service("b1", "shop", "web", 1)
    run = box(
        "b2", "shop-web-run-1f", labels=dict(first.labels) | {"com.docker.compose.oneoff": "True"}
    )
    assert compare([seen(first)], [first, run]) == Differences(new=(run,))


def test_what_boxtui_replaced_is_its_own_doing() -> None:
    old, new = box("a1", "phantom"), box("a2", "phantom", created=LATER)
    found = compare([seen(old)], [new], ours={"a2": "a1"})
    assert [r.by for r in found.replaced] == [Author.BOXTUI]


def test_a_remount_by_somebody_with_another_state_folder_is_boxtuis_doing() -> None:
    old = box("a1", "phantom")
    new = box(
        "a2",
        "phantom",
        created=LATER,
        image_id="sha256:" + "2" * 64,
        labels={BASE_ID_LABEL: old.image_id},
    )
    assert [r.by for r in compare([seen(old)], [new]).replaced] == [Author.BOXTUI]
    # and what comes from outside later is told again, though it is the same commit
    outside = box("a3", "phantom", created=LATER + timedelta(hours=1), image_id=new.image_id)
    assert [r.by for r in compare([seen(new)], [outside]).replaced] == [Author.OUTSIDE]


def test_containers_that_an_operation_has_under_way_are_no_boxes() -> None:
    old = box("a1", "phantom")
    aside = box("a1", "phantom.boxtui-0f1e")
    new = box("a2", "phantom.boxtui-new-0f1e", created=LATER)
    assert compare([seen(old)], [aside, new]) == Differences()


def test_nothing_is_decided_while_the_old_container_stands_aside() -> None:
    old = box("a1", "phantom")
    aside = box("a1", "phantom.boxtui-0f1e")
    new = box("a2", "phantom", created=LATER)
    assert compare([seen(old)], [aside, new]) == Differences(undecided=(new,))
    # rolled back: as if nothing had been
    assert compare([seen(old)], [old]) == Differences()
    # or done
    done = compare([seen(old)], [new], ours={"a2": "a1"})
    assert [r.by for r in done.replaced] == [Author.BOXTUI]
