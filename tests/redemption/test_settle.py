"""Settlement: every row ends, the first receipt of a chain is the redemption, the reserve is never exceeded."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redemption.points import BENEFITS, CYCLE, KEYS, POINT, RATION, ROLLS, draft, signed

from evenhand.core.errors import UsageError
from evenhand.flow.redemption import (
    NOT_ON_ROLL,
    UNDONE,
    Beyond,
    Contested,
    Receipt,
    Settlement,
    Unsettled,
    pack_outcomes,
    read,
    redeemed_entry,
    settle,
)  # fmt: skip
from evenhand.formats import entry, roll

RESERVE = {("Alder", "grain"): 70, ("Alder", "shoes"): 1}


def receipts(*drafts: Receipt) -> list[Receipt]:
    return [read(data) for data in signed(*drafts)]


def settled(made: Iterable[Receipt], reserve: dict = RESERVE, rolls: pa.Table = ROLLS) -> Settlement:
    return settle(rolls, BENEFITS, made, reserve)


def ended(found: Settlement) -> dict[str, tuple[int, bytes]]:
    rows = {row["tag"]: (row["status"], row["value"].rstrip(b"\0")) for row in found.outcomes.to_pylist()}
    return {name: rows[KEYS[name].tag] for name in POINT}


def test_a_coupon_an_exception_and_nobody_end_as_such() -> None:
    found = settled(receipts(draft("A1"), draft("A2", proof="no coupon"), draft("B1")))
    assert ended(found) == {
        "A1": (roll.REDEEMED, KEYS["A1"].r),
        "A2": (roll.EXCEPTION, b"no coupon"),
        "A3": (roll.UNCOLLECTED, b""),
        "B1": (roll.REDEEMED, KEYS["B1"].r),
    }
    assert found.given == {
        ("Alder", "grain"): 87, ("Alder", "shoes"): 1, ("Birch", "grain"): 10, ("Birch", "shoes"): 2,
    }  # fmt: skip
    assert found.exceptions == {"Alder": 1, "Birch": 0}
    assert (found.over_issue, found.beyond, found.contested, found.refused, found.not_on_roll) == ({}, [], [], [], [])


def test_without_receipts_every_row_is_uncollected() -> None:
    found = settled([])
    assert {status for status, _ in ended(found).values()} == {roll.UNCOLLECTED}
    assert set(found.given.values()) == {0}
    assert len(found.given) == 4


def test_what_nobody_at_a_point_is_due_was_not_given_there() -> None:
    rolls = ROLLS.set_column(2, "rations", pa.array([[60, 0], [27, 0], [0, 0], [10, 2]]))
    assert set(settled([], rolls=rolls).given) == {("Alder", "grain"), ("Birch", "grain"), ("Birch", "shoes")}


def test_outcomes_stand_by_point_and_tag_and_none_is_missing() -> None:
    rows = settled(receipts(draft("B1"))).outcomes.to_pylist()
    keys = [(row["point"], row["tag"]) for row in rows]
    assert keys == sorted((POINT[name], KEYS[name].tag) for name in POINT)
    assert all(len(row["value"]) == 16 for row in rows)


def test_a_row_with_nothing_due_is_redeemed_by_showing_the_coupon() -> None:
    assert ended(settled(receipts(draft("A3"))))["A3"] == (roll.REDEEMED, KEYS["A3"].r)


def test_the_first_on_the_chain_is_the_redemption_and_the_second_is_contested_from_the_reserve() -> None:
    first, second = receipts(draft("A1"), draft("A1", proof="no coupon"))
    found = settled([second, first])
    assert ended(found)["A1"] == (roll.CONTESTED, b"")
    assert found.given["Alder", "grain"] == 60
    assert found.over_issue == {("Alder", "grain"): 60, ("Alder", "shoes"): 1}
    assert found.contested == [Contested("Alder", KEYS["A1"].tag, 2, second.hash, first.hash, second.items)]
    assert found.exceptions == {"Alder": 0, "Birch": 0}  # the row ended contested, and is counted once


def test_what_is_beyond_the_reserve_is_named_and_not_over_issued() -> None:
    made = receipts(draft("A1"), draft("A1"), draft("A1"))
    found = settled(made)
    assert found.over_issue == {("Alder", "grain"): 70, ("Alder", "shoes"): 1}
    tag = KEYS["A1"].tag
    assert found.beyond == [
        Beyond("Alder", "grain", tag, made[2].hash, 50),
        Beyond("Alder", "shoes", tag, made[2].hash, 1),
    ]
    assert settled(made, {}).over_issue == {}
    assert sum(item.steps for item in settled(made, {}).beyond) == 2 * 61


def test_the_reserve_is_used_in_the_order_of_the_chain() -> None:
    a1, a2, again2, again1 = receipts(draft("A1"), draft("A2"), draft("A2"), draft("A1"))
    found = settled([again1, again2, a2, a1])
    assert found.over_issue["Alder", "grain"] == 70
    assert [(item.hash, item.steps) for item in found.beyond if item.benefit == "grain"] == [(again1.hash, 87 - 70)]


def test_somebody_not_on_the_roll_is_fed_from_the_reserve_and_counted() -> None:
    guest = draft("A1", tag=bytes(16), proof=NOT_ON_ROLL, items=(("grain", 30),))
    found = settled(receipts(guest, guest))
    assert found.over_issue == {("Alder", "grain"): 60}
    assert found.exceptions == {"Alder": 2, "Birch": 0}
    assert [item.first for item in found.not_on_roll] == [b"", b""]
    assert {status for status, _ in ended(found).values()} == {roll.UNCOLLECTED}


@pytest.mark.parametrize(
    ("items", "value", "said"),
    [
        ((("grain", 61), ("shoes", 1)), b"items differ", "more than the ration"),
        ((("grain", 59), ("shoes", 2)), b"items differ", "more than the ration"),
        ((("grain", 60), ("shoes", 1), ("gold", 1)), b"items differ", "more than the ration"),
    ],
)
def test_a_receipt_of_more_or_other_items_than_the_ration_is_refused_and_says_so(
    items: tuple, value: bytes, said: str
) -> None:
    (made,) = receipts(draft("A1", items=items))
    found = settled([made])
    assert ended(found)["A1"] == (roll.REFUSED, value)
    (refused,) = found.refused
    assert refused == Unsettled("Alder", KEYS["A1"].tag, made.hash, refused.reason)
    assert said in refused.reason
    assert found.given["Alder", "grain"] == 0
    assert found.over_issue == {}


def left(found: Settlement, name: str) -> dict[str, int]:
    return {row["benefit"]: row["steps"] for row in found.left.to_pylist() if row["tag"] == KEYS[name].tag}


def test_a_part_is_given_and_the_rest_stays_there_for_the_household() -> None:
    found = settled(receipts(draft("A1", items=(("grain", 20),))))
    assert ended(found)["A1"] == (roll.REDEEMED, KEYS["A1"].r)
    assert (found.given["Alder", "grain"], left(found, "A1")) == (20, {"grain": 40, "shoes": 1})
    assert (found.contested, found.refused, found.over_issue) == ([], [], {})


def test_the_parts_of_a_ration_are_one_redemption_whatever_came_first() -> None:
    made = receipts(
        draft("A1", items=(("grain", 20),)), draft("A1", items=(("grain", 40),)), draft("A1", items=(("shoes", 1),))
    )
    found = settled(made[::-1])
    assert (ended(found)["A1"][0], left(found, "A1"), found.contested) == (roll.REDEEMED, {}, [])
    assert found.given["Alder", "grain"] == 60


def test_more_than_what_a_part_left_is_contested_and_what_it_left_stays() -> None:
    found = settled(receipts(draft("A1", items=(("grain", 20),)), draft("A1")))
    assert ended(found)["A1"] == (roll.CONTESTED, b"")
    assert (found.given["Alder", "grain"], left(found, "A1")) == (20, {"grain": 40, "shoes": 1})
    assert found.over_issue == {("Alder", "grain"): 60, ("Alder", "shoes"): 1}


def test_of_parts_with_and_without_the_coupon_the_coupon_is_the_proof() -> None:
    parts = (draft("A1", items=(("grain", 20),), proof="no coupon"), draft("A1", items=(("grain", 40), ("shoes", 1))))
    for order in (parts, parts[::-1]):
        assert ended(settled(receipts(*order)))["A1"] == (roll.REDEEMED, KEYS["A1"].r)


def test_a_visit_that_took_nothing_ends_the_row_with_its_reason_until_something_is_given() -> None:
    nothing = draft("A1", items=(), proof="refused: other")
    found = settled(receipts(nothing))
    assert ended(found)["A1"] == (roll.REFUSED, b"refused: other")
    assert left(found, "A1") == {"grain": 60, "shoes": 1}
    for order in ((nothing, draft("A1")), (draft("A1"), nothing)):
        assert ended(settled(receipts(*order)))["A1"][0] in (roll.REDEEMED, roll.CONTESTED)
    assert ended(settled(receipts(nothing, draft("A1"))))["A1"] == (roll.REDEEMED, KEYS["A1"].r)


def test_a_receipt_taken_back_within_the_visit_never_was() -> None:
    undone = draft("A1", items=(), proof=UNDONE)
    found = settled(receipts(draft("A1"), undone, draft("A2")))
    assert ended(found)["A1"] == (roll.UNCOLLECTED, b"")
    assert (found.given["Alder", "grain"], found.contested, found.refused) == (27, [], [])
    again = settled(receipts(draft("A1"), undone, draft("A1", items=(("grain", 60),))))
    assert (ended(again)["A1"][0], left(again, "A1")) == (roll.REDEEMED, {"shoes": 1})


@pytest.mark.parametrize("other", ["A2", "later", "with items", "twice"])
def test_only_the_receipt_just_before_it_on_the_chain_can_be_taken_back(other: str) -> None:
    undone = draft(
        "A2" if other == "A2" else "A1", items=(("grain", 1),) if other == "with items" else (), proof=UNDONE
    )
    between = {"later": [draft("A2")], "twice": [draft("A1", items=(), proof=UNDONE)]}.get(other, [])
    found = settled(receipts(draft("A1"), *between, undone))
    assert [item.reason for item in found.refused] == ["it takes back no receipt that is here"]
    assert ended(found)["A1"][0] == (roll.UNCOLLECTED if other == "twice" else roll.REDEEMED)


def test_order_of_items_and_zeros_do_not_matter() -> None:
    found = settled(
        receipts(draft("A1", items=(("shoes", 1), ("grain", 60))), draft("A2", items=(("grain", 27), ("shoes", 0))))
    )
    assert [ended(found)[name][0] for name in ("A1", "A2")] == [roll.REDEEMED] * 2


def test_the_same_receipt_twice_is_one() -> None:
    made = receipts(draft("A1"))
    assert ended(settled(made * 2))["A1"][0] == roll.REDEEMED


def test_a_coupon_receipt_at_a_point_without_its_row_moves_nothing() -> None:
    stray = receipts(draft("B1", point="Alder"))
    found = settled(stray)
    assert ended(found)["B1"][0] == roll.UNCOLLECTED
    assert [item.reason for item in found.refused] == ["its tag does not stand on the roll"]
    assert found.over_issue == {}


def test_of_two_receipts_with_one_number_the_smaller_hash_is_first_whatever_came_first() -> None:
    fork = [read(signed(draft("A1", clerk=clerk))[0]) for clerk in ("Chun", "Pak")]
    one, other = settled(fork), settled(fork[::-1])
    assert one.contested == other.contested
    assert one.contested[0].first == min(receipt.hash for receipt in fork)


visit = st.tuples(
    st.sampled_from(["A1", "A2", "A3", "B1", "guest"]),
    st.sampled_from(["", "no coupon"]),
    st.sampled_from([None, 1, 40]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(visit, max_size=12), st.dictionaries(st.sampled_from(list(RESERVE)), st.integers(0, 90)), st.randoms())
def test_whoever_came_and_however_it_arrived_the_books_are_the_same_and_add_up(
    visits: list, reserve: dict, chance: object
) -> None:
    drafts = []
    for name, proof, grain in visits:
        items = None if grain is None else (("grain", grain),)
        if name == "guest":
            drafts.append(draft("A1", tag=bytes(16), proof=NOT_ON_ROLL, items=items or ()))
        else:
            drafts.append(draft(name, proof=proof, items=items))
    made = receipts(*drafts)
    shuffled = made + made[: len(made) // 2]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = settled(made, reserve)
    again = settled(shuffled, reserve)
    assert again.outcomes.equals(found.outcomes) and again.left.equals(found.left)
    assert [getattr(again, name) for name in again.__dataclass_fields__ if name not in ("outcomes", "left")] == [
        getattr(found, name) for name in found.__dataclass_fields__ if name not in ("outcomes", "left")
    ]
    for pair, steps in found.over_issue.items():
        assert 0 < steps <= reserve.get(pair, 0)
    for (point, benefit), steps in found.given.items():
        column = BENEFITS.index(benefit)
        due = sum(RATION[n][column] for n in POINT if POINT[n] == point)
        assert steps == due - sum(left(found, n).get(benefit, 0) for n in POINT if POINT[n] == point)
    over = [item.hash for item in (*found.contested, *found.not_on_roll)]
    out = sum(steps for receipt in made if receipt.hash in over for _, steps in receipt.items)
    assert out == sum(found.over_issue.values()) + sum(item.steps for item in found.beyond)
    counted = [r for r in made if r.hash not in {item.hash for item in found.refused} | set(over)]
    assert sum(found.given.values()) == sum(steps for receipt in counted for _, steps in receipt.items)


@pytest.mark.parametrize(
    ("rolls", "said"),
    [
        (pa.concat_tables([ROLLS, ROLLS]), "a tag stands twice"),
        (ROLLS.set_column(2, "rations", pa.array([[1], [1], [1], [1]])), "not 2 numbers each"),
        (ROLLS.set_column(2, "rations", pa.array([[1, None]] * 4)), "not 2 numbers each"),
        (ROLLS.set_column(2, "rations", pa.array([[1, 2], [1, 2], [1, 2], None])), "not 2 numbers each"),
    ],
)
def test_rolls_that_do_not_fit_are_refused(rolls: pa.Table, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        settled([], rolls=rolls)


def test_a_cycle_of_nobody_settles() -> None:
    found = settled([], rolls=ROLLS.slice(0, 0))
    assert (len(found.outcomes), found.given) == (0, {})


def test_outcome_files_hold_every_tag_of_their_point() -> None:
    found = settled(receipts(draft("A1"), draft("A2", proof="no coupon"), draft("B1")))
    files = pack_outcomes(found.outcomes, "ration", CYCLE)
    assert sorted(files) == ["Alder", "Birch"]
    assert files["Alder"].tags() == sorted(KEYS[name].tag for name in ("A1", "A2", "A3"))
    rows = {files["Alder"].row(i)[:16]: files["Alder"].row(i) for i in range(3)}
    assert rows[KEYS["A1"].tag] == roll.outcome_row(KEYS["A1"].tag, 1, KEYS["A1"].r)
    assert rows[KEYS["A2"].tag] == roll.outcome_row(KEYS["A2"].tag, 2, b"no coupon")
    assert roll.unpack(files["Alder"].encode()) == files["Alder"]


def test_the_entry_of_an_outcome_file_counts_how_rows_ended() -> None:
    found = settled(receipts(draft("A1"), draft("A1"), draft("A2", proof="no coupon")))
    packed = pack_outcomes(found.outcomes, "ration", CYCLE)["Alder"]
    heads = [("alder-2", 0, None), ("alder-1", 3, bytes(32))]
    made = redeemed_entry(packed, {"grain": 87, "shoes": 1}, heads)
    assert made == entry.Entry(
        "redeemed", "ration", CYCLE, "Alder", sha256(packed.encode()).digest(),
        {
            "rows": 3, "redeemed": 0, "exception": 1, "contested": 1, "uncollected": 1, "refused": 0, "held": 0,
            "moved": 0,
            "given": {"grain": 87, "shoes": 1}, "heads": [["alder-1", 3, bytes(32)], ["alder-2", 0, None]],
        },
    )  # fmt: skip
    assert entry.decode(made.encode()) == made
