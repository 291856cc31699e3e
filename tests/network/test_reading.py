"""Files that are no tables: what is told, and where."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from evenhand.actions.reading import identify, read
from evenhand.core.errors import InputError
from evenhand.flow.network import AREAS

HEADER = b"pcode,name,parent,level\n"


def texts(tmp_path: Path, data: bytes) -> list[tuple[int, str | None]]:
    """(row, name) of a file of areas."""
    path = tmp_path / "areas.csv"
    path.write_bytes(data)
    read(identify(path), AREAS, tmp_path / "rows.parquet")
    return [(row["row"], row["name"]) for row in pq.read_table(tmp_path / "rows.parquet").to_pylist()]


def problems(tmp_path: Path, data: bytes) -> list[tuple[int, str, str]]:
    with pytest.raises(InputError) as caught:
        texts(tmp_path, data)
    assert all(problem.file.endswith("areas.csv") and problem.remedy for problem in caught.value.problems)
    return [(problem.row, problem.field, problem.message) for problem in caught.value.problems]


def test_cells_are_the_texts_they_are(tmp_path: Path) -> None:
    data = HEADER + b'A,"a, ""b""",,0\nB, 007 ,,1\nC,,,\nD,"",,0\nE,NULL,,0\nF,nan,,0\n'
    assert texts(tmp_path, data) == [(1, 'a, "b"'), (2, " 007 "), (3, None), (4, None), (5, "NULL"), (6, "nan")]


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf" + HEADER + b"A,a,,0", HEADER.replace(b"\n", b"\r\n") + b"A,a,,0\r\n\r\n"]
)
def test_byte_order_marks_and_other_line_ends_are_read(tmp_path: Path, data: bytes) -> None:
    assert texts(tmp_path, data) == [(1, "a")]


def test_columns_may_stand_in_any_order_and_optional_ones_be_absent(tmp_path: Path) -> None:
    assert texts(tmp_path, b"level,name,pcode\n0,a,A\n") == [(1, "a")]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", [(0, "", "the file is empty")]),
        (b"\n\n", [(0, "", "the file is empty")]),
        (HEADER, [(0, "", "the file has no rows")]),
        (HEADER + b"A,\xff,,0\n", [(1, "", "the text here is not UTF-8")]),
        (HEADER + b"A,a,,0\nB,\xc3", [(0, "", "the file ends within a character")]),
        (HEADER + b"A,a,,0\nB,\0,,0\n", [(2, "", "the file holds a zero byte")]),
        ("pcode,name\nA,a\n".encode("utf-16"), [(0, "", "the text here is not UTF-8")]),
        (HEADER + b'A,a,,0\nB,"b,,0\nC,c,,0\n', [(2, "", "a quotation mark is not closed")]),
        (b"pcode;name;level\nA;a;0\n", [(0, "pcode;name;level", "the cells are not separated by commas")]),
        (b"pcode,name,level,level\nA,a,0,0\n", [(0, "level", "the column stands twice")]),
        (b"pcode,name,level,colour\nA,a,0,red\n", [(0, "colour", "there is no such column in this table")]),
        (b"pcode,level\nA,0\n", [(0, "name", "the column is missing")]),
        (
            HEADER + b"A,a,,0\nB,b\nC,c,,0\nD,d,,0,9\n",
            [(2, "", "the row has 2 cells, the header 4"), (4, "", "the row has 5 cells, the header 4")],
        ),
        (HEADER + b"A," + b"x" * (1 << 24) + b",,0\n", [(0, "", "a row is longer than 8 MB")]),
    ],
    ids=range(14),
)  # fmt: skip
def test_what_is_no_table_is_told(tmp_path: Path, data: bytes, found: list[tuple[int, str, str]]) -> None:
    if data[:2] == b"\xff\xfe":
        found = [(0, "", problems(tmp_path, data)[0][2])]
        assert found[0][2] in ("the text here is not UTF-8", "the file holds a zero byte")
        return
    assert problems(tmp_path, data) == found


def test_rows_after_a_ragged_one_keep_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_bytes(HEADER + b"A,a,,0\nB,b\nC,c,,0\n")
    with pytest.raises(InputError):
        read(identify(path), AREAS, tmp_path / "rows.parquet")
    assert pq.read_table(tmp_path / "rows.parquet").column("row").to_pylist() == [1, 3]


def test_rows_are_counted_across_blocks(tmp_path: Path) -> None:
    rows = 300_000
    data = HEADER + b"".join(b"A%d,%s,,0\n" % (number, b"x" * 40) for number in range(1, rows + 1))
    found = texts(tmp_path, data)
    assert [row for row, _ in found] == list(range(1, rows + 1))


@pytest.mark.parametrize("name", ["nothing.csv", "."])
def test_what_is_no_file_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError):
        identify(tmp_path / name)


def test_a_pipe_of_control_characters_in_the_header_is_shown_harmlessly(tmp_path: Path) -> None:
    found = problems(tmp_path, b"pcode,name,level,\x1b[2J\nA,a,0,x\n")
    assert found[0][1] == "\\u001b[2J"
