"""The claim that every family has quotas for food and for garments."""

from __future__ import annotations

from fractions import Fraction

from evenhand.flow.disclosure.claim import Claim, judged, point_count, untested
from evenhand.flow.disclosure.month import Figures
from evenhand.flow.disclosure.naming import name_of, noun
from evenhand.flow.disclosure.wording import listing, period_name, say

GARMENT_UNITS = ("pair", "set", "coupon")
"""What clothes and shoes are counted in."""


def quotas(figures: list[Figures]) -> Claim:
    """Whether every household is due something of every benefit, in every month."""
    benefits = list(figures[-1].month.benefits.values())
    for what, fits in (
        ("food", [b for b in benefits if b.energy_kcal]),
        ("garments", [b for b in benefits if b.kind == "points" or b.unit in GARMENT_UNITS]),
    ):
        if not fits:
            return untested("quotas", say("quotas.none", what=say(f"quotas.{what}")))
    short: set[str] = set()
    fewest: list[tuple[Fraction, int, int, str, str]] = []
    by_member: dict[str, tuple[int, int]] = {}
    for month in figures:
        households = sum(month.households.get(p, 0) for p in month.points)
        for benefit in benefits:
            if any((p, benefit.id) in month.ladders for p in month.points):
                found = 0
                for point in month.points:
                    here = min(month.entitled_at_least(point, benefit.id), month.households.get(point, 0))
                    short |= {point} if here < month.households.get(point, 0) else set()
                    found += here
                share = Fraction(found, households) if households else Fraction(0)
                fewest.append((share, found, households, benefit.id, period_name(month.month.period)))
            else:
                found, people, lacking = _by_member(month, benefit.id)
                by_member[benefit.id] = min(by_member.get(benefit.id, (found, people)), (found, people))
                short |= lacking
    verdict, exceptions = judged(len(short), point_count(figures))
    if not fewest:
        return untested("quotas", say("quotas.none", what=say("quotas.food")))
    _, few, of, benefit_id, when = min(fewest)
    names = [noun(b) for b in benefits if b.id not in by_member]
    detail = [say("quotas.detail", benefits=listing(names), least=say("quotas.least") if few < of else "")]
    if few < of:
        detail.append(say("quotas.short", benefit=noun(figures[-1].month.benefits[benefit_id]), month=when))
    for name, (got, people) in by_member.items():
        title = figures[-1].month.benefits[name]
        detail.append(say("quotas.members", Benefit=name_of(title), few=f"{got:,}", all=f"{people:,}"))
    return Claim(
        "quotas", say("quotas"), verdict, say("quotas.figure", few=f"{few:,}", all=f"{of:,}"), " ".join(detail),
        ("tables/classes.parquet", "tables/ladders.parquet", "rolls/"), exceptions,
        {"households": of, "at_least": few, "members": {b: list(v) for b, v in by_member.items()},
         "points_short": sorted(short)},
    )  # fmt: skip


def _by_member(month: Figures, benefit: str) -> tuple[int, int, set[str]]:
    """(members granted some, members, points in an area where some are not) of a benefit without ladders, by `classes`.

    Households count as all their members. The largest of the policy's tables decides: several may add to one sum.
    """
    classes = month.month.tables["classes"]
    got: dict[str, dict[str, int]] = {}
    for row in classes.select(["area", "benefit", "row", "members", "amount"]).to_pylist():
        if row["benefit"] == benefit and row["amount"] > 0:
            table = row["row"].rpartition(".")[0]
            areas = got.setdefault(row["area"], {})
            areas[table] = areas.get(table, 0) + (row["members"] or 0)
    area_of = _areas(month, set(classes.column("area").to_pylist()))
    people: dict[str, int] = {}
    for point in month.points:
        people[area_of[point]] = people.get(area_of[point], 0) + month.members.get(point, 0)
    found = {area: min(max(got.get(area, {}).values(), default=0), people[area]) for area in people}
    lacking = {p for p in month.points if found[area_of[p]] < people[area_of[p]]}
    return sum(found.values()), sum(people.values()), lacking


def _areas(month: Figures, listed: set[str]) -> dict[str, str]:
    """The area of each point that `classes` counts by: its own, else its province."""
    places = month.month.tables["places"].select(["node", "area", "province"]).to_pylist()
    found = {row["node"]: next((a for a in (row["area"], row["province"]) if a in listed), "") for row in places}
    return {point: found.get(point, "") for point in month.points}
