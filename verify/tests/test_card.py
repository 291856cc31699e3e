"""A household's code opens its own row, tells it what it was due, and finds out whoever took from it."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from checker_kit.build import Build
from checker_kit.wire import code, sha
from evenhand_verify.card import bounds
from evenhand_verify.main import main

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def good() -> Build:
    return Build()


def test_every_household_finds_its_ration_right(good: Build, tmp_path: Path, capsys: Captured) -> None:
    folder = str(good.save(tmp_path))
    for family in good.families:
        assert main(["card", family.code, folder, "--json"]) == 0
        told = json.loads(capsys.readouterr().out)["household"]
        assert told["card"] == family.card and told["point"] == family.point
        grain = told["benefits"]["grain"]
        assert grain["ration_steps"] == family.rations["grain"]
        if family.point == "Birch":
            assert family.final["grain"] in (grain["recut_least"], grain["recut_most"])


def test_the_lines_say_number_due_ration_reason_and_outcome(good: Build, tmp_path: Path, capsys: Captured) -> None:
    folder = str(good.save(tmp_path))
    assert main(["card", good.at("Alder")[1].code.lower().replace("-", " "), folder, "--root", good.root]) == 0
    text = capsys.readouterr().out
    assert good.at("Alder")[1].card in text and "due " in text and "450 g a day" in text
    assert "served without the coupon (lost coupon)" in text or "contested" in text
    assert "PASS root-key" in text and text.splitlines()[-1] == "your row holds: 7 checks"


def shift(build: Build) -> None:
    """Three units of grain go from one family to another; the point's total stays."""
    build.at("Alder")[4].rations["grain"] -= 3
    build.at("Alder")[5].rations["grain"] += 3


def test_units_shifted_inside_a_point_fail_the_card_of_both_and_nothing_else(tmp_path: Path, capsys: Captured) -> None:
    build = Build(hooks={"compute": shift})
    folder = str(build.save(tmp_path))
    assert main([folder, "--root", build.root]) == 0
    capsys.readouterr()
    short, right = build.at("Alder")[4], build.at("Alder")[6]
    assert main(["card", short.code, folder]) == 1
    out = capsys.readouterr().out
    assert f"FAIL card-rations: grain: the row gives you {short.rations['grain']}, the published level gives " in out
    assert main(["card", build.at("Alder")[5].code, folder]) == 1
    assert main(["card", right.code, folder]) == 0


def test_a_code_of_nobody_fails(good: Build, tmp_path: Path, capsys: Captured) -> None:
    folder = str(good.save(tmp_path))
    assert main(["card", code(sha(b"nobody")[:16]), folder]) == 1
    assert "FAIL card-row: no roll of 2008-03/1 has a row for this code" in capsys.readouterr().out


def test_a_mistyped_code_is_wrong_usage(good: Build, tmp_path: Path, capsys: Captured) -> None:
    folder = str(good.save(tmp_path))
    right = good.families[0].code
    other = "1" if right[0] != "1" else "2"
    for typed in (other + right[1:], right[:-1], right + "0", right.replace(right[0], "U", 1), ""):
        assert main(["card", typed, folder]) == 2, typed
    assert "Traceback" not in capsys.readouterr().err


def swap_record(build: Build) -> None:
    build.at("Alder")[0].card = build.at("Alder")[1].card[:-1] + "0"


def test_a_row_with_a_false_card_number_fails(tmp_path: Path, capsys: Captured) -> None:
    build = Build(hooks={"compute": swap_record})
    folder = str(build.save(tmp_path))
    assert main(["card", build.at("Alder")[0].code, folder]) == 1
    assert "FAIL card-record" in capsys.readouterr().out


def commit_to_another_record(build: Build) -> None:
    family = build.at("Alder")[0]
    family.salt = bytes(16)


def test_a_row_that_was_not_committed_to_fails(tmp_path: Path, capsys: Captured) -> None:
    build = Build(hooks={"compute": commit_to_another_record})
    folder = str(build.save(tmp_path))
    assert main(["card", build.at("Alder")[0].code, folder]) == 1
    assert "not the one committed to" in capsys.readouterr().out


def test_a_roll_exchanged_after_the_commitment_fails_the_card(tmp_path: Path, capsys: Captured) -> None:
    def exchange(build: Build) -> None:
        shift(build)
        build._rolls()
        build.files["rolls/Alder.cbor"] = build.rolls["Alder"]

    build = Build(hooks={"package": exchange})
    folder = str(build.save(tmp_path))
    assert main(["card", build.at("Alder")[7].code, folder]) == 1
    assert "FAIL card-row: the roll with your row is not the one that was committed" in capsys.readouterr().out


def test_a_coupon_that_was_not_the_households_own_fails(tmp_path: Path, capsys: Captured) -> None:
    def other_r(build: Build) -> None:
        tag, status, _ = build.outcomes["Alder"][8]
        build.outcomes["Alder"][8] = (tag, status, bytes(range(16)))

    build = Build(hooks={"close": other_r})
    folder = str(build.save(tmp_path))
    assert main(["card", build.at("Alder")[8].code, folder]) == 1
    assert "FAIL card-outcome" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("b", "short", "least", "most"),
    [
        (Fraction(5, 2), 0, 2, 3),
        (Fraction(3), 0, 3, 3),
        (Fraction(-1, 2), 0, 0, 0),
        (Fraction(5, 2), 4, 1, 3),
        (Fraction(1, 2), 50, 0, 1),
    ],
)
def test_whole_units_lie_within_one_of_the_share(b: Fraction, short: int, least: int, most: int) -> None:
    assert bounds(b, short, 10) == (least, most) or (short == 50 and bounds(b, short, 10) == (0, 1))
