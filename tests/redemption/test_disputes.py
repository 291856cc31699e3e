"""What goes wrong at a point: nothing is dropped, nobody is blamed for another's receipt, no false coupon opens a row.

Alder: A1 is due 60 steps of grain and a pair of shoes, A2 27 of grain, A3 nothing; reserve 70 of grain, 1 of shoes.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import permutations
from random import Random

import pyarrow as pa
import pytest
from redemption.points import BENEFITS, CYCLE, DEVICES, HOLDER, KEYS, RATION, ROLLS, TAGS, draft, signed, signer
from redemption.test_settle import RESERVE, ended

from evenhand.core.errors import UsageError
from evenhand.flow.redemption import (
    NOT_ON_ROLL,
    Custody,
    Gap,
    Merged,
    Presented,
    Receipt,
    Release,
    Row,
    chain,
    decide,
    merge,
    read,
    settle,
    write,
)  # fmt: skip
from evenhand.flow.redemption.custody import ALL
from evenhand.formats import code, roll
from evenhand.formats.tag import derive, tag_of

BESIDE = {"Alder": ("alder-2",)}
WITH_SECOND = [*DEVICES, replace(DEVICES[0], name="alder-2", public_key=signer("alder-2").public_key)]


def merged(batch: list[bytes], known: list[Receipt] | None = None) -> Merged:
    return merge(known or [], batch, WITH_SECOND, "ration", CYCLE, TAGS, HOLDER, beside=BESIDE)


def test_a_receipt_without_coupon_counts_as_an_exception() -> None:
    found = settle(ROLLS, BENEFITS, merged(signed(draft("A1", proof="no coupon"))).new, RESERVE)
    assert ended(found)["A1"] == (roll.EXCEPTION, b"no coupon")
    assert (found.given["Alder", "grain"], found.exceptions["Alder"], found.contested) == (60, 1, [])


def test_a_fork_and_a_missing_tail_in_any_order_drop_nothing() -> None:
    first, second, _, fourth = signed(draft("A1"), draft("A2"), draft("A3"), draft("A1", proof="lost coupon"))
    other = write(replace(read(second), proof="no coupon", signed=None), signer("alder-1"))
    came = [first, second, other, fourth]
    outcomes = []
    for order in permutations(came):
        known: list[Receipt] = []
        for raw in order:
            found = merged([raw], known)
            assert len(found.new) == 1 and not found.refused
            known += found.new
        assert {receipt.raw for receipt in known} == set(came)
        assert [fork.sequence for fork in found.forks] == [2] and found.gaps == [Gap("alder-1", 3, 3)]
        outcomes.append(settle(ROLLS, BENEFITS, known, RESERVE).outcomes.to_pylist())
    assert all(one == outcomes[0] for one in outcomes)


def test_a_forged_home_receipt_never_shifts_blame() -> None:
    """Somebody signs, in the name of the family's own point, that it was given to: it is served, and not contested."""
    forged = write(draft("A1", proof="no coupon"), signer("thief"))
    found = merged([forged, *signed(draft("A1"))])
    (refused,) = found.refused
    assert "not by the certified key" in refused.reason
    done = settle(ROLLS, BENEFITS, found.new, RESERVE)
    assert ended(done)["A1"] == (roll.REDEEMED, KEYS["A1"].r)
    assert (done.contested, done.over_issue) == ([], {})


def test_a_forged_receipt_that_came_first_does_not_take_the_number_of_the_true_one() -> None:
    honest = signed(draft("A1"), draft("A2"))
    forged = write(replace(read(honest[1]), proof="no coupon", signed=None), signer("thief"))
    first = merged([forged, honest[0]])
    assert [one.sequence for one in first.new] == [1]
    second = merged([honest[1]], first.new)
    assert (len(second.new), second.forks, second.gaps) == (1, [], [])


@pytest.mark.parametrize("given", [None, {}, {"grain": 10}, {"grain": 60, "shoes": 1}])
def test_a_replaced_device_never_refuses_an_honest_card(given: dict[str, int] | None) -> None:
    """Whatever the new phone was told of the old one, and with an empty reserve: a coupon of the roll makes a receipt."""
    row = Row(KEYS["A1"].tag, {"grain": 60, "shoes": 1}, given)
    decision = decide(row, Presented(KEYS["A1"].r), {})
    assert decision.verdict in ("give", "contested") and decision.tag == row.tag
    total = {b: decision.items.get(b, 0) + decision.claim.get(b, 0) for b in row.due}
    assert all(total[b] + (given or {}).get(b, 0) >= n for b, n in row.due.items())


def test_the_holder_before_comes_first_whatever_arrived_first() -> None:
    old, new = signed(draft("A2")), signed(draft("A2", device="alder-2"))
    custody = Custody({"Alder": ("alder-1", "alder-2")})
    for order in ([*old, *new], [*new, *old]):
        found = settle(ROLLS, BENEFITS, merged(order).new, RESERVE, custody)
        assert ended(found)["A2"][0] == roll.CONTESTED
        (contested,) = found.contested
        assert (contested.hash, contested.first) == (sha256(new[0]).digest(), sha256(old[0]).digest())
        assert found.given["Alder", "grain"] == 27 and found.over_issue == {("Alder", "grain"): 27}


def test_after_a_release_the_second_devices_receipt_counts_and_the_holders_is_contested() -> None:
    """The holder gave A1, released everything, and gave A2 all the same: A2 belongs to the second device."""
    holder = signed(draft("A1"), draft("A2"))
    second = signed(draft("A2", device="alder-2"), draft("A1", device="alder-2"))
    release = Release(1, "ration", CYCLE, "Alder", "alder-1", "alder-2", 1, sha256(holder[0]).digest(), (ALL,))
    custody = Custody({"Alder": ("alder-1",)}, [release])
    found = settle(ROLLS, BENEFITS, merged([*holder, *second]).new, RESERVE, custody)
    firsts = {one.tag: (one.hash, one.first) for one in found.contested}
    assert firsts == {
        KEYS["A1"].tag: (sha256(second[1]).digest(), sha256(holder[0]).digest()),  # given before it was released
        KEYS["A2"].tag: (sha256(holder[1]).digest(), sha256(second[0]).digest()),
    }


def test_without_its_release_a_second_devices_receipt_gives_way_to_the_holders() -> None:
    holder, second = signed(draft("A2")), signed(draft("A2", device="alder-2"))
    found = settle(ROLLS, BENEFITS, merged([*second, *holder]).new, RESERVE, Custody({"Alder": ("alder-1",)}))
    assert [one.hash for one in found.contested] == [sha256(second[0]).digest()]


def test_rows_released_there_and_back_follow_who_had_them() -> None:
    first = signed(draft("A2", items=(("grain", 1),)), draft("A2", items=(("grain", 2),)))
    second = signed(draft("A2", device="alder-2", items=(("grain", 4),)))
    there = Release(1, "ration", CYCLE, "Alder", "alder-1", "alder-2", 1, sha256(first[0]).digest(), (ALL,), hash=b"1")
    back = Release(1, "ration", CYCLE, "Alder", "alder-2", "alder-1", 1, sha256(second[0]).digest(), (ALL,), hash=b"2")
    custody = Custody({"Alder": ("alder-1",)}, [back, there])
    turns = {r.hash: custody.turn(r) for r in map(read, [*first, *second])}
    assert sorted(turns, key=lambda digest: turns[digest]) == [
        sha256(raw).digest() for raw in (first[0], second[0], first[1])
    ]


def test_two_cards_with_one_secret_are_detected() -> None:
    """One secret on two families' cards is one tag: no roll holds it twice, and no settlement takes such rolls."""
    twice = ROLLS.slice(0, 1)
    with pytest.raises(UsageError, match="a tag stands twice"):
        settle(pa.concat_tables([ROLLS, twice]), BENEFITS, [], {})
    with pytest.raises(roll.RollError):
        row = roll.outcome_row(KEYS["A1"].tag, roll.UNCOLLECTED, bytes(16))
        roll.pack("ration", CYCLE, "Alder", [row, row])


REPLAYS = [
    ({"cycle": "2008-02/1"}, "for the cycle"),
    ({"programme": "other"}, "for the programme"),
    ({"device": "birch-1"}, "is not certified for point"),
    ({"device": "alder-2"}, "not by the certified key"),
    ({"point": "Birch"}, "is not certified for point"),
]


@pytest.mark.parametrize(("changed", "said"), REPLAYS)
def test_a_receipt_replayed_across_devices_cycles_and_programmes_is_refused(changed: dict, said: str) -> None:
    (refused,) = merged([write(replace(draft("A1"), **changed), signer("alder-1"))]).refused
    assert said in refused.reason


def test_of_300_forged_truncated_copied_and_expired_coupons_none_opens_a_row_and_nobody_is_turned_away() -> None:
    """Shown as codes, as a clerk types or scans them. Everybody gets a decision in words, and food from the reserve."""
    chance = Random(300)
    honest = code.encode(KEYS["A1"].r)
    secret = sha256(b"A1").digest()[:16]
    shown: list[tuple[str, str]] = []
    for number in range(75):
        shown.append(("forged", code.encode(chance.randbytes(16))))
        cut = chance.randrange(1, len(honest))
        shown.append(("truncated", honest[:cut] if number % 2 else honest[cut:]))
        shown.append(("copied", honest.lower() if number % 2 else honest.replace("-", " ")))
        other = (
            ("demo.example", "ration", f"2007-{number % 12 + 1:02}")
            if number % 2
            else ("demo.example", f"p{number}", "2008-03")
        )
        shown.append(("expired", code.encode(derive(secret, *other).r)))
    chance.shuffle(shown)
    due = dict(zip(BENEFITS, RATION["A1"], strict=True))
    reserve = {"grain": 70, "shoes": 1}
    given: dict[bytes, dict[str, int]] = {}
    drafts: list[Receipt] = []
    verdicts: dict[str, set[str]] = {}
    for kind, text in shown:
        try:
            r = code.decode(text)
        except code.CodeError as error:
            assert kind == "truncated" and str(error)
            continue
        tag = tag_of(r)
        row = Row(tag, due, given.get(tag)) if tag == KEYS["A1"].tag else None
        decision = decide(row, Presented(r), reserve)
        verdicts.setdefault(kind, set()).add(decision.verdict)
        assert decision.reason and decision.verdict != "refuse"
        if decision.from_reserve:
            reserve = {b: n - decision.items.get(b, 0) for b, n in reserve.items()}
        if decision.verdict == "give":
            given[tag] = decision.items
        drafts.append(replace(draft("A1"), tag=decision.tag, proof=decision.proof, items=tuple(decision.items.items())))
    assert verdicts == {"forged": {"not-on-roll"}, "expired": {"not-on-roll"}, "copied": {"give", "contested"}}
    assert len(drafts) == 225 and min(reserve.values()) >= 0
    taken = merged(chain(drafts, signer("alder-1")))
    assert (len(taken.new), taken.refused) == (225, [])
    found = settle(ROLLS, BENEFITS, taken.new, RESERVE)
    assert found.given["Alder", "grain"] == 60 and found.over_issue == RESERVE  # 60, and 10 to the third
    assert (found.beyond, found.refused) == ([], [])
    assert len(found.contested) == 74 and len(found.not_on_roll) == 150


def test_a_receipt_for_a_forged_coupon_is_no_redemption_whatever_it_says() -> None:
    """A turned phone signs that a forged coupon was shown: its r does not hash to the tag, or no roll has its tag."""
    other = replace(draft("A1"), proof=bytes(16))
    stray = replace(draft("A1"), tag=tag_of(bytes(16)), proof=bytes(16))
    claimed = replace(draft("A1"), proof=NOT_ON_ROLL)
    for made, said in (
        (other, "does not hash"),
        (stray, "does not stand on the roll"),
        (claimed, "stands on the roll"),
    ):
        (refused,) = merged([write(made, signer("alder-1"))]).refused
        assert said in refused.reason
