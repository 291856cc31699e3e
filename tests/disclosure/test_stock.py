"""Stock from receipt to hand, and small groups."""

from __future__ import annotations

from disclosure.months import FILLS, country, month, villages

from evenhand.flow.disclosure.month import Figures
from evenhand.flow.disclosure.stock import stock_of
from evenhand.flow.disclosure.suppression import note, small_groups, smallest_group

ROWS = {
    "nodes": [("port", "entry"), ("alder", "point")],
    "balances": [
        ("node:port", "grain", 1_000, 9_000, 8_000, 2_000),
        ("transit:alder", "grain", 0, 8_000, 8_000, 0),
        ("node:alder", "grain", 500, 7_500, 6_500, 1_500),
        ("node:alder", "oil", 7, 0, 0, 7),
    ],
    "movements": [
        ("receipt", "source:gift", "node:port", "grain", "l1", 9_000),
        ("load", "node:port", "transit:alder", "grain", "l1", 8_000),
        ("arrive", "transit:alder", "node:alder", "grain", "l1", 7_500),
        ("loss", "transit:alder", "loss:alder", "grain", "l1", 500),
        ("redeem", "node:alder", "households:alder", "grain", "l1", 6_000),
        ("over-issue", "node:alder", "households:alder", "grain", "l1", 500),
    ],
    "totals": [("alder", "grain", 20, 80, 1, 0, 0, 15, 14, 1)],
}


def test_both_sides_of_the_ledger_are_summed() -> None:
    stock = stock_of(Figures(month("2008-03", ROWS)), "grain")
    assert (stock.opening, stock.received, stock.total) == (1_500, 9_000, 10_500)
    assert (stock.depots, stock.lost, stock.points) == (2_000, 500, 1_500)
    assert (stock.given, stock.from_reserve, stock.in_hands) == (6_000, 500, 6_500)
    assert stock.arrived == 8_000
    assert stock.uncollected == 14 * 500 - 6_000
    assert stock.spare == 8_000 - 7_000 - 500
    assert stock.balanced


def test_stock_that_vanished_does_not_balance() -> None:
    rows = {**ROWS, "balances": [("node:alder", "grain", 500, 7_500, 6_500, 1_400), *ROWS["balances"][:2]]}
    assert not stock_of(Figures(month("2008-03", rows)), "grain").balanced


def test_the_country_balances_in_every_month_and_benefit() -> None:
    for period in FILLS:
        figures = Figures(country(period))
        for name in figures.month.benefits:
            assert stock_of(figures, name).balanced, (period, name)


def test_small_groups_are_found_in_rungs_and_points() -> None:
    made = villages("2008-03", {"alder": 1, "birch": 1, "cedar": 1})
    ladders, totals = made.tables["ladders"], made.tables["totals"]
    assert small_groups(ladders, totals, 40) == []
    found = small_groups(ladders, totals, 41)
    assert {(g.point, g.rung) for g in found} == {(p, r) for p in ("alder", "birch", "cedar") for r in (0, 1, 2)}
    assert smallest_group(ladders) == 40
    assert "has 40" in note(ladders, totals, 20)
    assert "still stand for fewer (the smallest for 40)" in note(ladders, totals, 41)
