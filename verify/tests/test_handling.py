"""Handling capacities and bundles: certificates made by hand, and forgeries of them."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
from checker_kit.cases import HEADERS, Rows
from checker_kit.cases import write as write_rows
from evenhand_verify.main import main

# The port has 10 of grain and of oil and can handle 10 in all; Alder waits for grain, Birch for oil.
PORT: Rows = {
    "nodes": [["Port", "entry"], ["Alder", "point"], ["Birch", "point"]],
    "supply": [["Port", "grain", 10], ["Port", "oil", 10]],
    "lanes": [["a", "Port", "Alder", "", "", 1], ["b", "Port", "Birch", "", "", 1]],
    "demand": [["Alder", "grain", 1, 10], ["Birch", "oil", 1, 10]],
    "levels": [["Alder", "grain", 0, 1, 2, 5, 1], ["Birch", "oil", 0, 1, 2, 5, 1]],
    "flows": [["a", "grain", 5, 1], ["b", "oil", 5, 1]],
    "blocks": [[1, 0, 1, 2], [2, 1, 0, 1]],
    "certificate": [
        ["Port", "", 1], ["Port", "grain", 1], ["Port", "oil", 1], ["Alder", "grain", 1], ["Birch", "oil", 1],
        ["Alder", "oil", 2], ["Birch", "grain", 2],
    ],
}  # fmt: skip


def outcome(
    rows: Rows, tmp_path: Path, capsys: pytest.CaptureFixture[str], handling: str = "", bundles: str = ""
) -> tuple[int, set[str], str]:
    write_rows({**{name: [] for name in HEADERS}, **rows}, tmp_path / "in", tmp_path / "out")
    for name, text in (("handling", handling), ("bundles", bundles)):
        if text:
            (tmp_path / "in" / f"{name}.csv").write_text(text)
    code = main(["allocation", str(tmp_path / "in"), str(tmp_path / "out")])
    said = capsys.readouterr()
    failed = {line.split()[1].rstrip(":") for line in said.out.splitlines() if line.startswith("FAIL")}
    return code, failed, said.out + said.err


TEN = "node,capacity\nPort,10\n"


def test_a_shared_capacity_shared_evenly_is_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(PORT, tmp_path, capsys, TEN)[:2] == (0, set())


def test_more_than_the_capacity_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, failed, said = outcome(PORT, tmp_path, capsys, "node,capacity\nPort,9\n")
    assert code == 1 and "allocation-flows" in failed
    assert "10 steps are handled where the capacity is 9, node Port" in said


def test_capacity_left_idle_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, failed, said = outcome(PORT, tmp_path, capsys, "node,capacity\nPort,11\n")
    assert (code, failed) == (1, {"allocation-idle"})
    assert "handling for 1 steps is not used" in said


def test_one_good_before_the_other_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for port in (1, 2, 3):
        rows = copy.deepcopy(PORT)
        rows["levels"] = [["Alder", "grain", 0, 3, 5, 6, 1], ["Birch", "oil", 0, 2, 5, 4, 1]]
        rows["flows"] = [["a", "grain", 6, 1], ["b", "oil", 4, 1]]
        rows["blocks"] = [[1, 0, 2, 5], [2, 0, 3, 5], [3, 1, 0, 1]]
        rows["certificate"] = [
            ["Port", "", port], ["Port", "grain", 2], ["Port", "oil", 1], ["Alder", "grain", 2], ["Birch", "oil", 1],
            ["Alder", "oil", 3], ["Birch", "grain", 3],
        ]  # fmt: skip
        code, failed, _ = outcome(rows, tmp_path / str(port), capsys, TEN)
        assert code == 1 and failed & {"allocation-order", "allocation-idle"}, port


def test_the_row_of_a_capacity_may_not_be_missing_or_to_spare(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = copy.deepcopy(PORT)
    del rows["certificate"][0]
    code, failed, _ = outcome(rows, tmp_path / "missing", capsys, TEN)
    assert code == 1 and "allocation-certificate" in failed
    code, failed, _ = outcome(PORT, tmp_path / "spare", capsys, "node,capacity\nPort,20\n")
    assert code == 1 and failed


def test_goods_that_mix_before_a_capacity_cannot_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, said = outcome(PORT, tmp_path, capsys, "node,capacity\nBirch,3\n")
    assert code == 2 and "Birch" in said and "grain, oil" in said


# Oil can reach Alder only over a lane of 1, so a basket there is worth 1 of 10, and its grain goes to Birch.
BASKET = "bundle,commodity\nbasket,grain\nbasket,oil\n"
VALLEY: Rows = {
    "nodes": [["Port", "entry"], ["Alder", "point"], ["Birch", "point"]],
    "supply": [["Port", "grain", 11], ["Port", "oil", 99]],
    "lanes": [["ag", "Port", "Alder", "grain", "", 1], ["ao", "Port", "Alder", "oil", 1, 1],
              ["b", "Port", "Birch", "", "", 1]],
    "demand": [[p, c, 1, 10] for p in ("Alder", "Birch") for c in ("grain", "oil")],
    "levels": [["Alder", "grain", 0, 1, 10, 1, 1], ["Alder", "oil", 0, 1, 10, 1, 1],
               ["Birch", "grain", 1, 0, 1, 10, 1], ["Birch", "oil", 1, 0, 1, 10, 1]],
    "flows": [["ag", "grain", 1, 1], ["ao", "oil", 1, 1], ["b", "grain", 10, 1], ["b", "oil", 10, 1]],
    "blocks": [[1, 0, 1, 10], [2, 1, 0, 1]],
    "certificate": [["Port", "grain", 2], ["Port", "oil", 2], ["Alder", "grain", 2], ["Alder", "oil", 1],
                    ["Birch", "grain", 2], ["Birch", "oil", 2]],
}  # fmt: skip


def test_a_basket_held_by_its_scarcest_part_is_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(VALLEY, tmp_path / "one", capsys, bundles=BASKET)[:2] == (0, set())
    code, failed, _ = outcome(VALLEY, tmp_path / "two", capsys)
    assert code == 1 and "allocation-levels" in failed


def test_a_basket_that_nothing_holds_down_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = copy.deepcopy(VALLEY)
    rows["certificate"][3][2] = 2  # Alder's oil is said to be as good as it can be
    code, failed, said = outcome(rows, tmp_path, capsys, bundles=BASKET)
    assert code == 1 and "nothing of the bundle basket holds it there, point Alder" in said


def test_two_levels_in_one_basket_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = copy.deepcopy(VALLEY)
    rows["levels"][0][3:] = [11, 20, 11, 2]
    rows["levels"][2][2:] = [0, 11, 20, 11, 2]
    rows["flows"][0][2:], rows["flows"][2][2:] = [11, 2], [11, 2]
    code, failed, said = outcome(rows, tmp_path, capsys, bundles=BASKET)
    assert code == 1 and "more than one level in the bundle basket, point Alder" in said


def test_bundles_and_handling_together_cannot_be_checked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(VALLEY, tmp_path, capsys, TEN, BASKET)[0] == 2
