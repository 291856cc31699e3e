"""The one rule at the counter, bound by the cases that its twin in the counter app must pass too."""

from __future__ import annotations

from hashlib import sha256

import pytest
import spec_cases
from hypothesis import given
from hypothesis import strategies as st

from evenhand.flow.redemption import Presented, Row, decide
from evenhand.formats.tag import tag_of

CASES = spec_cases.load("decide")["cases"]


@pytest.mark.parametrize("case", CASES, ids=spec_cases.name)
def test_the_decision_is_that_of_the_case(case: dict) -> None:
    row = case["row"]
    shown = case["presented"]
    made = decide(
        Row(bytes.fromhex(row["tag"]), row["due"], row["given"], row.get("from_reserve", False), row.get("held", False))
        if row
        else None,
        Presented(bytes.fromhex(shown["r"]) if "r" in shown else None, shown.get("exception", "")),
        case["reserve"],
        case["emergency"],
    )
    proof = (
        {"r": made.proof.hex()} if isinstance(made.proof, bytes) else {"exception": made.proof} if made.proof else None
    )
    assert {
        "verdict": made.verdict, "tag": made.tag.hex(), "proof": proof, "items": made.items, "claim": made.claim,
        "from_reserve": made.from_reserve,
    } == case["expect"]  # fmt: skip


steps = st.dictionaries(st.sampled_from(["grain", "oil", "eggs"]), st.integers(0, 50))


@given(steps, st.sampled_from(["nobody came", "part", "all"]), steps, st.booleans())
def test_nobody_is_sent_away_and_no_unredeemed_ration_is_touched(
    due: dict, before: str, reserve: dict, coupon: bool
) -> None:
    r = sha256(b"coupon").digest()[:16]
    already = {"nobody came": None, "part": {b: n // 2 for b, n in due.items()}, "all": due}[before]
    made = decide(Row(tag_of(r), due, already), Presented(r) if coupon else Presented(exception="no coupon"), reserve)
    assert made.verdict in ("give", "contested")
    whole = {benefit: made.items.get(benefit, 0) + made.claim.get(benefit, 0) for benefit in due}
    had = already if already and made.verdict == "give" else {}
    assert whole == {b: n - had.get(b, 0) for b, n in due.items()}  # handed over now, or owed and said so
    if made.from_reserve:
        assert all(steps <= reserve.get(benefit, 0) for benefit, steps in made.items.items())
    else:
        assert (already is None or already != due) and not made.claim


def test_a_decision_to_refuse_says_what_is_missing() -> None:
    made = decide(None, Presented(), {})
    assert (made.verdict, made.items) == ("refuse", {})
    assert "coupon" in made.reason
