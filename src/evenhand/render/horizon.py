"""The page of months ahead: for each pipeline what breaks when, the even ration that does not, and the picture of it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from evenhand.flow.allocation.horizon import Outlook
from evenhand.flow.allocation.horizon_tables import PLANNED, Plan, Seen
from evenhand.flow.disclosure.wording import MONTHS, listing
from evenhand.render import horizon_chart
from evenhand.render.grid import Col, details, figure, part, table
from evenhand.render.horizon_chart import shown
from evenhand.render.html import Child, Html, el, join
from evenhand.render.page import document, masthead

NBSP = "\u00a0"


def percent_down(share: Fraction) -> str:
    """A share in per cent, never more than it is: what is promised must be there."""
    tenths = share * 1000 // 1
    if not tenths and share:
        return "under 0.1"
    return f"{tenths // 10}" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"


def month_name(month: str, year: bool = False) -> str:
    """`March`, or `March 2026`, of `2026-03`."""
    name = MONTHS[int(month[5:]) - 1]
    return f"{name} {month[:4]}" if year else name


def when(outlook: Outlook, at: int) -> str:
    """The month `at`, with its year where the months go over more than one."""
    months = outlook.pipeline.months
    return month_name(months[at].month, months[0].month[:4] != months[-1].month[:4])


def title_of(outlook: Outlook) -> str:
    """The pipeline's name: rice, or rice in North."""
    pipeline = outlook.pipeline
    return f"{pipeline.commodity} in {pipeline.area}" if pipeline.area else pipeline.commodity


def finding(outlook: Outlook, unit: str) -> str:
    """What the months ahead hold, in one sentence."""
    months = [m.month for m in outlook.pipeline.months]
    if outlook.bare is not None:
        missing = f"{shown(outlook.bare_by)}{NBSP}{unit}".rstrip(NBSP)
        return (
            f"Even if nothing is given, the minimum of {when(outlook, outlook.bare)} cannot be kept: "
            f"{missing} are missing"
        )
    if outlook.breaks is None:
        return f"Full rations can be given in every month to {month_name(months[-1], True)}"
    first = f"At full ration the pipeline breaks in {when(outlook, outlook.breaks)}"
    if not outlook.even:
        return f"{first}, and until then nothing can be given"
    return f"{first}; an even {percent_down(outlook.even)}{NBSP}% from now never breaks"


def later(outlook: Outlook) -> str:
    """Which months can have more than the even ration; empty where none can."""
    said, last = [], outlook.even
    for at, (month, ration) in enumerate(zip(outlook.pipeline.months, outlook.rations, strict=True)):
        if month.demand and ration > last:
            said.append(f"{percent_down(ration)}{NBSP}% from {when(outlook, at)}")
            last = ration
    return f"Later months can have more: {listing(said)}." if said else ""


def horizon_page(seen: Sequence[Seen], plan: Plan) -> str:
    """The page. The same plan gives the same bytes."""
    planned = [one for one in seen if one.scenario == PLANNED]
    parts: list[Child] = [_title(planned, plan)]
    if len(seen) > 1:
        parts.append(part("all", "At a glance", _aside(seen), _overview(seen, plan)))
    for number, one in enumerate(planned):
        pipeline = one.outlook.pipeline
        others = [
            other
            for other in seen
            if other is not one and (other.outlook.pipeline.area, other.outlook.pipeline.commodity)
            == (pipeline.area, pipeline.commodity)
        ]  # fmt: skip
        views = [
            _view(f"p{number}v{at}", view, plan, len(planned) == 1 and not at) for at, view in enumerate([one, *others])
        ]
        named = title_of(one.outlook)
        parts.append(part(f"p{number}", named[:1].upper() + named[1:], None, el("div", *views, cls="views")))
    parts.append(_how())
    body = join([
        el("a", "Go to the page", cls="skip", href="#main"),
        masthead("Evenhand", "Months ahead"),
        el("main", *parts, cls="page", id="main"),
        el("footer", el("div", el("p", "This page loads nothing from any host.")), cls="foot page"),
    ])  # fmt: skip
    return document("Months ahead · Evenhand", body, "horizon.css")


def _title(planned: Sequence[Seen], plan: Plan) -> Html:
    months = planned[0].outlook.pipeline.months
    over = f"{month_name(months[0].month, True)} to {month_name(months[-1].month, True)}"
    broken = [one for one in planned if one.outlook.breaks is not None]
    if len(planned) == 1:
        outlook = planned[0].outlook
        head, lead = finding(outlook, plan.measures[outlook.pipeline.commodity].unit), later(outlook)
        if outlook.breaks is not None and outlook.bare is None:
            worst = percent_down(outlook.naive_worst)
            lead = f"Full rations as long as they last would leave {worst}{NBSP}% in the worst month. {lead}"
        over = f"{title_of(outlook)} · {over}"
    elif broken:
        first = min(broken, key=lambda one: one.outlook.pipeline.months[one.outlook.breaks or 0].month)
        at = when(first.outlook, first.outlook.breaks or 0)
        head = f"At full ration {len(broken)} of {len(planned)} pipelines break, the first in {at}"
        names = [title_of(o.outlook) for o in broken if o.outlook.bare is None and o.outlook.even]
        lead = f"Cut early and evenly, {listing(names, 4)} need never be interrupted." if names else ""
    else:
        head, lead = "Full rations can be given in every month, of everything", ""
    return el(
        "div", el("p", over, cls="over"), el("h1", head), el("p", lead, cls="lead") if lead else None, cls="title"
    )


def _aside(seen: Sequence[Seen]) -> str:
    scenarios = sorted({one.scenario for one in seen} - {PLANNED})
    return f"As planned, and if receipts are late: {listing(scenarios)}." if scenarios else ""


def _overview(seen: Sequence[Seen], plan: Plan) -> Html:
    rows: list[Sequence[Child]] = []
    for one in seen:
        outlook = one.outlook
        broken = "never" if outlook.breaks is None else el("b", when(outlook, outlook.breaks), cls="must")
        cells = (percent_down(outlook.even), percent_down(outlook.naive_worst))
        name = [title_of(outlook), el("br"), el("span", one.scenario, cls="small soft")]
        rows.append([name, broken, *cells])
    heads = [Col("Pipeline, scenario"), Col("At full ration breaks in")]
    heads += [
        Col(["Even", el("br"), "ration, %"], "n"),
        Col(["Worst month if full", el("br"), "rations are given, %"], "n spare"),
    ]
    return table(heads, rows, "Pipelines and scenarios", hidden_caption=True)


def _view(name: str, one: Seen, plan: Plan, told_above: bool) -> Html:
    outlook, unit = one.outlook, plan.measures[one.outlook.pipeline.commodity].unit
    losses = any(m.loss for m in outlook.pipeline.months)
    scenario = f"{one.scenario[:1].upper()}{one.scenario[1:]}"
    measure = ("" if told_above else f"{scenario}. ") + "Added up from the first month" + (f", {unit}" if unit else "")
    if losses:
        measure += ", counted as stock of the first day: what spoils before it is given counts with it"
    told = f"{finding(outlook, unit)}. {later(outlook)}"
    drawing = horizon_chart.curves(name, outlook, f"{title_of(outlook)}: {one.scenario}", told)
    source = el("p", later(outlook), cls="source") if later(outlook) else None
    numbers = details("The numbers of this picture", _numbers(outlook, unit))
    return el(
        "div",
        figure(scenario if told_above else finding(outlook, unit), measure, drawing, _key(outlook), source),
        numbers,
    )


def _key(outlook: Outlook) -> Html:
    def sample(cls: str, words: str) -> Html:
        shape: Child = el("path", cls=cls, d="M0 8H28")
        if cls == "limit":
            shape = [el("path", cls="band", d="M0 8H28V16H0z"), shape]
        return el("span", el("svg", shape, viewBox="0 0 28 16", aria_hidden="true"), words)

    minimum = any(m.minimum for m in outlook.pipeline.months)
    shown_keys = [
        sample("limit", "stock that may be given, its minimum kept" if minimum else "stock that has come"),
        sample("full", "full rations"),
        sample("string", "the most equal rations"),
    ]
    if outlook.breaks is not None:
        shown_keys.append(sample("broken", "full rations nothing is there for"))
    return el("p", *shown_keys, cls="key")


def _numbers(outlook: Outlook, unit: str) -> Html:
    rows: list[Sequence[Child]] = []
    for t, month in enumerate(outlook.pipeline.months):
        lost = shown(outlook.path[t].lost)
        rows.append([
            f"{horizon_chart.NAMES[int(month.month[5:]) - 1]} {month.month[:4]}", shown(month.demand),
            shown(month.receipts), percent_down(outlook.rations[t]), shown(outlook.path[t].given), lost,
            shown(outlook.path[t].left), shown(outlook.naive[t].given),
        ])  # fmt: skip
    heads = [Col("Month"), Col("Due", "n"), Col("Comes", "n"), Col("Ration, %", "n"), Col("Given", "n")]
    heads += [Col("Spoils", "n"), Col("Left", "n"), Col("Given if full while it lasts", "n")]
    return table(heads, rows, title_of(outlook), unit or None, cls="table table--tight")


def _how() -> Html:
    return part(
        "how",
        "How to read it",
        None,
        el(
            "div",
            el(
                "p",
                "The blue edge is all that may have been given by a month: stock, and receipts as they are expected, less "
                "what must remain. Rations are cut early rather than interrupted: the heavy line is pulled tight under "
                "the edge, so the worst month is as good as any plan can make it, then the next.",
            ),
            el(
                "p",
                "Per cents are rounded down. rations.csv and findings.csv beside this page hold the exact fractions.",
            ),
            cls="prose stack",
        ),
    )
