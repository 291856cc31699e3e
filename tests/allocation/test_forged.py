"""Three hundred forged answers, as files under `evenhand-verify allocation`: refused, each by the check that must see it."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from allocation.networks import run, valley
from allocation.reference import Tiny
from evenhand_verify.main import main

from evenhand.actions.allocate import write_tables

ANSWER = ("levels", "flows", "blocks", "certificate")
SIZE = 2**57
Files = dict[str, list[list[str]]]
Forgery = Callable[[Files, random.Random], None]


def country(chance: random.Random) -> Tiny:
    """A port, two depots and five villages behind lanes of all widths: several levels, everybody short."""
    villages = ["Alder", "Birch", "Cedar", "Dogwood", "Elm, by the river"]
    tiny = Tiny(dict.fromkeys(["Port", "Quay"], "entry") | {"Depot": "depot"} | dict.fromkeys(villages, "point"))
    tiny.supply = {("Port", "grain"): 20 * SIZE, ("Quay", "grain"): 9 * SIZE, ("Quay", "oil"): 7 * SIZE}
    tiny.lanes = [("port-depot", "Port", "Depot", "", None), ("quay-depot", "Quay", "Depot", "oil", None)]
    for number, village in enumerate(villages):
        start = "Quay" if number < 2 else "Depot"
        tiny.lanes.append((f"to {village}", start, village, "", chance.choice([None, (2 * number + 1) * SIZE])))
        for commodity in ("grain", "oil"):
            tiny.demand[village, commodity, 1] = (11 + 3 * number) * SIZE
            tiny.demand[village, commodity, 2] = 5 * SIZE
    return tiny


def column(files: Files, table: str, name: str) -> int:
    return files[table][0].index(name)


def pick(files: Files, table: str, chance: random.Random, where: Callable[[list[str]], bool] = bool) -> list[str]:
    return chance.choice([row for row in files[table][1:] if where(row)])


def last_digit(table: str, name: str) -> Forgery:
    def forge(files: Files, chance: random.Random) -> None:
        row, at = pick(files, table, chance), column(files, table, name)
        row[at] = str(int(row[at]) + 1)

    return forge


def written(table: str, name: str, *forms: str) -> Forgery:
    """The same number, not in its one form; or no number."""

    def forge(files: Files, chance: random.Random) -> None:
        row, at = pick(files, table, chance), column(files, table, name)
        row[at] = chance.choice(forms).format(row[at])

    return forge


def swapped_blocks(files: Files, chance: random.Random) -> None:
    rows = files["certificate"][1:]
    points = {(row[0], row[1]) for row in files["levels"][1:]}
    first = chance.choice([row for row in rows if (row[0], row[1]) in points])
    second = chance.choice([row for row in rows if row[2] != first[2] and (row[0], row[1]) in points])
    first[2], second[2] = second[2], first[2]


def not_below_one(files: Files, chance: random.Random) -> None:
    for table in ("levels", "blocks"):
        num, den = (column(files, table, name) for name in ("num", "den"))
        for row in files[table][1:]:
            row[num] = row[den]


def another_block_level(files: Files, chance: random.Random) -> None:
    row = pick(files, "blocks", chance, lambda row: row[2] != "0")
    row[3] = str(int(row[3]) + 1)


def out_of_nothing(files: Files, chance: random.Random) -> None:
    """A village gets more, its level and its block say so, and no lane carries it."""
    point = pick(files, "levels", chance, lambda row: row[2] == "0" and row[3] != "0")
    block = next(row[2] for row in files["certificate"] if row[:2] == point[:2])
    for row in files["blocks"][1:]:
        if row[0] == block:
            row[1:] = ["1", "0", "1"]
    homes = {(row[0], row[1]) for row in files["certificate"] if row[2] == block}
    for row in files["levels"][1:]:
        if (row[0], row[1]) in homes:
            row[2:] = ["1", "0", "1", row[5], row[6]]


def cheating_flow(files: Files, chance: random.Random) -> None:
    row = pick(files, "flows", chance)
    row[2] = str(int(row[2]) * 2)


def negative_flow(files: Files, chance: random.Random) -> None:
    row = pick(files, "flows", chance)
    row[2] = f"-{row[2]}"


def nobody_gets_anything(files: Files, chance: random.Random) -> None:
    for row in files["levels"][1:]:
        row[2:] = ["0", "0", "1", "0", "1"]
    del files["flows"][1:]
    files["blocks"][1:] = [["1", "0", "0", "1"]]
    for row in files["certificate"][1:]:
        row[2] = "1"


def one_takes_from_another(files: Files, chance: random.Random) -> None:
    """Conserved and within all lanes: what a village gets less at the same depot another gets more, in blocks of their
    own with levels that are true."""
    flow = {(row[0], row[1]): row for row in files["flows"]}
    levels = {row[0]: row for row in files["levels"][1:] if row[1] == "oil"}
    low, high = levels["Dogwood"], levels["Elm, by the river"]
    got = {row[0]: Fraction(int(row[5]), int(row[6])) for row in (low, high)}
    moved = got["Dogwood"] / 2
    assert moved > 0
    for row, due, change in ((low, 20, -moved), (high, 23, moved)):
        quantity = got[row[0]] + change
        level = quantity / (due * SIZE)
        number = str(len(files["blocks"]))
        files["blocks"].append([number, "0", str(level.numerator), str(level.denominator)])
        row[2:] = [
            "0",
            str(level.numerator),
            str(level.denominator),
            str(quantity.numerator),
            str(quantity.denominator),
        ]
        flow[f"to {row[0]}", "oil"][2:] = [str(quantity.numerator), str(quantity.denominator)]
        for home in files["certificate"]:
            if home[:2] == row[:2]:
                home[2] = number


def missing(table: str) -> Forgery:
    return lambda files, chance: files[table].remove(pick(files, table, chance))


def twice(table: str) -> Forgery:
    return lambda files, chance: files[table].append(list(pick(files, table, chance)))


def from_elsewhere(table: str, *row: str) -> Forgery:
    return lambda files, chance: files[table].append(list(row))


FORMS = (" {}", "{} ", "0{}", "+{}", "{}.0", "{}e0", "", "1_0", "0x1", "NaN", "٣", "-0", "9" * 5_000)
FORGED: dict[str, tuple[Forgery, str]] = {
    "a level's last digit": (last_digit("levels", "num"), "levels"),
    "a level's rungs": (last_digit("levels", "rungs"), "levels"),
    "a quantity's last digit": (last_digit("levels", "quantity_num"), "levels"),
    "a quantity's denominator": (last_digit("levels", "quantity_den"), "levels"),
    "a block's last digit": (another_block_level, "levels"),
    "a block of another number": (last_digit("blocks", "block"), ""),
    "swapped blocks": (swapped_blocks, "levels"),
    "a part not below one": (not_below_one, "files"),
    "more out of nothing": (out_of_nothing, "levels"),
    "a flow doubled": (cheating_flow, "flows"),
    "a flow backwards": (negative_flow, "flows"),
    "supply left idle": (nobody_gets_anything, "idle"),
    "a poorer gives to a richer": (one_takes_from_another, "order"),
    "a level left out": (missing("levels"), "levels"),
    "a flow left out": (missing("flows"), "flows"),
    "a block left out": (missing("blocks"), "certificate"),
    "a node left out": (missing("certificate"), "certificate"),
    "a level twice": (twice("levels"), "files"),
    "a flow twice": (twice("flows"), "files"),
    "a block twice": (twice("blocks"), "files"),
    "a node twice": (twice("certificate"), "files"),
    "a level of nobody": (from_elsewhere("levels", "Atlantis", "grain", "0", "0", "1", "0", "1"), "levels"),
    "a flow on no lane": (from_elsewhere("flows", "sea", "grain", "1", "1"), "flows"),
    "a flow of what is not there": (from_elsewhere("flows", "port-depot", "tea", "1", "1"), "flows"),
    "a flow on a lane for another": (from_elsewhere("flows", "quay-depot", "grain", "0", "1"), "flows"),
    "a flow of no denominator": (from_elsewhere("flows", "port-depot", "oil", "1", "0"), "files"),
    "a block of nobody": (from_elsewhere("blocks", "999", "0", "0", "1"), "certificate"),
    "a node from elsewhere": (from_elsewhere("certificate", "Atlantis", "grain", "1"), "certificate"),
    "levels in another form": (written("levels", "num", *FORMS), "files"),
    "quantities in another form": (written("levels", "quantity_den", *FORMS), "files"),
    "flows in another form": (written("flows", "quantity_num", *FORMS), "files"),
    "rungs in another form": (written("blocks", "rungs", *FORMS), "files"),
    "block numbers in another form": (written("certificate", "block", *FORMS), "files"),
}  # fmt: skip


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, Files]]:
    """Ten countries with their honest answers; stock and demand are near 2^62."""
    made = []
    for number in range(10):
        tiny = country(random.Random(number))
        folder = tmp_path_factory.mktemp(f"country {number}")
        found = run(tiny)
        write_tables(tiny.tables(), folder)
        write_tables({name: getattr(found, name) for name in ANSWER}, folder / "answer")
        files = {name: list(csv.reader((folder / "answer" / f"{name}.csv").open(encoding="utf-8"))) for name in ANSWER}
        made.append((folder, files))
    return made


def verdict(folder: Path, answer: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, list[str]]:
    """Exit code, and the checks that failed."""
    code = main(["allocation", str(folder), str(answer), "--json"])
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert not any("cannot be checked" in text for check in checks for text in check["failures"])
    return code, [check["name"].removeprefix("allocation-") for check in checks if not check["pass"]]


def test_honest_answers_near_two_to_the_62_are_accepted(
    honest: list[tuple[Path, Files]], capsys: pytest.CaptureFixture[str]
) -> None:
    for folder, _ in honest:
        assert verdict(folder, folder / "answer", capsys) == (0, [])


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_answer_is_refused(
    name: str, honest: list[tuple[Path, Files]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    forge, reason = FORGED[name]
    for number, (folder, files) in enumerate(honest):
        forged = {table: [list(row) for row in rows] for table, rows in files.items()}
        forge(forged, random.Random(number))
        assert forged != files
        for table, rows in forged.items():
            with (tmp_path / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
        code, failed = verdict(folder, tmp_path, capsys)
        assert code == 1
        assert not reason or reason in failed, (number, failed)


def test_the_same_fractions_in_other_terms_are_the_same_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = run(valley())
    write_tables(valley().tables(), tmp_path)
    write_tables({name: getattr(found, name) for name in ANSWER}, tmp_path / "answer")
    path = tmp_path / "answer" / "levels.csv"
    path.write_text(path.read_text().replace("9,11,54,11", "18,22,108,22"))
    assert verdict(tmp_path, tmp_path / "answer", capsys) == (0, [])
