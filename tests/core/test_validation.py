"""The check of a table as a whole, run on the engine."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.core.errors import InputError, Problem
from evenhand.core.schema import Column, Table
from evenhand.core.validation import LISTED, ManyProblems, check_plan, printable, problem
from evenhand.engines.duckdb import DuckDB

VILLAGES = Table(
    "villages",
    (
        Column("village", "text", "id", maximum=8),
        Column("kind", "text", "kind", required=False, choices=("hill", "it's")),
        Column("people", "int", "people", required=False, minimum=0, maximum=9000),
        Column("since", "date", "founded", required=False, minimum=18800101, maximum=20110313),
        Column("open", "bool", "open", required=False),
        Column("code", "text", "two digits", required=False, pattern="[0-9]{2}"),
        Column("near", "text", "neighbour", required=False, references=("village", "village")),
    ),
    ("village",),
    "Villages.",
)


def check(tmp_path: Path, *rows: dict[str, str | None]) -> list[tuple[int, str, str | None, str]]:
    """What is wrong with the rows; each gets every column."""
    texts = [{column: row.get(column) for column in VILLAGES.names} for row in rows]
    schema = pa.schema([(column, pa.string()) for column in VILLAGES.names])
    table = pa.Table.from_pylist(texts, schema).append_column("row", pa.array(range(1, len(rows) + 1), pa.int64()))
    pq.write_table(table, tmp_path / "rows.parquet")
    pq.write_table(pa.table({"village": ["Alder", "Birch"]}), tmp_path / "known.parquet")
    found = DuckDB().rows(
        check_plan(VILLAGES), {"rows": tmp_path / "rows.parquet", "known_village": tmp_path / "known.parquet"}
    )
    problems = [(row["row"], row["field"], row["value"], row["code"]) for row in found["problems"].to_pylist()]
    assert found["tally"].to_pylist() == [{"problems": len(problems)}] or len(problems) == LISTED
    return problems


GOOD = {
    "village": "Cedar", "kind": "it's", "people": "9000", "since": "2008-02-29", "open": "yes", "code": "07",
    "near": "Alder",
}  # fmt: skip


def test_a_right_row_has_no_problem(tmp_path: Path) -> None:
    assert check(tmp_path, GOOD, {"village": "Elder"}) == []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("village", None, "missing"),
        ("village", "Alder Hill", "longer:8"),
        ("village", "x" * 301, "long"),
        ("village", " Elm", "blanks"),
        ("village", "E\x1b[2J", "control"),
        ("village", "E\u202em", "control"),
        ("kind", "its", "choice:hill, it's"),
        ("kind", "Hill", "choice:hill, it's"),
        ("people", "12.0", "int"),
        ("people", "1e3", "int"),
        ("people", "٣", "int"),
        ("people", "9" * 30, "int"),
        ("people", "-1", "least:0"),
        ("people", "9001", "most:9000"),
        ("since", "2009-02-29", "date"),
        ("since", "2009-2-9", "date"),
        ("since", "01/02/2009", "date"),
        ("since", "2009-02-09 00:00", "date"),
        ("since", "1879-12-31", "early:18800101"),
        ("since", "2011-03-14", "late:20110313"),
        ("open", "true", "bool"),
        ("code", "7", "form:two digits"),
        ("code", "077", "form:two digits"),
        ("near", "Cedar", "reference:village"),
        ("near", "alder", "reference:village"),
    ],
)
def test_a_wrong_cell_is_told_once_with_its_place(tmp_path: Path, field: str, value: str | None, code: str) -> None:
    found = check(tmp_path, {"village": "Elder"}, {**GOOD, field: value})
    assert [(row, name, why) for row, name, _, why in found] == [(2, field, code)]


@pytest.mark.parametrize(
    ("field", "value"), [("since", "1880-01-01"), ("since", "2011-03-13"), ("people", "0"), ("people", "+5")]
)
def test_bounds_are_inclusive(tmp_path: Path, field: str, value: str) -> None:
    assert check(tmp_path, {**GOOD, field: value}) == []


def test_a_key_that_stands_twice_is_told_at_every_later_row(tmp_path: Path) -> None:
    rows = [{"village": name} for name in ("Elm", "Fir", "Elm", "Gum", "Elm")]
    assert check(tmp_path, *rows) == [(3, "village", "Elm", "twice:1"), (5, "village", "Elm", "twice:1")]


def test_everything_wrong_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = check(tmp_path, {"village": None, "people": "x"}, {"village": "Elm", "near": "Oz"}, {"village": "Elm"})
    assert [(row, field) for row, field, _, _ in found] == [(1, "people"), (1, "village"), (2, "near"), (3, "village")]


def test_of_very_many_problems_the_first_are_listed(tmp_path: Path) -> None:
    found = check(tmp_path, *[{"village": f"V{n}", "people": "x"} for n in range(LISTED + 500)])
    assert [row for row, *_ in found] == list(range(1, LISTED + 1))


def test_the_number_of_problems_is_told_though_few_are_shown() -> None:
    some = [Problem("f.csv", row, "a", "b", "c", "d") for row in range(1, 31)]
    lines = ManyProblems(some, 5000).lines()
    assert len(lines) == 22
    assert lines[0].startswith("f.csv, row 1,")
    assert lines[-2:] == ["… and 4980 more", "5000 problems in the input; nothing was changed"]
    assert isinstance(ManyProblems(some, 30), InputError)


def test_a_long_value_is_cut_in_the_plan(tmp_path: Path) -> None:
    (found,) = check(tmp_path, {"village": "x" * 100_000})
    assert found[2] == "x" * 60 + "…"


def test_values_are_shown_harmlessly() -> None:
    assert printable("a\x1b[31m\u202e\n") == "a\\u001b[31m\\u202e\\u000a"
    assert printable("Ünï 字") == "Ünï 字"
    assert problem("f", 1, "a", "\x07", "int").value == "\\u0007"


@pytest.mark.parametrize(
    ("code", "message", "remedy"),
    [
        ("late:20110313", "the day is too late", "write 2011-03-13 or earlier"),
        ("twice:4", "this already stands in row 4", "keep one of the rows"),
        ("own words|do this", "own words", "do this"),
    ],
)
def test_codes_become_words(code: str, message: str, remedy: str) -> None:
    found = problem("f.csv", 2, "a", None, code)
    assert (found.message, found.remedy) == (message, remedy)
