"""The rows a file adds to the registry, as plans: these tables are the large ones."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.core.plan import Plan, Select
from evenhand.core.schema import Column, Table
from evenhand.core.validation import LISTED, PROBLEMS, TALLY, literal, name
from evenhand.flow.registry.declared import Declared

_OTHERWISE = "already registered with other values|keep the registered values; correct them one by one, with a reason"
_ROW = Column("row", "int", "row of the file")
_INPUTS = Column("inputs", "text", "what the policy asks, as PostgreSQL writes jsonb")

HOUSEHOLDS = Table(
    "add",
    (
        _ROW,
        Column("household", "text", "id"),
        Column("point", "text", "home point"),
        Column("name", "text", "name", False),
        _INPUTS,
    ),
    ("row",),
    "Households to add.",
    ("row",),
)
MEMBERS = Table(
    "add",
    (
        _ROW,
        Column("household", "text", "household"),
        Column("member", "text", "id"),
        Column("birth_date", "date", "day of birth"),
        Column("sex", "text", "f or m"),
        Column("occupation", "text", "occupation"),
        Column("name", "text", "name", False),
        _INPUTS,
    ),
    ("row",),
    "Members to add.",
    ("row",),
)


def households_plan(declared: Sequence[Declared]) -> Plan:
    """Inputs `rows` (checked texts) and `registered` (the columns of the output but `row`): the rows to `add`, and
    `problems` and `tally` of ids that are registered with other values."""
    return _plan(HOUSEHOLDS, ("household",), declared)


def members_plan(declared: Sequence[Declared]) -> Plan:
    """The same for members; the key is (household, member)."""
    return _plan(MEMBERS, ("household", "member"), declared)


def _plan(table: Table, key: tuple[str, ...], declared: Sequence[Declared]) -> Plan:
    columns = [column for column in table.columns if column.name not in ("row", "inputs")]
    cells = ", ".join(
        f"CAST({name(column.name)} AS {'DATE' if column.type == 'date' else 'VARCHAR'}) AS {name(column.name)}"
        for column in columns
    )
    names = [column.name for column in columns] + ["inputs"]
    same_key = " AND ".join(f"t.{name(column)} = r.{name(column)}" for column in key)
    same = " AND ".join(f"t.{name(column)} IS NOT DISTINCT FROM r.{name(column)}" for column in names)
    shown = " || ' / ' || ".join(f"t.{name(column)}" for column in key)
    listed = ", ".join(map(name, ["row", *names]))
    new = f"NOT EXISTS (SELECT 1 FROM registered r WHERE {same_key})"
    json = inputs_json(declared)
    selects = (
        Select("typed", f'SELECT CAST("row" AS BIGINT) AS "row", {cells}, {json} AS inputs FROM "rows"'),
        Select(
            "other",
            f'SELECT t."row" AS "row", {literal(key[-1])} AS field, {shown} AS value, {literal(_OTHERWISE)} AS code '
            f"FROM typed t JOIN registered r ON {same_key} WHERE NOT ({same})",
        ),
        Select("problems", f'SELECT "row", field, value, code FROM other ORDER BY "row" LIMIT {LISTED}', PROBLEMS),
        Select("tally", "SELECT count(*)::BIGINT AS problems FROM other", TALLY),
        Select(
            "add",
            f'SELECT {listed} FROM typed t WHERE {new} ORDER BY "row"',
            table,
        ),
    )
    return Plan(("rows", "registered"), selects, ("add", "problems", "tally"))


def inputs_json(declared: Sequence[Declared]) -> str:
    """SQL that writes the known inputs as a JSON object of texts, spelled as PostgreSQL spells a jsonb.

    That is: keys by length, then by bytes; so what is registered can be compared as text.
    """
    parts = []
    for item in sorted(declared, key=lambda item: (len(item.name.encode()), item.name.encode())):
        cell, start = name(item.name), literal(f'"{item.name}": "')
        escaped = f"replace(replace({cell}, {literal(chr(92))}, {literal(chr(92) * 2)}), {literal(chr(34))}, "
        escaped += literal(chr(92) + chr(34)) + ")"
        parts.append(f"CASE WHEN {cell} IS NOT NULL THEN {start} || {escaped} || {literal(chr(34))} END")
    return f"'{{' || concat_ws(', ', {', '.join(parts)}) || '}}'" if parts else "'{}'"
