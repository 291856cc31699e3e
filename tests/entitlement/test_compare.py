"""Two policies on four households, every number by hand."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from entitlement.small_policy import GRAIN, HOUSEHOLDS, MEMBERS

from evenhand.actions.policy_compare import compare_policies
from evenhand.core.errors import InputError, UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.policy import load

RULES = GRAIN.split("[[test]]")[0]
NEW = (
    RULES.replace('then = "35"', 'then = "30"').replace("value = 5}", "value = 8}").replace("parts = 12", "parts = 24")
)


def compared(folder: Path, old: str = RULES, new: str = NEW, households: str = HOUSEHOLDS, points: str = "",
             out: bool = False) -> dict:  # fmt: skip
    (folder / "h.csv").write_text(households)
    (folder / "m.csv").write_text(MEMBERS)
    (folder / "p.csv").write_text(points)
    policies = load(old, "old.toml"), load(new, "new.toml")
    day = date(2014, 1, 1)
    return compare_policies(DuckDB(), *policies, (day, day), folder / "h.csv", folder / "m.csv",
                            folder / "p.csv" if points else None, folder / "out" if out else None)  # fmt: skip


def part(found: dict, benefit: str, *names: str) -> tuple:
    one = next(one for one in found["benefits"] if one["benefit"] == benefit)
    return tuple(one[name] for name in names)


def test_gains_losses_and_totals_by_hand(tmp_path: Path) -> None:
    found = compared(tmp_path)
    # A: 20 -> 32 kg. B: 35 -> 30 kg. C: nothing in both. D has an unknown card.
    assert part(found, "grain", "gain", "lose", "same", "undecided") == (1, 1, 1, 1)
    assert part(found, "grain", "old", "new", "gained", "lost") == (55_000, 62_000, 12_000, 5_000)
    assert [found[name] for name in ("households", "gain", "lose", "mixed", "same", "undecided")] == [4, 1, 1, 0, 0, 2]


def test_amounts_in_twelfths_and_in_twenty_fourths_are_the_same_amount(tmp_path: Path) -> None:
    found = compared(tmp_path)
    assert part(found, "soap", "parts", "old", "new", "gain", "lose") == (24, 14, 14, 0, 0)


def test_changes_are_put_into_classes_of_per_cent(tmp_path: Path) -> None:
    found = compared(tmp_path)
    (bins,) = part(found, "grain", "bins")
    assert {one["bin"]: (one["households"], one["change"]) for one in bins if one["households"]} == {
        "lose-tenth": (1, -5_000),  # 5 of 35
        "same": (1, 0),
        "gain-half": (1, 12_000),  # 12 of 20
    }


@pytest.mark.parametrize(
    ("amount", "name"),
    [("0", "lose-all"), ("17.5", "lose-half"), ("17.6", "lose-quarter"), ("26.25", "lose-quarter"), ("26.3", "lose-tenth"),
     ("31.5", "lose-tenth"), ("31.6", "lose-less"), ("35", "same"), ("38.4", "gain-less"), ("38.5", "gain-tenth"),
     ("43.75", "gain-quarter"), ("52.5", "gain-half")],
)  # fmt: skip
def test_a_change_on_a_bound_falls_into_the_larger_class(tmp_path: Path, amount: str, name: str) -> None:
    found = compared(tmp_path, new=RULES.replace('then = "35"', f'then = "{amount}"'), households="household,card\nB,AAY\n"
                     "A,none\nC,none\nD,none\n")  # fmt: skip
    (bins,) = part(found, "grain", "bins")
    assert {one["bin"] for one in bins if one["households"]} - {"same"} == {name} - {"same"}


def test_by_class_and_by_area(tmp_path: Path) -> None:
    found = compared(tmp_path)
    classes, areas = part(found, "grain", "classes", "areas")
    rows = {(one["policy"], one["row"]): (one["gain"], one["lose"], one["because"]) for one in classes}
    assert rows["new", "due.phh"] == (1, 0, "5 kg for each member")
    assert rows["old", "due.aay"] == (0, 1, "fixed 35 kg")
    assert {one["area"]: one["new"] - one["old"] for one in areas} == {"Alder": 12_000, "Birch": -5_000, "Cedar": 0}


def test_areas_of_a_points_file(tmp_path: Path) -> None:
    households = "household,card,point\nA,PHH,P1\nB,AAY,P2\nC,none,P2\nD,PHX,P9\n"
    found = compared(tmp_path, households=households, points="point,area\nP1,North\nP2,South\n")
    (areas,) = part(found, "grain", "areas")
    assert {one["area"]: one["households"] for one in areas} == {"North": 1, "South": 2}
    assert part(found, "grain", "households") == (4,)


def test_a_benefit_of_one_policy_alone_counts_as_nothing_in_the_other(tmp_path: Path) -> None:
    start, end = RULES.index("[benefit.soap]"), RULES.index("[param.each]")
    without = RULES[:start] + RULES[end:]
    without = without[: without.index('[[entitlement]]\nbenefit = "soap"')]
    found = compared(tmp_path, new=without)
    # A's child had 7/12 piece; C cannot be decided by the old policy and has none by the new one.
    assert part(found, "soap", "old", "new", "lose", "newly_decided") == (7, 0, 1, 1)


def test_a_benefit_counted_in_another_unit_is_refused(tmp_path: Path) -> None:
    other = (
        RULES.replace('unit = "piece"', 'unit = "l"')
        .replace("piece/person", "l/person")
        .replace("parts = 12", "parts = 3")
    )
    with pytest.raises(UsageError, match='"soap" is counted in piece'):
        compared(tmp_path, new=other)


def test_files_hold_the_same_numbers(tmp_path: Path) -> None:
    found = compared(tmp_path, out=True)
    out = tmp_path / "out"
    assert json.loads((out / "compare.json").read_text()) == json.loads(json.dumps(found))
    changes = [tuple(row.values()) for row in csv.DictReader((out / "changes.csv").open())]
    assert changes == [
        ("A", "Alder", "grain", "20000", "32000", "12000"),
        ("B", "Birch", "grain", "35000", "30000", "-5000"),
    ]
    assert sorted(path.name for path in out.iterdir()) == [
        "areas.csv", "benefits.csv", "bins.csv", "changes.csv", "classes.csv", "compare.json", "report.html",
    ]  # fmt: skip


def test_nothing_is_written_where_a_file_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        compared(tmp_path, households="household,card\nA,PHH\nA,PHH\n", out=True)
    assert not (tmp_path / "out").exists()
