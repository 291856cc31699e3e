"""Who gains and who loses between two policies, as data made of the outputs of `compare_plan`.

All numbers are exact integers; a household counts as compared for a benefit where both policies decide it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

from evenhand.core.errors import UsageError
from evenhand.core.period import Period
from evenhand.core.unit import UNITS
from evenhand.flow.entitlement.explain_law import told
from evenhand.flow.policy.model import Policy, TableRule

FORMAT = "evenhand-comparison/1"
BINS = (("lose-all", -100, -100), ("lose-half", -99, -50), ("lose-quarter", -49, -25), ("lose-tenth", -24, -10),
        ("lose-less", -9, -1), ("same", 0, 0), ("gain-less", 1, 9), ("gain-tenth", 10, 24), ("gain-quarter", 25, 49),
        ("gain-half", 50, None), ("gain-new", None, None))  # fmt: skip
"""Classes of change: name, and whole per cent of the old amount, from and to (rounded away from zero)."""

COUNTED = ("households", "gain", "lose", "same", "newly_decided", "no_longer_decided", "undecided")
SUMMED = ("old", "new", "gained", "lost")


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
    return {name: int(row.get(name, 0)) for name in (*COUNTED, *SUMMED)}


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
