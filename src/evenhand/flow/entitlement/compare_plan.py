"""The plan that tells two policies apart: both worked out on the same households, side by side, and counted.

Each policy is a chain of selects of its own over the same files; the two meet in `sides`, a row a household. Why a household
is due what it is due stays a number of bits until it is counted: lists of rows are made for the few combinations there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from evenhand.core.errors import UsageError
from evenhand.core.period import Period
from evenhand.core.plan import Plan, Select
from evenhand.core.schema import Column, Table
from evenhand.flow.entitlement.compare import COUNTED, SUMMED, Compared, benefits_of
from evenhand.flow.entitlement.inputs import literal
from evenhand.flow.entitlement.planner import Planner
from evenhand.flow.entitlement.rules import row_ids
from evenhand.flow.policy.model import Policy
from evenhand.flow.policy.tree import TypedTable

SIDES = ("old", "new")

CHANGES = Table("changes", (
    Column("household", "text", "whose"),
    Column("area", "text", "where; empty if none is given"),
    Column("benefit", "text", "of what"),
    Column("old", "quantity", "due by the old policy, base units (of 1/parts); empty if undecided", required=False),
    Column("new", "quantity", "due by the new policy", required=False),
    Column("change", "quantity", "new less old", required=False),
), ("household", "benefit"), "every household and benefit that changes, or that one policy cannot decide")  # fmt: skip


def compare_plan(policies: tuple[Policy, Policy], periods: tuple[Period, Period], place: str, *, members: bool = True,
                 stated_size: bool = False, absent: Sequence[Collection[str]] = ((), ()),
                 kinds: Mapping[str, Mapping[str, str]] | None = None) -> Plan:  # fmt: skip
    """The plan for the old and the new policy. Inputs: those of `plan`, and `point` if `place` is that.

    `place`: where a household's area comes from: `point` (a table of points), `area` (a column of its own), or nothing.
    `absent` is of each policy; the rest as in `plan`.
    Outputs: `benefits`, `bins`, `classes`, `areas`, `households`, `changes`.
    UsageError if a policy is not in force, or if both count a benefit in other units.
    """
    compared = benefits_of(*policies)
    planners = [
        Planner(policy, period, members, stated_size, False, absent=gone, kinds=kinds, prefix=f"{side}_")
        for side, policy, period, gone in zip(SIDES, policies, periods, absent, strict=True)
    ]
    found: list[Select] = []
    for side, planner in zip(SIDES, planners, strict=True):
        if planner.reads_members and not members:
            raise UsageError(f'policy "{planner.policy.id}" reads members', "give the members too (--members FILE)")
        planner.base(numbered=True)
        selects, last = planner.layers.selects()
        found += [select for select in selects if members or not select.name.endswith("_m0")]
        found.append(Select(f"{side}_due", f"SELECT {', '.join(planner.due_columns(('reasons',)))} FROM {last}"))
    benefits = " UNION ALL ".join(f"SELECT {at} AS b, {_COUNTS} FROM ({_of(at)})" for at in range(len(compared)))
    areas = " UNION ALL ".join(
        f"SELECT area, {at} AS b, {_COUNTS} FROM (SELECT area, {_VALUES.format(at)} FROM sides) GROUP BY area"
        for at in range(len(compared))
    )
    bins = " UNION ALL ".join(
        f"SELECT {at} AS b, bin, count(*) AS households, {_text('sum(change)')} AS change FROM "
        f"(SELECT change, {_bin()} AS bin FROM ({_of(at)}) WHERE change IS NOT NULL) GROUP BY bin"
        for at in range(len(compared))
    )
    changes = " UNION ALL ".join(
        f"SELECT household, area, {literal(one.id)} AS benefit, {_VALUES.format(at)} FROM sides "
        f"WHERE d{at} <> 0 OR (o{at} IS NULL) <> (n{at} IS NULL)"
        for at, one in enumerate(compared)
    )
    made = [
        _sides(compared, planners, place),
        *_classes(compared, planners),
        Select("benefits", f"SELECT * FROM ({benefits}) ORDER BY b"),
        Select("areas", f"SELECT * FROM ({areas}) ORDER BY area, b"),
        Select("bins", f"SELECT * FROM ({bins}) ORDER BY b, bin"),
        Select("households", f"SELECT {_OVERALL} FROM (SELECT {_signs(len(compared))} FROM sides)"),
        Select("changes", changes, CHANGES),
    ]
    inputs = ("household", *(("member",) if members else ()), *(("point",) if place == "point" else ()))
    return Plan(inputs, (*found, *made), ("benefits", "areas", "bins", "classes", "households", "changes"))


def _sides(compared: Sequence[Compared], planners: Sequence[Planner], place: str) -> Select:
    """Both amounts of every benefit, their difference, and what fired, a row a household in the order of the file."""
    amounts: list[str] = []
    for at, one in enumerate(compared):
        old, new = _summed("o", one.old), _summed("n", one.new)
        amounts += [f"{old} AS o{at}", f"{new} AS n{at}", f"({new}) - ({old}) AS d{at}"]
    for letter, planner in zip("on", planners, strict=True):
        fired = dict.fromkeys(sql.text for tables in planner.fired.values() for _, sql in tables)
        amounts += [f"{letter}.{column} AS {letter}_{column}" for column in fired]
        amounts += [f"{letter}.a_{name} IS NOT NULL AS {letter}k_{name}" for name in planner.fired]
    area, joined = "''", ""
    if place:
        wanted = "point" if place == "point" else "area"
        joined = f' JOIN (SELECT "~row" AS row, {wanted} FROM household) h ON h.row = o.row'
        area = "coalesce(CAST(h.area AS VARCHAR), '')"
    if place == "point":
        joined += " LEFT JOIN point p ON CAST(p.point AS VARCHAR) = CAST(h.point AS VARCHAR)"
        area = "coalesce(CAST(p.area AS VARCHAR), '')"
    return Select("sides", f"SELECT CAST(o.household AS VARCHAR) AS household, {area} AS area, {', '.join(amounts)} "
                           f"FROM old_due o JOIN new_due n ON n.row = o.row{joined} ORDER BY o.row")  # fmt: skip


def _summed(side: str, columns: Sequence[tuple[str, int]]) -> str:
    """What a household is due of a benefit by one policy: 0 if it has no such benefit, unknown if a part of it is."""
    return " + ".join(f"{side}.a_{name} * {factor}" for name, factor in columns) or "CAST(0 AS BIGINT)"


_VALUES = "o{0} AS old, n{0} AS new, d{0} AS change"


def _of(at: int) -> str:
    return f"SELECT {_VALUES.format(at)} FROM sides"


def _text(sql: str) -> str:
    return f"CAST(coalesce({sql}, 0) AS VARCHAR)"


_COUNTS = (
    "count(*) AS households, count(*) FILTER (WHERE change > 0) AS gain, count(*) FILTER (WHERE change < 0) AS lose, "
    "count(*) FILTER (WHERE change = 0) AS same, count(*) FILTER (WHERE old IS NULL AND new IS NOT NULL) AS newly_decided, "
    "count(*) FILTER (WHERE old IS NOT NULL AND new IS NULL) AS no_longer_decided, "
    "count(*) FILTER (WHERE old IS NULL AND new IS NULL) AS undecided, "
    f"{_text('sum(old)')} AS old, {_text('sum(new)')} AS new, "
    f"{_text('sum(CASE WHEN change > 0 THEN change END)')} AS gained, "
    f"{_text('sum(CASE WHEN change < 0 THEN -change END)')} AS lost"
)
_OVERALL = (
    "count(*) AS households, count(*) FILTER (WHERE up AND NOT down) AS gain, "
    "count(*) FILTER (WHERE down AND NOT up) AS lose, "
    "count(*) FILTER (WHERE up AND down) AS mixed, count(*) FILTER (WHERE NOT up AND NOT down AND NOT open) AS same, "
    "count(*) FILTER (WHERE NOT up AND NOT down AND open) AS undecided"
)


def _bin() -> str:
    """The class of a change as SQL: whole per cent of the old amount, rounded away from zero, in wide integers."""
    wide, had = "CAST(change AS DECIMAL(38, 0)) * 100", "CAST(old AS DECIMAL(38, 0))"
    cases = ["WHEN change = 0 THEN 5", "WHEN old = 0 THEN 10", "WHEN new = 0 THEN 0"]
    bounds = ((1, 50), (2, 25), (3, 10))
    cases += [f"WHEN change < 0 AND -{wide} >= {low} * {had} THEN {at}" for at, low in bounds]
    cases.append("WHEN change < 0 THEN 4")
    cases += [f"WHEN {wide} >= {low} * {had} THEN {at}" for at, low in ((9, 50), (8, 25), (7, 10))]
    return f"CASE {' '.join(cases)} ELSE 6 END"


def _signs(benefits: int) -> str:
    """Whether a household gains in some benefit, loses in some, and is open in some."""
    up = " OR ".join(f"coalesce(d{at} > 0, FALSE)" for at in range(benefits))
    down = " OR ".join(f"coalesce(d{at} < 0, FALSE)" for at in range(benefits))
    unknown = " OR ".join(f"d{at} IS NULL" for at in range(benefits))
    return f"({up}) AS up, ({down}) AS down, ({unknown}) AS open"


def _classes(compared: Sequence[Compared], planners: Sequence[Planner]) -> list[Select]:
    """Gains and losses of the households each row of either policy decided for.

    Counted first by the bits of all rows together, of which few combinations occur, and then by row. Where a benefit has
    several entitlements, a row that decided in more than one of them counts once.
    """
    parts = []
    for side, letter, planner in zip(SIDES, "on", planners, strict=True):
        for at, one in enumerate(compared):
            keys: list[str] = []
            entries: list[str] = []
            for name, _ in one.old if side == "old" else one.new:
                for table, sql in planner.fired[name]:
                    typed = planner.program.rules[table]
                    assert isinstance(typed, TypedTable)
                    key = f"k{len(keys)}"
                    keys.append(f"CASE WHEN {letter}k_{name} THEN coalesce({letter}_{sql.text}, 0) ELSE 0 END AS {key}")
                    entries += [f"CASE WHEN ({key} & {1 << bit}) <> 0 THEN {literal(row)} END"
                                for bit, row in enumerate(row_ids(typed))]  # fmt: skip
            if keys:
                names = ", ".join(f"k{number}" for number in range(len(keys)))
                listed = f"list_distinct(list_filter([{', '.join(entries)}], lambda x: x IS NOT NULL))"
                counted = ", ".join((*COUNTED, *SUMMED))
                parts.append(f"SELECT {literal(side)} AS side, {at} AS b, {listed} AS reasons, {counted} FROM "
                             f"(SELECT {names}, {_COUNTS} FROM (SELECT {', '.join(keys)}, {_VALUES.format(at)} FROM sides) "
                             f"GROUP BY {names})")  # fmt: skip
    if not parts:
        parts = [f"SELECT 'old' AS side, 0 AS b, CAST([] AS VARCHAR[]) AS reasons, {_COUNTS} FROM ({_of(0)})"]
    lists = Select("lists", " UNION ALL ".join(parts))
    counts = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in COUNTED)
    sums = ", ".join(f"{_text(f'sum(CAST({name} AS HUGEINT))')} AS {name}" for name in SUMMED)
    by = Select("classes", f"SELECT side, b, row, {counts}, {sums} FROM (SELECT * EXCLUDE (reasons), unnest(reasons) AS row "
                           "FROM lists) GROUP BY side, b, row ORDER BY side, b, row")  # fmt: skip
    return [lists, by]
