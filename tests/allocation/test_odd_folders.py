"""Folders as people make them: odd ids, line ends of any machine, tables with a header alone, networks with loops."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from evenhand_verify.main import main as checker

from evenhand.actions.allocate import allocate
from evenhand.core.errors import InputError

VALLEY = {
    "nodes": "node,kind\nPort,entry\nDepot,depot\nAlder,point\nBirch,point\n",
    "supply": "node,commodity,quantity\nPort,grain,10\n",
    "lanes": "lane,from,to,commodity,capacity,cost\np,Port,Depot,,,1\na,Depot,Alder,,1,1\nb,Depot,Birch,,,1\n",
    "demand": "point,commodity,rung,quantity\nAlder,grain,1,4\nBirch,grain,1,6\n",
}
ODD = [
    '"Alder, upper"', '"Al""der"', "'; drop table", "  Alder ", "Ålder", "A\u030alder", "ग्राम", "قرية", "\u200fالقرية", "😀",
    "Al\tder", '"Al\nder"', "NULL", "null", "nan", "0", "-1", "1e5", "007", "x" * 64, "Alder\u00a0",
]  # fmt: skip


def folder(path: Path, **changed: str | bytes) -> Path:
    path.mkdir()
    for name, text in (VALLEY | changed).items():
        (path / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def levels(path: Path) -> dict[str, str]:
    """num/den of every point, once `allocate` has divided the folder and the checker has agreed."""
    out = path / "out"
    allocate(path, out)
    assert checker(["allocation", str(path), str(out)]) == 0
    with (out / "levels.csv").open(encoding="utf-8", newline="") as file:
        return {row["point"]: f"{row['rungs']} {row['num']}/{row['den']}" for row in csv.DictReader(file)}


@pytest.mark.parametrize("text", ODD)
def test_an_id_is_any_text_and_comes_out_as_it_went_in(text: str, tmp_path: Path) -> None:
    tables = {name: table.replace("Alder", text).replace("grain", text) for name, table in VALLEY.items()}
    plain = next(csv.reader([text]))[0] if "\n" not in text else "Al\nder"
    assert levels(folder(tmp_path / "in", **tables)) == {plain: "0 1/4", "Birch": "1 0/1"}


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n"])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_line_ends_and_byte_order_marks_change_nothing(start: str, end: str, tmp_path: Path) -> None:
    tables = {name: start + table.replace("\n", end) for name, table in VALLEY.items()}
    assert levels(folder(tmp_path / "in", **tables)) == {"Alder": "0 1/4", "Birch": "1 0/1"}


@pytest.mark.parametrize("end", ["", "\n"])
@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("supply", {"Alder": "0 0/1", "Birch": "0 0/1"}),
        ("lanes", {"Alder": "0 0/1", "Birch": "0 0/1"}),
        ("demand", {}),
    ],
)
def test_a_header_alone_is_a_table_without_rows(table: str, expected: dict[str, str], end: str, tmp_path: Path) -> None:
    assert levels(folder(tmp_path / "in", **{table: VALLEY[table].splitlines()[0] + end})) == expected


def test_lanes_in_circles_and_back_to_where_they_begin_move_nothing(tmp_path: Path) -> None:
    lanes = VALLEY["lanes"] + "x,Depot,Port,,,1\ny,Depot,Depot,,5,1\nz,Alder,Alder,grain,,1\nw,Alder,Depot,,,1\n"
    assert levels(folder(tmp_path / "in", lanes=lanes)) == {"Alder": "0 1/4", "Birch": "1 0/1"}


def test_stock_at_a_point_and_a_lane_for_what_nobody_has(tmp_path: Path) -> None:
    changed = {"supply": VALLEY["supply"] + "Alder,grain,3\n", "lanes": VALLEY["lanes"] + "t,Port,Alder,tea,,1\n"}
    assert levels(folder(tmp_path / "in", **changed)) == {"Alder": "1 0/1", "Birch": "1 0/1"}


@pytest.mark.parametrize(
    ("table", "row", "named"),
    [
        ("demand", "Port,grain,1,5", ("demand.csv", "row 3", "Port", "not a point")),
        ("supply", "Mars,grain,5", ("supply.csv", "row 2", "Mars", "no such node")),
        ("lanes", "c,Depot,Mars,,,1", ("lanes.csv", "row 4", "Mars", "no such node")),
        ("lanes", "a,Port,Birch,,,1", ("lanes.csv", "row 4", "a", "stands already in row 2")),
        ("nodes", "Alder,depot", ("nodes.csv", "row 5", "Alder", "stands already in row 3")),
        ("supply", "Depot,grain,007", ("supply.csv", "row 2", "007", "not an integer")),
        ("supply", "Depot,grain," + "9" * 5_000, ("supply.csv", "row 2", "999…", "too large")),
        ("nodes", '"open,point', ("nodes.csv", "row 5", "quotation mark")),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(table: str, row: str, named: tuple[str, ...], tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        allocate(folder(tmp_path / "in", **{table: VALLEY[table] + row + "\n"}), tmp_path / "out")
    text = "\n".join(caught.value.lines())
    assert all(word in text for word in named), text
    assert len(text) < 1_000
    assert not (tmp_path / "out").exists()
