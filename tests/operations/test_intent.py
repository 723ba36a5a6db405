"""What the user set is kept, what the image gave follows the image: over any configuration."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from boxtui.operations.intent import masked, merged, user_config

WORDS = st.sampled_from(["a", "b", "c"])
ENV = st.dictionaries(WORDS, WORDS, max_size=3).map(lambda d: [f"{k}={v}" for k, v in d.items()])
KEYED = st.dictionaries(WORDS, st.just({}), max_size=2)
ARGV = st.one_of(st.none(), st.lists(WORDS, min_size=1, max_size=2))
CHECK = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {"Test": st.lists(WORDS, min_size=1, max_size=2)},
        optional={"Interval": st.integers(1, 3), "Retries": st.integers(1, 3)},
    ),
)


def configs(**more: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "Env": ENV,
            "Labels": st.dictionaries(WORDS, WORDS, max_size=3),
            "ExposedPorts": KEYED,
            "Volumes": KEYED,
            "User": st.sampled_from(["", "1", "2"]),
            "WorkingDir": st.sampled_from(["", "/a", "/b"]),
            "Cmd": ARGV,
            "Healthcheck": CHECK,
            **more,
        }
    )


IMAGES = configs(Entrypoint=ARGV)
ASKED = configs(Entrypoint=st.one_of(ARGV, st.just([""])))


def settled(config: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in config.items() if v}
    return {**kept, "Env": sorted(kept.get("Env", []))}


@given(asked=ASKED, image=IMAGES)
def test_what_is_taken_apart_is_put_together_again(
    asked: dict[str, Any], image: dict[str, Any]
) -> None:
    shown = merged(asked, image)
    again = merged(user_config(shown, image), image)
    assert settled(again) == settled(shown)


@given(asked=ASKED, image=IMAGES, newer=IMAGES)
def test_the_users_own_stays_over_another_image(
    asked: dict[str, Any], image: dict[str, Any], newer: dict[str, Any]
) -> None:
    mine = user_config(merged(asked, image), image)
    after = merged(mine, newer)
    theirs = dict(e.split("=") for e in image["Env"])
    for entry in asked["Env"]:
        name, value = entry.split("=")
        if theirs.get(name) != value:
            assert entry in after["Env"]
    for key, value in asked["Labels"].items():
        if image["Labels"].get(key) != value:
            assert after["Labels"][key] == value


@given(image=IMAGES, newer=IMAGES)
def test_what_nobody_set_follows_the_newer_image(
    image: dict[str, Any], newer: dict[str, Any]
) -> None:
    nothing: dict[str, Any] = {}
    after = merged(user_config(merged(nothing, image), image), newer)
    assert settled(after) == settled(merged(nothing, newer))


def test_a_cleared_entrypoint_stays_cleared() -> None:
    image = {"Entrypoint": ["server"], "Cmd": ["run"]}
    mine = user_config({"Entrypoint": None, "Cmd": ["sh"]}, image)
    assert mine["Entrypoint"] == [""]
    assert merged(mine, image)["Entrypoint"] is None
    assert merged(mine, image)["Cmd"] == ["sh"]


def test_an_own_entrypoint_drops_the_images_command() -> None:
    image = {"Entrypoint": ["server"], "Cmd": ["run"]}
    mine = user_config({"Entrypoint": ["sh"], "Cmd": None}, image)
    assert merged(mine, image)["Entrypoint"] == ["sh"]
    assert merged(mine, image)["Cmd"] is None


def test_only_the_changed_part_of_a_health_check_is_the_users() -> None:
    image = {"Healthcheck": {"Test": ["CMD", "a"], "Interval": 1}}
    shown = {"Healthcheck": {"Test": ["CMD", "a"], "Interval": 5}}
    mine = user_config(shown, image)
    assert mine["Healthcheck"] == {"Interval": 5}


def test_environment_values_are_hidden() -> None:
    document = {"Config": {"Env": ["A=secret", "B", "C=x=y"]}, "Env": ["D=secret"]}
    hidden = masked(document)
    assert hidden["Config"]["Env"] == ["A=***", "B", "C=***"]
    assert hidden["Env"] == ["D=***"]
    assert document["Config"]["Env"][0] == "A=secret"  # type: ignore[index]  # as given
