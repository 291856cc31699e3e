"""The engine's integers against exact arithmetic: every operation, every rounding mode, negatives and blanks."""

import csv
import random
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from entitlement.rich_policy import MODES, policy_text

from evenhand.engines.duckdb import DuckDB
from evenhand.flow.entitlement import plan, program_for
from evenhand.flow.policy import load, period_for
from evenhand.flow.policy.evaluate import Household

HOUSEHOLD = ("card", "second", "rent", "rooms", "plot", "stove", "debt")
DAYS = [(date(2024, 2, 29), "28 Feb"), (date(2021, 3, 1), "1 Mar"), (date(2024, 3, 15), "1 Mar")]
MEMBER = ("birth_date", "occupation", "income", "ill", "since")


def blank(chance: random.Random, value: object) -> object:
    return None if chance.random() < 0.06 else value


def some_household(chance: random.Random) -> tuple[dict[str, object], list[dict[str, object]]]:
    given = {
        "card": blank(chance, chance.choice(["AAY", "PHH", "none", "none", "unlisted"])),
        "second": blank(chance, chance.choice(["AAY", "PHH", "none"])),
        "rent": blank(
            chance, Fraction(chance.randint(-20000, 100000), 100) if chance.random() < 0.9 else Fraction(2000)
        ),
        "rooms": blank(chance, Fraction(chance.randint(0, 4))),
        "plot": blank(chance, Fraction(chance.randint(0, 100), 100)),
        "stove": blank(chance, chance.random() < 0.4),
        "debt": blank(chance, Fraction(chance.randint(0, 99900), 100)),
    }
    members = []
    for _ in range(chance.choice([0, 1, 1, 2, 3, 4, 6])):
        born = date(2024, 2, 29) - timedelta(
            days=chance.choice([0, 1, 16 * 365 + 3, 16 * 365 + 4, 16 * 365 + 5, 900, 8000])
        )
        members.append(
            {
                "birth_date": blank(chance, born),
                "occupation": blank(chance, chance.choice(["miner", "home", "pupil", "juggler"])),
                "income": blank(chance, Fraction(chance.randint(0, 200000), 100)),
                "ill": blank(chance, chance.random() < 0.3),
                "since": blank(chance, date(2023, 2, 28) + timedelta(days=chance.randint(0, 400))),
            }
        )
    return given, members


def cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}"
    return str(value)


def write(folder: Path, households: list[tuple[dict[str, object], list[dict[str, object]]]]) -> dict[str, Path]:
    paths = {name: folder / f"{name}.csv" for name in ("household", "member", "point")}
    with paths["household"].open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["household", "point", *HOUSEHOLD])
        for number, (given, _) in enumerate(households):
            rows.writerow([f"h{number}", f"P{number % 3}", *(cell(given[name]) for name in HOUSEHOLD)])
    with paths["member"].open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["household", "member", *MEMBER])
        for number, (_, members) in enumerate(households):
            for position, member in enumerate(members):
                rows.writerow([f"h{number}", position, *(cell(member[name]) for name in MEMBER)])
    paths["point"].write_text("point,area\nP0,A\nP1,A\nP2,B\n")
    return paths


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("day", "leap"), DAYS)
def test_engine_and_exact_arithmetic_agree(tmp_path: Path, mode: str, day: date, leap: str) -> None:
    policy = load(policy_text(mode, leap), "rich.toml")
    period = period_for(policy, day)
    chance = random.Random(f"{mode}{day}")
    households = [some_household(chance) for _ in range(150)]
    # Money in the file is dollars and cents; in the tree it is cents.
    found = DuckDB(threads=2).rows(
        plan(policy, period, outputs=("wide", "entitlement", "reasons", "prices"), absent={"garden"}),
        write(tmp_path, households),
    )
    program = program_for(policy, period)
    wide = found["wide"].to_pylist()
    reasons = {(row["household"], row["entitlement"]): row["reasons"] for row in found["reasons"].to_pylist()}
    tiers = {(row["household"], row["benefit"]): row["tier"] for row in found["entitlement"].to_pylist()}
    prices = {
        (row["household"], row["entitlement"]): (row["price"], row["away"]) for row in found["prices"].to_pylist()
    }
    decided = undecided = priced = 0
    for number, (given, members) in enumerate(households):
        key = f"h{number}"
        cents = {**given, **{name: given[name] and given[name] * 100 for name in ("rent", "debt")}}
        people = [{**m, "income": None if m["income"] is None else m["income"] * 100} for m in members]
        due = Household(program, cents, people).due()
        row = wide[number]
        assert row["household"] == key
        first_missing = next((one.missing for one in due.values() if one.missing), "")
        assert row["undecided"] == first_missing, (key, given, members)
        for name, one in due.items():
            assert row[name] == one.amount, (key, name, given, members)
            if one.amount is None:
                undecided += 1
                assert (key, name) not in reasons
                continue
            decided += 1
            assert row.get(f"{name}_floor", 0) == one.floor
            assert reasons[key, name] == list(one.reasons)
            assert tiers[key, name] == one.tier
            assert prices.get((key, name), (None, None)) == (one.price, one.away)
            priced += one.price is not None
    assert decided > 100
    assert undecided > 100
    assert priced > 8
