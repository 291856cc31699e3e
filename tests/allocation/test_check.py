"""Wrong input is refused as a whole, with file, row, field, value and remedy."""

from __future__ import annotations

import pyarrow as pa
import pytest
from allocation.networks import valley

from evenhand.core.errors import InputError
from evenhand.flow.allocation import check_input, solve

DIGITS = {"supply": "quantity", "lanes": "capacity", "demand": "quantity"}


def texts(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """The same tables as a CSV reader gives them."""
    return {
        name: pa.table({c: ["" if v is None else str(v) for v in t.column(c).to_pylist()] for c in t.column_names})
        for name, t in tables.items()
    }


def changed(table: str, row: int, field: str, value: str) -> dict[str, pa.Table]:
    tables = texts(valley().tables())
    column = tables[table].column(field).to_pylist()
    column[row - 1] = value
    at = tables[table].column_names.index(field)
    tables[table] = tables[table].set_column(at, field, pa.array(column))
    return tables


@pytest.mark.parametrize(
    ("table", "row", "field", "value", "message"),
    [
        ("nodes", 2, "kind", "warehouse", "is not known"),
        ("nodes", 2, "kind", "", "is empty"),
        ("nodes", 3, "node", "", "is empty"),
        ("nodes", 3, "node", "x" * 65, "longer than 64"),
        ("supply", 1, "quantity", "-1", "is negative"),
        ("supply", 1, "quantity", "1.5", "is not an integer"),
        ("supply", 1, "quantity", "1e3", "is not an integer"),
        ("supply", 1, "quantity", " 1", "is not an integer"),
        ("supply", 1, "quantity", "1\n", "is not an integer"),
        ("supply", 1, "quantity", "٣", "is not an integer"),
        ("supply", 1, "quantity", "010", "is not an integer"),
        ("supply", 1, "quantity", "-0", "is not an integer"),
        ("supply", 1, "quantity", "+5", "is not an integer"),
        ("supply", 1, "quantity", "", "is empty"),
        ("supply", 1, "quantity", str(2**63), "is too large"),
        ("supply", 1, "quantity", "9" * 5000, "is too large"),
        ("supply", 1, "node", "Atlantis", "there is no such node"),
        ("supply", 1, "commodity", "", "is empty"),
        ("lanes", 2, "to", "Atlantis", "there is no such node"),
        ("lanes", 2, "from", "", "is empty"),
        ("lanes", 2, "capacity", "-5", "is negative"),
        ("lanes", 2, "cost", "-5", "is negative"),
        ("lanes", 2, "cost", "cheap", "is not an integer"),
        ("demand", 1, "point", "Depot", "is not a point"),
        ("demand", 1, "point", "Atlantis", "there is no such node"),
        ("demand", 1, "rung", "0", "is less than 1"),
        ("demand", 1, "rung", "first", "is not an integer"),
        ("demand", 1, "quantity", "-2", "is negative"),
    ],
)
def test_a_wrong_cell_is_named(table: str, row: int, field: str, value: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        check_input(changed(table, row, field, value), {"nodes": "my/nodes.csv"})
    problem = next(p for p in caught.value.problems if message in p.message)
    assert (problem.file, problem.row, problem.field) == (
        "my/nodes.csv" if table == "nodes" else f"{table}.csv",
        row,
        field,
    )
    assert problem.value == (value if len(value) <= 100 else value[:100] + "…")
    assert problem.remedy


@pytest.mark.parametrize("table", ["nodes", "supply", "lanes", "demand"])
def test_a_key_that_stands_twice_names_both_rows(table: str) -> None:
    tables = valley().tables()
    tables[table] = pa.concat_tables([tables[table], tables[table].slice(0, 1)])
    with pytest.raises(InputError) as caught:
        check_input(tables)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row) == (f"{table}.csv", tables[table].num_rows)
    assert "stands already in row 1" in problem.message


def test_columns_unknown_missing_and_double_are_refused() -> None:
    tables = valley().tables()
    supply = tables["supply"]
    for columns, message in [
        ([*supply.column_names, "religion"], "is not known"),
        (supply.column_names[:2], "is missing"),
        ([*supply.column_names, "quantity"], "stands twice"),
    ]:
        wrong = pa.table([supply.column(c if c in supply.column_names else 0) for c in columns], columns)
        with pytest.raises(InputError, match="1 problem") as caught:
            check_input({**tables, "supply": wrong})
        assert message in caught.value.problems[0].message


def test_every_fault_is_told_at_once() -> None:
    tables = changed("supply", 1, "quantity", "-1")
    tables["lanes"] = tables["lanes"].set_column(1, "from", pa.array(["Port", "", "Depot", "x" * 70]))
    with pytest.raises(InputError) as caught:
        check_input(tables)
    assert [(p.file, p.row) for p in caught.value.problems] == [("lanes.csv", 2), ("lanes.csv", 4), ("supply.csv", 1)]


def test_a_missing_table_is_named() -> None:
    tables = valley().tables()
    del tables["lanes"]
    with pytest.raises(InputError) as caught:
        check_input(tables)
    assert caught.value.problems[0].file == "lanes.csv"


@pytest.mark.parametrize("kind", [pa.float64(), pa.bool_(), pa.date32()])
def test_a_parquet_column_of_another_type_is_refused(kind: pa.DataType) -> None:
    tables = valley().tables()
    tables["supply"] = tables["supply"].set_column(2, "quantity", pa.array([None], kind))
    with pytest.raises(InputError) as caught:
        check_input(tables)
    assert caught.value.problems[0].field == "quantity"


def test_text_integers_dictionaries_and_small_types_are_the_same_input() -> None:
    plain = valley().tables()
    coded = dict(plain)
    coded["lanes"] = pa.table(
        {
            c: v.cast(pa.int16()) if pa.types.is_integer(v.type) else v.dictionary_encode()
            for c, v in zip(plain["lanes"].column_names, plain["lanes"].columns, strict=True)
        }
    )
    unsigned = dict(plain)
    unsigned["supply"] = plain["supply"].set_column(2, "quantity", plain["supply"].column(2).cast(pa.uint64()))
    first = solve(**plain)
    for tables in (texts(plain), coded, unsigned):
        assert solve(**tables).levels.equals(first.levels)


def test_the_largest_number_of_all_is_read_from_text() -> None:
    tables = changed("supply", 1, "quantity", str(2**63 - 1))
    assert check_input(tables).supply_quantity.tolist() == [2**63 - 1]


def test_ids_that_are_not_text_are_refused() -> None:
    tables = valley().tables()
    tables["supply"] = tables["supply"].set_column(1, "commodity", pa.array([7]))
    with pytest.raises(InputError, match="1 problem") as caught:
        check_input(tables)
    assert caught.value.problems[0].message == "is not text"


def test_columns_without_any_value_are_read_as_empty() -> None:
    tables = valley().tables()
    lanes = tables["lanes"]
    for name in ("commodity", "capacity"):
        lanes = lanes.set_column(lanes.column_names.index(name), name, pa.nulls(len(lanes)))
    given = check_input({**tables, "lanes": lanes})
    assert set(given.lane_commodity.tolist()) == {-1}
    assert set(given.lane_capacity.tolist()) == {-1}


def test_an_unsigned_number_past_64_signed_bits_is_refused() -> None:
    tables = valley().tables()
    tables["supply"] = tables["supply"].set_column(2, "quantity", pa.array([2**63], pa.uint64()))
    with pytest.raises(InputError, match="1 problem") as caught:
        check_input(tables)
    assert caught.value.problems[0].message == "is too large"
