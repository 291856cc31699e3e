"""The page of an allocation: how it stands, on the map, what holds points down and what more would do, what other rules and
other circumstances would make of the same stock. In the languages of the catalogue; a page that loads nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from evenhand.flow.allocation.bottleneck import LANE, STOCK
from evenhand.flow.allocation.causes import Cause
from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.explain import Pair
from evenhand.flow.allocation.measures import Ladder, Measures
from evenhand.flow.allocation.places import Place
from evenhand.flow.allocation.rules import LEXIMIN
from evenhand.render.allocation_sides import GOODS_MOST, Side, of_good, rules_part, what_if_part
from evenhand.render.catalogue import Catalogue
from evenhand.render.causes import cause_words
from evenhand.render.figures import Figures
from evenhand.render.grid import Col, details, figure, part, table
from evenhand.render.html import Child, Html, el, join
from evenhand.render.network_map import CLASSES, TITLES_MOST, Dot, network_map, shade
from evenhand.render.page import document, masthead

MAPS_OPEN = 2
POINTS_MOST = 200
"""So many points stand in the table of the page, the lowest; levels.csv has all."""


@dataclass(frozen=True)
class Shown:
    """What a page shows: the network and its places, who gets what, its figures by commodity, its causes and how many more
    blocks are short; other rules and circumstances beside it. `sharing` is a sentence about shared lanes, or empty. `units`:
    the unit of a commodity and how many of it a number stands for, where commodities have units of their own."""

    given: Input
    places: Mapping[str, Place]
    got: Mapping[Pair, Fraction]
    ladders: Mapping[Pair, Ladder]
    measures: Sequence[Measures]
    causes: Sequence[Cause] = ()
    more_blocks: int = 0
    rule: str = LEXIMIN
    sharing: Sequence[tuple[str, Mapping[str, str]]] = ()
    rules: Sequence[Side] = ()
    scenarios: Sequence[Side] = ()
    unit: str = ""
    units: Mapping[str, tuple[str, Fraction]] = field(default_factory=dict)


def allocation_parts(shown: Shown, language: str, regions: Shown | None = None) -> list[Html]:
    """The parts below the title of a page of somebody else: the map, or that of the regions instead; what holds points down
    and what more would do; and every rule compared. UsageError for a language without a catalogue."""
    figures = Figures(Catalogue(language), shown.unit)
    parts: list[Child] = [*_maps(regions or shown, figures, folded=True)]
    if shown.rule == LEXIMIN:
        parts.append(_why(shown, figures, "al.why.more"))
    if shown.rules:
        parts.append(rules_part(shown.rules, bool(shown.given.order), figures, shown.units, folded=True))
    return [part for part in parts if isinstance(part, Html)]


def allocation_page(shown: Shown, language: str = "en") -> str:
    """The page. The same allocation gives the same bytes. UsageError for a language without a catalogue."""
    catalogue = Catalogue(language)
    figures = Figures(catalogue, shown.unit)
    say = figures.say
    parts: list[Child] = [_title(shown, figures), _stand(shown, figures), *_maps(shown, figures)]
    if shown.rule == LEXIMIN:
        parts.append(_why(shown, figures))
    if shown.rules:
        parts.append(rules_part(shown.rules, bool(shown.given.order), figures))
    if shown.scenarios:
        parts.append(what_if_part(shown.scenarios, figures))
    foot = [say("plan.foot"), say("draft") if catalogue.drafted else ""]
    body = join([
        el("a", say("plan.skip"), cls="skip", href="#main"),
        masthead("Evenhand", say("al.page")),
        el("main", *parts, cls="page", id="main"),
        el("footer", el("div", *[el("p", line) for line in foot if line]), cls="foot page"),
    ])  # fmt: skip
    return document(say("al.head"), body, "horizon.css", "allocation.css", language=language, rtl=catalogue.rtl)


def _title(shown: Shown, figures: Figures) -> Html:
    say = figures.say
    worst = min(
        (m for m in shown.measures if m.worst is not None),
        key=lambda m: (m.worst if m.worst is not None else Fraction(0), m.commodity),
        default=None,
    )
    cases = sum(m.ladders for m in shown.measures)
    if worst is None:
        head = say("al.title.full" if cases else "al.title.none")
    else:
        pair = worst.worst_point, worst.commodity
        fill = shown.got[pair] / shown.ladders[pair].due
        point = shown.places[worst.worst_point].name
        said = {"point": point, "fill": figures.percent(fill), "good": worst.commodity}
        lower = any(shown.got[p] < fill * shown.ladders[p].due for p in shown.ladders if p[1] == worst.commodity)
        if lower and worst.worst is not None:  # a level is not a share of all that is due: say which rung it is on
            rung, part = divmod(worst.worst, 1)
            head = say("al.title.rung", part=figures.percent(part), rung=rung + 1, **said)
        else:
            head = say("al.title", **said)
    lead = [say("al.lead", full=figures.whole(sum(m.in_full for m in shown.measures)), all=figures.whole(cases))]
    if shown.rule == LEXIMIN:
        lead += [say(key, **values) for key, values in shown.sharing] or [say("al.leximin")]
    else:
        lead.append(say("al.other", rule=shown.rule, words=say(f"al.r.{shown.rule}")))
    points = len({point for (point, _), ladder in shown.ladders.items() if ladder.due})
    goods = figures.catalogue.listed([m.commodity for m in shown.measures])
    over = say("al.over", goods=goods, points=figures.counted("al.points", points))
    return el("div", el("p", over, cls="over"), el("h1", head), el("p", " ".join(lead), cls="lead"), cls="title")


def _stand(shown: Shown, figures: Figures) -> Html:
    say = figures.say
    rows: list[Sequence[Child]] = []
    for m in shown.measures:
        worst = "" if m.worst is None else shown.places[m.worst_point].name
        given = [figures.bare(m.due), figures.bare(m.given), figures.percent(m.given / m.due)]
        counts = [figures.whole(m.ladders - m.in_full), figures.whole(m.under_floor)]
        rows.append([m.commodity, *given, *counts, worst])
    heads = [Col(say("al.good")), Col(say("al.due"), "n spare"), Col(say("al.given"), "n"), Col(say("al.share"), "n")]
    heads += [Col(say("al.short"), "n"), Col(say("al.floor"), "n"), Col(say("al.worst"), "spare")]
    unit = say("al.in", unit=shown.unit) if shown.unit else None
    made = table(heads, rows, unit or say("al.stand"), hidden_caption=not shown.unit)
    return part("stand", say("al.stand"), None, el("div", made, cls="scroll", tabindex=0))


def _maps(shown: Shown, figures: Figures, folded: bool = False) -> list[Child]:
    """A map for each commodity, and the table of its points; `folded`: the first two stand there, the others open."""
    say, views = figures.say, []
    for place, measure in enumerate(shown.measures[:GOODS_MOST]):
        views.append(_map(f"m{place}", shown, measure.commodity, figures))
    drawn = [view for view in views if view is not None]
    tables = [_points(shown, m.commodity, figures) for m in shown.measures]
    if not drawn:
        return [part("map", say("al.every"), say("al.map.none"), *tables)]
    open_, rest = (drawn[:MAPS_OPEN], drawn[MAPS_OPEN:]) if folded else (drawn, [])
    more = (
        el("details", el("summary", say("al.map.more")), el("div", *rest, cls="views"), cls="folded") if rest else None
    )
    return [part("map", say("al.map"), say("al.map.aside"), el("div", *open_, cls="views"), more, *tables)]


def _map(name: str, shown: Shown, good: str, figures: Figures) -> Html | None:
    say, given = figures.say, shown.given
    nodes = given.nodes.to_pylist()
    pairs = [pair for pair, ladder in shown.ladders.items() if pair[1] == good and ladder.due]
    fills = {point: shown.got[point, good] / shown.ladders[point, good].due for point, _ in pairs}
    ends = [(nodes[a], nodes[b]) for a, b in zip(given.lane_tail.tolist(), given.lane_head.tolist(), strict=True)]
    by_lane = dict(zip(given.lanes.to_pylist(), ends, strict=True))
    limits = [x for cause in shown.causes if good in cause.block.commodities for x in cause.block.limits]
    dots = []
    for point, fill in sorted(fills.items()):
        text = f"{shown.places[point].name}: {figures.percent(fill)}\u00a0%"
        people = shown.places[point].people
        dots.append(Dot(point, text if people is None else f"{text}, {figures.counted('al.whom', people)}", fill))
    low, high = min(fills.values()), max(fills.values())
    same = figures.percent(low) == figures.percent(high)
    finding = (
        say("al.map.same", good=good, fill=figures.percent(low))
        if same
        else say("al.map.range", good=good, low=figures.percent(low), high=figures.percent(high))
    )
    peopled = len(fills) <= TITLES_MOST and any(shown.places[point].people for point in fills)
    drawing = network_map(
        name,
        finding,
        say("al.map.told"),
        shown.places,
        dots,
        sorted({tail for tail, _ in ends} - set(fills)),
        sorted(set(ends)),
        {by_lane[limit.name] for limit in limits if limit.kind == LANE},
        {limit.name for limit in limits if limit.kind == STOCK},
    )
    if drawing is None:
        return None
    measure = say("al.map.measure" if peopled else "al.map.measure.bare", good=good)
    return figure(finding, measure, drawing, _key(fills, figures))


def _key(fills: Mapping[str, Fraction], figures: Figures) -> Html:
    say = figures.say
    there = {shade(fill) for fill in fills.values()}
    samples: list[Child] = []
    for number in sorted(there):
        mark = el("svg", el("circle", cls=f"d{number}", cx=14, cy=8, r=6), viewBox="0 0 28 16", aria_hidden="true")
        if number == 6:
            words = say("al.key.full")
        elif number == 1:
            words = say("al.key.under", to=CLASSES[0])
        else:
            words = say("al.key.span", **{"from": CLASSES[number - 2], "to": CLASSES[number - 1]})
        samples.append(el("span", mark, words))
    lane = el("svg", el("path", cls="leak lane", d="M0 8H28"), viewBox="0 0 28 16", aria_hidden="true")
    stock = el(
        "svg", el("rect", cls="under depot", x=10, y=4, width=8, height=8), viewBox="0 0 28 16", aria_hidden="true"
    )
    depot = el(
        "svg", el("rect", cls="due depot", x=10, y=4, width=8, height=8), viewBox="0 0 28 16", aria_hidden="true"
    )
    marks = ((lane, "al.key.lane"), (stock, "al.key.stock"), (depot, "al.key.depot"))
    samples += [el("span", mark, say(key)) for mark, key in marks]
    return el("p", *samples, cls="key")


def _points(shown: Shown, good: str, figures: Figures) -> Html:
    figures = of_good(figures, good, shown.units)
    say = figures.say
    pairs = [pair for pair, ladder in shown.ladders.items() if pair[1] == good and ladder.due]
    order = sorted(pairs, key=lambda pair: (shown.got[pair] / shown.ladders[pair].due, pair))
    areas = any(shown.places[point].area for point, _ in order)
    people = any(shown.places[point].people is not None for point, _ in order)
    rows: list[Sequence[Child]] = []
    for point, _ in order[:POINTS_MOST]:
        place, got, due = shown.places[point], shown.got[point, good], shown.ladders[point, good].due
        row: list[Child] = [place.name, figures.percent(got / due), figures.bare(got), figures.bare(due)]
        if people:
            row.append("" if place.people is None else figures.whole(place.people))
        rows.append([*row, place.area] if areas else row)
    heads = [Col(say("al.point")), Col(say("al.share"), "n"), Col(say("al.gets"), "n"), Col(say("al.due"), "n")]
    heads += [Col(say("al.people"), "n")] if people else []
    heads += [Col(say("al.area"), "spare")] if areas else []
    every = len(order) <= POINTS_MOST
    title = say("al.every") if every else say("al.every.short", n=figures.whole(POINTS_MOST))
    unit = say("al.in", unit=figures.unit) if figures.unit else None
    return details(f"{good}: {title}", table(heads, rows, good, unit, cls="table table--tight"))


def _why(shown: Shown, figures: Figures, more: str = "al.why.rest") -> Html:
    say = figures.say
    due = {pair: ladder.due for pair, ladder in shown.ladders.items()}
    said: list[Child] = [
        el("li", cause_words(cause, shown.places, due, of_good(figures, cause.short[0][1], shown.units)))
        for cause in shown.causes
    ]
    if not said:
        return part("why", say("al.why"), None, el("p", say("al.why.none")))
    rest = el("p", say(more, n=figures.whole(shown.more_blocks)), cls="small soft") if shown.more_blocks else None
    return part("why", say("al.why"), say("al.why.aside"), el("ul", *said, cls="prose causes"), rest)
