"""The schemas of a disclosure's tables: `spec/tables.json` with a meaning for every column (a test compares them).

`shape` is the one gate between what a stage made and what is published: columns, types, no holes, one row a key.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.core.schema import Column, Table, Type

ARROW = {"text": pa.string(), "int": pa.int64()}
_TYPES: dict[str, Type] = {"text": "text", "int": "int"}


class Misshapen(ValueError):
    """A table that is not what its schema says. The message names table and column."""


def _table(name: str, key: str, doc: str, *columns: tuple[str, str, str]) -> Table:
    """A schema from (column, type, meaning); a type that ends in `?` may be empty."""
    made = tuple(Column(c, _TYPES[t.rstrip("?")], d, required=not t.endswith("?")) for c, t, d in columns)
    return Table(name, made, tuple(key.split()), doc)


_NUM = "numerator, a decimal text"
_DEN = "denominator, a decimal text above zero"

_ALL = (
    _table("nodes", "node", "The nodes goods move between.",
           ("node", "text", "id of the node"),
           ("kind", "text", "entry, depot or point")),
    _table("places", "node", "What a node is called and where it lies. For reading and maps; no check depends on it.",
           ("node", "text", "id of the node"),
           ("name", "text", "its name"),
           ("area", "text", "code of its area"),
           ("area_name", "text", "name of that area"),
           ("province", "text", "code of the highest area around it"),
           ("province_name", "text", "name of that area"),
           ("latitude_microdegrees", "int?", "latitude in millionths of a degree, north positive"),
           ("longitude_microdegrees", "int?", "longitude in millionths of a degree, east positive")),
    _table("supply", "node commodity", "What the allocation may divide: whole steps on hand at the freeze, less what "
           "is set aside for rounding arrears and uncollected goods.",
           ("node", "text", "where it lies"),
           ("commodity", "text", "the benefit"),
           ("quantity", "int", "hand-out steps")),
    _table("lanes", "lane", "Lanes as they stood at the freeze.",
           ("lane", "text", "id of the lane"),
           ("from", "text", "node it starts at"),
           ("to", "text", "node it ends at"),
           ("commodity", "text?", "the only benefit it carries; empty: each benefit has the capacity for itself"),
           ("capacity", "int?", "hand-out steps a cycle, less what is set aside on it; empty: no limit"),
           ("cost", "int", "relative cost of a step")),
    _table("demand", "point commodity rung", "What a point's households are due, rung by rung, with the reserve.",
           ("point", "text", "the point"),
           ("commodity", "text", "the benefit"),
           ("rung", "int", "1 = the floors, t + 1 = the rest of tier t"),
           ("quantity", "int", "hand-out steps, rounded up")),
    _table("levels", "point commodity", "How far up its ladder each point gets: rungs + num/den.",
           ("point", "text", "the point"),
           ("commodity", "text", "the benefit"),
           ("rungs", "int", "complete rungs"),
           ("num", "text", f"part of the next rung: {_NUM}"),
           ("den", "text", f"part of the next rung: {_DEN}"),
           ("quantity_num", "text", f"steps the level is worth: {_NUM}"),
           ("quantity_den", "text", f"steps the level is worth: {_DEN}")),
    _table("flows", "lane commodity", "The flow that gives every point its level.",
           ("lane", "text", "the lane"),
           ("commodity", "text", "the benefit"),
           ("quantity_num", "text", f"steps: {_NUM}"),
           ("quantity_den", "text", f"steps: {_DEN}")),
    _table("blocks", "block", "Groups of nodes at one level; a higher number stands at a higher level.",
           ("block", "int", "number of the block"),
           ("rungs", "int", "complete rungs"),
           ("num", "text", f"part of the next rung: {_NUM}"),
           ("den", "text", f"part of the next rung: {_DEN}")),
    _table("certificate", "node commodity", "The block of every node. With levels and flows it proves that no point "
           "could stand higher without one that stands lower losing.",
           ("node", "text", "the node"),
           ("commodity", "text", "the benefit"),
           ("block", "int", "its block")),
    _table("division", "benefit rule", "Benefits that the policy does not divide by leximin: how their points stand by its "
           "rule, and how they would by leximin (declared). Measured by this month's need.",
           ("benefit", "text", "the benefit"),
           ("rule", "text", "the rule; leximin where it was only worked out to compare"),
           ("points", "int", "points that are due something"),
           ("in_full", "int", "points that get all of it"),
           ("under_floor", "int", "points that get less than their first rung"),
           ("members_under", "int", "people at those points, as declared"),
           ("worst_tenth_num", "text", f"mean share of what is due in the worst-off tenth of all that is due: {_NUM}"),
           ("worst_tenth_den", "text", f"mean share of what is due in the worst-off tenth of all that is due: {_DEN}")),
    _table("classes", "area benefit row", "What each row of the policy grants in an area.",
           ("area", "text", "code of the area"),
           ("benefit", "text", "the benefit"),
           ("row", "text", "TABLE.ROW of the policy, or `entitlement` for a formula that cannot be taken apart"),
           ("households", "int?", "households the row fits; empty for a table of members"),
           ("members", "int?", "members the row fits; for a table of households all their members"),
           ("amount", "int", "base units it grants them together")),
    _table("ladders", "point benefit rung", "The exact sum of what households are due, rung by rung. A rung of fewer "
           "than k households is folded into the one before it, the first into the second.",
           ("point", "text", "the point"),
           ("benefit", "text", "the benefit"),
           ("rung", "int", "1 = the floors, t + 1 = the rest of tier t"),
           ("households", "int", "households that have something in it"),
           ("amount", "int", "base units")),
    _table("carried", "lane commodity", "Whole steps set aside on a lane for rounding arrears and uncollected goods.",
           ("lane", "text", "the lane"),
           ("commodity", "text", "the benefit"),
           ("quantity", "int", "hand-out steps")),
    _table("owed", "point benefit kind since", "What earlier months still owed at the freeze, by the month it comes from.",
           ("point", "text", "the point"),
           ("benefit", "text", "the benefit"),
           ("kind", "text", "undersupplied (a shortage did not give it), uncollected (nobody came for it) or "
            "remedy (an upheld complaint or a held row brought it)"),
           ("since", "text", "the month it comes from"),
           ("households", "int", "households it is owed to"),
           ("amount", "int", "base units"),
           ("lapsed", "int", "base units of it that lapsed before this cycle, by the policy's rule"),
           ("rung", "int?", "undersupplied: the rung it stands on, above those of `ladders`"),
           ("waiting", "int", "uncollected, remedy: hand-out steps of it that wait for their households"),
           ("offered", "int", "those of them that are on this month's rolls again")),
    _table("moved", "point benefit kind since", "What is owed by the cycle before and moved with a household to another "
           "point, or was written off with one taken off the lists.",
           ("point", "text", "the point"),
           ("benefit", "text", "the benefit"),
           ("kind", "text", "undersupplied, uncollected, remedy (base units), or rounding (millionths of a step)"),
           ("since", "text", "the month it comes from; empty for rounding"),
           ("came", "int", "what came with households from other points"),
           ("went", "int", "what went with households to other points"),
           ("written_off", "int", "what was owed to households that are off the lists")),
    _table("totals", "point benefit", "Totals of each point's roll, as committed before opening.",
           ("point", "text", "the point"),
           ("benefit", "text", "the benefit"),
           ("households", "int", "households on the roll"),
           ("members", "int", "their members, as declared"),
           ("opening", "int", "whole steps on hand at the point at the freeze"),
           ("carry_micro", "int", "sum of the households' rounding arrears before, in millionths of a step"),
           ("carried", "int", "steps set aside for those arrears, and for what is offered again (`owed`)"),
           ("units", "int", "steps the point gets"),
           ("rations", "int", "steps on the roll, over all households"),
           ("reserve", "int", "steps left for exceptions: units - rations")),
    _table("waybills", "waybill commodity", "What the lorries were told to carry.",
           ("waybill", "text", "id of the waybill"),
           ("lane", "text", "the lane"),
           ("commodity", "text", "the benefit"),
           ("quantity", "int", "hand-out steps")),
    _table("recut", "point benefit", "Points that got less than planned, and the level everyone there was brought to.",
           ("point", "text", "the point"),
           ("benefit", "text", "the benefit"),
           ("counted", "int", "steps counted at the point in all"),
           ("reserve", "int", "steps kept for exceptions"),
           ("carry_micro", "int", "sum of the households' rounding arrears before, in millionths of a step"),
           ("rungs", "int", "complete rungs of the new level"),
           ("num", "text", f"part of the next rung: {_NUM}"),
           ("den", "text", f"part of the next rung: {_DEN}"),
           ("units", "int", "steps handed out as rations")),
    _table("left", "point benefit kind since", "What the cycle leaves owed at its close, by the month it comes from; "
           "what does not lapse opens the next cycle's `owed`.",
           ("point", "text", "the point"),
           ("benefit", "text", "the benefit"),
           ("kind", "text", "undersupplied, uncollected or remedy"),
           ("since", "text", "the month it comes from"),
           ("amount", "int", "base units"),
           ("lapsed", "int", "base units of it that lapse with this cycle, by the policy's rule")),
    _table("supplements", "point benefit", "People who came to a point in the open cycle: what its supplementary lists "
           "promised them, what is divided from the reserve. Empty where they are fewer than k.",
           ("point", "text", "the point"),
           ("benefit", "text", "the benefit"),
           ("households", "int?", "households on the lists of the point"),
           ("rations", "int?", "hand-out steps promised to them")),
    _table("held", "area reason", "Rows that two persons held, by the reason that was given. Folded and left empty as "
           "`grievances` is.",
           ("area", "text", "code of the area; empty: the areas that are too small alone"),
           ("reason", "text", "duplicate, identity, moved, deceased or mistake, or `several`"),
           ("placed", "int?", "notices"),
           ("lifted", "int?", "of those, lifted before the close"),
           ("ended", "int?", "of those, held at the close with nothing given")),
    _table("grievances", "area kind", "Complaints that came in and were first decided since the cycle before closed. A "
           "group of fewer than k is folded into `several` of its area, that into the area around it; a number from 1 "
           "to k-1, or one that leaves so few, is empty.",
           ("area", "text", "code of the area; empty: the areas that are too small alone"),
           ("kind", "text", "kind of complaint, or `several`"),
           ("received", "int?", "complaints that came in"),
           ("decided", "int?", "complaints that were first decided"),
           ("in_time", "int?", "of those decided, before any clock had run out"),
           ("upheld", "int?", "of those decided, upheld")),
    _table("movements", "kind from to benefit lot", "Every movement of goods, both sides: the ledger of the cycle.",
           ("kind", "text", "receipt, load, transfer, arrive, loss, redeem or over-issue"),
           ("from", "text", "account it leaves: source:NAME, node:ID or transit:ID"),
           ("to", "text", "account it enters: node:ID, transit:ID, households:POINT or loss:ID"),
           ("benefit", "text", "the benefit"),
           ("lot", "text", "batch the goods belong to"),
           ("quantity", "int", "base units, above zero")),
    _table("balances", "account benefit", "What each account held before and after: opening + inflow - outflow = "
           "closing, never below zero.",
           ("account", "text", "node:ID or transit:ID"),
           ("benefit", "text", "the benefit"),
           ("opening", "int", "base units at the freeze"),
           ("inflow", "int", "base units that came in"),
           ("outflow", "int", "base units that went out"),
           ("closing", "int", "base units at the close")),
)  # fmt: skip

TABLES: dict[str, Table] = {table.name: table for table in _ALL}
"""Every table of a disclosure by name, in the order of `spec/tables.json`."""

COMPUTED: tuple[str, ...] = tuple(
    name
    for name in TABLES
    if name not in ("recut", "left", "supplements", "held", "grievances", "movements", "balances")
)
"""Tables that stand before approval and are part of its digest; the rest come from what happened afterwards."""


def arrow_schema(name: str) -> Any:
    """The pyarrow schema of table `name`: text is string, int is int64, null only where the column may be empty."""
    table = TABLES[name]
    return pa.schema([pa.field(c.name, ARROW[c.type], nullable=not c.required) for c in table.columns])


def shape(name: str, table: Any) -> Any:
    """`table` as it is published: exactly the schema's columns in order, cast without loss, sorted by key.

    Raises Misshapen for a missing or unknown column, a value that does not fit its type, a hole where none may be, or a
    key that stands twice. Metadata of the input is dropped, so equal rows give equal files.
    """
    schema = TABLES[name]
    names = list(table.column_names)
    for missing in [c for c in schema.names if c not in names]:
        raise Misshapen(f'tables/{name}: column "{missing}" is missing')
    for extra in [c for c in names if c not in schema.names or names.count(c) > 1]:
        raise Misshapen(f'tables/{name}: column "{extra}" is not in the schema or stands twice')
    arrays = []
    for column in schema.columns:
        try:
            array = table.column(column.name).cast(ARROW[column.type])
        except pa.ArrowException as error:
            raise Misshapen(f'tables/{name}: column "{column.name}" is not {column.type}: {error}') from error
        if column.required and array.null_count:
            raise Misshapen(f'tables/{name}: column "{column.name}" has {array.null_count} empty cells')
        arrays.append(array)
    shaped = pa.table(arrays, schema=arrow_schema(name)).sort_by([(key, "ascending") for key in schema.key])
    shaped = shaped.combine_chunks()
    twice = _repeated(shaped, schema.key)
    if twice is not None:
        raise Misshapen(f"tables/{name}: the key {twice} stands twice")
    return shaped


def _repeated(table: Any, key: tuple[str, ...]) -> dict[str, Any] | None:
    """The first key that equals the one before it in a table sorted by key."""
    count = table.num_rows
    if count < 2:
        return None
    same: Any = pa.array([True] * (count - 1))
    for name in key:
        column = table.column(name).combine_chunks()
        same = pc.and_(same, pc.equal(column.slice(1), column.slice(0, count - 1)))
    at = pc.index(same, True).as_py()
    return None if at < 0 else {name: table.column(name)[at].as_py() for name in key}
