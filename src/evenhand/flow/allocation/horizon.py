"""Months ahead: the most equal path of rations that what arrives can carry. Exact, and small enough to be read whole.

A pipeline is one commodity in one area. In month t, of what was left from the month before, the share `loss` is gone;
then receipts come; then x is given, at most the demand; `minimum` must remain. A unit given in month t costs
1/g(t) units of the first day, g(t) being what is left of a unit of the first day by then. Counted so, a path can be carried
if and only if for every t the sum of what was given up to t is at most

    supply(t) = opening + receipts so far - minimum(t)      (each divided by its g)

so the rations r(t) of leximin are slopes of the greatest convex curve under supply, over the cumulative demand: the taut
string (docs/algorithms/horizon.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate


@dataclass(frozen=True)
class Month:
    """What is expected of one month, in any one unit. `loss` is the share (0 <= loss < 1) of what was carried into it."""

    month: str
    demand: Fraction
    receipts: Fraction
    loss: Fraction = Fraction(0)
    minimum: Fraction = Fraction(0)


@dataclass(frozen=True)
class Pipeline:
    """One commodity in one area ("" is the whole country) over months one after another."""

    commodity: str
    area: str
    opening: Fraction
    months: tuple[Month, ...]


@dataclass(frozen=True)
class Late:
    """Receipts of `month` come `months` later, and only `arrives` of them. Empty names mean all."""

    months: int
    arrives: Fraction = Fraction(1)
    month: str = ""
    commodity: str = ""
    area: str = ""


@dataclass(frozen=True)
class Given:
    """A month on a path: what is given, what is lost of the stock carried in, what is left at its end."""

    given: Fraction
    lost: Fraction
    left: Fraction


@dataclass(frozen=True)
class Outlook:
    """What the months ahead look like. Curves are in units of the first day, one value a month.

    `rations` are the most equal ones (1 where nothing is due), `path` what they do; `naive` gives full rations while they
    last. `breaks` is the index of the first month in which full rations cannot be given, None if they always can, and
    `gap` what it lacks. `even` is the greatest single ration that can be given in every month. `bare` is the first month
    whose minimum cannot be kept even if nothing is given, and `bare_by` what is missing.
    """

    pipeline: Pipeline
    rations: tuple[Fraction, ...]
    path: tuple[Given, ...]
    naive: tuple[Given, ...]
    even: Fraction
    breaks: int | None
    gap: Fraction
    bare: int | None
    bare_by: Fraction
    supply: tuple[Fraction, ...]
    full: tuple[Fraction, ...]
    string: tuple[Fraction, ...]

    @property
    def naive_worst(self) -> Fraction:
        """The lowest ration where full rations are given as long as they last."""
        due = zip(self.naive, self.pipeline.months, strict=True)
        return min((g.given / m.demand for g, m in due if m.demand), default=Fraction(1))


def outlook(pipeline: Pipeline) -> Outlook:
    """The most equal rations of `pipeline`, and what full rations would lead to."""
    months = pipeline.months
    kept = list(accumulate((1 - m.loss for m in months), lambda a, b: a * b))
    """Of a unit of the first day, what is left in each month."""
    # A loss of the first month is taken off the opening stock: it was carried in.
    came = accumulate(m.receipts / g for m, g in zip(months, kept, strict=True))
    supply = tuple(pipeline.opening + c - m.minimum / g for c, m, g in zip(came, months, kept, strict=True))
    weight = [m.demand / g for m, g in zip(months, kept, strict=True)]
    full = tuple(accumulate(weight))
    rations = taut_string(weight, supply)
    string = tuple(accumulate(w * r for w, r in zip(weight, rations, strict=True)))
    path = _follow(pipeline, [m.demand * r for m, r in zip(months, rations, strict=True)])
    naive = _follow(pipeline, None)
    bare = next((t for t, s in enumerate(supply) if s < 0), None)
    breaks = next((t for t in range(len(months)) if full[t] > supply[t]), None)
    even = min((max(Fraction(0), s) / f for s, f in zip(supply, full, strict=True) if f), default=Fraction(1))
    return Outlook(
        pipeline=pipeline,
        rations=rations,
        path=path,
        naive=naive,
        even=min(even, Fraction(1)),
        breaks=breaks,
        gap=Fraction(0) if breaks is None else (full[breaks] - supply[breaks]) * kept[breaks],
        bare=bare,
        bare_by=Fraction(0) if bare is None else -supply[bare] * kept[bare],
        supply=supply,
        full=full,
        string=string,
    )


def taut_string(weight: Sequence[Fraction], supply: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """The leximin r with 0 <= r(t) <= 1 and, for all t, sum of weight(s) r(s) over s <= t at most supply(t).

    Where supply is below 0 it is taken as 0: nothing can be given up to there. r is 1 where the weight is 0. Rations never
    fall: later months may have more, never less.
    """
    count = len(weight)
    # Nothing that is needed later may be given now: a later, lower bound holds for every month before it.
    bound = [max(Fraction(0), s) for s in accumulate(reversed(supply), min)][::-1]
    done = list(accumulate(weight))
    # The lower hull of (cumulative demand, bound) from the origin, by a stack of corners.
    corners: list[tuple[Fraction, Fraction, int]] = [(Fraction(0), Fraction(0), -1)]
    for t in range(count):
        if not weight[t]:
            continue  # the same demand as before, and a bound that is no lower
        x, y = done[t], bound[t]
        while len(corners) > 1:
            (x0, y0, _), (x1, y1, _) = corners[-2:]
            if (y1 - y0) * (x - x1) < (y - y1) * (x1 - x0):
                break
            corners.pop()
        corners.append((x, y, t))
    rations = [Fraction(1)] * count
    for (x0, y0, before), (x1, y1, last) in zip(corners, corners[1:], strict=False):
        slope = min(Fraction(1), (y1 - y0) / (x1 - x0))
        for t in range(before + 1, last + 1):
            if weight[t]:
                rations[t] = slope
    return tuple(rations)


def delayed(pipeline: Pipeline, late: Sequence[Late]) -> Pipeline:
    """The pipeline with receipts coming late or in part. Of rules that fit a receipt, the last counts; what would come
    after the last month does not come.
    """
    names = [m.month for m in pipeline.months]
    came = [Fraction(0)] * len(names)
    for t, month in enumerate(pipeline.months):
        rule = Late(0)
        for one in late:
            if (
                one.month in ("", month.month)
                and one.commodity in ("", pipeline.commodity)
                and one.area in ("", pipeline.area)
            ):
                rule = one
        if t + rule.months < len(names):
            came[t + rule.months] += month.receipts * rule.arrives
    months = tuple(replace(m, receipts=c) for m, c in zip(pipeline.months, came, strict=True))
    return replace(pipeline, months=months)


def _follow(pipeline: Pipeline, give: Sequence[Fraction] | None) -> tuple[Given, ...]:
    """The stock month by month: giving `give`, or as much of the demand as the month's own minimum allows."""
    stock, done = pipeline.opening, []
    for t, month in enumerate(pipeline.months):
        lost = stock * month.loss
        there = stock - lost + month.receipts
        given = give[t] if give is not None else max(Fraction(0), min(month.demand, there - month.minimum))
        stock = there - given
        done.append(Given(given, lost, stock))
    return tuple(done)
