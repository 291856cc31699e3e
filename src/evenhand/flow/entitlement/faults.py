"""What is wrong with the tables themselves, found before anything is computed: unreadable cells, bad keys, lost members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evenhand.core.plan import Plan, Select
from evenhand.flow.entitlement import inputs, tables
from evenhand.flow.policy.model import Policy

MOST = 100
"""Faults listed; a file with more has one cause."""


def faults_plan(policy: Policy, of: str, columns: Sequence[str], stated_size: bool = False,
                kinds: Mapping[str, str] | None = None, sure: bool = False) -> Plan:  # fmt: skip
    """A plan with one output, `faults`, over the table `household` or `member` (which also reads `household`).

    `columns` are the policy's inputs the table holds, `kinds` what kind of columns it has, as far as that is known. Text
    that cannot be read is a fault; blank, a word outside its list or a number outside its range are unknown and no fault.
    `sure`: no key stands twice and every member has its household, as is known; this is not looked at again.
    """
    parts: list[str] = []
    for name in columns:
        wrong = inputs.fault(policy.inputs[name], policy, (kinds or {}).get(name, ""))
        if wrong:
            parts.append(_part(of, name, wrong, "unreadable"))
    if stated_size:
        parts.append(_part(of, "size", inputs.size_fault(), "unreadable"))
    keys = ("household",) if of == "household" else ("household", "member")
    parts += [_part(of, key, f'"{key}" IS NULL OR CAST("{key}" AS VARCHAR) = \'\'', "blank") for key in keys]
    names: tuple[str, ...] = (of,)
    if not sure:
        parts.append(_twice(of, keys))
    if of == "member" and not sure:
        names = ("household", "member")
        parts.append(_part(of, "household", "household IS NOT NULL AND household NOT IN (SELECT household FROM household "
                           "WHERE household IS NOT NULL)", "unknown household"))  # fmt: skip
    sql = f"SELECT * FROM ({' UNION ALL '.join(parts)}) ORDER BY row, field, fault LIMIT {MOST}"
    return Plan(names, (Select("faults", sql, tables.FAULTS),), ("faults",))


def _part(of: str, name: str, wrong: str, fault: str) -> str:
    return (
        f'SELECT "~row" AS row, {inputs.literal(name)} AS field, coalesce(CAST("{name}" AS VARCHAR), \'\') AS value, '
        f"{inputs.literal(fault)} AS fault FROM {of} WHERE {wrong}"
    )


def _twice(of: str, keys: tuple[str, ...]) -> str:
    """Keys that stand twice are few, if any: what is said of them is asked of their rows alone."""
    both, last = ", ".join(keys), keys[-1]
    filled = " AND ".join(f"{key} IS NOT NULL" for key in keys)
    same = " AND ".join(f"a.{key} = b.{key}" for key in keys)
    again = f"SELECT {both} FROM {of} WHERE {filled} GROUP BY {both} HAVING count(*) > 1"
    rows = f'SELECT a."~row", a.{last}, row_number() OVER (PARTITION BY a.{", a.".join(keys)} ORDER BY a."~row") AS n'
    return (
        f"SELECT \"~row\" AS row, {inputs.literal(last)} AS field, CAST({last} AS VARCHAR) AS value, 'twice' AS fault "
        f"FROM ({rows} FROM {of} a JOIN ({again}) b ON {same}) WHERE n > 1"
    )
