"""Shared lanes and fuel: an answer made by hand, with its split, and forgeries of both."""

from __future__ import annotations

from pathlib import Path

import pytest
from checker_kit.cases import HEADERS, Rows
from checker_kit.cases import write as write_rows
from evenhand_verify.main import main

# The lane to Alder carries 6 of rice and oil together, and Alder is due 6 of each: 3 and 3 is even.
ALDER: Rows = {
    "nodes": [["Port", "entry"], ["Alder", "point"]],
    "supply": [["Port", "rice", 10], ["Port", "oil", 10]],
    "lanes": [["a", "Port", "Alder", "", "", 1]],
    "demand": [["Alder", "rice", 1, 6], ["Alder", "oil", 1, 6]],
    "levels": [["Alder", "rice", 0, 1, 2, 3, 1], ["Alder", "oil", 0, 1, 2, 3, 1]],
    "flows": [["a", "rice", 3, 1], ["a", "oil", 3, 1]],
    "blocks": [[1, 0, 1, 2], [2, 1, 0, 1], [3, 0, 1, 2], [4, 1, 0, 1]],
    "certificate": [["Alder", "rice", 1], ["Port", "rice", 2], ["Alder", "oil", 3], ["Port", "oil", 4]],
}
SIX = {"shared": "lane,capacity\na,6\n"}
FUEL = {"fuel": "node,litres\nPort,3\n", "burn": "lane,litres,per\na,1,2\n"}
EVEN = "lane,commodity,capacity\na,rice,3\na,oil,3\n"


def outcome(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], common: dict[str, str], split: str = EVEN, rows: Rows = ALDER
) -> tuple[int, set[str], str]:
    write_rows({**{name: [] for name in HEADERS}, **rows}, tmp_path / "in", tmp_path / "out")
    for name, text in common.items():
        (tmp_path / "in" / f"{name}.csv").write_text(text)
    if split:
        (tmp_path / "out" / "split.csv").write_text(split)
    code = main(["allocation", str(tmp_path / "in"), str(tmp_path / "out")])
    said = capsys.readouterr()
    failed = {line.split()[1].rstrip(":") for line in said.out.splitlines() if line.startswith("FAIL")}
    return code, failed, said.out + said.err


@pytest.mark.parametrize("common", [SIX, FUEL, {**SIX, **FUEL}], ids=["lane", "fuel", "both"])
def test_an_even_split_is_accepted_and_the_verdict_says_for_what(common, tmp_path, capsys) -> None:
    code, failed, said = outcome(tmp_path, capsys, common)
    assert (code, failed) == (0, set())
    assert said.splitlines()[-1] == "fair for this split of what lanes share: 7 checks hold"


@pytest.mark.parametrize(
    ("common", "split", "said"),
    [
        ({"shared": "lane,capacity\na,5\n"}, EVEN, "the parts add up to 6 where 5 can be carried, lane a"),
        ({**FUEL, "fuel": "node,litres\nPort,2\n"}, EVEN, "the parts would burn 3 litres where there are 2, node Port"),
        ({**FUEL, "burn": "lane,litres,per\na,2,3\n"}, EVEN, "would burn 4 litres"),
        (SIX, "lane,commodity,capacity\na,rice,3\n", "no part is given for oil, lane a"),
        (SIX, EVEN + "a,salt,0\n", "a part is given for salt, and nothing is shared there, lane a"),
        (SIX, EVEN + "b,oil,0\n", "a part is given for oil, and nothing is shared there, lane b"),
        ({}, EVEN, "a part is given for oil, and nothing is shared there, lane a"),
    ],
    ids=["lane", "fuel", "rate", "left out", "no such commodity", "no such lane", "nothing shared"],
)
def test_a_split_that_gives_out_what_is_not_there_is_found(common, split, said, tmp_path, capsys) -> None:
    code, failed, told = outcome(tmp_path, capsys, common, split)
    assert (code, "allocation-split" in failed) == (1, True)
    assert said in told


def test_a_part_beyond_the_lanes_own_capacity_is_found(tmp_path, capsys) -> None:
    code, failed, _ = outcome(tmp_path, capsys, SIX, EVEN, {**ALDER, "lanes": [["a", "Port", "Alder", "", 2, 1]]})
    assert (code, failed) == (1, {"allocation-split"})


def test_a_flow_beyond_its_part_is_found_though_the_lane_could_carry_it(tmp_path, capsys) -> None:
    split = "lane,commodity,capacity\na,rice,2\na,oil,4\n"
    code, failed, said = outcome(tmp_path, capsys, SIX, split)
    assert code == 1 and failed == {"allocation-flows", "allocation-order"}
    assert "rice flows beyond the capacity of 2 steps, lane a (rice)" in said


def test_a_split_larger_than_the_flows_is_found_unfair(tmp_path, capsys) -> None:
    code, failed, said = outcome(tmp_path, capsys, {"shared": "lane,capacity\na,7\n"}, EVEN.replace("oil,3", "oil,4"))
    assert (code, failed) == (1, {"allocation-order"})
    assert "oil could still go from the better served Port to the worse served Alder, lane a (oil)" in said


@pytest.mark.parametrize("split", ["", "lane,commodity\na,rice\n", EVEN + "a,rice,3\n", EVEN.replace("3", "-3")])
def test_an_answer_without_a_readable_split_is_refused(split, tmp_path, capsys) -> None:
    code, failed, _ = outcome(tmp_path, capsys, SIX, split)
    assert code == 1 and "allocation-files" in failed


@pytest.mark.parametrize(
    "common",
    [
        {"shared": "lane,capacity\nb,6\n"},
        {"shared": "lane,capacity\na,-1\n"},
        {"fuel": FUEL["fuel"]},
        {"burn": FUEL["burn"]},
        {**FUEL, "burn": "lane,litres,per\n"},
        {**FUEL, "burn": "lane,litres,per\na,1,0\n"},
    ],
    ids=["no such lane", "below 0", "no burn", "no fuel", "untold", "per nothing"],
)
def test_an_input_that_cannot_be_is_a_usage_error(common, tmp_path, capsys) -> None:
    assert outcome(tmp_path, capsys, common)[0] == 2
