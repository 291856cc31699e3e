"""What the generator writes is what `import` takes: the same columns, and nothing its checks find fault with."""

from __future__ import annotations

import csv
import re
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from evenhand.core.benefit import Benefit, CarryRule
from evenhand.core.period import month
from evenhand.core.schema import Table
from evenhand.flow.network import tables as schemas
from evenhand.flow.network.checks import check_areas, check_lanes, check_nodes
from evenhand.flow.network.stock import check_stock
from evenhand.simulation import tables as example
from evenhand.simulation.people import OCCUPATIONS
from evenhand.simulation.population import Country, generate, write_csv
from evenhand.simulation.shocks import flood, stock

FOLDER = Path(__file__).parents[2] / "examples" / "dprk-2008"
TABLES = example.load(FOLDER)
LAPSE = CarryRule(0, "lapse")
BENEFITS = {
    good.id: Benefit(
        good.id, good.id, "good", good.unit, 12 if good.id == "shoes" else 1, good.base_per_unit, 1, LAPSE, LAPSE
    )
    for good in TABLES.goods
}


@pytest.fixture(scope="module")
def country() -> Country:
    return generate(24_000, 2008, TABLES)


def rows(table: pa.Table, schema: Table, folder: Path) -> list[dict[str, Any]]:
    """The table as import reads it: text cells, None for an empty one, each fitting its column."""
    path = folder / f"{schema.name}.csv"
    write_csv(table, path)
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        read: list[dict[str, Any]] = [{k: v or None for k, v in row.items()} for row in reader]
        assert set(reader.fieldnames or ()) <= set(schema.names)
    required = {column.name for column in schema.columns if column.required}
    assert required <= set(read[0])
    seen = set()
    for number, row in enumerate(read, 1):
        assert all(row[name] is not None for name in required)
        for column in schema.columns:
            value = row.setdefault(column.name, None)
            if value is not None:
                assert not column.pattern or re.fullmatch(column.pattern, value)
                assert not column.choices or value in column.choices
                assert column.type != "text" or column.maximum is None or len(value) <= column.maximum
        key = tuple(row[name] for name in schema.key)
        assert key not in seen
        seen.add(key)
        row["row"] = number
    return read


def test_areas_points_depots_and_lanes_pass_the_checks_of_import(country: Country, tmp_path: Path) -> None:
    areas = rows(country.areas, schemas.AREAS, tmp_path)
    assert check_areas(areas, {}).faults == []
    pcodes = {row["pcode"] for row in areas}
    points = rows(country.points, schemas.POINTS, tmp_path)
    depots = rows(country.depots, schemas.DEPOTS, tmp_path)
    assert check_nodes(points, {}, "point").faults == [] and check_nodes(depots, {}, "node").faults == []
    assert {row["area"] for row in points + depots} <= pcodes
    kinds = {row["point"]: "point" for row in points} | {row["node"]: row["kind"] for row in depots}
    lanes = check_lanes(rows(country.lanes, schemas.LANES, tmp_path), {}, kinds, BENEFITS)
    assert lanes.faults == [] and len(lanes.add) == country.lanes.num_rows
    newest = {typed[0]: typed for typed in lanes.add}
    after = check_lanes(rows(flood(TABLES, country.sites), schemas.LANES, tmp_path), newest, kinds, BENEFITS)
    assert after.faults == [] and after.known == 0 and after.add
    assert {typed[0] for typed in after.add} <= newest.keys()
    # Nothing but the capacity or whether it is open changed.
    assert all(typed[:4] + typed[5:6] == newest[typed[0]][:4] + newest[typed[0]][5:6] for typed in after.add)


def test_stock_passes_the_checks_of_import_month_after_month(country: Country, tmp_path: Path) -> None:
    due = {"grain": 400_000_001, "oil": 13_000_007, "eggs": 90_001, "chicken": 6_001, "shoes": 48_005}
    lots: dict = {}
    for number, period in enumerate(("2008-03", "2008-04", "2008-05"), 1):
        table = stock(TABLES, country.sites, number, month(period), due, {})
        found, new, faults = check_stock(rows(table, schemas.STOCK, tmp_path), lots, BENEFITS)
        assert faults == [] and len(found) == table.num_rows
        lots |= new
        laid = {good: sum(row.quantity for row in found if row.benefit == good) for good in due}
        assert all(laid[g.id] >= due[g.id] * g.stock_percent[number - 1] // 100 for g in TABLES.goods)


def test_lanes_are_sized_for_what_the_policy_makes_due() -> None:
    """goods.csv says what 1,000 people need so that lanes fit; the policy says what is due. They must stay close."""
    policy = tomllib.loads((FOLDER / "policy.toml").read_text(encoding="utf-8"))
    params = {name: param["values"][0]["value"] for name, param in policy["param"].items()}
    tiers = {value for name, value in params.items() if name.startswith("grain_")}
    with (FOLDER / "grain_tiers.csv").open(encoding="utf-8") as file:
        published = {int(row["g_per_day"]) for row in csv.DictReader(line for line in file if not line.startswith("#"))}
    assert tiers == published
    need = {good.id: Fraction(good.need_per_thousand) for good in TABLES.goods}
    due = {"oil": Fraction(params["oil_each"] * 31), "eggs": Fraction(params["egg_each"] * 1000)}
    due["shoes"] = 1000 * Fraction(params["shoes_other"]) * Fraction(103, 100)  # and three in a hundred do heavy work
    for good, amount in due.items():
        assert amount <= need[good] <= amount * Fraction(11, 10), good
    assert set(OCCUPATIONS) == set(policy["category"]["occupation"])
    assert {good.id for good in TABLES.goods} == {b for b, rule in policy["benefit"].items() if rule["kind"] == "good"}
