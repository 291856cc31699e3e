"""The morning of the two villages: what needs somebody in each state of March, and who sees which point."""

from __future__ import annotations

import pytest
from actions.village import at
from folders import NOW, clock, copy_data, open_folder

from evenhand.actions.accounts import points_seen
from evenhand.actions.exceptions import hear, morning, points_now
from evenhand.store import open_store


def told(state: str) -> tuple[list[tuple[str, str]], tuple[int, int, int]]:
    with open_folder() as folder, open_store(copy_data(at(state), folder), clock) as store:
        found = morning(store)
        return [(one.kind.name, one.point.point) for one in found.troubles], (
            found.served, found.unknown, found.to_come,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("state", "troubles", "figures"),
    [
        ("open", [("NOT_LIFTED", "Alder"), ("NOT_LIFTED", "Birch")], (0, 0, 8)),
        ("received", [("SHORT", "Birch"), ("UNOPENED", "Alder")], (0, 0, 8)),
        ("redeemed", [], (7, 0, 1)),
    ],
)
def test_a_morning_of_march(state: str, troubles: list[tuple[str, str]], figures: tuple[int, int, int]) -> None:
    assert told(state) == (troubles, figures)


def test_before_the_first_cycle_there_is_nothing_to_tell_and_a_computed_one_waits_for_a_signature() -> None:
    with open_folder() as folder, open_store(copy_data(at("ready"), folder), clock) as store:
        assert morning(store).cycle is None
    with open_folder() as folder, open_store(copy_data(at("computed"), folder), clock) as store:
        assert [(one.step, one.prepared_by, one.at) for one in morning(store).waiting] == [("approve", "ana", NOW)]


def test_a_call_is_written_down_once_an_hour_and_points_out_of_sight_are_left_out() -> None:
    with open_folder() as folder, open_store(copy_data(at("received"), folder), clock) as store:
        for _ in range(3):
            hear(store, "phone-Alder")
        assert store.rows("select device, hour, at from heard") == [("phone-Alder", NOW // 3600, NOW)]
        assert {p.point: p.heard for p in points_now(store, "2008-03/1")} == {"Alder": NOW, "Birch": None}
        assert [one.point.point for one in morning(store, {"Birch"}).troubles] == ["Birch"]
        assert points_seen(store, (None,)) is None
        assert points_seen(store, ("V",)) == points_seen(store, ("V1",)) == {"Alder", "Birch"}
        assert points_seen(store, ("V9",)) == frozenset()
