"""What holds points down, in a sentence: "The points of Ryanggang are at 41 % of the rice due because …"."""

from __future__ import annotations

from collections.abc import Mapping

from evenhand.flow.allocation.bottleneck import HANDLING, LANE, STOCK
from evenhand.flow.allocation.causes import Cause, Lift, people_at
from evenhand.flow.allocation.explain import Pair
from evenhand.flow.allocation.places import Place
from evenhand.render.figures import Figures

AREAS_MOST = 3


def cause_words(cause: Cause, places: Mapping[str, Place], due: Mapping[Pair, int], figures: Figures) -> str:
    """The whole of it: who, at what share, why; what more there would do, and to whom it would cost something. `due`
    holds every pair, to tell whether a block is all of an area."""
    say = figures.say
    points = sorted({point for point, _ in cause.short})
    digits = 0
    if cause.lift is not None:  # a lift that whole per cents do not show is told with one more digit
        ends = ((cause.fill_least, cause.fill_most), (cause.lift.fill_least, cause.lift.fill_most))
        digits = 1 if figures.span(*ends[0]) == figures.span(*ends[1]) else 0
    good = figures.catalogue.listed(sorted({good for _, good in cause.short}))
    fill = figures.span(cause.fill_least, cause.fill_most, digits)
    rung, part = divmod(cause.block.level, 1)
    level = figures.percent(part, digits)
    key = "al.at.one" if len(points) == 1 else "al.at.many"
    first = say(
        key if level == fill and not rung else f"{key}.rung",
        who=_who(points, {g for _, g in cause.short}, places, due, figures),
        fill=fill,
        good=good,
        reason=_reason(cause, places, figures),
        **({} if level == fill and not rung else {"part": level, "rung": rung + 1}),
    )
    if not cause.spots:
        return f"{first}."
    if cause.lift is None:
        return say("al.sentence", first=first, then=say("al.lift.nobody"))
    lift = cause.lift
    then = _lift(lift, len(cause.spots) == 1, places, figures, digits)
    if lift.lowered:
        count = len({point for point, _ in lift.lowered})
        then = say(
            "al.sentence",
            first=then,
            then=say("al.cost", points=figures.counted("al.points", count), most=figures.percent(lift.loss, 1)),
        )
        return say("al.sentence", first=first, then=then.removesuffix("."))
    return say("al.sentence", first=first, then=then)


def _who(
    points: list[str], goods: set[str], places: Mapping[str, Place], due: Mapping[Pair, int], figures: Figures
) -> str:
    """One point by its name, a whole area by its own, else so many points of these areas."""
    if len(points) == 1:
        return places[points[0]].name
    areas = sorted({places[point].area for point in points} - {""})
    if not areas or "" in {places[point].area for point in points}:
        return figures.counted("al.points", len(points))
    if len(areas) == 1:
        there = {
            point for (point, good), most in due.items() if most and good in goods and places[point].area == areas[0]
        }
        if there == set(points):
            return figures.say("al.who.area", area=areas[0])
    if len(areas) > AREAS_MOST:
        return figures.say("al.who.in", n=figures.whole(len(points)), count=figures.whole(len(areas)))
    listed = figures.catalogue.listed(areas)
    return figures.say("al.who.of", points=figures.counted("al.points", len(points)), areas=listed)


def _reason(cause: Cause, places: Mapping[str, Place], figures: Figures) -> str:
    say, said = figures.say, []
    lanes = [spot for spot in cause.spots if spot.kind == LANE]
    stocks = [spot for spot in cause.spots if spot.kind == STOCK]
    if cause.block.all_stock:
        total = sum(limit.quantity for spot in stocks for limit in spot.limits)
        return say("al.because.all", quantity=figures.quantity(total))
    if len(lanes) > 2:
        said.append(say("al.because.many", n=figures.whole(sum(len(spot.limits) for spot in lanes))))
    else:
        for spot in lanes:
            count = len({limit.name for limit in spot.limits})
            key = "al.because.lane" if count == 1 else "al.because.lanes"
            said.append(say(key, place=places[spot.node].name, **({} if count == 1 else {"n": _few(count, figures)})))
    if len(stocks) > 2:
        said.append(say("al.because.stocks", n=figures.whole(len(stocks))))
    else:
        said += [say("al.because.stock", place=places[spot.node].name) for spot in stocks]
    said += [say("al.because.handling", place=places[s.node].name) for s in cause.spots if s.kind == HANDLING]
    return figures.catalogue.listed(said) if said else say("al.because.none")


def _few(count: int, figures: Figures) -> str:
    """Two to nine as a word, where the language writes one."""
    words = figures.catalogue.text["al.few"].split("|")
    return words[count - 2] if 2 <= count < 2 + len(words) else figures.whole(count)


def _lift(lift: Lift, alone: bool, places: Mapping[str, Place], figures: Figures, digits: int) -> str:
    people = people_at(lift.lifted, places)
    count = len({point for point, _ in lift.lifted})
    whom = figures.counted("al.points", count) if people is None else figures.counted("al.whom", people)
    fill = figures.span(lift.fill_least, lift.fill_most, digits)
    return figures.say(
        "al.lift" if alone else _LIFTS[lift.spot.kind],
        more=figures.quantity(lift.more),
        whom=whom,
        fill=fill,
        **({} if alone else {"place": places[lift.spot.node].name}),
    )


_LIFTS = {LANE: "al.lift.lanes", STOCK: "al.lift.stock", HANDLING: "al.lift.handling"}
