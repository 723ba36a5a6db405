"""The survival table; each cell is also done on a real engine in tests/integration."""

from dataclasses import asdict, replace

import pytest

from boxtui.model.mount import MountKind
from boxtui.persistence import survival
from boxtui.persistence.survival import Circumstances, engine_major, mount, overlay

PLAIN = Circumstances(running=True, compose=False, engine_major=28)
COMPOSE = replace(PLAIN, compose=True)


def dots(cells: object) -> str:
    return "".join("#" if dot else "." for dot in cells.dots)  # type: ignore[attr-defined]


def test_the_four_dots() -> None:
    assert dots(mount(MountKind.BIND, PLAIN)) == "####"
    assert dots(mount(MountKind.VOLUME, PLAIN)) == "####"
    old = replace(COMPOSE, engine_major=20)
    assert dots(mount(MountKind.VOLUME, old, project_volume=True)) == "##.."
    assert dots(overlay(PLAIN)) == "#..."
    assert dots(mount(MountKind.TMPFS, PLAIN)) == "...."


@pytest.mark.parametrize(
    ("major", "podman", "lasts"),
    [(20, False, False), (22, False, False), (23, False, True), (5, True, False)],
)
def test_volume_prune_changed_with_engine_23(major: int, podman: bool, lasts: bool) -> None:
    box = replace(PLAIN, engine_major=major, podman=podman)
    assert mount(MountKind.VOLUME, box).volume_prune is lasts
    assert mount(MountKind.ANONYMOUS, box).volume_prune is False


def test_volume_prune_is_unknown_with_the_engine_unknown() -> None:
    box = replace(PLAIN, engine_major=None)
    assert mount(MountKind.VOLUME, box).volume_prune is None


def test_compose_cells_do_not_apply_off_compose() -> None:
    for kind in MountKind:
        cells = mount(kind, PLAIN)
        assert cells.compose_down is None
        assert cells.compose_down_volumes is None
    assert overlay(PLAIN).compose_down is None


def test_down_with_volumes_spares_what_is_not_the_projects() -> None:
    assert mount(MountKind.VOLUME, COMPOSE, project_volume=True).compose_down_volumes is False
    assert mount(MountKind.VOLUME, COMPOSE, project_volume=False).compose_down_volumes is True


def test_a_box_that_removes_itself_keeps_nothing_of_its_own() -> None:
    box = replace(PLAIN, auto_remove=True)
    for cells in (overlay(box), mount(MountKind.ANONYMOUS, box)):
        assert (cells.stop_start, cells.engine_restart, cells.reboot) == (False, False, False)
    assert mount(MountKind.VOLUME, box).stop_start is True


def test_a_prune_takes_the_layer_of_a_stopped_box() -> None:
    assert overlay(PLAIN).system_prune is True
    assert overlay(replace(PLAIN, running=False)).system_prune is False


def test_memory_is_lost_by_a_stop() -> None:
    assert not any(asdict(mount(MountKind.VOLUME, PLAIN, in_memory=True)).values()) or (
        mount(MountKind.VOLUME, PLAIN, in_memory=True).system_prune is True
    )
    assert mount(MountKind.BIND, PLAIN, volatile_source=True).reboot is False


def test_versions() -> None:
    assert engine_major("20.10.24+dfsg1") == 20
    assert engine_major("v28.5.2") == 28
    assert engine_major("dev") is None


def test_every_kind_has_every_cell() -> None:
    for kind in MountKind:
        cells = asdict(survival.mount(kind, COMPOSE))
        assert all(cell is not None for cell in cells.values()), kind
