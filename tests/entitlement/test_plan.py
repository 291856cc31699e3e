"""What is due, by household, class and point: four households in Alder and Birch under the example's policy."""

from collections import defaultdict
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from policy.samples import GRAIN

from evenhand.core.errors import UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.entitlement import plan
from evenhand.flow.policy import load, period_for, run_tests, untouched_rows

EXAMPLE = Path(__file__).parents[2] / "examples" / "dprk-2008" / "policy.toml"

HOUSEHOLDS = "household,point\nh4,Alder\nh1,Birch\nh2,Alder\nh3,Alder\n"
MEMBERS = """household,member,birth_date,sex,occupation
h1,1,1970-05-02,m,miner
h1,2,1972-11-20,f,home
h2,1,2005-09-30,f,preschool
h2,2,1980-01-01,f,worker
h3,1,,f,preschool
h3,2,1980-01-01,f,worker
"""
POINTS = "point,area\nAlder,North\nBirch,South\n"


def result(
    folder: Path, text: str, households: str, members: str, points: str = POINTS
) -> dict[str, list[dict[str, Any]]]:
    files = {}
    for name, content in (("household", households), ("member", members), ("point", points)):
        files[name] = folder / f"{name}.csv"
        files[name].write_text(content)
    policy = load(text, "policy.toml")
    found = DuckDB(threads=2).rows(plan(policy, period_for(policy, date(2024, 3, 1))), files)
    return {name: table.to_pylist() for name, table in found.items()}


@pytest.fixture
def example(tmp_path: Path) -> dict[str, list[dict[str, Any]]]:
    return result(tmp_path, EXAMPLE.read_text(), HOUSEHOLDS, MEMBERS)


def test_the_example_holds_its_own_tests_and_reaches_every_row() -> None:
    policy = load(EXAMPLE.read_text(), str(EXAMPLE))
    results = run_tests(policy)
    assert [one.failures for one in results] == [()] * len(results)
    assert untouched_rows(policy, results) == []
    assert policy.divided == ("grain", "oil", "eggs", "chicken", "shoes")


def test_what_is_due_is_sorted_by_point_household_and_benefit(example: dict[str, list[dict[str, Any]]]) -> None:
    keys = [(row["point"], row["household"], row["benefit"]) for row in example["entitlement"]]
    assert keys[:6] == [("Alder", "h2", b) for b in ("grain", "oil", "eggs", "chicken", "shoes", "clothing")]
    assert [key[:2] for key in keys] == sorted(key[:2] for key in keys)


def test_amount_floor_tier_and_reasons_of_one_household(example: dict[str, list[dict[str, Any]]]) -> None:
    rows = {(row["household"], row["benefit"]): row for row in example["entitlement"]}
    grain = rows["h1", "grain"]
    assert (grain["amount"], grain["floor"], grain["tier"]) == (31 * 1200, 31 * 600, 1)
    assert grain["reasons"] == ["grain_daily.miner", "grain_daily.home"]
    assert (rows["h1", "eggs"]["tier"], rows["h2", "eggs"]["tier"]) == (2, 2)
    assert rows["h1", "shoes"]["amount"] == 3 + 2
    assert rows["h1", "shoes"]["floor"] == 0


def test_what_cannot_be_decided_is_listed_and_has_no_row(example: dict[str, list[dict[str, Any]]]) -> None:
    assert example["undecided"] == [{"household": "h3", "input": "birth_date"}, {"household": "h4", "input": "member"}]
    assert [row["benefit"] for row in example["entitlement"] if row["household"] == "h3"] == [
        "oil",
        "chicken",
        "shoes",
        "clothing",
    ]
    assert not [row for row in example["entitlement"] if row["household"] == "h4"]


def test_classes_sum_to_what_is_due_in_every_area(example: dict[str, list[dict[str, Any]]]) -> None:
    area = {"Alder": "North", "Birch": "South"}
    due: dict[tuple[str, str], int] = defaultdict(int)
    for row in example["entitlement"]:
        due[area[row["point"]], row["benefit"]] += row["amount"]
    classed: dict[tuple[str, str], int] = defaultdict(int)
    for row in example["classes"]:
        classed[row["area"], row["benefit"]] += row["amount"]
    assert classed == due
    rows = {(row["area"], row["row"]): row for row in example["classes"]}
    assert (rows["South", "grain_daily.miner"]["members"], rows["South", "grain_daily.miner"]["households"]) == (
        1,
        None,
    )
    chicken = rows["North", "chicken_ration.otherwise"]
    assert (chicken["households"], chicken["members"], chicken["amount"]) == (2, 4, 2)
    assert not [row for row in example["classes"] if row["row"] == "entitlement"]
    keys = [(row["area"], row["benefit"], row["row"]) for row in example["classes"]]
    assert keys == sorted(set(keys))


def test_a_formula_that_cannot_be_taken_apart_is_one_class(tmp_path: Path) -> None:
    text = GRAIN.replace('amount = "due"', 'amount = "greatest(due, 1)"')
    members = "household,member,income\na,1,1\na,2,1\nb,1,1\n"
    found = result(tmp_path, text, "household,point,card\na,Alder,PHH\nb,Alder,none\n", members)
    assert found["classes"] == [
        {"area": "North", "benefit": "grain", "row": "entitlement", "households": 2, "members": 3, "amount": 13_000}
    ]


def test_two_entitlements_of_one_benefit_are_one_row(tmp_path: Path) -> None:
    more = '[[entitlement]]\nname = "extra"\nbenefit = "grain"\namount = "phh * size"\n[[test]]'
    members = "household,member,income\na,1,1\na,2,1\n"
    found = result(tmp_path, GRAIN.replace("[[test]]", more), "household,point,card\na,Alder,AAY\n", members)
    (row,) = found["entitlement"]
    assert (row["amount"], row["floor"], row["reasons"]) == (47_000, 21_000, ["due.aay"])
    assert found["wide"][0] == {
        "household": "a",
        "grain": 35_000,
        "grain_floor": 21_000,
        "extra": 12_000,
        "undecided": "",
    }
    assert sum(line["amount"] for line in found["classes"]) == 47_000


def test_a_plan_by_point_wants_points() -> None:
    policy = load(GRAIN, "grain.toml")
    with pytest.raises(UsageError):
        plan(policy, period_for(policy, date(2024, 1, 1)), points=False)


def test_amounts_of_ten_to_the_fifteenth_stay_exact(tmp_path: Path) -> None:
    dollar = '[param.dollar]\nunit = "USD/kg"\nsource = "x"\nvalues = [{from = 2013-07-05, value = 1}]\n'
    kilo = '[step.kilo]\nis = "rent / dollar"\nround = {to = "1 g", mode = "half-up"}\n[step.large]'
    text = GRAIN.replace("range = [0, 5000]", "range = [0, 10000000000000]").replace("phh * size", "kilo")
    found = result(tmp_path, text.replace("[step.large]", dollar + kilo),
                   "household,point,card,rent\na,Alder,PHH,9999999999999.99\n", "household,member,income\n")  # fmt: skip
    assert found["wide"][0]["grain"] == int(Fraction("9999999999999.99") * 1000)
