"""The certificate check accepts what is as equal as can be and nothing else."""

from __future__ import annotations

import copy
import random
from fractions import Fraction
from pathlib import Path

import pytest
from checker_kit.cases import Rows, case_of, rows_of, split, write
from checker_kit.filling import Instance, solve
from evenhand_verify.fairness import CHECKS
from evenhand_verify.main import main
from evenhand_verify.result import Malformed, run_check

# Alder can only be reached over a narrow lane; Birch and Cedar share what is left at Mill.
VALLEY = Instance(
    supply={"Mill": 100, "Port": 30},
    lanes={"ma": ("Mill", "Alder", 10), "mb": ("Mill", "Birch", None), "mc": ("Mill", "Cedar", None),
           "pm": ("Port", "Mill", None)},
    ladders={"Alder": [20, 20], "Birch": [40, 40], "Cedar": [40, 60]},
    depots=["Mill", "Port"],
)  # fmt: skip


def failing(rows: Rows) -> list[str]:
    case = case_of(rows)
    return [check.name for check in CHECKS if not run_check(check, case).passed]


@pytest.fixture
def valley() -> Rows:
    return rows_of({"grain": copy.deepcopy(VALLEY)})


def test_the_fair_answer_is_accepted(valley: Rows) -> None:
    assert failing(valley) == []
    levels = {row[0]: Fraction(row[3], row[4]) + row[2] for row in valley["levels"]}
    assert levels == {"Alder": Fraction(1, 2), "Birch": Fraction(7, 5), "Cedar": Fraction(7, 5)}


def test_a_level_raised_without_its_block_fails(valley: Rows) -> None:
    valley["levels"][0][3:5] = [3, 4]
    assert "allocation-levels" in failing(valley)


def test_a_quantity_that_is_not_its_level_fails(valley: Rows) -> None:
    valley["levels"][0][5] += 1
    assert {"allocation-levels", "allocation-flows"} <= set(failing(valley))


def test_a_changed_flow_fails(valley: Rows) -> None:
    for index in range(len(valley["flows"])):
        for change in (1, -1):
            rows = copy.deepcopy(valley)
            rows["flows"][index][2] += change
            assert failing(rows), (index, change)


def test_a_flow_on_no_lane_or_another_goods_lane_fails(valley: Rows) -> None:
    rows = copy.deepcopy(valley)
    rows["flows"].append(["nowhere", "grain", 0, 1])
    assert failing(rows) == ["allocation-flows"]
    valley["flows"].append(["grain:ma", "oil", 0, 1])
    assert failing(valley) == ["allocation-flows"]


def test_a_missing_row_fails_everywhere(valley: Rows) -> None:
    for table in ("levels", "flows", "blocks", "certificate"):
        for index in range(len(valley[table])):
            rows = copy.deepcopy(valley)
            del rows[table][index]
            assert failing(rows), (table, index)


def test_surplus_rows_fail(valley: Rows) -> None:
    for table, row in (("levels", ["Alder", "oil", 0, 0, 1, 0, 1]), ("levels", ["Mill", "grain", 0, 0, 1, 0, 1]),
                       ("blocks", [9, 0, 0, 1]), ("certificate", ["Delta", "grain", 0])):  # fmt: skip
        rows = copy.deepcopy(valley)
        rows[table].append(row)
        assert failing(rows), (table, row)


def test_swapped_blocks_fail(valley: Rows) -> None:
    for first in range(len(valley["certificate"])):
        for second in range(first):
            rows = copy.deepcopy(valley)
            a, b = rows["certificate"][first], rows["certificate"][second]
            if a[2] != b[2]:
                a[2], b[2] = b[2], a[2]
                assert failing(rows), (a, b)


def two_points(level: Fraction, x: dict[str, int], flow: dict[str, int]) -> Rows:
    rows = rows_of({"grain": Instance(
        {"Mill": 10}, {"a": ("Mill", "Alder", None), "b": ("Mill", "Birch", None)},
        {"Alder": [10], "Birch": [10]}, ["Mill"],
    )})  # fmt: skip
    rows["levels"] = [[p, "grain", *split(Fraction(q, 10)), q, 1] for p, q in sorted(x.items())]
    rows["flows"] = [[f"grain:{lane}", "grain", q, 1] for lane, q in sorted(flow.items())]
    values = sorted({Fraction(q, 10) for q in x.values()} | {level})
    rows["blocks"] = [[i, *split(value)] for i, value in enumerate(values)]
    rows["certificate"] = [[p, "grain", values.index(Fraction(q, 10))] for p, q in x.items()]
    rows["certificate"].append(["Mill", "grain", values.index(level)])
    return rows


def test_a_lane_to_a_poorer_block_that_is_not_full_fails() -> None:
    assert failing(two_points(Fraction(6, 10), {"Alder": 4, "Birch": 6}, {"a": 4, "b": 6})) == ["allocation-order"]


def test_a_lane_to_a_richer_block_that_carries_fails() -> None:
    assert failing(two_points(Fraction(4, 10), {"Alder": 4, "Birch": 6}, {"a": 4, "b": 6})) == ["allocation-order"]


def test_idle_supply_below_somebody_short_fails() -> None:
    assert failing(two_points(Fraction(4, 10), {"Alder": 4, "Birch": 4}, {"a": 4, "b": 4})) == ["allocation-idle"]


def test_stock_hidden_in_a_full_but_poorer_block_fails() -> None:
    # Alder needs one rung only and is full at level 1; Birch stands at 1.5 of 2. The mill's rest is called Alder's.
    rows: Rows = {
        "nodes": [["Alder", "point"], ["Birch", "point"], ["Mill", "depot"], ["Port", "depot"]],
        "supply": [["Mill", "grain", 50], ["Port", "grain", 15]],
        "lanes": [["ma", "Mill", "Alder", "", "", 1], ["mb", "Mill", "Birch", "", "", 1],
                  ["pb", "Port", "Birch", "", "", 1]],
        "demand": [["Alder", "grain", 1, 10], ["Birch", "grain", 1, 10], ["Birch", "grain", 2, 10]],
        "levels": [["Alder", "grain", 1, 0, 1, 10, 1], ["Birch", "grain", 1, 1, 2, 15, 1]],
        "flows": [["ma", "grain", 10, 1], ["pb", "grain", 15, 1]],
        "blocks": [[0, 1, 0, 1], [1, 1, 1, 2]],
        "certificate": [["Alder", "grain", 0], ["Birch", "grain", 1], ["Mill", "grain", 0], ["Port", "grain", 1]],
    }  # fmt: skip
    assert failing(rows) == ["allocation-idle"]


def test_two_blocks_of_one_level_are_as_good_as_one(valley: Rows) -> None:
    block = next(row for row in valley["blocks"] if row[0] == valley["certificate"][-1][2])
    valley["blocks"].append([99, *block[1:]])
    valley["certificate"][1][2] = 99  # Birch stood in the block of Cedar
    assert valley["certificate"][1][0] == "Birch"
    assert failing(valley) == []


def random_instance(chance: random.Random) -> Instance:
    depots = [f"D{i}" for i in range(chance.randint(1, 3))]
    points = [f"P{i}" for i in range(chance.randint(1, 4))]
    supply = {node: chance.randint(0, 30) for node in depots}
    supply |= {node: chance.randint(0, 6) for node in points if chance.random() < 0.3}
    lanes: dict[str, tuple[str, str, int | None]] = {}
    for depot in depots:
        for other in [*points, *depots]:
            if other != depot and chance.random() < (0.7 if other in points else 0.2):
                lanes[f"{depot}-{other}"] = (depot, other, None if chance.random() < 0.4 else chance.randint(0, 12))
    ladders = {p: [chance.choice([0, 3, 5, 8, 13]) for _ in range(chance.randint(1, 3))] for p in points}
    return Instance(supply, lanes, ladders, depots)


def test_random_networks_solved_by_filling_are_accepted() -> None:
    chance = random.Random(8)
    for number in range(250):
        instance = random_instance(chance)
        assert failing(rows_of({"grain": instance})) == [], (number, instance)


def test_whatever_is_accepted_is_the_one_fair_answer() -> None:
    """Changes at random: the check may accept only what gives every point what the slow solver gives it."""
    chance = random.Random(20)
    accepted = refused = 0
    for _ in range(120):
        instance = random_instance(chance)
        right = solve(instance)[2]
        rows = rows_of({"grain": instance})
        for _ in range(40):
            forged = copy.deepcopy(rows)
            for _ in range(chance.randint(1, 3)):
                table = chance.choice(["levels", "flows", "blocks", "certificate"])
                if not forged[table]:
                    continue
                row = chance.choice(forged[table])
                column = chance.randrange({"levels": 2, "flows": 2, "blocks": 1, "certificate": 2}[table], len(row))
                row[column] = chance.choice([row[column] + 1, row[column] - 1, 0, 1, 2, row[column] * 2])
            try:
                bad = failing(forged)
            except Malformed:
                continue
            if bad:
                refused += 1
                continue
            accepted += 1
            got = {row[0]: Fraction(row[5], row[6]) for row in forged["levels"]}
            assert got == right, (instance, forged)
    assert refused > 2000 and accepted > 50


def test_numbers_near_two_to_the_62_and_ten_thousand_rungs() -> None:
    big = 2**62 - 1
    rows = rows_of({"grain": Instance(
        {"Mill": big}, {"a": ("Mill", "Alder", None), "b": ("Mill", "Birch", None)},
        {"Alder": [big, 7], "Birch": [big - 2]}, ["Mill"],
    )})  # fmt: skip
    assert failing(rows) == []
    rows["flows"][0][2] += 1
    assert failing(rows)
    tall = Instance({"Mill": 25_005}, {"a": ("Mill", "Alder", None)}, {"Alder": [3] * 10_000}, ["Mill"])
    assert failing(rows_of({"grain": tall})) == []


def test_the_command_prints_a_line_a_check(valley: Rows, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(valley, tmp_path / "in", tmp_path / "out")
    assert main(["allocation", str(tmp_path / "in"), str(tmp_path / "out")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(CHECKS) + 2 and all(line.startswith("PASS allocation-") for line in lines[:-1])
    valley["levels"][0][3:5] = [3, 4]
    write(valley, tmp_path / "in", tmp_path / "out")
    assert main(["allocation", str(tmp_path / "in"), str(tmp_path / "out")]) == 1
    assert "FAIL allocation-levels: the level 3/4" in capsys.readouterr().out.replace("0 + ", "")


@pytest.mark.parametrize(
    ("file", "text", "code"),
    [
        ("out/levels.csv", "point,commodity\nAlder,grain\n", 1),
        ("out/levels.csv", "\ufeff", 1),
        ("out/blocks.csv", "block,rungs,num,den\n0,0,1,0\n", 1),
        ("out/blocks.csv", "block,rungs,num,den\n0,0,+1,2\n", 1),
        ("out/blocks.csv", "block,rungs,num,den\n0,0,3,2\n", 1),
        ("out/flows.csv", "lane,commodity,quantity_num,quantity_den\ngrain:ma,grain,1e1,1\n", 1),
        ("in/supply.csv", "node,commodity,quantity\nNowhere,grain,5\n", 2),
        ("in/supply.csv", "node,commodity,quantity\nMill,grain,-5\n", 2),
        ("in/handling.csv", "node,capacity\nNowhere,5\n", 2),
        ("in/handling.csv", "node,capacity\nMill,-5\n", 2),
        ("in/handling.csv", "node\nMill\n", 2),
        ("in/shared.csv", "lane\n", 2),
    ],
)
def test_bad_files_are_answers_not_tracebacks(
    valley: Rows, tmp_path: Path, file: str, text: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    write(valley, tmp_path / "in", tmp_path / "out")
    (tmp_path / file).write_text(text)
    assert main(["allocation", str(tmp_path / "in"), str(tmp_path / "out")]) == code
    assert "Traceback" not in "".join(capsys.readouterr())


def test_a_folder_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    assert main(["allocation", str(tmp_path / "in"), str(tmp_path / "out")]) == 2
