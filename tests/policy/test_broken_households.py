"""Files of households and members that are broken: an error that names the place, or `undecided`; never a silent zero."""

# ruff: noqa: E501 (a case is one line)

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.actions.policy import run_policy
from evenhand.core.errors import EvenhandError
from evenhand.flow.policy import Policy, load
from evenhand.wiring import engine

POLICY: Policy = load(
    """
[policy]
id = "meals"
period = "month"
[category]
card = ["blue", "red"]
[input]
card = {of = "household", type = "category", purpose = "class"}
rent = {of = "household", type = "number", unit = "USD", range = [0, 5000], purpose = "need"}
alone = {of = "household", type = "bool", purpose = "need"}
care = {of = "household", type = "number", unit = "USD", range = [0, 5000], purpose = "need", assume = 0, because = "none"}
age = {of = "member", type = "integer", unit = "year", range = [0, 130], purpose = "need"}
[benefit.help]
kind = "voucher"
unit = "USD"
[table.elder]
of = "member"
unit = "USD"
rows = [{id = "old", when = "age >= 60", then = "100", because = "from 60"}]
otherwise = {then = "7", because = "under 60"}
[table.due]
unit = "USD"
rows = [{id = "blue", when = "card = 'blue'", then = "rent + care", because = "the rent"},
        {id = "alone", when = "alone", over = "blue", then = "50", because = "lives alone"},
        {id = "red", when = "card = 'red' and not alone", then = "sum(elder)", because = "by age"}]
[[entitlement]]
benefit = "help"
amount = "due"
""",
    "meals.toml",
)
HOUSEHOLDS = "household,card,rent,alone\nA,blue,12.50,false\nB,red,0.00,false\n"
MEMBERS = "household,member,age\nA,1,30\nB,1,70\nB,2,3\n"
RIGHT = {"A": ("1250", ""), "B": ("10700", "")}


def run(folder: Path, households: Path, members: Path) -> dict[str, tuple[str, str]]:
    out = folder / "due.csv"
    try:
        run_policy(engine(), POLICY, date(2024, 1, 1), households, members, out)
    except EvenhandError:
        assert not out.exists()
        raise
    with out.open(newline="", encoding="utf-8") as file:
        return {row["household"]: (row["help"], row["undecided"]) for row in csv.DictReader(file)}


def written(folder: Path, households: str, members: str) -> tuple[Path, Path]:
    (folder / "h.csv").write_bytes(households.encode())
    (folder / "m.csv").write_bytes(members.encode())
    return folder / "h.csv", folder / "m.csv"


REFUSED = {  # which file, what is replaced, by what, words of the error
    "a column is missing": ("h", "card,rent,alone", "card,rnt,alone", 'field "rent": the column is missing. What to do: did you mean "rnt"?'),
    "a column twice": ("h", "rent,alone\n", "rent,Rent,alone\n", "stands twice"),
    "an assumed column in capitals": ("h", "alone\nA,blue,12.50,false\nB,red,0.00,false", "alone,Care\nA,blue,12.50,false,9\nB,red,0.00,false,9", 'call it "care"'),
    "an id twice": ("h", "\nB,red", "\nA,red", 'row 2, field "household", value "A": it stands twice'),
    "an empty id": ("h", "\nB,red", "\n,red", "row 2, field \"household\": the key is empty"),
    "thousands in quotes": ("h", "12.50", '"1,200.50"', 'row 1, field "rent", value "1,200.50": it cannot be read'),
    "thousands bare": ("h", "12.50", "1,200.50", "row 1, value"),
    "a decimal comma": ("h", "12.50", '"12,50"', 'row 1, field "rent"'),
    "a sign of money": ("h", "12.50", "$12.50", 'row 1, field "rent"'),
    "a third decimal": ("h", "12.50", "12.505", 'row 1, field "rent"'),
    "an exponent": ("h", "12.50", "1e1", 'row 1, field "rent"'),
    "not a number": ("h", "12.50", "nan", 'row 1, field "rent"'),
    "NULL": ("h", "12.50", "NULL", 'row 1, field "rent"'),
    "other digits": ("h", "12.50", "١٢", 'row 1, field "rent"'),
    "maybe": ("h", "12.50,false", "12.50,maybe", 'row 1, field "alone"'),
    "a cell too many": ("h", "12.50,false", "12.50,false,9", "row 1"),
    "a cell too few": ("h", "12.50,false", "12.50", "row 1"),
    "semicolons": ("h", HOUSEHOLDS, HOUSEHOLDS.replace(",", ";"), "not separated by commas"),
    "an empty file": ("h", HOUSEHOLDS, "", "the file is empty"),
    "only a header": ("h", HOUSEHOLDS, "household,card,rent,alone\n", "no rows"),
    "an open quote": ("h", "A,blue", 'A,"blue', "row 1: a quotation mark is not closed"),
    "no ages": ("m", MEMBERS, "household,member\nA,1\n", 'field "age": the column is missing'),
    "no members at all": ("m", MEMBERS, "household,member,age\n", "no rows"),
    "a member of nobody": ("m", "B,2,3", "C,2,3", 'row 3, field "household", value "C": there is no such household'),
    "a member twice": ("m", "B,2,3", "B,1,3", 'row 3, field "member", value "1": it stands twice'),
    "a member without id": ("m", "B,2,3", "B,,3", 'row 3, field "member": the key is empty'),
    "half a year": ("m", "A,1,30", "A,1,30.5", 'row 1, field "age"'),
    "an age in words": ("m", "A,1,30", "A,1,thirty", 'row 1, field "age"'),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_refused_with_its_row_and_field(name: str, tmp_path: Path) -> None:
    which, old, new, words = REFUSED[name]
    texts = {"h": HOUSEHOLDS, "m": MEMBERS}
    assert old in texts[which]
    texts[which] = texts[which].replace(old, new, 1)
    with pytest.raises(EvenhandError) as caught:
        run(tmp_path, *written(tmp_path, texts["h"], texts["m"]))
    assert caught.value.exit_code == 2
    assert words in "\n".join(caught.value.lines())


UNDECIDED = {  # which file, what is replaced, by what, the input named for A
    "no card": ("h", "A,blue", "A,", "card"),
    "an unlisted word": ("h", "A,blue", "A,green", "card"),
    "a word in capitals": ("h", "A,blue", "A,BLUE", "card"),
    "a blank rent": ("h", "12.50", "", "rent"),
    "a rent below 0": ("h", "12.50", "-12.50", "rent"),
    "a rent out of range": ("h", "12.50", "5000.01", "rent"),
    "no yes or no": ("h", "12.50,false", "12.50,", "alone"),
}


@pytest.mark.parametrize("name", UNDECIDED)
def test_what_is_not_known_is_undecided_and_names_the_input(name: str, tmp_path: Path) -> None:
    which, old, new, missing = UNDECIDED[name]
    texts = {"h": HOUSEHOLDS, "m": MEMBERS}
    texts[which] = texts[which].replace(old, new, 1)
    assert run(tmp_path, *written(tmp_path, texts["h"], texts["m"])) == {**RIGHT, "A": ("", missing)}


@pytest.mark.parametrize(("age", "shown"), [("", "age"), ("-1", "age"), ("131", "age")])
def test_an_age_that_is_not_known_leaves_the_sum_undecided(age: str, shown: str, tmp_path: Path) -> None:
    files = written(tmp_path, HOUSEHOLDS, MEMBERS.replace("B,2,3", f"B,2,{age}"))
    assert run(tmp_path, *files) == {**RIGHT, "B": ("", shown)}


def test_a_household_without_members_is_undecided(tmp_path: Path) -> None:
    files = written(tmp_path, HOUSEHOLDS, "household,member,age\nA,1,30\n")
    assert run(tmp_path, *files) == {**RIGHT, "B": ("", "member")}


@pytest.mark.parametrize(
    "text", ["\ufeff" + HOUSEHOLDS, HOUSEHOLDS.replace("\n", "\r\n"), HOUSEHOLDS.replace("\nB", "\n\nB")]
)
def test_marks_and_line_ends_of_other_programs_change_nothing(text: str, tmp_path: Path) -> None:
    assert run(tmp_path, *written(tmp_path, text, MEMBERS)) == RIGHT


COLUMNS = {"household": ["A", "B"], "card": ["blue", "red"], "rent": ["12.50", "0"], "alone": [False, False]}
TYPES = {
    "texts": {},
    "words by number": {"card": pa.array(["blue", "red"]).dictionary_encode()},
    "decimals": {"rent": pa.array([Decimal("12.50"), Decimal(0)], pa.decimal128(9, 2))},
    "doubles": {"rent": pa.array([12.5, 0.0])},
    "yes and no as texts": {"alone": ["no", "no"]},
}


@pytest.mark.parametrize("name", TYPES)
def test_parquet_of_any_plain_type_is_read_alike(name: str, tmp_path: Path) -> None:
    pq.write_table(pa.table({**COLUMNS, **TYPES[name]}), tmp_path / "h.parquet")
    _, members = written(tmp_path, "", MEMBERS)
    assert run(tmp_path, tmp_path / "h.parquet", members) == RIGHT


def test_ids_that_are_numbers_in_parquet_meet_texts_in_csv(tmp_path: Path) -> None:
    pq.write_table(pa.table({**COLUMNS, "household": [7, 8]}), tmp_path / "h.parquet")
    _, members = written(tmp_path, "", MEMBERS.replace("A,", "7,").replace("B,", "8,"))
    assert run(tmp_path, tmp_path / "h.parquet", members) == {"7": RIGHT["A"], "8": RIGHT["B"]}


@pytest.mark.parametrize(("rent", "words"), [
    (pa.array([float("nan"), 0.0]), 'row 1, field "rent", value "nan"'), (pa.array([[1], [2]]), 'row 1, field "rent"'),
    (pa.array([0, 1], pa.timestamp("s")), 'row 1, field "rent"'), (pa.array([2**63 + 5, 0], pa.uint64()), 'row 1, field "rent"'),
])  # fmt: skip
def test_parquet_of_another_type_is_refused(rent: pa.Array, words: str, tmp_path: Path) -> None:
    pq.write_table(pa.table({**COLUMNS, "rent": rent}), tmp_path / "h.parquet")
    _, members = written(tmp_path, "", MEMBERS)
    with pytest.raises(EvenhandError) as caught:
        run(tmp_path, tmp_path / "h.parquet", members)
    assert words in "\n".join(caught.value.lines())
