"""The page of a food basket: what it costs or covers, the foods, and every need beside what a person gets."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from evenhand.flow.allocation.basket import Basket, Chosen
from evenhand.flow.disclosure.wording import listing
from evenhand.render.charts import share_bar
from evenhand.render.grid import Col, details, part, table
from evenhand.render.html import Child, Html, el, join
from evenhand.render.page import document, masthead

NBSP = "\u00a0"


def decimal(value: Fraction, digits: int = 1) -> str:
    """A number for people, rounded half up."""
    scale = 10**digits
    count = (2 * value.numerator * scale + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(count, scale)
    return f"{whole:,}" if not rest else f"{whole:,}.{rest:0{digits}d}".rstrip("0")


def sentence(chosen: Chosen, people: int, budget: Fraction | None) -> str:
    """The finding in one sentence. A share is rounded down."""
    share = decimal(Fraction(chosen.covered * 1000 // 1, 10))
    if budget is not None:
        if chosen.covered == 1:
            return f"{decimal(budget, 2)} a day covers every need; {decimal(chosen.cost, 2)} would do"
        return f"{decimal(budget, 2)} a day covers {share}{NBSP}% of every need, and no basket covers more"
    needs = "every need" if chosen.covered == 1 else f"{share}{NBSP}% of every need"
    each = decimal(chosen.cost / people, 3)
    return f"The cheapest basket that covers {needs} costs {each} a person a day"


def basket_page(chosen: Chosen, basket: Basket, budget: Fraction | None) -> str:
    """The page. The same tables give the same bytes."""
    people = sum(basket.people.values())
    foods = len(chosen.grams)
    lead = f"{foods} of {len(basket.foods)} foods, {decimal(sum(chosen.grams.values(), Fraction(0)), 0)} g a person a day; "
    lead += f"{decimal(chosen.cost, 2)} a day for {people:,} people."
    title = el(
        "div", el("p", "Food basket", cls="over"), el("h1", sentence(chosen, people, budget)), el("p", lead, cls="lead"),
        cls="title",
    )  # fmt: skip
    body = join([
        el("a", "Go to the page", cls="skip", href="#main"),
        masthead("Evenhand", "Food basket"),
        el("main", title, _foods(chosen), _needs(chosen, basket), _sources(chosen, basket), cls="page", id="main"),
        el("footer", el("div", el("p", "This page loads nothing from any host.")), cls="foot page"),
    ])  # fmt: skip
    return document("Food basket · Evenhand", body)


def _foods(chosen: Chosen) -> Html:
    rows: list[Sequence[Child]] = []
    most = max(chosen.grams.values(), default=Fraction(1))
    for food, grams in sorted(chosen.grams.items(), key=lambda item: (-item[1], item[0])):
        shown = decimal(grams, 1) if grams >= 1 else decimal(grams, 3)
        rows.append([food, shown, share_bar(grams / most, 4)])
    whole = table([Col("Food"), Col("g", "n"), Col("", "w")], rows, "A person a day", "grams")
    return part("foods", "The foods", "basket.csv holds the exact fractions.", whole)


def _needs(chosen: Chosen, basket: Basket) -> Html:
    rows: list[Sequence[Child]] = []
    binding = dict(chosen.binding)
    for need in basket.needs:
        gets = chosen.nutrients[need.nutrient]
        share = gets / need.least if need.least else Fraction(1)
        tight = need.nutrient in binding or f"most {need.nutrient}" in binding
        written = need.nutrient.replace("(", " (").replace("  ", " ")
        name: Child = el("b", written) if tight else written
        percent = f"{share * 100 // 1:,}" if need.least else ""
        rows.append(
            [name, _amount(need.least), _amount(gets), percent, share_bar(min(share, Fraction(1)), 2 if tight else 5)]
        )
    heads = [Col("Nutrient"), Col("Needed", "n"), Col(["In the", el("br"), "basket"], "n"), Col("%", "n"), Col("", "w")]
    names = [name for name, _ in chosen.binding if name not in ("budget", "all of every need")]
    aside = f"Bold needs hold the answer where it is: without them it would be {_better(chosen)}." if names else None
    more = el("p", f"What holds the answer: {listing(names)}.", cls="small soft") if names else None
    return part("needs", "The needs", aside, table(heads, rows, "A person a day"), more)


def _amount(value: Fraction) -> str:
    return decimal(value, 0 if value >= 100 else 1)


def _better(chosen: Chosen) -> str:
    return "more" if any(name == "budget" for name, _ in chosen.binding) else "cheaper"


def _sources(chosen: Chosen, basket: Basket) -> Html:
    rows: list[Sequence[Child]] = []
    for (food, place), (node, price) in sorted(chosen.sources.items(), key=lambda item: (item[0][1], item[0][0])):
        kilograms = chosen.grams[food] * basket.people[place] / 1000
        rows.append([place, food, node, decimal(kilograms), decimal(price, 2)])
    heads = [Col("Place"), Col("Food"), Col("Bought at"), Col("kg a day", "n"), Col("Price a tonne, there", "n spare")]
    listed = table(heads, rows, "Where to buy", cls="table table--tight")
    text = el("p", "Each food is bought where price and way together are the least, for each place by itself.")
    return part("buy", "Where to buy", None, text, details("Every food and place", listed))
