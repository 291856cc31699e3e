"""The example of India's districts: a small table by hand, and the portal's own where it is there."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest
from evenhand_verify.main import main as checker

from evenhand.cli import main

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "examples" / "india-nfsa" / "spread.py"
PORTAL = (
    Path(os.environ.get("EVENHAND_SHARED", ROOT.parent / "shared"))
    / "data"
    / "india"
    / "pds-district-wise-monthly-wheat-and-rice.csv"
)
HEAD = "Date,State,District,District_code,Rice Allocated,Wheat Allocated,Rice Distributed,Wheat Distributed\n"


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_state_shares_what_its_districts_distributed(tmp_path: Path) -> None:
    """300 districts of one state, half of them with nothing and half with all: evenly shared, everybody has half."""
    table = tmp_path / "portal.csv"
    lines = [f"01-01-2020,Hills,D{n},{n},10,4,{0 if n % 2 else 10},4" for n in range(300)]
    table.write_text(HEAD + "\n".join(lines) + "\n")
    done = run(table, tmp_path / "out", "--month", "2020-01")
    assert done.returncode == 0, done.stderr
    rice, wheat = rows(tmp_path / "out" / "spread.csv")
    assert [float(rice[name]) for name in ("real", "even", "low", "high", "country")] == [0, 0.5, 0, 1, 0.5]
    assert [float(wheat[name]) for name in ("real", "even", "moved")] == [1, 1, 0]
    assert float(rice["moved"]) == 150 * 5_000
    assert (tmp_path / "out" / "2020-01" / "demand.csv").is_file()


def test_states_do_not_share_with_each_other(tmp_path: Path) -> None:
    table = tmp_path / "portal.csv"
    lines = [f"01-01-2020,{'Hills' if n < 150 else 'Plain'},D{n},{n},10,0,{0 if n < 150 else 10},0" for n in range(300)]
    table.write_text(HEAD + "\n".join(lines) + "\n")
    assert run(table, tmp_path / "out").returncode == 0
    (rice,) = rows(tmp_path / "out" / "spread.csv")
    assert [float(rice[name]) for name in ("real", "even", "country", "moved")] == [0, 0, 0.5, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "01-01-2020,Hills,Alder,1,ten,0,0,0\n", "row 1"),
        (HEAD + "January,Hills,Alder,1,10,0,0,0\n", "is no date"),
        ("Date,State\n01-01-2020,Hills\n", "this column is missing"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "portal.csv").write_text(text)
    done = run(tmp_path / "portal.csv", tmp_path / "out")
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr


@pytest.mark.skipif(not PORTAL.is_file(), reason=f"the portal's table is not at {PORTAL}")
def test_the_real_months_are_as_the_readme_says_and_the_checker_agrees(tmp_path: Path, monkeypatch) -> None:
    done = run(PORTAL, tmp_path / "out", "--month", "2020-01")
    assert done.returncode == 0, done.stderr
    assert "rice: in 39 months the worst-off tenth had 35% of its allocation on average" in done.stdout
    assert "wheat: in 39 months the worst-off tenth had 31% of its allocation on average" in done.stdout
    assert done.stdout.count("evenly inside each state, 49%") == 2
    assert (tmp_path / "out" / "spread.svg").read_text() == (SCRIPT.parent / "spread.svg").read_text()
    monkeypatch.setattr(
        "sys.argv", ["evenhand", "allocate", str(tmp_path / "out" / "2020-01"), "--out", str(tmp_path / "answer")]
    )
    with pytest.raises(SystemExit):
        main()
    assert checker(["allocation", str(tmp_path / "out" / "2020-01"), str(tmp_path / "answer")]) == 0
