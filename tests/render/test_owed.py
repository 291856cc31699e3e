"""The report on what is owed and on the rule of division, from small tables."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pyarrow as pa

from evenhand.core.benefit import Benefit, CarryRule
from evenhand.core.period import month
from evenhand.flow.disclosure.tables import arrow_schema
from evenhand.render.owed import owed_part, rule_part

RULE = CarryRule(2, "carry 2 cycles")
OIL = Benefit("oil", "Cooking oil", "good", "l", 1, 1000, 100, RULE, RULE)
EMPTY = {name: arrow_schema(name).empty_table() for name in ("owed", "left", "division")}


def figures(**tables: list[dict[str, Any]]) -> Any:
    made = EMPTY | {name: pa.Table.from_pylist(rows, arrow_schema(name)) for name, rows in tables.items()}
    meta = {"policy": "policy/village.toml"}
    return SimpleNamespace(
        month=SimpleNamespace(tables=made, benefits={"oil": OIL}, meta=meta, period=month("2008-04"))
    )


def debt(point: str, kind: str, since: str, amount: int, lapsed: int, **more: Any) -> dict[str, Any]:
    return {"point": point, "benefit": "oil", "kind": kind, "since": since, "amount": amount, "lapsed": lapsed} | more


def test_sums_over_points_tell_what_was_owed_given_lapsed_and_is_left() -> None:
    more = {"households": 3, "rung": None, "waiting": 0, "offered": 0}
    owed = [debt(point, "undersupplied", "2008-03", 2_000, 0, **more) for point in ("Alder", "Birch")]
    owed.append(debt("Alder", "uncollected", "2008-02", 700, 700, **more))
    left = [debt("Alder", "undersupplied", "2008-03", 500, 0), debt("Alder", "undersupplied", "2008-04", 900, 900)]
    page = str(owed_part(figures(owed=owed, left=left)))
    rows = [row.split("</tr>")[0] for row in page.split("<tr>")[2:]]
    assert len(rows) == 3
    assert "undersupplied in March 2008" in rows[0] and "4 l" in rows[0] and "3.5 l" in rows[0] and "0.5 l" in rows[0]
    assert "undersupplied in April 2008" in rows[1] and rows[1].count("0.9 l") == 1, "lapsed at once, nothing is left"
    assert "uncollected in February 2008" in rows[2] and rows[2].count("0.7 l") == 2, "owed before, and lapsed"


def test_a_month_in_which_nothing_was_ever_owed_says_nothing() -> None:
    assert owed_part(figures()) is None
    assert rule_part(figures()) is None


def test_the_rule_stands_beside_leximin() -> None:
    row = {
        "benefit": "oil", "rule": "first-come", "points": 3, "in_full": 2, "under_floor": 1, "members_under": 12,
        "worst_tenth_num": "1", "worst_tenth_den": "4",
    }  # fmt: skip
    best = row | {
        "rule": "leximin",
        "in_full": 0,
        "under_floor": 0,
        "members_under": 0,
        "worst_tenth_num": "4",
        "worst_tenth_den": "5",
    }
    page = str(rule_part(figures(division=[best, row])))
    assert page.index("Cooking oil, first-come") < page.index("Cooking oil, by leximin")
    assert "2 / 3" in page and "25 %" in page and "80 %" in page


def test_a_benefit_that_the_policy_no_longer_knows_is_left_out() -> None:
    assert owed_part(figures(left=[debt("Alder", "undersupplied", "2008-04", 900, 900) | {"benefit": "soap"}])) is None
