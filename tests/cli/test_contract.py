"""The checker itself must catch what it is for."""

from typing import Any

import pytest

from tests.cli.contract import PS, TIME, VOLUME, check

EMPTY = {"schema": 1, "engine": None, "error": None, "containers": []}


def test_a_right_document_passes() -> None:
    check(EMPTY, PS)
    check("2026-05-01T10:00:00.5Z", TIME)


@pytest.mark.parametrize(
    "wrong",
    [
        EMPTY | {"more": 1},
        EMPTY | {"schema": "1"},
        EMPTY | {"schema": True},
        EMPTY | {"containers": None},
        EMPTY | {"containers": {}},
        EMPTY | {"engine": {}},
        EMPTY | {"error": {"code": "odd", "message": "", "reason": None, "hint": None}},
        {k: v for k, v in EMPTY.items() if k != "error"},
    ],
)
def test_a_wrong_document_fails(wrong: dict[str, Any]) -> None:
    with pytest.raises(AssertionError):
        check(wrong, PS)


@pytest.mark.parametrize(
    "change",
    [
        {"bytes": True},
        {"bytes": 1.0},
        {"anonymous": 0},
        {"created": "2026-05-01T10:00:00+00:00"},
        {"used_by": [None]},
    ],
)
def test_a_wrong_value_fails(change: dict[str, Any]) -> None:
    volume = {
        "name": "v",
        "driver": "local",
        "anonymous": False,
        "orphan": True,
        "used_by": ["a"],
        "created": "2026-05-01T10:00:00Z",
        "bytes": None,
        "last_backup": None,
    }
    check(volume, VOLUME)
    with pytest.raises(AssertionError):
        check(volume | change, VOLUME)
