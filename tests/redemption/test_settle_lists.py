"""Supplementary lists and held rows in the settlement: two newcomers at Alder, L1 and L2, live off its reserve alone."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redemption.points import BENEFITS, KEYS, POINT, RATION, ROLLS, draft, signed

from evenhand.flow.redemption import HELD, Presented, Receipt, Row, Settlement, decide, read, settle
from evenhand.formats import roll
from evenhand.formats.tag import PeriodKeys, derive

NEW = {"L1": (20, 1), "L2": (15, 0)}
NEW_KEYS: dict[str, PeriodKeys] = {
    name: derive(sha256(name.encode()).digest()[:16], "demo.example", "ration", "2008-03") for name in NEW
}
ALL = {**KEYS, **NEW_KEYS}
RATIONS = {**RATION, **NEW}
LISTED = pa.concat_tables([
    ROLLS.append_column("listed", pa.array([False] * len(ROLLS))),
    pa.table({
        "tag": pa.array([keys.tag for keys in NEW_KEYS.values()], pa.binary()),
        "point": pa.array(["Alder"] * len(NEW)),
        "rations": pa.array([list(NEW[name]) for name in NEW], pa.list_(pa.int64())),
        "listed": pa.array([True] * len(NEW)),
    }),
])  # fmt: skip
GRAIN = ("Alder", "grain")


def visit(name: str, proof: str = "", items: tuple | None = None) -> Receipt:
    given = tuple(pair for pair in zip(BENEFITS, RATIONS[name], strict=True) if pair[1]) if items is None else items
    return draft("A1", tag=ALL[name].tag, proof=proof or ALL[name].r, items=given)


def settled(receipts: list[Receipt], reserve: dict, held: dict | None = None) -> Settlement:
    return settle(LISTED, BENEFITS, receipts, reserve, held=held)


def made(*drafts: Receipt) -> list[Receipt]:
    return [read(raw) for raw in signed(*drafts)]


def ended(found: Settlement) -> dict[str, int]:
    names = {keys.tag: name for name, keys in ALL.items()}
    return {names[row["tag"]]: row["status"] for row in found.outcomes.to_pylist()}


def left(found: Settlement, name: str) -> dict[str, int]:
    return {row["benefit"]: row["steps"] for row in found.left.to_pylist() if row["tag"] == ALL[name].tag}


def test_a_list_and_who_is_contested_draw_on_one_reserve_in_the_order_of_the_chain() -> None:
    receipts = made(visit("A2"), visit("L1"), visit("A2"), visit("L2"))  # 27, then 20, 27 and 15 from a reserve of 50
    found = settled(receipts, {GRAIN: 50, ("Alder", "shoes"): 1})
    assert found.over_issue == {GRAIN: 27}
    assert found.given[GRAIN] == 27 + 20 + 3  # L2's other 12 came from nowhere that is known
    assert [(item.tag, item.steps) for item in found.beyond] == [(NEW_KEYS["L2"].tag, 12)]
    assert {name: ended(found)[name] for name in NEW} == dict.fromkeys(NEW, roll.REDEEMED)
    assert left(found, "A1") == {"grain": 60, "shoes": 1}, "nobody else's ration was touched"


def test_what_the_reserve_does_not_name_is_granted_whole() -> None:
    found = settled(made(visit("L1")), {GRAIN: 50})
    assert (found.given["Alder", "shoes"], found.beyond) == (1, [])


def test_a_listed_row_nobody_collected_is_uncollected_like_any_other() -> None:
    found = settled([], {GRAIN: 50})
    assert (ended(found)["L1"], left(found, "L1")) == (roll.UNCOLLECTED, {"grain": 20, "shoes": 1})


@pytest.mark.parametrize(
    ("came", "ends"),
    [
        ([], roll.HELD),
        ([visit("A1", "refused: other", ())], roll.HELD),
        ([visit("A1", HELD)], roll.EXCEPTION),
        ([visit("A1")], roll.REDEEMED),  # by a phone that had not heard of it
        ([visit("A1", items=(("grain", 5),))], roll.REDEEMED),
    ],
)
def test_a_held_row_ends_as_held_unless_something_was_given(came: list[Receipt], ends: int) -> None:
    found = settled(made(*came), {}, {KEYS["A1"].tag: b"reason, hidden.."})
    assert ended(found)["A1"] == ends
    values = {row["tag"]: row["value"] for row in found.outcomes.to_pylist()}
    assert (values[KEYS["A1"].tag] == b"reason, hidden..") == (ends == roll.HELD)


steps = st.dictionaries(st.sampled_from([GRAIN, ("Alder", "shoes")]), st.integers(0, 90))
visits = st.lists(
    st.tuples(
        st.sampled_from([name for name in ALL if name != "B1"]), st.sampled_from(["", "no coupon", HELD]),
        st.sampled_from([None, 1, 15, 40]),
    ),
    max_size=12,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(visits, steps, st.sets(st.sampled_from(["A1", "A2", "L1"])), st.randoms())
def test_in_any_order_of_arrival_lists_and_over_issue_together_stay_within_the_reserve(
    who: list, reserve: dict, held: set, chance: Any
) -> None:
    receipts = made(*(visit(n, proof, None if grain is None else (("grain", grain),)) for n, proof, grain in who))
    values = {ALL[name].tag: name.encode().ljust(16, b".") for name in held}
    found = settled(receipts, reserve, values)
    shuffled = receipts + receipts[: len(receipts) // 2]
    chance.shuffle(shuffled)
    again = settled(shuffled, reserve, values)
    assert again.outcomes.equals(found.outcomes)
    assert (again.given, again.over_issue, again.beyond) == (found.given, found.over_issue, found.beyond)
    for at, benefit in enumerate(BENEFITS):
        key = ("Alder", benefit)
        rolls = [name for name in RATION if POINT[name] == "Alder"]
        own = sum(RATION[name][at] - left(found, name).get(benefit, 0) for name in rolls)
        lists = found.given.get(key, 0) - own
        handed = sum(NEW[name][at] - left(found, name).get(benefit, 0) for name in NEW)
        assert 0 <= lists <= handed
        if key in reserve:
            assert lists + found.over_issue.get(key, 0) <= reserve[key]
    got = {name for name in ALL if sum(left(found, name).values()) < sum(RATIONS[name])}
    for name, status in ended(found).items():
        assert (status == roll.HELD) <= (name in held and name not in got)
        assert not (name in held and status in (roll.UNCOLLECTED, roll.REFUSED))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from([name for name in ALL if name != "B1"]), max_size=14), st.integers(0, 70),
    st.integers(0, 14),
)  # fmt: skip
def test_a_phone_that_decides_by_the_rule_never_goes_beyond_the_reserve_whenever_the_list_reaches_it(
    queue: list[str], reserve: int, arrives: int
) -> None:
    given_so_far: dict[str, dict[str, int]] = {}
    taken, drafts = 0, []
    for place, name in enumerate(queue):
        listed = name in NEW
        if listed and place < arrives:
            continue  # not on any roll yet: an emergency ration is none here
        open_lists = sum(NEW[n][0] - given_so_far.get(n, {}).get("grain", 0) for n in NEW if place >= arrives)
        room = reserve - taken if listed else max(0, reserve - taken - open_lists)
        due = dict(zip(BENEFITS, RATIONS[name], strict=True))
        made_of = decide(
            Row(ALL[name].tag, due, given_so_far.get(name), listed), Presented(ALL[name].r), {"grain": room}
        )
        if made_of.verdict == "refuse":
            assert listed and room == 0
            continue
        if made_of.verdict == "give" and not listed:
            assert made_of.items == {b: n for b, n in due.items() if n}, "the first visit gets all of its ration"
        if made_of.from_reserve:
            taken += made_of.items.get("grain", 0)
        before = given_so_far.setdefault(name, {})
        if made_of.verdict == "give":
            for benefit, n in made_of.items.items():
                before[benefit] = before.get(benefit, 0) + n
        drafts.append(visit(name, items=tuple(made_of.items.items())))
    found = settled(made(*drafts), {GRAIN: reserve})
    assert [item for item in found.beyond if item.benefit == "grain"] == []
    assert taken <= reserve
