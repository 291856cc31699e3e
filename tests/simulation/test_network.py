"""The generated network: lanes that lead somewhere, room for a full month, and the shocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from evenhand.core.period import month
from evenhand.simulation import tables as example
from evenhand.simulation.network import depot_people
from evenhand.simulation.population import Country, generate
from evenhand.simulation.shocks import flood, recede, stock

TABLES = example.load(Path(__file__).parents[2] / "examples" / "dprk-2008")
GOODS = {good.id: good for good in TABLES.goods}
MARCH = month("2008-03")


@pytest.fixture(scope="module")
def country() -> Country:
    return generate(24_000, 2008, TABLES)


def units(text: str) -> tuple[int, str]:
    number, unit = text.split(" ")
    return int(number), unit


def test_lanes_lead_from_known_nodes_to_known_nodes_once(country: Country) -> None:
    kinds = dict(zip(country.depots["node"].to_pylist(), country.depots["kind"].to_pylist(), strict=True))
    points = set(country.points["point"].to_pylist())
    ids = country.lanes["lane"].to_pylist()
    assert len(ids) == len(set(ids))
    for row in country.lanes.to_pylist():
        assert kinds[row["from"]] == ("entry" if row["to"] in kinds else "depot")
        assert row["to"] in kinds or row["to"] in points
        assert row["open"] == "yes" and row["cost"] > 0
        assert (row["commodity"] is None) == (row["capacity"] is None)
        if row["capacity"]:
            number, unit = units(row["capacity"])
            assert number > 0 and unit == GOODS[row["commodity"]].unit


def test_every_point_has_its_depot_and_some_have_two(country: Country) -> None:
    sources: dict[str, set[str]] = {}
    for row in country.lanes.to_pylist():
        if row["to"].startswith("P"):
            sources.setdefault(row["to"], set()).add(row["from"])
    assert set(sources) == set(country.points["point"].to_pylist())
    two = sum(len(depots) == 2 for depots in sources.values())
    assert 3 <= two <= country.points.num_rows // 2
    assert all(len(depots) <= 2 for depots in sources.values())


def test_the_widest_lanes_alone_carry_a_full_month(country: Country) -> None:
    people = depot_people(country.sites)
    assert sum(people.values()) == 24_000 and len(people) == 10
    for depot, count in people.items():
        for good in TABLES.goods:
            rooms = [
                units(row["capacity"])[0]
                for row in country.lanes.to_pylist()
                if row["to"] == depot and row["commodity"] == good.id
            ]
            assert max(rooms) * 1000 >= good.need_per_thousand * count * 1.2


def totals(rows: list[dict]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        number, unit = units(row["quantity"])
        assert unit == GOODS[row["commodity"]].unit and number > 0
        found[row["commodity"]] = found.get(row["commodity"], 0) + number * GOODS[row["commodity"]].base_per_unit
    return found


DUE = {"grain": 410_000_000, "oil": 14_000_000, "eggs": 90_000, "chicken": 6_000, "shoes": 48_000}


def test_the_first_month_lays_in_a_little_more_than_is_due(country: Country) -> None:
    rows = stock(TABLES, country.sites, 1, MARCH, DUE, {}).to_pylist()
    for good, laid in totals(rows).items():
        assert DUE[good] * 1.03 <= laid <= DUE[good] * 1.03 + (4 * 30 + 1) * GOODS[good].base_per_unit
    assert {row["node"] for row in rows} == {"E-NAMPO", "E-CHONGJIN", "E-SINUIJU"}
    assert len({(row["lot"], row["commodity"]) for row in rows}) == len(rows)
    assert all(row["best_before"] is None or row["best_before"] > MARCH.last for row in rows)


def test_later_months_count_in_what_is_left_over(country: Country) -> None:
    april = month("2008-04")
    bare = totals(stock(TABLES, country.sites, 2, april, DUE, {}).to_pylist())
    for good, laid in bare.items():
        percent = GOODS[good].stock_percent[1]
        assert 0 <= laid - DUE[good] * percent // 100 < GOODS[good].base_per_unit
    less = totals(stock(TABLES, country.sites, 2, april, DUE, {"grain": 10_000_000, "eggs": 10**9}).to_pylist())
    assert less["grain"] == bare["grain"] - 10_000_000 and "eggs" not in less
    assert less["oil"] == bare["oil"]


def test_stock_asks_for_nothing_that_is_not_due_and_no_month_before_the_first(country: Country) -> None:
    table = stock(TABLES, country.sites, 1, MARCH, {"grain": 5_000}, {})
    assert set(table["commodity"].to_pylist()) == {"grain"}
    assert stock(TABLES, country.sites, 1, MARCH, {}, {}).num_rows == 0
    with pytest.raises(ValueError):
        stock(TABLES, country.sites, 0, MARCH, DUE, {})


def test_the_flood_changes_lanes_of_two_provinces_and_goes_back(country: Country) -> None:
    before = {row["lane"]: row for row in country.lanes.to_pylist()}
    changed = flood(TABLES, country.sites).to_pylist()
    assert {row["to"] for row in changed} == {"D-HYESAN", "D-WONSAN"}
    assert {row["from"] for row in changed if row["open"] == "no"} == {"E-CHONGJIN", "E-NAMPO"}
    for row in changed:
        old = before[row["lane"]]
        assert (row["from"], row["to"], row["commodity"], row["cost"]) == (
            old["from"], old["to"], old["commodity"], old["cost"],
        )  # fmt: skip
        if row["open"] == "yes":
            assert 0 < units(row["capacity"])[0] < units(old["capacity"])[0]
    thin = [row for row in changed if row["to"] == "D-HYESAN" and row["open"] == "yes"]
    assert {row["from"] for row in thin} == {"E-SINUIJU"}
    people = depot_people(country.sites)["D-HYESAN"]
    for row in thin:
        assert units(row["capacity"])[0] * 1000 <= GOODS[row["commodity"]].need_per_thousand * people * 0.25 + 1000
    assert recede(TABLES, country.sites).to_pylist() == [before[row["lane"]] for row in changed]
