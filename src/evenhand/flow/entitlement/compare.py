"""Who gains and who loses between two policies: a plan over what each of them says, and the comparison as data.

The engine has run both policies (outputs `wide` and `reasons`); this plan joins them by household. All numbers are exact
integers; a household counts as compared for a benefit where both policies decide it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

from evenhand.core.errors import UsageError
from evenhand.core.period import Period
from evenhand.core.plan import Plan, Select
from evenhand.core.schema import Column, Table
from evenhand.core.unit import UNITS
from evenhand.flow.entitlement.explain_law import told
from evenhand.flow.entitlement.inputs import literal
from evenhand.flow.policy.model import Policy, TableRule

FORMAT = "evenhand-comparison/1"
BINS = (("lose-all", -100, -100), ("lose-half", -99, -50), ("lose-quarter", -49, -25), ("lose-tenth", -24, -10),
        ("lose-less", -9, -1), ("same", 0, 0), ("gain-less", 1, 9), ("gain-tenth", 10, 24), ("gain-quarter", 25, 49),
        ("gain-half", 50, None), ("gain-new", None, None))  # fmt: skip
"""Classes of change: name, and whole per cent of the old amount, from and to (rounded away from zero)."""

CHANGES = Table("changes", (
    Column("household", "text", "whose"),
    Column("area", "text", "where; empty if none is given"),
    Column("benefit", "text", "of what"),
    Column("old", "quantity", "due by the old policy, base units (of 1/parts); empty if undecided", required=False),
    Column("new", "quantity", "due by the new policy", required=False),
    Column("change", "quantity", "new less old", required=False),
), ("household", "benefit"), "every household and benefit that changes, or that one policy cannot decide")  # fmt: skip


@dataclass(frozen=True)
class Compared:
    """A benefit of either policy. `old`, `new`: columns with the factor that brings both to 1/`parts` of a base unit."""

    id: str
    unit: str
    parts: int
    old: tuple[tuple[str, int], ...]
    new: tuple[tuple[str, int], ...]
    stocked: bool


def benefits_of(old: Policy, new: Policy) -> list[Compared]:
    """The benefits of both, those of the new policy first. UsageError where one has another unit in each."""
    found: list[Compared] = []
    for name in dict.fromkeys([*new.benefits, *old.benefits]):
        held = [policy.benefits.get(name) for policy in (old, new)]
        known = [benefit for benefit in held if benefit is not None]
        if len({UNITS[benefit.unit].dimension for benefit in known}) > 1:
            raise UsageError(
                f'"{name}" is counted in {known[0].unit} by one policy and in {known[1].unit} by the other',
                "give the benefit another name in one of them",
            )
        parts = lcm(*(benefit.parts for benefit in known))
        columns = []
        for policy, benefit in zip((old, new), held, strict=True):
            own = [entitlement.name for entitlement in policy.entitlements if entitlement.benefit == name]
            columns.append(tuple((column, parts // benefit.parts) for column in own) if benefit else ())
        found.append(Compared(name, known[-1].unit, parts, columns[0], columns[1],
                              any(benefit.kind == "good" for benefit in known)))  # fmt: skip
    return found


def compare_plan(old: Policy, new: Policy, place: str) -> Plan:
    """The plan. Inputs: `old_wide`, `new_wide`, `old_reasons`, `new_reasons`, `household`, and `point` if `place` is that.

    `place`: where a household's area comes from: `point` (a table of points), `area` (a column of its own), or nothing.
    Outputs: `benefits`, `bins`, `classes`, `areas`, `households`, `changes`.
    """
    compared = benefits_of(old, new)
    area, joined = "''", ""
    if place:
        joined = " JOIN household h ON CAST(h.household AS VARCHAR) = CAST(o.household AS VARCHAR)"
        area = "coalesce(CAST(h.area AS VARCHAR), '')"
    if place == "point":
        joined += " LEFT JOIN point p ON CAST(p.point AS VARCHAR) = CAST(h.point AS VARCHAR)"
        area = "coalesce(CAST(p.area AS VARCHAR), '')"
    amounts = ", ".join(
        f"{_summed('o', found.old)} AS o{at}, {_summed('n', found.new)} AS n{at}" for at, found in enumerate(compared)
    )
    sides = Select("sides", f"SELECT CAST(o.household AS VARCHAR) AS household, {area} AS area, {amounts} "
                          f"FROM old_wide o JOIN new_wide n ON n.household = o.household{joined}")  # fmt: skip
    pair = Select("pair", " UNION ALL ".join(
        f"SELECT household, area, {at} AS b, o{at} AS old, n{at} AS new, n{at} - o{at} AS change FROM sides"
        for at, _ in enumerate(compared)
    ))  # fmt: skip
    names = " ".join(f"WHEN {at} THEN {literal(found.id)}" for at, found in enumerate(compared))
    inputs = ("old_wide", "new_wide", "old_reasons", "new_reasons", *(("household",) if place else ()),
              *(("point",) if place == "point" else ()))  # fmt: skip
    selects = (
        sides, pair, *_classes(old, new, compared),
        Select("benefits", f"SELECT b, {_COUNTS} FROM pair GROUP BY b ORDER BY b"),
        Select("areas", f"SELECT area, b, {_COUNTS} FROM pair GROUP BY area, b ORDER BY area, b"),
        Select("bins", f"SELECT b, bin, count(*) AS households, {_text('sum(change)')} AS change FROM (SELECT b, change, "
                       f"{_bin()} AS bin FROM pair WHERE change IS NOT NULL) GROUP BY b, bin ORDER BY b, bin"),
        Select("households", f"SELECT {_OVERALL} FROM (SELECT household, {_SIGNS} FROM pair GROUP BY household)"),
        Select("changes", f"SELECT household, area, CASE b {names} END AS benefit, old, new, change FROM pair "
                          "WHERE change <> 0 OR (old IS NULL) <> (new IS NULL)", CHANGES),
    )  # fmt: skip
    return Plan(inputs, selects, ("benefits", "areas", "bins", "classes", "households", "changes"))


def _summed(side: str, columns: Sequence[tuple[str, int]]) -> str:
    """What a household is due of a benefit by one policy: 0 if it has no such benefit, unknown if a part of it is."""
    return " + ".join(f'{side}."{name}" * {factor}' for name, factor in columns) or "CAST(0 AS BIGINT)"


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
_COUNTED = ("households", "gain", "lose", "same", "newly_decided", "no_longer_decided", "undecided")
_SUMMED = ("old", "new", "gained", "lost")
_SIGNS = (
    "bool_or(coalesce(change > 0, FALSE)) AS up, bool_or(coalesce(change < 0, FALSE)) AS down, "
    "bool_or(change IS NULL) AS open"
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


def _classes(old: Policy, new: Policy, compared: Sequence[Compared]) -> list[Select]:
    """Gains and losses of the households each row of either policy decided for.

    Counted first by the list of rows, of which there are few, and then by row: no household is written out for each of its
    rows. Where a benefit has several entitlements their lists are put together first.
    """
    parts = []
    for side, policy in (("old", old), ("new", new)):
        for at, found in enumerate(compared):
            own = [entitlement.name for entitlement in policy.entitlements if entitlement.benefit == found.id]
            if not own:
                continue
            listed = ", ".join(literal(name) for name in own)
            source = f"SELECT household, reasons FROM {side}_reasons WHERE entitlement IN ({listed})"
            if len(own) > 1:
                joined = "list_distinct(flatten(list(reasons))) AS reasons"
                source = f"SELECT household, {joined} FROM ({source}) GROUP BY household"
            values = f"o{at} AS old, n{at} AS new, n{at} - o{at} AS change"
            pairs = f"({source}) r JOIN sides p ON p.household = CAST(r.household AS VARCHAR)"
            parts.append(f"SELECT {literal(side)} AS side, {at} AS b, reasons, {_COUNTS} "
                         f"FROM (SELECT r.reasons, {values} FROM {pairs}) GROUP BY reasons")  # fmt: skip
    lists = Select("lists", " UNION ALL ".join(parts))
    counts = ", ".join(f"CAST(sum({name}) AS BIGINT) AS {name}" for name in _COUNTED)
    sums = ", ".join(f"{_text(f'sum(CAST({name} AS HUGEINT))')} AS {name}" for name in _SUMMED)
    by = Select("classes", f"SELECT side, b, row, {counts}, {sums} FROM (SELECT * EXCLUDE (reasons), unnest(reasons) AS row "
                           "FROM lists) GROUP BY side, b, row ORDER BY side, b, row")  # fmt: skip
    return [lists, by]


def comparison(old: Policy, new: Policy, periods: tuple[Period, Period],
               found: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, Any]:  # fmt: skip
    """The comparison as data, from the rows of the plan's outputs."""
    benefits = []
    for at, compared in enumerate(benefits_of(old, new)):
        own = {
            name: [row for row in found[name] if row["b"] == at] for name in ("benefits", "bins", "classes", "areas")
        }
        bins = {row["bin"]: row for row in own["bins"]}
        benefits.append({
            "benefit": compared.id, **_titled(old, new, compared), "unit": compared.unit, "parts": compared.parts,
            "stocked": compared.stocked, **_counts(own["benefits"][0] if own["benefits"] else {}),
            "bins": [{"bin": name, "from": low, "to": high, "households": int(bins.get(number, {}).get("households", 0)),
                      "change": int(bins.get(number, {}).get("change", 0))}
                     for number, (name, low, high) in enumerate(BINS)],
            "classes": [{"policy": row["side"], "row": row["row"], **_why(old if row["side"] == "old" else new, row["row"]),
                         **_counts(row)} for row in own["classes"]],
            "areas": [{"area": row["area"], **_counts(row)} for row in own["areas"] if row["area"]],
        })  # fmt: skip
    overall = found["households"][0]
    return {"format": FORMAT, "old": _policy(old, periods[0]), "new": _policy(new, periods[1]),
            **{name: int(overall[name]) for name in ("households", "gain", "lose", "mixed", "same", "undecided")},
            "benefits": benefits}  # fmt: skip


def _counts(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(row.get(name, 0)) for name in (*_COUNTED, *_SUMMED)}


def _policy(policy: Policy, period: Period) -> dict[str, Any]:
    return {"id": policy.id, **told(policy, ("policy", "title"), policy.title), "sha256": policy.sha256.hex(),
            "period": period.id, "first": period.first.isoformat(), "last": period.last.isoformat()}  # fmt: skip


def _titled(old: Policy, new: Policy, compared: Compared) -> dict[str, Any]:
    """What a benefit is called, by the new policy where it has it."""
    policy = new if compared.id in new.benefits else old
    return told(policy, ("benefit", compared.id, "title"), policy.benefits[compared.id].title)


def _why(policy: Policy, name: str) -> dict[str, Any]:
    """What a row says of itself."""
    table, row = name.split(".", 1)
    rule = policy.rules.get(table)
    if isinstance(rule, TableRule):
        for found in (*rule.rows, *([rule.otherwise] if rule.otherwise else [])):
            if found.id == row:
                return told(policy, (*found.path, "because"), found.because)
    return {"because": ""}
