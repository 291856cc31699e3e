"""Which points need somebody: four households a point, one trouble a point, the worst first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evenhand.flow.cycle.exceptions import HOUR_SECONDS, Kind, PointNow, exceptions

NOW = 1_300_000_000
WELL = PointNow(
    "Alder", "Alder", households=4, planned={"grain": 216}, sent={"grain": 216}, counted={"grain": 216}, recut=(),
    given=1, heard=NOW - HOUR_SECONDS, device="phone-Alder", phone=True,
)  # fmt: skip


def kinds(*points: PointNow) -> list[tuple[Kind, str]]:
    return [(one.kind, one.point.point) for one in exceptions(points, NOW)]


def test_a_point_at_work_needs_nobody() -> None:
    assert kinds(WELL) == []


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"counted": None, "sent": {}, "given": 0}, Kind.NOT_LIFTED),
        ({"counted": None, "given": 0}, Kind.NOT_COUNTED),
        ({"counted": None, "planned": {}, "sent": {}, "given": 0}, Kind.NO_STOCK),
        ({"counted": {"grain": 0}, "given": 0}, Kind.NO_STOCK),
        ({"counted": {"grain": 202}, "recut": ("grain",), "given": 0}, Kind.SHORT),
        ({"given": 0}, Kind.UNOPENED),
        ({"heard": NOW - 24 * HOUR_SECONDS}, Kind.SILENT),
        ({"heard": None}, Kind.SILENT),
    ],
)
def test_each_trouble_is_told_by_its_own_name(changed: dict[str, object], kind: Kind) -> None:
    assert kinds(replace(WELL, **changed)) == [(kind, "Alder")]  # type: ignore[arg-type]


def test_a_point_that_served_everybody_or_has_nobody_needs_nothing_however_silent() -> None:
    assert kinds(replace(WELL, given=4, heard=None)) == []
    assert kinds(replace(WELL, households=0, given=0, counted=None)) == []


def test_a_device_that_never_calls_by_itself_is_not_silent() -> None:
    assert kinds(replace(WELL, phone=False, heard=None)) == []


def test_one_second_before_a_day_is_over_a_point_is_not_silent_yet() -> None:
    assert kinds(replace(WELL, heard=NOW - 24 * HOUR_SECONDS + 1)) == []


def test_the_empty_counter_comes_first_then_where_most_households_wait() -> None:
    silent = replace(WELL, point="Birch", heard=None, households=900)
    empty = replace(WELL, point="Cedar", counted={"grain": 0}, given=0)
    larger = replace(empty, point="Dogwood", households=9)
    assert kinds(silent, empty, larger) == [
        (Kind.NO_STOCK, "Dogwood"), (Kind.NO_STOCK, "Cedar"), (Kind.SILENT, "Birch"),
    ]  # fmt: skip


def test_what_is_missing_is_said_in_steps() -> None:
    (one,) = exceptions([replace(WELL, counted=None, sent={"grain": 100}, given=0)], NOW)
    assert one.lines == (("grain", 100, 216),)
