"""`evenhand policy` on files: what comes out, in which order, and what is refused."""

import csv
import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from policy.samples import GRAIN

from evenhand.actions.policy import read_policy, run_policy
from evenhand.cli.main import run
from evenhand.core.errors import AnswerIsNo, EvenhandError, InputError, UsageError
from evenhand.engines.duckdb import DuckDB


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "grain.toml").write_text(GRAIN)
    (tmp_path / "households.csv").write_text(
        "household,card,size,rent\nBirch 1,PHH,4,12.50\nAlder 2,AAY,9,0\nCedar 3,,2,1\nAlder 1,none,1,\nBirch 2,PHH,,3\n"
    )
    return tmp_path


def command(folder: Path, *more: str) -> None:
    files = {"POLICY": "grain.toml", "H": "households.csv", "M": "members.csv", "OUT": "out.csv"}
    with pytest.raises(SystemExit) as stopped:
        run(["policy", *(str(folder / files[word]) if word in files else word for word in more)])
    assert not stopped.value.code


def out(folder: Path) -> list[list[str]]:
    with (folder / "out.csv").open(newline="") as file:
        return list(csv.reader(file))


RUN = ("run", "POLICY", "--on", "2024-01-15", "--households", "H", "--out", "OUT")


def test_rows_come_in_the_order_of_the_input_in_base_units(folder: Path) -> None:
    command(folder, *RUN)
    assert out(folder) == [
        ["household", "grain", "grain_floor", "undecided"],
        ["Birch 1", "24000", "14400", ""],
        ["Alder 2", "35000", "21000", ""],
        ["Cedar 3", "", "", "card"],
        ["Alder 1", "0", "0", ""],
        ["Birch 2", "", "", "size"],
    ]


def test_parquet_gives_the_same_and_keeps_the_order(folder: Path) -> None:
    many = 30_000
    table = pa.table(
        {
            "household": [f"h{(number * 7919) % many}" for number in range(many)],
            "card": [["PHH", "AAY", None][number % 3] for number in range(many)],
            "size": pa.array([number % 9 + 1 for number in range(many)], pa.int64()),
        }
    )
    pq.write_table(table, folder / "h.parquet")
    command(
        folder,
        "run",
        "POLICY",
        "--on",
        "2024-01-15",
        "--households",
        str(folder / "h.parquet"),
        "--out",
        str(folder / "o.parquet"),
    )
    found = pq.read_table(folder / "o.parquet")
    assert found["household"].to_pylist() == table["household"].to_pylist()
    expected = [[6000 * (number % 9 + 1), 35_000, None][number % 3] for number in range(many)]
    assert found["grain"].to_pylist() == expected


def test_reasons_are_row_ids(folder: Path) -> None:
    command(folder, *RUN, "--reasons", str(folder / "why.parquet"))
    assert pq.read_table(folder / "why.parquet").to_pylist() == [
        {"household": "Birch 1", "entitlement": "grain", "reasons": ["due.phh"]},
        {"household": "Alder 2", "entitlement": "grain", "reasons": ["due.aay"]},
        {"household": "Alder 1", "entitlement": "grain", "reasons": ["due.otherwise"]},
    ]


def test_json_is_one_document_on_stdout(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(folder, *RUN, "--json")
    found = json.loads(capsys.readouterr().out)
    assert (found["households"], found["undecided"], found["totals"]) == (5, 2, {"grain": 59_000})


def test_members_are_counted_and_summed_exactly(folder: Path) -> None:
    (folder / "grain.toml").write_text(GRAIN.replace("card = 'PHH'", "card = 'PHH' and sum(income) <= 100.01"))
    (folder / "households.csv").write_text("household,card\na,PHH\nb,PHH\nc,PHH\nd,PHH\n")
    (folder / "members.csv").write_text("household,member,income\na,1,100\na,2,0.01\nb,1,100.02\nc,1,\n")
    command(folder, *RUN, "--members", "M")
    assert [row[1:] for row in out(folder)[1:]] == [
        ["12000", "7200", ""],
        ["0", "0", ""],
        ["", "", "income"],
        ["", "", "member"],
    ]


@pytest.mark.parametrize(
    ("name", "text", "row", "field", "value"),
    [
        ("households.csv", "household,card,size\na,PHH,two\n", 1, "size", "two"),
        ("households.csv", "household,card,size\na,PHH,2.5\n", 1, "size", "2.5"),
        ("households.csv", "household,card,size\na,PHH,2\nb,PHH,3\na,PHH,4\n", 3, "household", "a"),
        ("households.csv", "household,card,size\n,PHH,2\n", 1, "household", ""),
        ("households.csv", "household,size\na,2\n", 0, "card", ""),
        ("households.csv", "household,card,size\na,PHH\n", 1, "", "a,PHH"),
        ("members.csv", "household,member,income\na,1,12.345\n", 1, "income", "12.345"),
        ("members.csv", "household,member,income\nz,1,12\n", 1, "household", "z"),
        ("members.csv", "household,member,income\na,1,1\na,1,2\n", 2, "member", "1"),
        ("members.csv", "household,member\na,1\n", 0, "income", ""),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_and_nothing_is_written(
    folder: Path, name: str, text: str, row: int, field: str, value: str
) -> None:
    if name == "members.csv":
        (folder / "grain.toml").write_text(GRAIN.replace("card = 'PHH'", "card = 'PHH' and sum(income) < 100"))
        (folder / "households.csv").write_text("household,card\na,PHH\n")
    (folder / name).write_text(text)
    more = ("--members", "M") if name == "members.csv" else ()
    with pytest.raises(InputError) as caught:
        command(folder, *RUN, *more)
    problem = caught.value.problems[0]
    assert (problem.file, problem.row, problem.field, problem.value) == (str(folder / name), row, field, value)
    assert not (folder / "out.csv").exists()


def test_what_cannot_be_done_is_said(folder: Path) -> None:
    with pytest.raises(UsageError, match="not in force on 2013-07-01"):
        command(folder, "run", "POLICY", "--on", "2013-07-15", "--households", "H", "--out", "OUT")
    with pytest.raises(InputError, match="1 problem"):
        command(folder, "check", str(folder / "none.toml"))
    with pytest.raises(UsageError, match="neither .csv nor .parquet"):
        command(folder, "run", "POLICY", "--on", "2024-01-15", "--households", "H", "--out", str(folder / "out.xlsx"))
    (folder / "grain.toml").write_text(GRAIN.replace("card = 'PHH'", "card = 'PHH' and any(income > 5)"))
    with pytest.raises(UsageError, match="reads members"):
        command(folder, *RUN)


def test_a_failed_test_is_exit_1_and_a_broken_policy_exit_2(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command(folder, "test", "POLICY")
    assert "1 of 1 tests hold" in capsys.readouterr().out
    (folder / "grain.toml").write_text(GRAIN.replace('"35 kg"', '"36 kg"'))
    with pytest.raises(AnswerIsNo) as no:
        command(folder, "test", "POLICY")
    assert no.value.exit_code == 1
    capsys.readouterr()
    (folder / "grain.toml").write_text(GRAIN.replace("'AAY'\"", "'AAX'\""))
    with pytest.raises(EvenhandError) as wrong:
        command(folder, "check", "POLICY", "--json")
    assert wrong.value.exit_code == 2
    document = json.loads(capsys.readouterr().out)
    assert document["problems"][0]["value"] == "'AAX'"


ASSUMED = """
[policy]
id = "assumed"
period = "month"
[category]
card = ["AAY", "PHH"]
[input]
card = {of = "household", type = "category", purpose = "class"}
ill = {of = "member", type = "bool", purpose = "need", assume = false, because = "none was reported"}
rent = {of = "household", type = "number", unit = "INR", range = [0, 900], purpose = "need", assume = 12.5, because = "x"}
[benefit.grain]
kind = "good"
unit = "g"
[param.each]
unit = "g/person"
source = "law"
prorate = "days"
values = [{from = 2024-01-01, value = 310}, {from = 2024-03-11, value = 620}]
[lookup.cost]
by = ["card", "size"]
unit = "INR/kg"
values = [{from = 2024-01-01, source = "law", rows = {AAY = {1 = 1, 2 = 2, each_more = 0.5}, other = 3}}]
[table.due]
unit = "g"
rows = [
  {id = "ill", when = "any(ill)", then = "each * size * 2", because = "x"},
  {id = "poor", over = "ill", when = "rent > 12.50", then = "each * size * 3", because = "x"},
]
otherwise = {then = "each * size", because = "x"}
[[entitlement]]
benefit = "grain"
amount = "due"
served = "anywhere"
price = {home = "cost", away = "cost * 2"}
"""


def test_columns_that_are_assumed_need_not_be_there_and_prices_are_written(tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(ASSUMED)
    (tmp_path / "h.csv").write_text("household,card\nh1,AAY\nh2,PHH\n")
    (tmp_path / "m.csv").write_text("household,member\nh1,1\nh1,2\nh1,3\nh1,4\nh2,1\n")
    out, prices = tmp_path / "out.csv", tmp_path / "prices.csv"
    policy = read_policy(tmp_path / "p.toml")
    engine, day = DuckDB(threads=2), date(2024, 3, 1)
    run_policy(engine, policy, day, tmp_path / "h.csv", tmp_path / "m.csv", out, prices=prices)
    # March 2024: 10 days of 310 g and 21 of 620 g are 520 g a person.
    assert out.read_text().replace('"', "").split() == ["household,grain,undecided", "h1,2080,", "h2,520,"]
    assert prices.read_text().replace('"', "").split("\n")[:3] == [
        "household,entitlement,served,per,price,away",
        "h1,grain,anywhere,kg,300,600",
        "h2,grain,anywhere,kg,300,600",
    ]
    (tmp_path / "h.csv").write_text("household,card,rent\nh1,AAY,\nh2,PHH,12.51\n")
    (tmp_path / "m.csv").write_text("household,member,ill\nh1,1,\nh1,2,true\nh2,1,no\n")
    run_policy(engine, policy, day, tmp_path / "h.csv", tmp_path / "m.csv", out)
    assert out.read_text().replace('"', "").split() == ["household,grain,undecided", "h1,2080,", "h2,1560,"]
    (tmp_path / "h.csv").write_text("household,card,rent\nh1,AAY,901\n")
    (tmp_path / "m.csv").write_text("household,member,ill\nh1,1,\n")
    run_policy(engine, policy, day, tmp_path / "h.csv", tmp_path / "m.csv", out)
    assert out.read_text().replace('"', "").split() == ["household,grain,undecided", "h1,,rent"]
