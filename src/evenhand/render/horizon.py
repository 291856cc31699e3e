"""The page of months ahead: for each pipeline what breaks when, the even ration that does not, and the picture of it."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.flow.allocation.horizon import Outlook
from evenhand.flow.allocation.horizon_tables import PLANNED, Plan, Seen
from evenhand.render import horizon_chart
from evenhand.render.grid import Col, details, figure, part, table
from evenhand.render.horizon_words import NAMES_MOST, Ahead
from evenhand.render.html import Child, Html, el, join
from evenhand.render.page import document, masthead


def horizon_page(seen: Sequence[Seen], plan: Plan, language: str = "en") -> str:
    """The page. The same plan gives the same bytes. UsageError for a language without a catalogue."""
    ahead = Ahead(language)
    say = ahead.say
    planned = [one for one in seen if one.scenario == PLANNED]
    parts: list[Child] = [_title(ahead, planned, plan), *horizon_parts(seen, plan, language), _how(ahead)]
    foot = [say("plan.foot"), say("draft") if ahead.catalogue.drafted else ""]
    body = join([
        el("a", say("plan.skip"), cls="skip", href="#main"),
        masthead("Evenhand", say("h.page")),
        el("main", *parts, cls="page", id="main"),
        el("footer", el("div", *[el("p", line) for line in foot if line]), cls="foot page"),
    ])  # fmt: skip
    return document(say("h.head"), body, "horizon.css", language=language, rtl=ahead.catalogue.rtl)


def horizon_parts(seen: Sequence[Seen], plan: Plan, language: str = "en") -> list[Html]:
    """The parts below the title: what breaks when, and for each pipeline its picture with its numbers."""
    ahead = Ahead(language)
    say = ahead.say
    planned = [one for one in seen if one.scenario == PLANNED]
    parts: list[Html] = []
    if len(seen) > 1:
        parts.append(part("all", say("h.all"), _aside(ahead, seen), _overview(ahead, seen)))
    for number, one in enumerate(planned):
        pipeline = one.outlook.pipeline
        others = [
            other
            for other in seen
            if other is not one and (other.outlook.pipeline.area, other.outlook.pipeline.commodity)
            == (pipeline.area, pipeline.commodity)
        ]  # fmt: skip
        views = [
            _view(ahead, f"p{number}v{at}", view, plan, len(planned) == 1 and not at)
            for at, view in enumerate([one, *others])
        ]
        named = ahead.title(one.outlook)
        parts.append(part(f"p{number}", named[:1].upper() + named[1:], None, el("div", *views, cls="views")))
    return parts


def _title(ahead: Ahead, planned: Sequence[Seen], plan: Plan) -> Html:
    say = ahead.say
    months = planned[0].outlook.pipeline.months
    over = say("period.span", first=ahead.month(months[0].month, True), last=ahead.month(months[-1].month, True))
    broken = [one for one in planned if one.outlook.breaks is not None]
    if len(planned) == 1:
        outlook = planned[0].outlook
        head, lead = ahead.finding(outlook, plan.measures[outlook.pipeline.commodity].unit), ahead.later(outlook)
        if outlook.breaks is not None and outlook.bare is None:
            lead = f"{say('h.worst', fill=ahead.percent_down(outlook.naive_worst))} {lead}"
        over = f"{ahead.title(outlook)} · {over}"
    elif broken:
        first = min(broken, key=lambda one: one.outlook.pipeline.months[one.outlook.breaks or 0].month)
        at = ahead.when(first.outlook, first.outlook.breaks or 0)
        head = say("h.title", n=ahead.whole(len(broken)), all=ahead.whole(len(planned)), month=at)
        names = [ahead.title(o.outlook) for o in broken if o.outlook.bare is None and o.outlook.even]
        lead = ahead.text["h.lead"].format(names=ahead.listed(names, NAMES_MOST)) if names else ""
    else:
        head, lead = say("h.title.none"), ""
    return el(
        "div", el("p", over, cls="over"), el("h1", head), el("p", lead, cls="lead") if lead else None, cls="title"
    )


def _aside(ahead: Ahead, seen: Sequence[Seen]) -> str:
    scenarios = sorted({one.scenario for one in seen} - {PLANNED})
    return ahead.text["h.all.aside"].format(list=ahead.listed(scenarios)) if scenarios else ""


def _overview(ahead: Ahead, seen: Sequence[Seen]) -> Html:
    say = ahead.say
    rows: list[Sequence[Child]] = []
    for one in seen:
        outlook = one.outlook
        broken = say("h.never") if outlook.breaks is None else el("b", ahead.when(outlook, outlook.breaks), cls="must")
        cells = (ahead.percent_down(outlook.even), ahead.percent_down(outlook.naive_worst))
        name = [ahead.title(outlook), el("br"), el("span", ahead.scenario(one.scenario), cls="small soft")]
        rows.append([name, broken, *cells])
    heads = [Col(say("h.col.pipeline")), Col(say("h.col.breaks"))]
    heads += [Col(say("h.col.even"), "n wrap"), Col(say("h.col.worst"), "n wrap spare")]
    return table(heads, rows, say("h.table"), hidden_caption=True)


def _view(ahead: Ahead, name: str, one: Seen, plan: Plan, told_above: bool) -> Html:
    say = ahead.say
    outlook, unit = one.outlook, plan.measures[one.outlook.pipeline.commodity].unit
    losses = any(m.loss for m in outlook.pipeline.months)
    named = ahead.scenario(one.scenario)
    scenario = f"{named[:1].upper()}{named[1:]}"
    measure = ("" if told_above else f"{ahead.catalogue.alone(scenario)}. ") + (
        say("h.measure.unit", unit=unit) if unit else say("h.measure")
    )
    if losses:
        measure += f"{ahead.text['list.comma']}{say('h.measure.loss')}"
    found, later = ahead.finding(outlook, unit), ahead.later(outlook)
    drawing = horizon_chart.curves(ahead, name, outlook, f"{ahead.title(outlook)}: {named}", f"{found}. {later}")
    source = el("p", later, cls="source") if later else None
    return el(
        "div",
        figure(scenario if told_above else found, measure, drawing, _key(ahead, outlook), source),
        details(say("h.numbers"), _numbers(ahead, outlook, unit)),
    )


def _key(ahead: Ahead, outlook: Outlook) -> Html:
    say = ahead.say

    def sample(cls: str, words: str) -> Html:
        shape: Child = el("path", cls=cls, d="M0 8H28")
        if cls == "limit":
            shape = [el("path", cls="band", d="M0 8H28V16H0z"), shape]
        return el("span", el("svg", shape, viewBox="0 0 28 16", aria_hidden="true"), words)

    minimum = any(m.minimum for m in outlook.pipeline.months)
    shown_keys = [
        sample("limit", say("h.key.minimum" if minimum else "h.key.stock")),
        sample("full", say("h.key.full")),
        sample("string", say("h.key.string")),
    ]
    if outlook.breaks is not None:
        shown_keys.append(sample("broken", say("h.key.broken")))
    return el("p", *shown_keys, cls="key")


def _numbers(ahead: Ahead, outlook: Outlook, unit: str) -> Html:
    say, shown = ahead.say, ahead.bare
    rows: list[Sequence[Child]] = []
    for t, month in enumerate(outlook.pipeline.months):
        rows.append([
            f"{ahead.short_month(month.month)} {month.month[:4]}", shown(month.demand),
            shown(month.receipts), ahead.percent_down(outlook.rations[t]), shown(outlook.path[t].given),
            shown(outlook.path[t].lost), shown(outlook.path[t].left), shown(outlook.naive[t].given),
        ])  # fmt: skip
    names = ("due", "comes", "ration", "given", "spoils", "left", "naive")
    heads = [Col(say("h.month")), *(Col(say(f"h.{name}"), "n") for name in names)]
    return table(heads, rows, ahead.title(outlook), unit or None, cls="table table--tight")


def _how(ahead: Ahead) -> Html:
    text = el("div", el("p", ahead.say("h.how.1")), el("p", ahead.say("h.how.2")), cls="prose stack")
    return part("how", ahead.say("h.how"), None, text)
