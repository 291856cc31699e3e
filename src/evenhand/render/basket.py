"""The page of a food basket: what it costs or covers, the foods, and every need beside what a person gets."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from evenhand.flow.allocation.basket import Basket, Chosen
from evenhand.render.catalogue import Catalogue
from evenhand.render.charts import share_bar
from evenhand.render.figures import Figures
from evenhand.render.grid import Col, details, part, table
from evenhand.render.html import Child, Html, el, join
from evenhand.render.page import document, masthead

OURS = ("budget", "all of every need")
"""Names of rows that the program adds to the needs."""


def sentence(chosen: Chosen, people: int, budget: Fraction | None, figures: Figures | None = None) -> str:
    """The finding in one sentence, in English unless told otherwise. A share is rounded down."""
    figures = figures or Figures(Catalogue("en"))
    share = figures.decimal(Fraction(chosen.covered * 1000 // 1, 10), 1)
    if budget is not None:
        money = figures.decimal(budget, 2)
        if chosen.covered == 1:
            return figures.say("b.budget.all", budget=money, cost=figures.decimal(chosen.cost, 2))
        return figures.say("b.budget", budget=money, share=share)
    each = figures.decimal(chosen.cost / people, 3)
    if chosen.covered == 1:
        return figures.say("b.cheapest", each=each)
    return figures.say("b.cheapest.part", share=share, each=each)


def basket_page(chosen: Chosen, basket: Basket, budget: Fraction | None, language: str = "en") -> str:
    """The page. The same tables give the same bytes. UsageError for a language without a catalogue."""
    catalogue = Catalogue(language)
    figures = Figures(catalogue)
    say = figures.say
    people = sum(basket.people.values())
    lead = say(
        "b.lead",
        some=figures.whole(len(chosen.grams)),
        all=figures.whole(len(basket.foods)),
        grams=figures.decimal(sum(chosen.grams.values(), Fraction(0)), 0),
        cost=figures.decimal(chosen.cost, 2),
        people=figures.whole(people),
    )
    title = el(
        "div", el("p", say("b.page"), cls="over"), el("h1", sentence(chosen, people, budget, figures)),
        el("p", lead, cls="lead"), cls="title",
    )  # fmt: skip
    parts = [_foods(chosen, figures), _needs(chosen, basket, figures), _sources(chosen, basket, figures)]
    foot = [say("plan.foot"), say("draft") if catalogue.drafted else ""]
    body = join([
        el("a", say("plan.skip"), cls="skip", href="#main"),
        masthead("Evenhand", say("b.page")),
        el("main", title, *parts, cls="page", id="main"),
        el("footer", el("div", *[el("p", line) for line in foot if line]), cls="foot page"),
    ])  # fmt: skip
    return document(say("b.head"), body, "horizon.css", language=language, rtl=catalogue.rtl)


def _foods(chosen: Chosen, figures: Figures) -> Html:
    say = figures.say
    rows: list[Sequence[Child]] = []
    most = max(chosen.grams.values(), default=Fraction(1))
    for food, grams in sorted(chosen.grams.items(), key=lambda item: (-item[1], item[0])):
        shown = figures.decimal(grams, 1 if grams >= 1 else 3)
        rows.append([food, shown, share_bar(grams / most, 4)])
    whole = table([Col(say("b.food")), Col("g", "n"), Col("", "w")], rows, say("b.a.day"))
    return part("foods", say("b.foods"), say("b.foods.aside"), whole)


def _needs(chosen: Chosen, basket: Basket, figures: Figures) -> Html:
    say = figures.say
    rows: list[Sequence[Child]] = []
    binding = dict(chosen.binding)
    for need in basket.needs:
        gets = chosen.nutrients[need.nutrient]
        share = gets / need.least if need.least else Fraction(1)
        tight = need.nutrient in binding or f"most {need.nutrient}" in binding
        written = need.nutrient.replace("(", " (").replace("  ", " ")
        name: Child = el("b", written) if tight else written
        percent = figures.whole(int(share * 100)) if need.least else ""
        bar = share_bar(min(share, Fraction(1)), 2 if tight else 5)
        rows.append([name, _amount(need.least, figures), _amount(gets, figures), percent, bar])
    heads = [
        Col(say("b.nutrient")),
        Col(say("b.needed"), "n"),
        Col(say("b.gets"), "n wrap"),
        Col("%", "n"),
        Col("", "w"),
    ]
    names = [name for name, _ in chosen.binding if name not in OURS]
    more = any(name == "budget" for name, _ in chosen.binding)
    aside = say("b.more" if more else "b.cheaper") if names else None
    holds = figures.catalogue.listed(names)
    held = el("p", figures.catalogue.text["b.holds"].format(list=holds), cls="small soft") if names else None
    return part("needs", say("b.needs"), aside, table(heads, rows, say("b.a.day")), held)


def _amount(value: Fraction, figures: Figures) -> str:
    return figures.decimal(value, 0 if value >= 100 else 1)


def _sources(chosen: Chosen, basket: Basket, figures: Figures) -> Html:
    say = figures.say
    rows: list[Sequence[Child]] = []
    for (food, place), (node, price) in sorted(chosen.sources.items(), key=lambda item: (item[0][1], item[0][0])):
        kilograms = chosen.grams[food] * basket.people[place] / 1000
        rows.append([place, food, node, figures.decimal(kilograms, 1), figures.decimal(price, 2)])
    heads = [
        Col(say("b.place")),
        Col(say("b.food")),
        Col(say("b.at")),
        Col(say("b.kg"), "n"),
        Col(say("b.price"), "n spare"),
    ]
    listed = table(heads, rows, say("b.buy"), cls="table table--tight")
    return part("buy", say("b.buy"), None, el("p", say("b.buy.text")), details(say("b.buy.every"), listed))
