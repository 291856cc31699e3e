"""The outputs of a plan, each one select over what is due."""

from __future__ import annotations

from evenhand.core.plan import Select
from evenhand.flow.entitlement import classes as classes_of
from evenhand.flow.entitlement import inputs, tables
from evenhand.flow.entitlement.planner import OPEN, Planner

CAUSES = "causes"


def causes(planner: Planner, other: Planner, source: str) -> list[Select]:
    """What is missing for the households of which something cannot be decided; `other` asks for it."""
    names = [found.rule.name for found in planner.program.entitlements]
    unknown = " OR ".join(f"a_{name} IS NULL" for name in names) or "FALSE"
    other.base(numbered=True)
    selects, last = other.layers.selects()
    columns = ", ".join(["household", "row", *(f"u_{name}" for name in names)])
    none = "".join(f", CAST(NULL AS VARCHAR) AS u_{name}" for name in names)
    return [
        Select(OPEN, f"SELECT household FROM {source} WHERE {unknown}"),
        *selects,
        Select(
            CAUSES,
            f"SELECT {columns} FROM {last}",
            given=OPEN,
            bare=f"SELECT household, row{none} FROM {source} WHERE FALSE",
        ),
    ]


def wide(planner: Planner, source: str) -> Select:
    """A row a household in the order of the input: amounts, floors, what is missing (DESIGN §12)."""
    columns: list[str] = ["h.household"]
    for found in planner.program.entitlements:
        name = found.rule.name
        columns.append(f'a_{name} AS "{name}"')
        if found.rule.floor is not None:
            columns.append(f'f_{name} AS "{name}_floor"')
    whys = "".join(f"u_{found.rule.name}, " for found in planner.program.entitlements)
    columns.append(f"coalesce({whys}'') AS undecided")
    joined = f"{source} h LEFT JOIN {CAUSES} c ON c.row = h.row"
    return Select("wide", f"SELECT {', '.join(columns)} FROM {joined} ORDER BY h.row")


def reasons(planner: Planner, source: str) -> Select:
    """The rows that decided, by household and entitlement."""
    parts: list[str] = []
    for number, found in enumerate(planner.program.entitlements):
        joined, column = planner.with_reasons(found.rule.name, source)
        parts.append(f"SELECT row, {number} AS n, h.household, {inputs.literal(found.rule.name)} AS entitlement, "
                     f"{column} AS reasons FROM {joined} WHERE a_{found.rule.name} IS NOT NULL")  # fmt: skip
    return Select(
        "reasons",
        f"SELECT household, entitlement, reasons FROM ({' UNION ALL '.join(parts)}) ORDER BY row, n",
        tables.REASONS,
    )


def prices(planner: Planner, source: str) -> Select:
    """What a household pays for one unit, at home and away."""
    parts = [
        f"SELECT row, {number} AS n, household, {inputs.literal(found.rule.name)} AS entitlement, "
        f"{inputs.literal(found.rule.served)} AS served, {inputs.literal(found.per)} AS per, "
        f"p_{found.rule.name} AS price, q_{found.rule.name} AS away "
        f"FROM {source} WHERE p_{found.rule.name} IS NOT NULL OR q_{found.rule.name} IS NOT NULL"
        for number, found in enumerate(planner.program.entitlements)
    ]
    columns = "household, entitlement, served, per, price, away"
    return Select("prices", f"SELECT {columns} FROM ({' UNION ALL '.join(parts)}) ORDER BY row, n", tables.PRICES)


def entitlement(planner: Planner, source: str) -> Select:
    """What is due, a row a household and benefit, with floor, tier and reasons."""
    parts: list[str] = []
    for number, benefit in enumerate(planner.policy.benefits):
        own = [found for found in planner.program.entitlements if found.rule.benefit == benefit]
        if not own:
            continue
        text = source + " h"
        reasons: list[str] = []
        for index, found in enumerate(own):
            joined, column = planner.with_reasons(found.rule.name, source)
            if " JOIN " in joined:
                tail = joined[joined.index(" JOIN ") :].replace(" q ON", f" q{index} ON").replace("q.k", f"q{index}.k")
                text += tail
                reasons.append(column.replace("q.", f"q{index}."))
        amount = " + ".join(f"a_{found.rule.name}" for found in own)
        floors = [f"f_{found.rule.name}" for found in own if found.rule.floor]
        listed = "CAST([] AS VARCHAR[])" if not reasons else reasons[0]
        for position, other in enumerate(reasons[1:], 1):
            known = " OR ".join(f"list_contains({before}, x)" for before in reasons[:position])
            listed = f"list_concat({listed}, list_filter({other}, lambda x: NOT ({known})))"
        parts.append(
            f"SELECT h.household, h.point, {inputs.literal(benefit)} AS benefit, {amount} AS amount, "
            f"{' + '.join(floors) or 'CAST(0 AS BIGINT)'} AS floor, tier_{own[0].rule.name} AS tier, "
            f"{listed} AS reasons, {number} AS n FROM {text} "
            f"WHERE {' AND '.join(f'a_{found.rule.name} IS NOT NULL' for found in own)}"
        )
    columns = "household, point, benefit, amount, floor, tier, reasons"
    sql = f"SELECT {columns} FROM ({' UNION ALL '.join(parts)}) ORDER BY point, household, n"
    return Select("entitlement", sql, tables.ENTITLEMENT)


def classes(planner: Planner, last: str) -> Select:
    """What every row of the policy gives in every area."""
    parts: list[str] = []
    for found in planner.program.entitlements:
        benefit = planner.policy.benefits[found.rule.benefit]
        parts += classes_of.selects(planner.rules, found.rule.name, benefit.id, benefit.parts, found.amount, last)
    counts = "CAST(max(households) AS BIGINT) AS households, CAST(max(members) AS BIGINT) AS members"
    columns, key = f"{counts}, CAST(sum(amount) AS BIGINT) AS amount", "area, benefit, row"
    sql = f"SELECT {key}, {columns} FROM ({' UNION ALL '.join(parts)}) GROUP BY {key} ORDER BY {key}"
    return Select("classes", sql, tables.CLASSES)


def undecided(planner: Planner) -> Select:
    """Households that cannot be decided, and for want of which input."""
    parts = [
        f"SELECT household, u_{found.rule.name} AS input FROM {CAUSES} WHERE u_{found.rule.name} IS NOT NULL"
        for found in planner.program.entitlements
    ]
    return Select(
        "undecided",
        f"SELECT DISTINCT household, input FROM ({' UNION ALL '.join(parts)}) ORDER BY household, input",
        tables.UNDECIDED,
    )
