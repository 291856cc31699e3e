"""Settling a row that left Alder for Birch: given and ended where it was, contested where it came twice."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import permutations

from redemption.points import BENEFITS, CYCLE, KEYS, RATION, ROLLS, draft

from evenhand.flow.redemption import Custody, Receipt, Release, Settlement, settle
from evenhand.flow.redemption.moving import away_and_guests
from evenhand.formats.roll import CONTESTED, MOVED, REDEEMED, UNCOLLECTED, point_mark

HOLDERS = {"Alder": ("alder-1",), "Birch": ("birch-1",)}
TAG = KEYS["A1"].tag
RESERVE = {("Alder", "grain"): 20, ("Birch", "grain"): 20}


def release(receipts: int) -> Release:
    head = None if receipts == 0 else b"h" * 32
    made = Release(1, "ration", CYCLE, "Alder", "alder-1", "point:Birch", receipts, head, ((TAG, TAG),))
    return replace(made, hash=b"release")


def numbered(*drafts: Receipt) -> list[Receipt]:
    """Receipts as their devices would number them."""
    made: list[Receipt] = []
    for one in drafts:
        sequence = 1 + sum(other.device == one.device for other in made)
        made.append(replace(one, sequence=sequence, hash=sha256(f"{one.device}{sequence}".encode()).digest()))
    return made


def at_birch(name: str = "A1", **changed: object) -> Receipt:
    return draft(name, point="Birch", **changed)  # type: ignore[arg-type]


def settled(receipts: list[Receipt], releases: list[Release]) -> Settlement:
    return settle(ROLLS, BENEFITS, receipts, RESERVE, Custody(HOLDERS, releases))


def ended(found: Settlement) -> dict[tuple[str, bytes], tuple[int, bytes]]:
    rows = found.outcomes.to_pylist()
    return {(row["point"], row["tag"]): (row["status"], row["value"]) for row in rows}


def test_a_row_given_where_it_moved_to_ends_there_and_its_goods_leave_that_floor() -> None:
    found = settled(numbered(draft("A2"), at_birch(), draft("B1")), [release(1)])
    assert ended(found)["Alder", TAG] == (MOVED, point_mark("Birch"))
    assert ended(found)["Birch", TAG] == (REDEEMED, KEYS["A1"].r)
    assert found.given["Alder", "grain"] == RATION["A2"][0]
    assert found.given["Birch", "grain"] == RATION["A1"][0] + RATION["B1"][0]
    away, guests = away_and_guests(found.moved)
    assert (away, guests) == (
        {("Alder", "grain"): 60, ("Alder", "shoes"): 1}, {("Birch", "grain"): 60, ("Birch", "shoes"): 1},
    )  # fmt: skip
    assert not found.contested


def test_what_the_old_point_gave_before_the_release_is_taken_off_and_stays_its_own() -> None:
    part = draft("A1", items=(("grain", 20),))
    rest = at_birch(items=(("grain", 40), ("shoes", 1)))
    found = settled(numbered(part, rest), [release(1)])
    assert (found.given["Alder", "grain"], found.given["Birch", "grain"]) == (20, 40)
    assert TAG not in found.left["tag"].to_pylist()
    assert found.moved[TAG].given == {("Alder", "grain"): 20, ("Birch", "grain"): 40, ("Birch", "shoes"): 1}


def test_a_row_released_and_given_at_both_points_is_contested_where_it_came_second_whatever_came_in_first() -> None:
    receipts = numbered(draft("A2"), draft("A1"), at_birch(), draft("B1"))
    for order in permutations(receipts):
        found = settled(list(order), [release(1)])
        # Alder released it after its first receipt, so its second one is the later: from Alder's reserve.
        assert ended(found)["Birch", TAG] == (CONTESTED, bytes(16))
        assert [(one.point, one.tag) for one in found.contested] == [("Alder", TAG)]
        assert found.over_issue == {("Alder", "grain"): 20}
        assert found.given["Birch", "grain"] == 70
    found = settled(receipts, [release(2)])
    assert [(one.point, one.tag) for one in found.contested] == [("Birch", TAG)]
    assert (found.given["Alder", "grain"], found.given["Birch", "grain"]) == (87, 10)


def test_a_row_nobody_came_for_after_it_moved_is_uncollected_where_it_waited_and_owed_as_ever() -> None:
    found = settled(numbered(draft("A2")), [release(1)])
    assert ended(found)["Birch", TAG] == (UNCOLLECTED, bytes(16))
    assert {(row["tag"], row["benefit"], row["steps"]) for row in found.left.to_pylist()} >= {
        (TAG, "grain", 60), (TAG, "shoes", 1),
    }  # fmt: skip
    assert away_and_guests(found.moved) == ({}, {})


def test_without_a_release_another_points_receipt_is_no_redemption() -> None:
    found = settled(numbered(at_birch()), [])
    assert [one.reason for one in found.refused] == ["its tag does not stand on the roll"]
    assert ended(found)["Alder", TAG] == (UNCOLLECTED, bytes(16))
    assert found.moved == {}


def test_a_household_served_where_its_row_was_sent_twice_is_served() -> None:
    twice = replace(release(0), to="point:Cedar", number=1, hash=b"first")
    found = settled(numbered(at_birch()), [twice, replace(release(0), number=2)])
    assert ended(found)["Cedar", TAG] == (REDEEMED, KEYS["A1"].r)
    assert found.given["Birch", "grain"] == 60
