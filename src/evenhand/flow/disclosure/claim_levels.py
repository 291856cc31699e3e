"""The claims about scarcity: curtailed, never interrupted, the same for everyone."""

from __future__ import annotations

from fractions import Fraction

from evenhand.core.benefit import Benefit
from evenhand.flow.disclosure.claim import Claim, exact, judged, month_names, point_count, untested
from evenhand.flow.disclosure.month import Figures
from evenhand.flow.disclosure.naming import in_words, name_of, noun, place_names
from evenhand.flow.disclosure.wording import listing, percent, period_name, say

# It was curtailed …


def curtailed(figures: list[Figures]) -> Claim:
    """Whether any divided benefit stood below what was due in any month."""
    divided = figures[-1].month.divided
    fills: dict[str, list[Fraction]] = {}
    for benefit in divided:
        by_month = [month.fill_of(month.points, benefit.id) for month in figures]
        if all(fill is not None for fill in by_month):
            fills[benefit.id] = [fill for fill in by_month if fill is not None]
    if not fills:
        return untested("curtailed", say("curtailed.none"))
    cut = any(fill < 1 for by_month in fills.values() for fill in by_month)
    head, *others = fills
    title = figures[-1].month.benefits
    detail = [say("curtailed.detail", benefit=noun(title[head]), months=month_names(figures))]
    detail += [say("curtailed.others", Benefit=name_of(title[b]), fills=_series(fills[b])) for b in others]
    return Claim(
        "curtailed", say("curtailed"), "holds" if cut else "does not hold",
        say("curtailed.figure", fills=_series(fills[head])), " ".join(detail),
        ("tables/levels.parquet", "tables/ladders.parquet", "tables/recut.parquet"),
        values={"fill": {b: [exact(f) for f in by_month] for b, by_month in fills.items()}},
    )  # fmt: skip


def _series(fills: list[Fraction]) -> str:
    return ", ".join(percent(fill) for fill in fills)


# … but never interrupted.


def interrupted(figures: list[Figures]) -> Claim:
    """Every point's smallest monthly level against its floor, for each benefit that has one."""
    floored = [b for b in figures[-1].month.divided if b.id in figures[-1].month.floors]
    if not floored:
        return untested("never-interrupted", say("interrupted.none"))
    under: dict[str, tuple[Fraction, Figures, Benefit]] = {}
    smallest: dict[tuple[str, str], Fraction] = {}
    for month in figures:
        for point in month.points:
            for benefit in floored:
                if month.floor(point, benefit.id) == 0:
                    continue
                level = month.level(point, benefit.id)
                pair = (point, benefit.id)
                smallest[pair] = min(smallest.get(pair, level.value), level.value)
                if month.under_floor(point, benefit.id):
                    worst = under.get(point)
                    if worst is None or level.part < worst[0]:
                        under[point] = (level.part, month, benefit)
    count = point_count(figures)
    verdict, exceptions = judged(len(under), count)
    detail = [say("interrupted.kept", months=month_names(figures))]
    for month in figures:
        here = sorted((part, point, b) for point, (part, m, b) in under.items() if m is month) if under else []
        if here:
            names = place_names(month.month)
            where = [
                say("interrupted.place", place=names.get(p, p), fill=percent(part, 0), benefit=noun(b))
                for part, p, b in sorted(here, key=lambda h: (h[0], h[1]))
            ]
            detail.append(
                say("interrupted.under", month=period_name(month.month.period, year=False), where=listing(where, 4))
            )
    if under:
        people = sum(max(m.members.get(point, 0) for m in figures) for point in under)
        detail.append(say("interrupted.people", people=f"{people:,}"))
    return Claim(
        "never-interrupted", say("never-interrupted"), verdict,
        say("interrupted.figure", kept=f"{count - len(under):,}", all=f"{count:,}"), " ".join(detail),
        ("tables/levels.parquet", "tables/recut.parquet", "tables/ladders.parquet"), exceptions,
        {"points": count, "under": sorted(under),
         "smallest": [[p, b, *exact(level)] for (p, b), level in sorted(smallest.items())]},
    )  # fmt: skip


# Everyone gets the same bowl.


def bowl(figures: list[Figures]) -> Claim:
    """Whether all points stood at one level; any spread breaks a sentence that says "everyone the same"."""
    divided = figures[-1].month.divided
    if not divided:
        return untested("same-bowl", say("bowl.none"))
    behind = {id(month): {b.id: _behind(month, b.id) for b in divided} for month in figures}
    spread: list[tuple[Fraction, int, Figures, Benefit]] = []
    for order, benefit in enumerate(divided):
        for month in figures:
            fills = [f for p in month.points if (f := month.fill(p, benefit.id)) is not None]
            if fills:
                apart = max(fills) - min(fills) if behind[id(month)][benefit.id] else Fraction(-1)
                spread.append((apart, -order, month, benefit))
    if not spread:
        return untested("same-bowl", say("bowl.none"))
    # The first benefit of the policy speaks for the bowl if it is uneven at all; the widest of the others otherwise.
    first = [s for s in spread if s[1] == 0 and s[0] >= 0]
    _, _, month, benefit = max(first or spread, key=lambda s: (s[0], s[1], s[2].month.period))
    uneven = any(points for by in behind.values() for points in by.values())
    below = behind[id(month)][benefit.id]
    there = sum(1 for p in month.points if month.due(p, benefit.id))
    fills_of = {p: f for p in month.points if (f := month.fill(p, benefit.id)) is not None}
    low, high = min(fills_of, key=lambda p: (fills_of[p], p)), max(fills_of, key=lambda p: (fills_of[p], p))
    names = place_names(month.month)
    lowest, highest = _apart(fills_of[low], fills_of[high])
    when = period_name(month.month.period, year=False)
    detail = []
    if uneven:
        places = {"least": names.get(low, low), "most": names.get(high, high)}
        detail += [say("bowl.spread", benefit=noun(benefit), month=when, **places)]
        detail += [say("bowl.worse", count=f"{len(below):,}", all=f"{there:,}")]
    elif lowest == highest:
        detail += [say("bowl.even", benefit=noun(benefit), months=month_names(figures))]
    else:
        detail += [say("bowl.even_mix", benefit=noun(benefit), month=when)]
    quota = _by_policy(month, benefit)
    if quota and quota[0] < quota[1]:
        low_text, high_text = (in_words(benefit, value) for value in quota)
        detail.append(say("bowl.policy", low=low_text, high=high_text, benefit=noun(benefit)))
    detail.append(say("bowl.inside"))
    figure = say("bowl.one", low=lowest) if lowest == highest else say("bowl.figure", low=lowest, high=highest)
    return Claim(
        "same-bowl", say("same-bowl"), "does not hold" if uneven else "holds", figure, " ".join(detail),
        ("tables/levels.parquet", "tables/recut.parquet", "tables/ladders.parquet"),
        values={"month": month.month.period.id, "benefit": benefit.id, "lowest": [low, *exact(fills_of[low])],
                "highest": [high, *exact(fills_of[high])], "points_below": sorted(below)},
    )  # fmt: skip


def _apart(low: Fraction, high: Fraction) -> tuple[str, str]:
    """Both in per cent, with as many decimals (up to four) as it takes to tell them apart."""
    digits = next((d for d in range(4) if percent(low, d) != percent(high, d)), 4) if low != high else 0
    return percent(low, digits), percent(high, digits)


def _behind(month: Figures, benefit: str) -> set[str]:
    """Points that stand below the highest level reached anywhere although their ladder goes on."""
    there = [p for p in month.points if month.due(p, benefit)]
    top = max((month.level(p, benefit) for p in there), default=None)
    return {p for p in there if top and month.level(p, benefit) < top and not month.full(p, benefit)}


def _by_policy(month: Figures, benefit: Benefit) -> tuple[Fraction, Fraction] | None:
    """The least and most a member is granted, averaged by row of a table of members; None without such a row."""
    totals: dict[str, tuple[int, int]] = {}
    for row in month.month.tables["classes"].select(["benefit", "row", "households", "members", "amount"]).to_pylist():
        if row["benefit"] == benefit.id and row["households"] is None and row["members"] and row["amount"] > 0:
            members, amount = totals.get(row["row"], (0, 0))
            totals[row["row"]] = (members + row["members"], amount + row["amount"])
    shares = [Fraction(amount, members) for members, amount in totals.values()]
    return (min(shares), max(shares)) if shares else None
