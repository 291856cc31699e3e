"""How many were served, with no group of fewer than k told; and the table of a place."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.core.benefit import Benefit, CarryRule
from evenhand.flow.disclosure.placing import PlaceGood, Served, place_csv, served
from evenhand.flow.grievance import KINDS, SEVERAL
from evenhand.render.catalogue import CATALOGUES

LAPSE = CarryRule(0, "lapse")
GRAIN = Benefit("grain", "Grain", "good", "kg", 1, 1000, 500, LAPSE, LAPSE)
SHOES = Benefit("shoes", "Shoes", "good", "pair", 12, 12, 2, LAPSE, LAPSE)


@pytest.mark.parametrize(
    ("redeemed", "of", "told"),
    [
        (60, 100, (60, 60)), (100, 100, (100, 100)), (0, 100, (0, 0)),
        (97, 100, (81, 99)),  # 3 did not come: at least 81, so that 1 to 19 may have stayed away
        (5, 100, (1, 19)),  # 5 came: fewer than 20
    ],
)  # fmt: skip
def test_few_are_not_told_apart(redeemed: int, of: int, told: tuple[int, int]) -> None:
    assert served({"redeemed": redeemed, "uncollected": of - redeemed}, of, 20) == Served(of, *told)


@given(st.integers(1, 300), st.integers(0, 300), st.integers(2, 40))
def test_the_bounds_hold_the_truth_and_are_the_same_for_every_small_group(of: int, came: int, k: int) -> None:
    came = min(came, of)
    found = served({"redeemed": came}, of, k)
    assert 0 <= found.low <= came <= found.high <= of
    if 0 < of - came < k and came >= k:
        other = of - (of - came) % (k - 1) - 1 if k > 2 else came
        if other >= k and 0 < of - other < k:
            assert served({"redeemed": other}, of, k) == found


def test_numbers_are_exact_and_a_name_is_no_formula() -> None:
    goods = [PlaceGood(GRAIN, 120_000, 216, None, 97, False), PlaceGood(SHOES, 24, 8, 7, 5, True)]
    rows = list(
        csv.reader(io.StringIO(place_csv("2008-03/1", ("=P1", "@SUM(1)\nx", "-V"), goods, Served(4, 3, 3), (18, "ab"))))
    )
    assert rows[1][0] == "#meta+cycle" and len(rows) == 4 and len({len(row) for row in rows}) == 1
    assert rows[2][:10] == ["2008-03/1", "'=P1", "'@SUM(1) x", "'-V", "grain", "kg", "120", "108", "", "48.5"]
    assert rows[3][6:10] == ["2", "4/3", "7/6", "5/6"]


def test_every_kind_of_complaint_has_its_words_on_the_page_of_a_place() -> None:
    for text in CATALOGUES.values():
        assert {f"my.kind.{kind}" for kind in KINDS} | {f"pu.kind.{SEVERAL}"} <= set(text)
