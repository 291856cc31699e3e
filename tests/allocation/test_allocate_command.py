"""`evenhand allocate DIR --out DIR`: files in, files out, exit codes, and nothing written when the answer is no."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from allocation.networks import run, valley
from evenhand_verify.main import main as checker

from evenhand.cli import main

NAMES = ("levels", "flows", "blocks", "certificate")


def write(folder: Path) -> Path:
    folder.mkdir()
    for name, table in valley().tables().items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.column_names)
            writer.writerows(["" if c is None else c for c in row.values()] for row in table.to_pylist())
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "in")


def evenhand(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["evenhand", "allocate", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0


def read(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_the_four_tables_are_written(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    out = tmp_path / "deep" / "out"
    assert evenhand(monkeypatch, folder, "--out", out) == 0
    assert sorted(p.name for p in out.iterdir()) == sorted(f"{n}.csv" for n in NAMES)
    for name in NAMES:
        expected = getattr(run(valley()), name).to_pylist()
        assert read(out / f"{name}.csv") == [{k: str(v) for k, v in row.items()} for row in expected]
    assert "worst off: Alder" in capsys.readouterr().out


def test_parquet_may_stand_for_csv(folder: Path, tmp_path: Path, monkeypatch) -> None:
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "one") == 0
    for name, table in valley().tables().items():
        (folder / f"{name}.csv").unlink()
        pq.write_table(table, folder / f"{name}.parquet")
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "two") == 0
    for name in NAMES:
        assert (tmp_path / "one" / f"{name}.csv").read_bytes() == (tmp_path / "two" / f"{name}.csv").read_bytes()


def test_json_is_one_document_and_nothing_else(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out", "--json") == 0
    captured = capsys.readouterr()
    document = json.loads(captured.out)
    assert document["worst"] == {"point": "Alder", "commodity": "grain", "rungs": 0, "num": "1", "den": "4"}
    assert (document["points"], document["in_full"], document["blocks"]) == (3, 0, 2)
    assert captured.err == ""


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        (
            "supply.csv",
            b"node,commodity,quantity\nPort,grain,-1\n",
            ["supply.csv", "row 1", "quantity", "-1", "negative"],
        ),
        ("supply.csv", b"node,commodity,quantity\nPort,grain\n", ["supply.csv", "row 1", "cells"]),
        ("supply.csv", b"", ["supply.csv"]),
        ("supply.csv", b"node,commodity,quantity\nP\xf6rt,grain,1\n", ["supply.csv", "UTF-8"]),
        ("lanes.csv", b"lane,from,to,commodity,capacity,cost\nx,Port,Nowhere,,,1\n", ["lanes.csv", "row 1", "Nowhere"]),
        ("demand.csv", b"point;commodity;rung;quantity\n", ["demand.csv"]),
        ("nodes.parquet", b"PAR1", ["nodes.parquet"]),
        ("supply.parquet", b"not parquet", ["supply.parquet"]),
    ],
)
def test_wrong_files_are_named_and_nothing_is_written(
    folder: Path, tmp_path: Path, monkeypatch, capsys, file: str, content: bytes, words: list[str]
) -> None:
    if file == "supply.parquet":
        (folder / "supply.csv").unlink()
    (folder / file).write_bytes(content)
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert all(word in error for word in words), error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_a_missing_file_and_a_missing_folder_are_named(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    (folder / "lanes.csv").unlink()
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out") == 2
    assert "lanes.csv" in capsys.readouterr().err
    assert evenhand(monkeypatch, tmp_path / "no", "--out", tmp_path / "out") == 2
    assert "no" in capsys.readouterr().err


def test_a_rule_that_is_none_is_refused_with_those_there_are(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out", "--rule", "seniority") == 2
    error = capsys.readouterr().err
    assert "seniority" in error and "leximin, proportional" in error


def test_another_rule_writes_quantities_and_no_certificate(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out", "--rule", "first-come") == 0
    assert "no certificate" in capsys.readouterr().out
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["flows.csv", "quantities.csv"]
    assert [row["quantity_num"] for row in read(tmp_path / "out" / "quantities.csv")] == ["1", "6", "3"]
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "leximin") == 0
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "leximin", "--rule", "lottery") == 2
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out", "--rule", "lottery", "--explain", "Alder") == 2


def test_what_if_stands_side_by_side_as_text_as_data_and_as_tables(
    folder: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    out = tmp_path / "out"
    changes = ["--what-if", "stock grain@Port +5", "--what-if", "lane d-b closed"]
    assert evenhand(monkeypatch, folder, "--out", out, *changes) == 0
    said = capsys.readouterr().out
    assert "(1): stock grain@Port +5" in said and "(2): lane d-b closed" in said
    assert next(line for line in said.splitlines() if line.startswith("given out")).split() == [
        "given",
        "out",
        "10",
        "15",
        "10",
    ]
    rows = read(out / "what-if-points.csv")
    assert [(r["scenario"], r["point"], r["base_num"], r["quantity_num"]) for r in rows] == [
        ("1", "Birch", "54", "6"),
        ("1", "Cedar", "45", "8"),
        ("2", "Birch", "54", "0"),
        ("2", "Cedar", "45", "9"),
    ]
    assert [r["scenario"] for r in read(out / "what-if.csv")] == ["base", "(1)", "(2)"]
    assert evenhand(monkeypatch, folder, "--out", out, *changes, "--json") == 0
    scenarios = json.loads(capsys.readouterr().out)["scenarios"]
    assert [one["commodities"][0]["under_floor"] for one in scenarios] == [3, 1, 2]
    assert scenarios[1]["commodities"][0]["worst"] == {"rungs": 0, "num": "1", "den": "4", "point": "Alder"}


def test_a_change_that_is_not_understood_is_refused_and_nothing_is_written(
    folder: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out", "--what-if", "lane d-x closed") == 2
    error = capsys.readouterr().err
    assert '"d-x"' in error and "what to do" in error
    assert not (tmp_path / "out").exists()


def test_compare_shows_every_rule(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out", "--compare", "--json") == 0
    rules = {one["name"]: one for one in json.loads(capsys.readouterr().out)["rules"]}
    assert list(rules)[0] == "leximin" and len(rules) == 8
    assert rules["first-come"]["commodities"][0]["gini"] == "0.327273"
    assert rules["postpone"]["commodities"][0]["lowered"] == 3
    table = {row["rule"]: row for row in read(tmp_path / "out" / "compare.csv")}
    assert table["postpone"]["floor_gap_change"] == "10.000000"


def test_an_out_that_is_a_file_is_refused(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    (tmp_path / "out").write_text("mine")
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out") == 2
    assert (tmp_path / "out").read_text() == "mine"


def test_a_mark_of_byte_order_and_crlf_are_read(folder: Path, tmp_path: Path, monkeypatch) -> None:
    for path in folder.iterdir():
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out") == 0


def test_tables_with_a_header_only_are_a_network_with_nothing_in_it(folder: Path, tmp_path: Path, monkeypatch) -> None:
    for name in ("supply", "demand", "lanes"):
        path = folder / f"{name}.csv"
        path.write_text(path.read_text().splitlines()[0] + "\n")
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out") == 0
    assert read(tmp_path / "out" / "levels.csv") == []


def test_explain_says_what_holds_a_point_down_and_writes_the_table(
    folder: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    out = tmp_path / "out"
    assert evenhand(monkeypatch, folder, "--out", out, "--explain", "Alder:grain", "--explain", "Birch") == 0
    said = capsys.readouterr().out
    assert "lane d-a is full of grain (1)" in said and "Birch, grain: gets 4.91 of 6" in said
    assert [row["name"] for row in read(out / "bottlenecks.csv")] == ["d-a", "Port"]
    assert evenhand(monkeypatch, folder, "--out", out, "--explain", "Alder", "--json") == 0
    (one,) = json.loads(capsys.readouterr().out)["explanations"]
    assert one["block"]["limits"] == [{"kind": "lane", "name": "d-a", "commodity": "grain", "quantity": "1"}]
    assert one["reliefs"][0]["level"] == {"rungs": 0, "num": "2", "den": "3"}


@pytest.mark.parametrize("text", ["Aldre", "Alder:oil", "Depot", ""])
def test_a_point_that_is_due_nothing_cannot_be_explained(
    folder: Path, tmp_path: Path, monkeypatch, capsys, text: str
) -> None:
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out", "--explain", text) == 2
    assert f'"{text}"' in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_bundles_are_divided_by_one_level_and_the_checker_agrees(
    folder: Path, tmp_path: Path, monkeypatch, capsys
) -> None:
    (folder / "bundles.csv").write_text("bundle,commodity\nbasket,grain\nbasket,oil\n")
    with (folder / "demand.csv").open("a") as demand, (folder / "supply.csv").open("a") as supply:
        demand.write("Birch,oil,1,10\n")
        supply.write("Port,oil,5\n")
    out = tmp_path / "out"
    assert evenhand(monkeypatch, folder, "--out", out) == 0
    got = {(row["point"], row["commodity"]): row for row in read(out / "levels.csv")}
    birch = [
        (got["Birch", c]["num"], got["Birch", c]["den"], got["Birch", c]["quantity_num"]) for c in ("grain", "oil")
    ]
    assert birch == [("1", "2", "3"), ("1", "2", "5")]
    assert checker(["allocation", str(folder), str(out)]) == 0
    assert evenhand(monkeypatch, folder, "--out", out, "--compare") == 2
    (folder / "handling.csv").write_text("node,capacity\nPort,3\n")
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "no") == 2
    assert not (tmp_path / "no").exists()


def test_handling_is_read_divided_and_checked(folder: Path, tmp_path: Path, monkeypatch, capsys) -> None:
    (folder / "handling.csv").write_text("node,capacity\nPort,5\n")
    assert evenhand(monkeypatch, folder, "--out", tmp_path / "out") == 0
    assert ("Port", "") in {(row["node"], row["commodity"]) for row in read(tmp_path / "out" / "certificate.csv")}
    assert checker(["allocation", str(folder), str(tmp_path / "out")]) == 0
    (folder / "handling.csv").write_text("node,capacity\nPort,4\n")
    assert checker(["allocation", str(folder), str(tmp_path / "out")]) == 1
    (folder / "handling.csv").write_text("node,capacity\nPort,6\n")
    assert checker(["allocation", str(folder), str(tmp_path / "out")]) == 1
