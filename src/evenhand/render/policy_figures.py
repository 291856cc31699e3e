"""The figures of a policy with their sources, and the history of each as a step chart."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from evenhand.flow.entitlement.terms import quantity
from evenhand.flow.policy.model import Dated, Param
from evenhand.render.grid import Col, details, figure, part, table
from evenhand.render.html import Child, Html, el, label, number, picture
from evenhand.render.policy_frame import dated
from evenhand.render.policy_words import InWords

LEFT, RIGHT, TOP, BOTTOM = 8, 352, 22, 118
MOST_STEPS = 40


def figures(words: InWords) -> list[Child]:
    """The part with every parameter and lookup; nothing if the policy has none."""
    params = list(words.policy.params.values())
    if not params:
        return []
    body: list[Child] = []
    steady = [param for param in params if not param.by and len(param.values) == 1]
    if steady:
        body.append(_steady(words, steady))
    for param in params:
        if param.by:
            body.append(_lookup(words, param))
        elif param not in steady:
            body.append(_history(words, param))
    said = words.said
    return [part("figures", said.say("d.figures"), said.say("d.figures.aside"), *body, cls="body figures")]


def _source(words: InWords, param: Param, held: Dated) -> str:
    own = (*held.path, "source")
    return words.told(own if own in words.policy.words else (*param.path, "source"), held.source)


def _steady(words: InWords, params: list[Param]) -> Html:
    """Values that never changed: a line each."""
    said = words.said
    columns = [Col(said.say("d.asked.what")), Col(said.say("d.source")), Col(said.say("d.value"), "n wrap")]
    rows: list[list[Child]] = []
    for param in params:
        held = param.values[0]
        since = said.law(
            {"source": _source(words, param, held), "from": _day(held.span.start), "to": _day(held.span.end)}
        )
        rows.append(
            [said.alone(words.title(param.name)), el("span", dated(since), cls="law"), words.value(param, held)]
        )
    return table(columns, rows, said.say("d.figures"), hidden_caption=True, cls="table why")


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _history(words: InWords, param: Param) -> Html:
    """A value that changed: the steps as a picture, and as a table."""
    said = words.said
    name = said.alone(words.title(param.name))
    first, last = param.values[0], param.values[-1]
    finding = said.say("d.chart", name=name, first=words.value(param, first), last=words.value(param, last))
    columns = [Col(said.say("d.from")), Col(said.say("d.to")), Col(said.say("d.source"), "spare"),
               Col(said.say("d.value"), "n wrap")]  # fmt: skip
    rows: list[list[Child]] = []
    ends = _ends(param)
    for held, end in zip(param.values, ends, strict=True):
        start, last_day = (dated(_day(day) or said.say("d.open")) for day in (held.span.start, end))
        rows.append([start, last_day, said.alone(_source(words, param, held)), words.value(param, held)])
    drawing = _steps(words, param, ends, finding)
    return el(
        "div", figure(finding, said.say("d.figures.aside"), drawing), table(columns, rows, name, cls="table dates")
    )


def _ends(param: Param) -> list[date | None]:
    """The last day of each value: its own, or the day before the next one begins."""
    ends: list[date | None] = []
    for held, after in zip(param.values, [*param.values[1:], None], strict=True):
        start = after.span.start if after is not None else None
        ends.append(held.span.end or (start - timedelta(days=1) if start else None))
    return ends


def _steps(words: InWords, param: Param, ends: list[date | None], title: str) -> Html:
    values = [held.rows[()] for held in param.values]
    starts = [held.span.start for held in param.values if held.span.start]
    known = [*starts, *(end for end in ends if end), words.day]
    low, high = min(known), max(known)
    width = max((high - low).days, 1) * Fraction(115, 100)
    top = max(max(values), Fraction(0))
    bottom = min(min(values), Fraction(0))

    def x(day: date) -> float:
        return float(LEFT + (RIGHT - LEFT) * (day - low).days / width)

    def y(value: Fraction) -> float:
        return float(BOTTOM - (BOTTOM - TOP) * (value - bottom) / (top - bottom)) if top != bottom else float(BOTTOM)

    drawn: list[Child] = [el("path", cls="axis axis--0", d=f"M{LEFT} {number(y(Fraction(0)))}H{RIGHT}")]
    path, free, told = "", -100.0, []
    close = len({start.year for start in starts}) < len(starts)
    for held, end, value in zip(param.values[:MOST_STEPS], ends, values, strict=False):
        start = held.span.start or low
        stop = x(end + timedelta(days=1)) if end else float(RIGHT)
        path += f"M{number(x(start))} {number(y(value))}H{number(stop)}"
        shown = words.said.number(Fraction(quantity(value, param.measure)["shown"]))
        if x(start) > free:
            drawn.append(label("halo b", x(start), y(value) - 6, shown))
            drawn.append(label("soft", x(start), BOTTOM + 16, str(start)[: 7 if close else 4]))
            free = x(start) + max(52 if close else 34, 8 * len(shown))
        told.append(f"{start}: {shown}")
    drawn.append(el("path", cls="step", d=path))
    return picture(f"p-{param.name}", 360, BOTTOM + 22, title, "; ".join(told), *drawn)


def _lookup(words: InWords, param: Param) -> Html:
    """Values by key: those of the day shown, the others one under the other behind their dates."""
    said = words.said
    held = param.at(words.day) or param.values[-1]
    name = said.alone(words.title(param.name))
    others: list[Child] = [
        details(f"{name}: {_written(words, param, other)}", _keyed(words, param, other, name))
        for other in param.values if other is not held
    ]  # fmt: skip
    return el("div", _keyed(words, param, held, name), *others)


def _written(words: InWords, param: Param, held: Dated) -> str:
    source = {"source": _source(words, param, held), "from": _day(held.span.start), "to": _day(held.span.end)}
    return words.said.law(source)


def _keyed(words: InWords, param: Param, held: Dated, name: str) -> Html:
    """One table of a lookup."""
    said = words.said
    rows: list[list[Child]] = []
    for key, value in held.rows.items():
        rows.append([", ".join(said.alone(part) for part in key), said.quantity(quantity(value, param.measure))])
    for before, value in held.mores.items():
        rows.append([", ".join([*before, said.say("d.more")]), "+ " + said.quantity(quantity(value, param.measure))])
    for before, value in held.others.items():
        rows.append([", ".join([*before, said.say("d.other")]), said.quantity(quantity(value, param.measure))])
    columns = [Col(said.listed([said.alone(words.title(key)) for key in param.by])), Col(said.say("d.value"), "n")]
    law = _written(words, param, held)
    return table(columns, rows, name, unit=dated(law) if law else None)
