"""With the folder before at hand: the log only grew, and stock opens as it closed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checker_kit.build import Build, Stage
from checker_kit.wire import Key
from evenhand_verify.main import main

Captured = pytest.CaptureFixture[str]


def failed(before: Build, after: Build, tmp_path: Path, capsys: Captured) -> set[str]:
    then, now = str(before.save(tmp_path / "then")), str(after.save(tmp_path / "now"))
    code = main([now, "--previous", then, "--json"])
    answer = json.loads(capsys.readouterr().out)
    names = {check["name"] for check in answer["checks"] if not check["pass"]}
    assert code == (1 if names else 0)
    return names


@pytest.fixture(scope="module")
def march() -> Build:
    return Build(3)


def test_a_month_that_follows_holds(march: Build, tmp_path: Path, capsys: Captured) -> None:
    assert failed(march, Build(4, before=march), tmp_path, capsys) == set()


def test_the_months_the_wrong_way_round_fail(march: Build, tmp_path: Path, capsys: Captured) -> None:
    assert {"previous-log", "previous-stock"} <= failed(Build(4, before=march), march, tmp_path, capsys)


def test_a_log_that_was_rewritten_fails(march: Build, tmp_path: Path, capsys: Captured) -> None:
    other = Build(3, hooks={"people": lambda b: b.people.update(clara=Key("clara")), "freeze": rewritten})
    assert failed(march, Build(4, before=other), tmp_path, capsys) == {"previous-log"}


def rewritten(build: Build) -> None:
    build.outcome = "1 1 1"


def lose(account: str, quantity: int) -> Stage:
    def change(build: Build) -> None:
        build.opening[account, "grain"] -= quantity

    return change


def test_stock_that_vanishes_between_two_months_fails(march: Build, tmp_path: Path, capsys: Captured) -> None:
    after = Build(4, before=march, hooks={"people": lose("node:Alder", 1_000)})
    assert failed(march, after, tmp_path, capsys) == {"previous-stock"}


def test_a_month_between_that_is_left_out_fails(march: Build, tmp_path: Path, capsys: Captured) -> None:
    april = Build(4, before=march)
    may = Build(5, before=april, hooks={"people": lambda b: b.received.update(grain=1_500_250)})
    assert failed(march, may, tmp_path, capsys) == {"previous-log", "previous-stock", "previous-owed"}


def test_a_folder_before_that_was_made_again_fails(march: Build, tmp_path: Path, capsys: Captured) -> None:
    """The log is the same, and only the closing balances were changed, with a package made anew."""

    def hide(build: Build) -> None:
        build.entries[-1]["sha"] = bytes(32)
        build.row("balances", account="node:Alder", benefit="grain")["closing"] -= 500

    other = Build(3, hooks={"close": lambda b: None, "log": hide})
    other.files |= {path: data for path, data in march.files.items() if path.startswith("log/")}
    after = Build(4, before=march, hooks={"people": lose("node:Alder", 500)})
    assert failed(other, after, tmp_path, capsys) == {"previous-log"}


def test_a_folder_of_another_programme_fails(march: Build, tmp_path: Path, capsys: Captured) -> None:
    other = Build(3, hooks={"package": lambda b: b.meta.update(programme="hills")})
    assert "previous-log" in failed(other, Build(4, before=march), tmp_path, capsys)
