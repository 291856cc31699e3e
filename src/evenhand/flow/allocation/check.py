"""Check the input tables as a whole and bring them into one canonical order.

Row order, text or integer columns, CSV or Parquet: none of it may change a result, so everything after this module
works on sorted ids and numpy arrays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.core.errors import InputError, Problem
from evenhand.core.schema import Column, Table
from evenhand.flow.allocation.pools import Pool, check_pools, read_pools
from evenhand.flow.allocation.tables import ID_LENGTH, INPUT, LARGEST, OPTIONAL

Array = np.ndarray[Any, Any]

SHOWN = 100
"""So many characters of a wrong value are said again."""


@dataclass(frozen=True)
class Input:
    """The checked tables. Ids are sorted; every other column is an index into them or a quantity."""

    nodes: pa.Array
    commodities: pa.Array
    lanes: pa.Array
    supply_node: Array
    supply_commodity: Array
    supply_quantity: Array
    lane_tail: Array
    lane_head: Array
    lane_commodity: Array  # -1: every commodity
    lane_capacity: Array  # -1: no limit
    lane_cost: Array
    demand_node: Array
    demand_commodity: Array
    demand_rung: Array
    demand_quantity: Array
    handling_node: Array
    handling_capacity: Array  # over all commodities
    handling_row: Array  # data row in the file, for messages
    bundles: tuple[tuple[str, str], ...] = ()  # (commodity, bundle), sorted
    pools: tuple[Pool, ...] = ()  # shared lanes and fuel: `coupling` divides them before anything is solved
    order: tuple[str, ...] = ()  # points as they came, for the rule first-come


def check_input(tables: Mapping[str, pa.Table], files: Mapping[str, str] | None = None) -> Input:
    """Check `nodes`, `supply`, `lanes`, `demand`, and what else is there of `INPUT`; return them in canonical order.

    Columns are text or integers. `files` names the file of each table in messages (default `NAME.csv`). Raises
    InputError with every fault found: file, data row (from 1), field, value and remedy.
    """
    names = {table.name: f"{table.name}.csv" for table in INPUT} | dict(files or {})
    problems: list[Problem] = []
    columns: dict[str, dict[str, Any]] = {}
    schemas = [schema for schema in INPUT if schema.name in tables or schema.name not in OPTIONAL]
    for schema in schemas:
        if schema.name not in tables:
            problems.append(Problem(names[schema.name], 0, "", "", "is missing", "add the file"))
            continue
        columns[schema.name] = _columns(tables[schema.name], schema, names[schema.name], problems)
    if problems:
        raise InputError(problems)
    for schema in schemas:
        _references(columns, schema, names, problems)
        _duplicates(columns[schema.name], schema, names[schema.name], problems)
    problems += check_pools(columns, names, columns["lanes"])
    if problems:
        raise InputError(problems)
    return _canonical(columns)


def _columns(table: pa.Table, schema: Table, file: str, problems: list[Problem]) -> dict[str, Any]:
    """The columns as text arrays and int64 arrays (-1 where an optional integer is empty)."""
    found: dict[str, Any] = {}
    known = set(schema.names)
    listed = ", ".join(schema.names)
    for name in dict.fromkeys(table.column_names):
        if name not in known:
            problems.append(Problem(file, 0, name, "", "this column is not known", f"keep only the columns {listed}"))
        elif table.column_names.count(name) > 1:
            problems.append(Problem(file, 0, name, "", "this column stands twice", "keep one of them"))
    for column in schema.columns:
        if table.column_names.count(column.name) == 0:
            problems.append(Problem(file, 0, column.name, "", "this column is missing", f"give the columns {listed}"))
        elif table.column_names.count(column.name) == 1:
            values = table.column(column.name).combine_chunks()
            if isinstance(values, pa.ChunkedArray):
                values = pa.concat_arrays(values.chunks) if values.num_chunks else pa.array([], values.type)
            if pa.types.is_dictionary(values.type):
                values = values.dictionary_decode()
            if pa.types.is_string_view(values.type):
                values = values.cast(pa.string())
            read = _integers if column.type == "int" else _texts
            found[column.name] = read(values, column, file, problems)
    return found


def _report(
    mask: pa.Array, shown: pa.Array, file: str, column: Column, message: str, remedy: str, to: list[Problem]
) -> None:
    """One problem a row where `mask` is true."""
    for row in np.flatnonzero(np.asarray(mask)):
        value = shown[int(row)].as_py()
        text = "" if value is None else str(value)
        text = text if len(text) <= SHOWN else text[:SHOWN] + "…"
        to.append(Problem(file, int(row) + 1, column.name, text, message, remedy))


def _texts(values: pa.Array, column: Column, file: str, problems: list[Problem]) -> pa.Array:
    """Ids: text of 1 to 64 characters, or one of the choices; an optional one may be empty."""
    if pa.types.is_null(values.type):
        values = values.cast(pa.string())
    if not (pa.types.is_string(values.type) or pa.types.is_large_string(values.type)):
        problems.append(Problem(file, 0, column.name, str(values.type), "is not text", "write ids as text"))
        return pa.array([], pa.string())
    values = pc.fill_null(values.cast(pa.string()), "")
    empty = pc.equal(values, "")
    if column.required:
        _report(empty, values, file, column, "is empty", "write a value", problems)
    if column.choices:
        wrong = pc.invert(pc.or_(empty, pc.is_in(values, pa.array(column.choices))))
        _report(wrong, values, file, column, "is not known", f"write {', '.join(column.choices)}", problems)
    else:
        long = pc.greater(pc.utf8_length(values), ID_LENGTH)
        _report(long, values, file, column, f"is longer than {ID_LENGTH} characters", "use a shorter id", problems)
    return values


def _integers(values: pa.Array, column: Column, file: str, problems: list[Problem]) -> Array:
    """Integers between the column's minimum and 2^63 - 1. Text must be plain digits with no zero before them; -1 stands
    for an empty cell."""
    remedy = f"write an integer from {column.minimum} to {LARGEST}"
    if pa.types.is_null(values.type):
        values = values.cast(pa.string())
    if pa.types.is_integer(values.type):
        empty = values.is_null()
        bad = np.zeros(len(values), bool)
        if values.type == pa.uint64():
            bad = np.asarray(pc.fill_null(values, 0)) > np.uint64(LARGEST)
            _report(bad, values, file, column, "is too large", remedy, problems)
        numbers = np.asarray(pc.fill_null(values.cast(pa.int64(), safe=False), -1))
    elif pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        values = pc.fill_null(values.cast(pa.string()), "")
        empty = pc.equal(values, "")
        digits = pc.match_substring_regex(values, r"\A(0|-?[1-9][0-9]*)\z")
        bad = np.asarray(pc.invert(pc.or_(digits, empty)))
        _report(bad, values, file, column, "is not an integer", remedy, problems)
        numbers, large = _parse(values, np.asarray(digits))
        _report(large, values, file, column, "is too large", remedy, problems)
        bad = bad | large
    else:
        problems.append(Problem(file, 0, column.name, str(values.type), "is not an integer", "use whole numbers"))
        return np.array([], np.int64)
    missing = np.asarray(empty)
    if column.required:
        _report(missing, values, file, column, "is empty", remedy, problems)
    least = column.minimum if column.minimum is not None else -LARGEST
    low = (numbers < least) & ~missing & ~bad
    message = "is negative" if least == 0 else f"is less than {least}"
    _report(low, values, file, column, message, remedy, problems)
    return np.where(missing, -1, numbers)


def _parse(values: pa.Array, digits: Array) -> tuple[Array, Array]:
    """The text as int64, and where it does not fit."""
    numbers = np.full(len(values), -1, np.int64)
    large = np.zeros(len(values), bool)
    short = digits & np.asarray(pc.less_equal(pc.binary_length(values), 18))
    numbers[short] = np.asarray(values.filter(pa.array(short)).cast(pa.int64()))
    for row in np.flatnonzero(digits & ~short):
        number = int(values[int(row)].as_py()) if len(values[int(row)].as_py()) <= 4000 else LARGEST + 1
        if abs(number) > LARGEST:
            large[row] = True
        else:
            numbers[row] = number
    return numbers, large


def _references(
    columns: dict[str, dict[str, Any]], schema: Table, files: Mapping[str, str], problems: list[Problem]
) -> None:
    """Every node named must stand in the node table; demand only at points."""
    nodes = columns["nodes"]
    for column in schema.columns:
        if column.references is None:
            continue
        values = columns[schema.name][column.name]
        lost = pc.invert(pc.is_in(values, nodes["node"]))
        remedy = f"name a node of {files['nodes']}"
        _report(lost, values, files[schema.name], column, "there is no such node", remedy, problems)
        if column.name == "point":
            points = nodes["node"].filter(pc.equal(nodes["kind"], "point"))
            other = pc.and_not(pc.invert(pc.is_in(values, points)), lost)
            _report(other, values, files[schema.name], column, "is not a point", "only points have demand", problems)


def _duplicates(columns: dict[str, Any], schema: Table, file: str, problems: list[Problem]) -> None:
    """The key of a table may not stand twice."""
    key = pa.table({name: pa.array(columns[name]) for name in schema.key})
    count = key.num_rows
    if key.group_by(list(schema.key)).aggregate([]).num_rows == count:
        return
    seen: dict[tuple[Any, ...], int] = {}
    for row, cells in enumerate(zip(*(key.column(name).to_pylist() for name in schema.key), strict=True), 1):
        first = seen.setdefault(cells, row)
        if first != row:
            shown = ", ".join(map(str, cells))
            message = f"this {' and '.join(schema.key)} stands already in row {first}"
            problems.append(Problem(file, row, schema.key[-1], shown, message, "keep one of the two rows"))


def _sorted(values: pa.Array) -> pa.Array:
    """The distinct values in the order of their bytes."""
    distinct = pc.unique(values)
    return distinct.take(pc.sort_indices(distinct))


def _index(values: pa.Array, ids: pa.Array) -> Array:
    """Where each value stands in `ids`; -1 if nowhere."""
    return np.asarray(pc.fill_null(pc.index_in(values, ids), -1)).astype(np.int64)


def _canonical(columns: dict[str, dict[str, Any]]) -> Input:
    """Sorted ids, rows sorted by them."""
    supply, lanes, demand = columns["supply"], columns["lanes"], columns["demand"]
    nodes = _sorted(columns["nodes"]["node"])
    commodities = _sorted(pa.concat_arrays([supply["commodity"], demand["commodity"]]))
    lane_order = np.asarray(pc.sort_indices(lanes["lane"]))
    one = _index(lanes["commodity"], commodities)
    # A lane for a commodity that nobody has or needs is never used: -2 matches no commodity.
    one[np.asarray(pc.and_(pc.not_equal(lanes["commodity"], ""), pa.array(one < 0)))] = -2
    supply_keys = _index(supply["node"], nodes), _index(supply["commodity"], commodities)
    supply_order = np.lexsort(supply_keys[::-1])
    demand_keys = _index(demand["point"], nodes), _index(demand["commodity"], commodities), demand["rung"]
    demand_order = np.lexsort(demand_keys[::-1])
    handling = columns.get("handling", {"node": pa.array([], pa.string()), "capacity": np.zeros(0, np.int64)})
    bundles = columns.get("bundles", {"commodity": pa.array([], pa.string()), "bundle": pa.array([], pa.string())})
    handled = _index(handling["node"], nodes)
    sorted_lanes = lanes["lane"].take(lane_order)
    handled_order = np.argsort(handled, kind="stable")
    return Input(
        nodes=nodes,
        commodities=commodities,
        lanes=sorted_lanes,
        supply_node=supply_keys[0][supply_order],
        supply_commodity=supply_keys[1][supply_order],
        supply_quantity=supply["quantity"][supply_order],
        lane_tail=_index(lanes["from"], nodes)[lane_order],
        lane_head=_index(lanes["to"], nodes)[lane_order],
        lane_commodity=one[lane_order],
        lane_capacity=lanes["capacity"][lane_order],
        lane_cost=lanes["cost"][lane_order],
        demand_node=demand_keys[0][demand_order],
        demand_commodity=demand_keys[1][demand_order],
        demand_rung=demand["rung"][demand_order],
        demand_quantity=demand["quantity"][demand_order],
        handling_node=handled[handled_order],
        handling_capacity=handling["capacity"][handled_order],
        handling_row=handled_order + 1,
        bundles=tuple(sorted(zip(bundles["commodity"].to_pylist(), bundles["bundle"].to_pylist(), strict=True))),
        pools=read_pools(columns, sorted_lanes, lanes["from"].take(lane_order), lanes["to"].take(lane_order)),
        order=tuple(columns["order"]["point"].to_pylist()) if "order" in columns else (),
    )
