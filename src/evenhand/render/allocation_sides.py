"""Divisions side by side on the page of an allocation: other rules on the same stock, and other circumstances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from evenhand.flow.allocation.measures import CURVE, Measures
from evenhand.render.figures import Figures
from evenhand.render.grid import Col, figure, part, table
from evenhand.render.html import Child, Html, el
from evenhand.render.rules_chart import fill_curve

GOODS_MOST = 6
"""So many commodities are drawn; the files have all."""


@dataclass(frozen=True)
class Side:
    """A division: its name, its words, and for each commodity its figures, how many points get more and how many less than
    in the first division, and people under rung 1 (None: not known). `refused` says why there is none."""

    name: str
    words: str
    measures: Sequence[Measures] = ()
    raised: Sequence[int] = ()
    lowered: Sequence[int] = ()
    people_under: Sequence[int | None] = ()
    refused: str = ""


@dataclass(frozen=True)
class _Row:
    side: Side
    m: Measures
    raised: int
    lowered: int
    people: int | None


def _of(sides: Sequence[Side], good: str) -> list[_Row]:
    return [
        _Row(side, *row)
        for side in sides
        for row in zip(side.measures, side.raised, side.lowered, side.people_under, strict=True)
        if row[0].commodity == good
    ]


def _goods(sides: Sequence[Side]) -> list[str]:
    return sorted({m.commodity for side in sides for m in side.measures})[:GOODS_MOST]


def of_good(figures: Figures, good: str, units: Mapping[str, tuple[str, Fraction]]) -> Figures:
    """The same writing with a commodity's own unit, where it has one."""
    return Figures(figures.catalogue, *units[good]) if good in units else figures


def rules_part(
    sides: Sequence[Side],
    ordered: bool,
    figures: Figures,
    units: Mapping[str, tuple[str, Fraction]] = MappingProxyType({}),
    folded: bool = False,
) -> Html:
    """Every rule of one commodity after another: the curve of each, and the table of all. `ordered`: the caller said in
    which order people came; `units` as in `of_good`; `folded`: of each commodity the finding stands there, and opens."""
    say = figures.say
    matter: list[Child] = []
    for number, good in enumerate(_goods(sides)):
        rows = _of(sides, good)
        base = rows[0]
        views = []
        for place, row in enumerate(rows):
            words = say(f"al.r.{row.side.name}")
            told = ", ".join(
                f"{share}\u00a0%: {count}" for share, count in zip(CURVE, row.m.curve, strict=True) if not share % 20
            )
            title = say("al.rules.chart", rule=row.side.name, good=good)
            chart = fill_curve(f"r{number}x{place}", row.side.name, title, told, row.m.curve, base.m.curve)
            views.append(el("div", chart, el("p", words, cls="small soft"), cls="rule"))
        under = [row.m.under_floor for row in rows]
        if max(under) == 0:
            finding = say("al.rules.finding.none", good=good)
        elif min(under) == under[0]:
            ends = {"least": figures.whole(under[0]), "most": figures.whole(max(under))}
            finding = say("al.rules.finding.tie", good=good, **ends)
        else:
            finding = say("al.rules.finding", good=good, rule=rows[under.index(min(under))].side.name)
        charts = el("div", *views, cls="rules")
        numbers = el("div", _rules_table(rows, good, of_good(figures, good, units)), cls="scroll", tabindex=0)
        if folded:
            said = el("p", say("al.rules.measure"), cls="small soft")
            matter.append(
                el("details", el("summary", finding), el("div", said, charts, numbers, cls="stack"), cls="folded")
            )
        else:
            matter += [figure(finding, say("al.rules.measure"), charts), numbers]
    refused = [say("al.rule.refused", rule=side.name, why=side.refused) for side in sides if side.refused]
    matter += [el("p", text, cls="small") for text in refused]
    matter.append(
        el("p", say("al.rules.note"), " ", say("al.rules.first" if ordered else "al.rules.ids"), cls="small soft")
    )
    return part("rules", say("al.rules"), say("al.rules.aside"), *matter)


def _rules_table(rows: Sequence[_Row], good: str, figures: Figures) -> Html:
    say = figures.say
    base = rows[0].m
    known = all(row.people is not None for row in rows)
    listed: list[Sequence[Child]] = []
    for row in rows:
        m = row.m
        loss = (base.worst_tenth - m.worst_tenth) * 100
        cells: list[Child] = [row.side.name, figures.whole(m.under_floor)]
        if known:
            cells.append(figures.whole(row.people or 0))
        cells += [
            figures.bare(m.floor_gap),
            figures.percent(m.worst_tenth, 1),
            figures.decimal(loss, 1) if loss else "0",
        ]
        cells += [figures.decimal(m.gini, 3), figures.whole(m.in_full), figures.whole(row.lowered)]
        listed.append(cells)
    heads = [Col(say("al.rule")), Col(say("al.rule.under"), "n")]
    heads += [Col(say("al.people"), "n")] if known else []
    names = ("gap", "tenth", "loss", "gini", "full", "less")
    heads += [Col(say(f"al.rule.{name}"), "n") for name in names]
    unit = say("al.in", unit=figures.unit) if figures.unit else None
    return table(heads, listed, say("al.rules.table", good=good), unit, cls="table table--tight")


def what_if_part(sides: Sequence[Side], figures: Figures) -> Html:
    """The base and each change, a table for each commodity."""
    say = figures.say
    matter: list[Child] = []
    for good in _goods(sides):
        listed: list[Sequence[Child]] = []
        for place, row in enumerate(_of(sides, good)):
            m = row.m
            level = say("al.full") if m.worst is None else figures.decimal(m.worst, 3)
            words = row.side.words if place else say("al.if.base")
            share = figures.percent(m.given / m.due)
            cells: list[Child] = [words, level, figures.bare(m.given), share, figures.whole(m.under_floor)]
            listed.append([*cells, *([figures.whole(row.raised), figures.whole(row.lowered)] if place else ["", ""])])
        heads = [
            Col(say("al.if.case")),
            Col(say("al.if.level"), "n"),
            Col(say("al.given"), "n"),
            Col(say("al.share"), "n"),
        ]
        heads += [Col(say(key), "n") for key in ("al.rule.under", "al.if.more", "al.if.less")]
        unit = say("al.in", unit=figures.unit) if figures.unit else None
        made = table(heads, listed, say("al.if.table", good=good), unit, cls="table table--tight")
        matter.append(el("div", made, cls="scroll", tabindex=0))
    return part("if", say("al.if"), say("al.if.aside"), *matter)
