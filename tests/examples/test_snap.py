"""SNAP of fiscal year 2026: 300 households to the cent, and the rule worked a second time in plain integers."""

from __future__ import annotations

import csv
import os
import random
import re
from datetime import date
from pathlib import Path

import pytest

from evenhand.actions.policy import read_policy, run_policy
from evenhand.wiring import engine

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "examples" / "us-snap-2026" / "policy.toml"
ANSWERS = Path(os.environ.get("EVENHAND_SHARED", ROOT.parent / "shared")) / "data" / "snap"

HEAD = (
    "household,state,monthly_earned,monthly_social_security,monthly_other_income,monthly_rent,utility_allowance,"
    "excess_medical_deduction,categorically_eligible"
)
STATES = re.findall(
    "..",
    "ALAKAZARCACOCTDEDCFLGAHIIDILINIAKSKYLAMEMDMAMIMNMSMOMTNENVNHNJNMNYNCNDOHOKORPARISCSDTNTXUTVTVAWAWVWIWY",
)
MAXIMUM = {
    "48": (298, 546, 785, 994, 1183, 1421, 1571, 1789, 218),
    "AK": (385, 707, 1015, 1285, 1529, 1838, 2031, 2314, 282),
    "HI": (506, 929, 1334, 1689, 2010, 2415, 2668, 3040, 371),
}
STANDARD = {"48": (209, 209, 209, 223, 261, 299), "AK": (358,) * 5 + (374,), "HI": (295,) * 4 + (300, 344)}
POVERTY = {"48": (15650, 5500), "AK": (19550, 6880), "HI": (17990, 6330)}
"""2025 poverty guidelines: one person, each further person, dollars a year."""
CAP = {"48": 744, "AK": 1189, "HI": 1003}


def run(folder: Path, households: Path, members: Path, policy: Path = POLICY) -> dict[str, str]:
    """The column `snap` of `policy run` in January 2026."""
    out = folder / "due.csv"
    run_policy(engine(), read_policy(policy), date(2026, 1, 1), households, members, out)
    with out.open(newline="") as file:
        return {row["household"]: row["snap"] for row in csv.DictReader(file)}


with_answers = pytest.mark.skipif(
    not ANSWERS.is_dir(),
    reason=f"the 300 answers are not at {ANSWERS}; EVENHAND_SHARED names the folder above data/snap",
)


@with_answers
def test_the_300_answers_of_another_program_to_the_cent(tmp_path: Path) -> None:
    due = run(tmp_path, ANSWERS / "households.csv", ANSWERS / "members.csv")
    with (ANSWERS / "answers.csv").open(newline="") as file:
        expected = {row["household"]: str(round(float(row["snap"]) * 100)) for row in csv.DictReader(file)}
    assert len(expected) == 300
    assert due == expected


@with_answers
def test_the_statutes_of_two_states_change_one_household_of_the_300(tmp_path: Path) -> None:
    files = ANSWERS / "households.csv", ANSWERS / "members.csv"
    program, statutes = run(tmp_path, *files), run(tmp_path, *files, POLICY.with_name("state-law.toml"))
    assert {name: (program[name], due) for name, due in statutes.items() if due != program[name]} == {
        "1643": ("9500", "0")
    }


def limit(region: str, size: int, percent: int) -> int:
    """A monthly income limit in dollars: rounded up for each size to eight, then by rounded increments."""
    first, more = POVERTY[region]
    whole = -(-(first + more * (min(size, 8) - 1)) * percent // 1200)
    return whole + max(0, size - 8) * -(-more * percent // 1200)


def by_hand(row: list[str], ages: list[int]) -> int:
    """The allotment in cents, in integers of a hundredth of a cent: no step of the policy file is used."""
    state, categorical = row[1], row[8] == "true"
    earned, pension, other, rent, utilities, medical = (int(text.replace(".", "")) * 100 for text in row[2:8])
    region, size, elderly = state if state in ("AK", "HI") else "48", len(ages), max(ages) >= 60
    gross = earned + pension + other
    adjusted = max(0, gross - earned // 5 - STANDARD[region][min(size, 6) - 1] * 10_000 - medical)
    shelter = max(0, rent + utilities - adjusted // 2)
    net = max(0, adjusted - (shelter if elderly else min(shelter, CAP[region] * 10_000)))
    net = (net + 5_000) // 10_000
    within = net <= limit(region, size, 100) and (elderly or gross <= limit(region, size, 130) * 10_000)
    if not (categorical or within):
        return 0
    least = {"NJ": 95, "DC": 30}.get(state, {"AK": 31, "HI": 40}.get(state, 24) if size <= 2 else 0)
    if state == "MD" and max(ages) >= 62:
        least = 40
    maximum = MAXIMUM[region][min(size, 8) - 1] + max(0, size - 8) * MAXIMUM[region][8]
    return 100 * max(least, maximum - -(-3 * net // 10))


def test_every_state_size_and_side_of_each_rule(tmp_path: Path) -> None:
    rows: list[list[str]] = []
    people: list[list[int]] = []
    number = 7
    for state in STATES:
        for size in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12):
            for oldest in (30, 59, 60, 61, 62):
                number = (number * 1_103_515_245 + 12_345) % 2**31  # a fixed sequence: the same households every time
                cents = [
                    number % (150_000 + 60_000 * size),
                    number // 7 % 90_000,
                    number // 11 % 70_000,
                    number // 13 % 260_000,
                ]
                if size in (2, 9) and oldest in (59, 60):  # on a gross limit, and a cent above it
                    region = state if state in ("AK", "HI") else "48"
                    cents[:3] = [0, 0, limit(region, size, 130) * 100 + (oldest == 60)]
                money = [*cents, 57_200 * (number % 2), 4_050 * (oldest >= 60)]
                name = f"h{len(rows)}"
                rows.append(
                    [name, state, *(f"{c // 100}.{c % 100:02d}" for c in money), "true" if number % 5 == 0 else "false"]
                )
                people.append([oldest] + [number // (17 + i) % 59 for i in range(size - 1)])
    households, members = tmp_path / "households.csv", tmp_path / "members.csv"
    households.write_text("\n".join([HEAD, *(",".join(row) for row in rows)]) + "\n")
    members.write_text("household,member,age\n" + "".join(f"{row[0]},{row[0]}-{i},{age}\n" for row, ages in
                       zip(rows, people, strict=True) for i, age in enumerate(ages)))  # fmt: skip
    expected = {row[0]: str(by_hand(row, ages)) for row, ages in zip(rows, people, strict=True)}
    assert sum(value == "0" for value in expected.values()) > 300
    assert len(set(expected.values())) > 300
    assert run(tmp_path, households, members) == expected


def test_households_on_both_sides_of_every_limit(tmp_path: Path) -> None:
    chance = random.Random(2026)
    rows: list[list[str]] = []
    people: list[list[int]] = []
    for number in range(8_000):
        state, size = chance.choice(STATES), chance.choice([1, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 20])
        region = state if state in ("AK", "HI") else "48"
        deduction, cents = STANDARD[region][min(size, 6) - 1] * 100, chance.choice([-51, -50, -1, 0, 1, 49, 50])
        earned = pension = other = rent = utilities = medical = 0
        case = number % 5
        if case == 0:  # the gross limit, earned
            earned = limit(region, size, 130) * 100 + chance.choice([-1, 0, 1])
        elif case == 1:  # the net limit, where it rounds
            other = limit(region, size, 100) * 100 + deduction + cents
        elif case == 2:  # the cap on shelter
            other = chance.randrange(deduction, 400_000)
            rent = (other - deduction) // 2 + CAP[region] * 100 + chance.choice([-1, 0, 1])
        elif case == 3:  # the minimums, of the nation and of states
            maximum = MAXIMUM[region][min(size, 8) - 1] + max(0, size - 8) * MAXIMUM[region][8]
            due = chance.choice([0, 1, 23, 24, 25, 30, 31, 39, 40, 41, 94, 95, 96])
            pension = max(0, (maximum - due) * 1000 // 3 + deduction + chance.randrange(-200, 200))
        else:
            earned, pension, other = (chance.randrange(0, 200_000) for _ in range(3))
            rent, utilities, medical = (chance.choice([0, chance.randrange(0, 150_000)]) for _ in range(3))
        money = [f"{c // 100}.{c % 100:02d}" for c in (earned, pension, other, rent, utilities, medical)]
        rows.append([f"h{number}", state, *money, chance.choice(["true", "false"])])
        people.append([chance.choice([18, 59, 60, 61, 62]), *(chance.randrange(0, 59) for _ in range(size - 1))])
    households, members = tmp_path / "households.csv", tmp_path / "members.csv"
    households.write_text("\n".join([HEAD, *(",".join(row) for row in rows)]) + "\n")
    listed = [f"{row[0]},{at},{age}" for row, ages in zip(rows, people, strict=True) for at, age in enumerate(ages)]
    members.write_text("\n".join(["household,member,age", *listed]) + "\n")
    expected = {row[0]: str(by_hand(row, ages)) for row, ages in zip(rows, people, strict=True)}
    assert run(tmp_path, households, members) == expected
