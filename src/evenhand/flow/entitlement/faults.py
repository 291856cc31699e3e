"""What is wrong with the tables themselves, found before anything is computed: unreadable cells, bad keys, lost members."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.core.plan import Plan, Select
from evenhand.flow.entitlement import inputs, tables
from evenhand.flow.policy.model import Policy

MOST = 100
"""Faults listed; a file with more has one cause."""


def faults_plan(policy: Policy, of: str, columns: Sequence[str], stated_size: bool = False) -> Plan:
    """A plan with one output, `faults`, over the table `household` or `member` (which also reads `household`).

    `columns` are the policy's inputs the table holds. Text that cannot be read is a fault; blank, and a word outside its
    list or a number outside its range, are unknown and no fault.
    """
    parts: list[str] = []
    for name in columns:
        wrong = inputs.fault(policy.inputs[name], policy)
        if wrong:
            parts.append(_part(name, wrong, "unreadable"))
    if stated_size:
        parts.append(_part("size", inputs.size_fault(), "unreadable"))
    keys = ("household",) if of == "household" else ("household", "member")
    parts += [_part(key, f'"{key}" IS NULL OR CAST("{key}" AS VARCHAR) = \'\'', "blank") for key in keys]
    both = ", ".join(keys)
    again = f'row_number() OVER (PARTITION BY {both} ORDER BY "~row")'
    filled = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    twice = f'SELECT "~row", "{keys[-1]}", {again} AS n FROM numbered WHERE {filled}'
    parts.append(
        f'SELECT "~row" AS row, {inputs.literal(keys[-1])} AS field, CAST("{keys[-1]}" AS VARCHAR) AS value, '
        f"'twice' AS fault FROM ({twice}) WHERE n > 1"
    )
    names: tuple[str, ...] = (of,)
    if of == "member":
        names = ("household", "member")
        parts.append(_part("household", "household IS NOT NULL AND household NOT IN (SELECT household FROM household "
                           "WHERE household IS NOT NULL)", "unknown household"))  # fmt: skip
    numbered = Select("numbered", f'SELECT row_number() OVER () AS "~row", * FROM {of}')
    sql = f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY row, field, fault LIMIT {MOST}"
    return Plan(names, (numbered, Select("faults", sql, tables.FAULTS)), ("faults",))


def _part(name: str, wrong: str, fault: str) -> str:
    return (
        f'SELECT "~row" AS row, {inputs.literal(name)} AS field, coalesce(CAST("{name}" AS VARCHAR), \'\') AS value, '
        f"{inputs.literal(fault)} AS fault FROM numbered WHERE {wrong}"
    )
