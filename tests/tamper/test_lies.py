"""The lies told in whole demos: the checker names the check that fails; what data cannot show it says so."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from actions.program import Done, evenhand, verify
from folders import open_folder

from evenhand.simulation.lies import LIES

PEOPLE, MONTHS = 2000, 2
FAILS = {
    "swap": {"rolls", "two-approvals"},
    "leak": {"balances"},
    "double": {"redeemed-once"},
    "backdate": {"policy-frozen"},
    "inflate": {"totals"},
    "solo": {"two-approvals"},
    "early": {"owed"},
    "queue": {"division-rule", "allocation-levels"},
}
"""Lie -> checks that must be among those that fail in the last month."""


@dataclass(frozen=True)
class Told:
    """A demo that was run: what it printed, and its disclosures."""

    done: Done
    out: Path

    @property
    def months(self) -> list[Path]:
        return [self.out / "2008-03", self.out / "2008-04"]

    @property
    def root(self) -> Path:
        return self.out / "2008-03" / "keys" / "root.vkey"

    def failing(self, month: int) -> set[str]:
        """Names of the checks that fail in a month, without and with the root key: the lie must be found either way."""
        found = [verify(self.months[month], *more, "--json") for more in ((), ("--root", self.root))]
        names = [{c["name"] for c in done.json()["checks"] if not c["pass"]} for done in found]
        assert names[0] == names[1]
        assert [done.returncode for done in found] == [int(bool(names[0]))] * 2
        return names[0]

    def slips(self) -> list[dict[str, str]]:
        return list(csv.DictReader((self.out / "slips.csv").open()))


def demo(folder: Path, *more: object) -> Told:
    out = folder / "out"
    sizes = ("--people", PEOPLE, "--months", MONTHS)
    done = evenhand("demo", *sizes, "--data", folder / "data", "--out", out, *more)
    shutil.rmtree(folder / "data", ignore_errors=True)
    return Told(done, out)


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as found:
        yield found


@pytest.mark.parametrize("lie", FAILS)
def test_a_lie_in_the_data_fails_the_check_that_it_is_told_to(lie: str, folder: Path) -> None:
    told = demo(folder, "--lie", lie)
    assert told.done.returncode == 0, told.done.stderr
    assert told.failing(0) == set(), "a lie acts in the last month"
    failing = told.failing(1)
    assert FAILS[lie] <= failing
    for name in FAILS[lie]:
        assert name in LIES[lie].found_by
        assert name in told.done.stdout, "the demo itself says which check failed"


def test_without_a_lie_everything_passes_and_one_json_document_is_printed(folder: Path) -> None:
    told = demo(folder, "--json")
    assert (told.done.returncode, told.done.stderr) == (0, "")
    document = told.done.json()
    assert document["folders"] == [str(month) for month in told.months]
    assert Path(document["report"]).is_file()
    assert len(document["claims"]) == 5
    assert [found["folder"] for found in document["checks"]] == document["folders"]
    assert all(check["pass"] for found in document["checks"] for check in found["checks"])
    for month in told.months:
        done = verify(month, "--root", document["root_vkey"])
        assert (done.returncode, done.stdout.splitlines()[-1][:9]) == (0, "verified:")
        assert "DEMO KEYS" in done.stdout
    assert verify(told.months[1], "--root", document["root_vkey"], "--previous", told.months[0]).returncode == 0
    for slip in told.slips():
        done = verify("card", slip["code"], told.months[1])
        assert done.returncode == 0, done.stdout
        assert slip["card"] in done.stdout


@pytest.mark.parametrize("seed", [7])
def test_privilege_is_found_by_the_family_that_was_short_changed(folder: Path, seed: int) -> None:
    told = demo(folder, "--lie", "privilege", "--seed", seed)
    assert told.done.returncode == 0, told.done.stderr
    assert told.failing(0) == told.failing(1) == set(), "no total of a point changes"
    first = told.slips()[0]
    assert f"card {first['code']}" in told.done.stdout, "the demo says who can ask"
    done = verify("card", first["code"], told.months[1])
    assert done.returncode == 1
    assert "FAIL card-rations" in done.stdout
    assert verify("card", first["code"], told.months[0]).returncode == 0, "the month before was honest"


def test_ghosts_pass_and_the_checker_says_what_would_find_them(folder: Path) -> None:
    told = demo(folder, "--lie", "ghosts")
    assert told.done.returncode == 0, told.done.stderr
    assert told.failing(0) == told.failing(1) == set()
    said = verify(told.months[1], "--root", told.root).stdout
    assert "ghosts: households that do not exist look like any other" in said
    assert "sample audit" in said
    assert "only a visit shows it" in told.done.stdout


def test_a_debt_that_is_forgotten_is_missed_by_whoever_has_the_month_before(folder: Path) -> None:
    told = demo(folder, "--lie", "forget")
    assert told.done.returncode == 0, told.done.stderr
    assert told.failing(0) == told.failing(1) == set(), "the month alone does not show what it leaves out"
    done = verify(told.months[1], "--root", told.root, "--previous", told.months[0], "--json")
    assert {check["name"] for check in done.json()["checks"] if not check["pass"]} == {"previous-owed"}
    assert "previous-owed" in told.done.stdout, "the demo's own check has the month before"


def test_all_lies_are_told() -> None:
    assert set(LIES) == {*FAILS, "privilege", "forget", "ghosts"}


def test_an_unknown_lie_is_refused_and_nothing_is_made(folder: Path) -> None:
    told = demo(folder, "--lie", "flattery")
    assert (told.done.returncode, told.out.exists()) == (2, False)
    assert "privilege" in told.done.stderr
