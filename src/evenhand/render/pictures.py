"""The parts of the report made of pictures: by place, by month, from receipt to hand. Each has its table."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from evenhand.flow.disclosure.layout import table_path
from evenhand.flow.disclosure.month import Figures
from evenhand.flow.disclosure.naming import name_of, noun
from evenhand.flow.disclosure.wording import listing, percent, period_name
from evenhand.render import charts
from evenhand.render.grid import Col, details, figure, part, table
from evenhand.render.html import Child, Html, el, rect
from evenhand.render.picture import Scene, steady, unit_for, whole
from evenhand.render.sections import ROWS_SHOWN, with_links
from evenhand.render.tilemap import POINTS_DRAWN, tile_map
from evenhand.render.words import capital, count, say

LEVELS, RECUT, CERTIFICATE = (table_path(name) for name in ("levels", "recut", "certificate"))


def _swatch(*shapes: Child) -> Html:
    return el("svg", *shapes, viewBox="0 0 28 16", aria_hidden="true")


_UNDER = _swatch(
    rect("due", 1, 1, 26, 14), rect("under", 2, 2, 24, 12), el("path", cls="notch", d="M17 1h10v10z")
)  # fmt: skip
_FLOOR = _swatch(el("path", cls="floor", d="M0 8H28"))
_EVEN = _swatch(el("path", cls="even", d="M0 8H28"))
_MEAN = _swatch(el("path", cls="mean", d="M8 8H20"))


def place_part(view: Scene) -> Html:
    """The map, its key, and the numbers of every point."""
    measure = say("place.measure", Benefit=capital(noun(view.benefit)), month=_month(view))
    source = el("p", with_links(say("place.source", levels="{}", recut="{}"), LEVELS, RECUT), cls="source")
    beside: list[Child] = [_key(view), el("p", with_links(say("place.why", certificate="{}"), CERTIFICATE))]
    if view.under:
        names = [say("place.at", place=view.name(p), fill=whole(view.fills[p])) for p in view.under]
        beside.insert(1, el("p", say("place.under.names", where=listing(names, 6))))
    again = [p for p in view.figures.month.tables["recut"].column("point").to_pylist() if p in view.names]
    if again:
        cut = sorted(set(again))
        key = "place.recut.one" if len(cut) == 1 else "place.recut"
        beside.append(el("p", say(key, count=capital(count(len(cut))), where=listing([view.name(p) for p in cut], 8))))
    picture = figure(_place_finding(view), measure, tile_map(view), source)
    return part(
        "place", say("place"), say("place.aside.district" if len(view.fills) > POINTS_DRAWN else "place.aside"),
        el("div", picture, el("div", *beside, cls="stack"), cls="pair"),
        _points(view),
    )  # fmt: skip


def _month(view: Scene) -> str:
    return period_name(view.figures.month.period)


def _place_finding(view: Scene) -> str:
    fills = view.fills.values()
    low, high = whole(min(fills)), whole(max(fills))
    if low == high:
        return say("place.even", fill=low)
    mode, under = view.mode, view.under
    if under:
        rest = say("place.rest", high=high)
        if mode and whole(view.fills[under[-1]]) != mode[0]:
            rest = say("place.rest.mode", count=f"{mode[1]:,}", all=f"{len(view.fills):,}", fill=mode[0])
        where = _provinces(view, under)
        if len(where) <= 3:
            return capital(say("place.under", where=listing(where), rest=rest))
        return capital(say("place.under.many", count=count(len(under)), rest=rest))
    if mode and mode[0] == high:
        lower = [p for p, fill in view.fills.items() if whole(fill) < high]
        where = _provinces(view, lower)
        rest = say("place.rest.mode", count=f"{mode[1]:,}", all=f"{len(view.fills):,}", fill=mode[0])
        if len(where) <= 3:
            return say("place.lower.one" if len(where) == 1 else "place.lower", where=listing(where), rest=rest)
    return say("place.range", low=low, high=high)


def _provinces(view: Scene, points: Sequence[str]) -> list[str]:
    """Provinces of these points, the one with most of them first; the points themselves where they are few."""
    if len(points) <= 2:
        return [view.name(p) for p in points]
    places = view.figures.month.tables["places"]
    of = dict(zip(places.column("node").to_pylist(), places.column("province_name").to_pylist(), strict=True))
    counts: dict[str, int] = {}
    for point in points:
        counts[of.get(point, "")] = counts.get(of.get(point, ""), 0) + 1
    return [name for name, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def _key(view: Scene) -> Html:
    points, people = dict.fromkeys(range(1, 7), 0), dict.fromkeys(range(1, 7), 0)
    for point, fill in view.fills.items():
        points[view.classes.of(fill)] += 1
        people[view.classes.of(fill)] += view.figures.members.get(point, 0)
    rows: list[Sequence[Child]] = [
        [[_swatch(rect(f"d{n}", 1, 1, 26, 14)), view.classes.name(n)], f"{points[n]:,}", f"{people[n]:,}"]
        for n in range(1, 7)
        if n > 2 or points[n] or view.floor is not None
    ]
    if view.floor is not None:
        under = sum(view.figures.members.get(p, 0) for p in view.under)
        rows.append([[_UNDER, say("place.under.key")], f"{len(view.under):,}", f"{under:,}"])
    heads = [
        Col(say("place.share", benefit=noun(view.benefit))),
        Col(say("place.points"), "n"),
        Col(say("place.people"), "n"),
    ]
    return table(heads, rows, say("place.legend"), cls="table table--tight legend", hidden_caption=True)


def _points(view: Scene) -> Html:
    """Every point, worst-off first: what was due, what the rolls hold, and every other benefit in per cent."""
    now, benefit = view.figures, view.benefit
    order = sorted(view.fills, key=lambda p: (view.fills[p], p))
    shown = order[:ROWS_SHOWN]
    others = [b for b in now.month.divided if b.id != benefit.id]
    unit = unit_for(benefit, sum(now.due(p, benefit.id) for p in order))
    places = {row["node"]: row["province_name"] for row in now.month.tables["places"].to_pylist()}
    rows: list[Sequence[Child]] = []
    for point in shown:
        amounts = [steady(benefit, unit, f(point, benefit.id)) for f in (now.due, now.ration)]
        shares = [_share(now, point, b.id) for b in (benefit, *others)]
        people = f"{now.members.get(point, 0):,}"
        rows.append([view.name(point), places.get(point, ""), people, *amounts, *shares])
    sums = [sum(f(p, benefit.id) for p in order) for f in (now.due, now.ration)]
    means = [now.fill_of(order, b.id) for b in others]
    foot = [
        say("points", count=f"{len(order):,}"), "", f"{sum(now.members.get(p, 0) for p in order):,}",
        *[steady(benefit, unit, value) for value in sums], percent(view.mean),
        *["" if mean is None else percent(mean) for mean in means],
    ]  # fmt: skip
    heads = [Col(say("place.point")), Col(say("place.province"), "spare")]
    heads += [Col(say(f"place.{name}"), "n") for name in ("people", "due", "ration")]
    heads += [Col(f"{name_of(benefit)}, %", "n"), *[Col(f"{name_of(b)}, %", "n spare") for b in others]]
    every = len(shown) == len(order)
    caption = say("place.table") if every else say("place.table.worst", count=f"{len(shown):,}")
    sub = say("place.table.unit", Benefit=capital(noun(benefit)), month=_month(view), unit=unit.name)
    summary = say("place.every") if every else say("place.worst", count=f"{len(shown):,}")
    note = el("p", say("place.percent.note"), cls="small soft")
    return details(summary, table(heads, rows, caption, sub, foot, "table table--tight"), note)


def _share(now: Figures, point: str, benefit: str) -> Child:
    """Whole per cent of what is due there, marked where that benefit's floor was missed; nothing where nothing is due."""
    fill = now.fill(point, benefit)
    text = "" if fill is None else percent(fill, 0)
    return el("span", text, cls="must") if now.under_floor(point, benefit) else text


def time_part(view: Scene) -> Html:
    """Fill by month, everyone in line, and every benefit by month."""
    measure = "time.measure" if len(view.history) <= 4 else "time.measure.range"
    several = len(view.history) > 1
    source = (
        say("time.source", levels="{}", count=count(len(view.history)))
        if several
        else say("time.source.one", levels="{}")
    )
    lines: list[Child] = []
    if view.floor is not None:
        lines.append(el("span", _FLOOR, say("time.floor", floor=whole(view.floor))))
    even = el("span", _EVEN, say("time.even", fill=percent(view.mean)))
    drawing, steps = charts.line_of_people(view)
    first = figure(
        _time_finding(view), say(measure, benefit=noun(view.benefit)), charts.months(view),
        el("p", *lines, el("span", _MEAN, say("time.mean")), cls="key"),
        el("p", with_links(source, LEVELS), cls="source"),
    )  # fmt: skip
    second = figure(
        _line_finding(view, steps), say("line.measure", benefit=noun(view.benefit), month=_month(view)), drawing,
        el("p", *lines, even, cls="key"),
        details(say("line.numbers"), _steps(view, steps)),
    )  # fmt: skip
    pair = el("div", first, second, cls="pair")
    aside = say("time.aside") if view.floor is not None else None
    return part("time", say("time"), aside, pair, _by_month(view))


def _steps(view: Scene, steps: Sequence[tuple[int, int, bool]]) -> Html:
    everyone = sum(people for _, people, _ in steps) or 1
    rows: list[Sequence[Child]] = [
        [
            el("span", f"{value} · {say('place.under.key')}", cls="must") if missed else value,
            f"{people:,}",
            percent(Fraction(people, everyone)),
        ]
        for value, people, missed in steps
    ]
    heads = [Col(say("place.share", benefit=noun(view.benefit))), Col(say("place.people"), "n"), Col("%", "n")]
    return table(heads, rows, say("line.table"), cls="table table--tight")


def _time_finding(view: Scene) -> str:
    def mean(figures: Figures) -> str:
        return percent(figures.fill_of(figures.points, view.benefit.id) or Fraction(0))

    first, last = view.history[0], view.history[-1]
    if len(view.history) == 1:
        return say("time.finding.one", fill=mean(last), benefit=noun(view.benefit), month=_month(view))
    if len({mean(figures) for figures in view.history}) == 1:
        return say("time.finding.same", last=mean(last), benefit=noun(view.benefit))
    months = [period_name(figures.month.period, year=False) for figures in (first, last)]
    text = say("time.finding", first=mean(first), first_month=months[0], last=mean(last), last_month=months[1])
    if view.under:
        points = f"{count(len(view.under))} point{'s' if len(view.under) != 1 else ''}"
        return say("time.finding.under", finding=text, count=points)
    return text


def _line_finding(view: Scene, steps: Sequence[tuple[int, int, bool]]) -> str:
    if steps[0][0] == steps[-1][0]:
        return say("line.even", fill=steps[0][0])
    everyone = sum(people for _, people, _ in steps) or 1
    value, people, _ = max(steps, key=lambda step: (step[1], step[0]))
    if 2 * people >= everyone and value != steps[0][0]:
        return say("line.mode", share=percent(Fraction(people, everyone), 0), fill=value, low=steps[0][0])
    return say("line.range", low=steps[0][0], high=steps[-1][0])


def _by_month(view: Scene) -> Html:
    """Fill of every divided benefit by month: the numbers of the first picture and those it does not show."""
    months = view.history[-6:]
    rows: list[Sequence[Child]] = []
    for benefit in view.figures.month.divided:
        fills = [figures.fill_of(figures.points, benefit.id) for figures in months]
        last = fills[-1]
        bar = charts.share_bar(last, 4) if last is not None else None
        rows.append([benefit.title, *["–" if f is None else percent(f) for f in fills], bar])
    names = [Col(period_name(figures.month.period, year=False), "n") for figures in months]
    last_head = Col(say("time.last", month=period_name(months[-1].month.period, year=False)), "w")
    heads = [Col(say("time.benefit")), *names, last_head]
    return table(heads, rows, say("time.table"), say("time.table.unit"))
