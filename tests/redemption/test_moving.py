"""A row that leaves its point by the holder's word: who may give to it, in which order, and where it ends."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from redemption.points import CYCLE, signer

from evenhand.flow.redemption import Custody, Receipt, RedemptionError, Release, read_release, write_release

TAG, OTHER = b"\x20" * 16, b"\x90" * 16


def release(number: int, point: str, device: str, to: str, receipts: int, tag: bytes = TAG) -> Release:
    head = None if receipts == 0 else receipts.to_bytes(32)
    given = Release(number, "ration", CYCLE, point, device, to, receipts, head, ((tag, tag),))
    return replace(given, hash=f"{device}{number}".encode())


def receipt(point: str, device: str, sequence: int, tag: bytes = TAG) -> Receipt:
    before = None if sequence == 1 else b"p" * 32
    return Receipt(sequence, before, "ration", CYCLE, point, device, tag, "no coupon", (), "kim")


HOLDERS = {"Alder": ("a1", "a2"), "Birch": ("b1", "b2"), "Cedar": ("c1",)}
TO_BIRCH = release(1, "Alder", "a1", "point:Birch", 5)


def test_a_row_that_left_is_first_the_old_holders_up_to_its_release_then_the_new_points() -> None:
    custody = Custody(HOLDERS, [TO_BIRCH])
    order = [("Alder", "a1", 5), ("Birch", "b1", 1), ("Birch", "b2", 9), ("Alder", "a1", 6), ("Alder", "a2", 1),
             ("Cedar", "c1", 1)]  # fmt: skip
    turns = [custody.turn(receipt(point, device, sequence), "Alder") for point, device, sequence in order]
    assert turns == sorted(set(turns))
    assert custody.path("Alder", TAG).points == ("Alder", "Birch")
    assert custody.path("Alder", OTHER).points == ("Alder",)
    assert custody.turn(receipt("Alder", "a1", 6, OTHER), "Alder") == 0


def test_a_row_goes_on_from_the_point_it_came_to_and_may_come_back() -> None:
    on = release(1, "Birch", "b1", "point:Cedar", 3)
    back = release(1, "Cedar", "c1", "point:Alder", 2)
    assert Custody(HOLDERS, [TO_BIRCH, on]).path("Alder", TAG).points == ("Alder", "Birch", "Cedar")
    assert Custody(HOLDERS, [on, back, TO_BIRCH]).path("Alder", TAG).points == ("Alder", "Birch", "Cedar", "Alder")


def test_a_release_by_who_never_had_the_row_or_after_it_left_moves_nothing() -> None:
    thief = release(1, "Cedar", "c1", "point:Birch", 0)
    assert Custody(HOLDERS, [thief]).path("Alder", TAG).points == ("Alder",)
    # The phone that replaced the first one did not know that the row had left.
    late = release(1, "Alder", "a2", "point:Cedar", 0)
    assert Custody(HOLDERS, [late, TO_BIRCH]).path("Alder", TAG).points == ("Alder", "Birch")


def test_two_points_that_send_a_row_to_and_fro_without_end_come_to_an_end() -> None:
    there = [release(n, "Alder", "a1", "point:Birch", n) for n in range(1, 2000)]
    back = [release(n, "Birch", "b1", "point:Alder", n) for n in range(1, 2000)]
    assert len(Custody(HOLDERS, [*there, *back]).path("Alder", TAG).points) <= 18


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "point:"}, {"to": "point:Alder"}, {"reserve": (("grain", 1),)}, {"ranges": ((TAG, OTHER),)},
    ],
)  # fmt: skip
def test_a_release_to_a_point_names_single_rows_and_takes_no_reserve_along(wrong: dict[str, Any]) -> None:
    given = replace(TO_BIRCH, hash=b"")
    assert read_release(write_release(given, signer("a1")), {"a1": signer("a1").public_key}).target == "Birch"
    with pytest.raises(RedemptionError):
        write_release(replace(given, **wrong), signer("a1"))
