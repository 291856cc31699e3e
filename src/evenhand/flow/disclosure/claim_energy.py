"""The claim that every need is covered: the energy of the ration against what a person needs."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from evenhand.flow.disclosure.claim import Claim, exact, judged, point_count, untested
from evenhand.flow.disclosure.month import Figures
from evenhand.flow.disclosure.wording import period_name, rounded, say

KCAL_NEEDED = 2100
"""A person's need a day in an emergency, kcal (The Sphere Handbook 2018, Food security and nutrition)."""


def energy_a_day(month: Figures, points: Sequence[str], full: bool = False) -> Fraction | None:
    """kcal a person a day of the rations on the rolls (or of the full quota) at `points`; None without members."""
    members = sum(month.members.get(p, 0) for p in points)
    if not members:
        return None
    total = Fraction(0)
    for benefit in month.month.benefits.values():
        if benefit.energy_kcal:
            base = sum(month.due(p, benefit.id) if full else month.ration(p, benefit.id) for p in points)
            total += Fraction(*benefit.energy_kcal) * base
    return total / (members * month.month.period.days)


def covered(figures: list[Figures]) -> Claim:
    """Whether the rations on the rolls give 2,100 kcal a person a day at every point in every month."""
    overall = [energy_a_day(month, month.points) for month in figures]
    energies = [energy for energy in overall if energy is not None]
    if len(energies) < len(figures) or not any(b.energy_kcal for b in figures[-1].month.benefits.values()):
        return untested("covered", say("covered.none"))
    short = {
        point
        for month in figures
        for point in month.points
        if (energy := energy_a_day(month, [point])) is not None and energy < KCAL_NEEDED
    }
    count = point_count(figures)
    verdict, exceptions = judged(len(short), count)
    if verdict == "holds except" and all(energy < KCAL_NEEDED for energy in energies):
        verdict, exceptions = "does not hold", 0
    others = "".join(
        say("covered.other", kcal=rounded(energy), month=period_name(month.month.period, year=False))
        for month, energy in zip(figures[:-1], energies[:-1], strict=True)
    )
    when = period_name(figures[-1].month.period, year=False)
    detail = [say("covered.detail", month=when, others=others, need=f"{KCAL_NEEDED:,}")]
    quotas = [energy_a_day(month, month.points, full=True) or Fraction(0) for month in figures]
    if verdict != "holds":
        key = "covered.full" if max(quotas) < KCAL_NEEDED else "covered.quota"
        detail.append(say(key, kcal=rounded(max(quotas))))
        detail.append(say("covered.points", count=f"{len(short):,}", all=f"{count:,}"))
    return Claim(
        "covered", say("covered"), verdict, say("covered.figure", kcal=rounded(energies[-1])), " ".join(detail),
        ("tables/totals.parquet", "tables/recut.parquet", "policy/"), exceptions,
        {"needed": KCAL_NEEDED, "kcal": [exact(e) for e in energies], "quota": [exact(q) for q in quotas],
         "points_below": sorted(short)},
    )  # fmt: skip
