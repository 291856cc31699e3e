"""Parts of the page of a computed cycle that no other page has: what earlier months owe, and how even it is, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evenhand.flow.allocation.measures import Measures
from evenhand.render.allocation_sides import of_good
from evenhand.render.figures import Figures
from evenhand.render.grid import Col, part, table
from evenhand.render.html import Child, Html, el


@dataclass(frozen=True)
class Owed:
    """What earlier months owe of a good by kind (undersupplied, uncollected, remedy), in its unit: in all, how much of it
    is offered this month, and how much lapses."""

    good: str
    unit: str
    kind: str
    amount: Fraction
    offered: Fraction
    lapsed: Fraction


def owed_part(owed: Sequence[Owed], figures: Figures) -> Html | None:
    """What earlier months owe, in all; None where nothing is."""
    say = figures.say
    if not owed:
        return None
    rows: list[Sequence[Child]] = [
        [f"{one.good}, {one.unit}", say(f"cy.owed.{one.kind}"), figures.bare(one.amount), figures.bare(one.offered),
         figures.bare(one.lapsed)]
        for one in owed
    ]  # fmt: skip
    heads = [Col(say("al.good")), Col(say("cy.owed.kind")), Col(say("cy.owed.all"), "n")]
    heads += [Col(say("cy.owed.offered"), "n"), Col(say("cy.owed.lapsed"), "n")]
    made = table(heads, rows, say("cy.owed"), hidden_caption=True)
    return part(
        "owed",
        say("cy.owed"),
        say("cy.owed.aside"),
        el("div", made, cls="scroll", tabindex=0),
        el("p", say("cy.owed.too")),
    )


def fair_part(
    measures: Sequence[Measures],
    people_under: Mapping[str, int | None],
    units: Mapping[str, tuple[str, Fraction]],
    figures: Figures,
) -> Html:
    """How even the division of each good is: sentences, not gauges."""
    say = figures.say
    told: list[Child] = []
    for m in measures:
        mine = of_good(figures, m.commodity, units)
        words = [
            say(
                "cy.fair.full",
                good=m.commodity,
                full=figures.whole(m.in_full),
                all=figures.counted("al.points", m.ladders),
            ),
            say("cy.fair.tenth", tenth=figures.percent(m.worst_tenth), gini=figures.decimal(m.gini, 3)),
        ]
        if m.under_floor:
            people = people_under.get(m.commodity)
            whom = "" if people is None else figures.counted("al.whom", people)
            under = figures.counted("al.points", m.under_floor)
            key = "cy.fair.under" if whom else "cy.fair.under.bare"
            words.append(say(key, under=under, whom=whom, gap=mine.quantity(m.floor_gap)))
        else:
            words.append(say("cy.fair.floor"))
        told.append(el("li", " ".join(words)))
    return part("fair", say("cy.fair"), say("cy.fair.aside"), el("ul", *told, cls="prose causes"))
