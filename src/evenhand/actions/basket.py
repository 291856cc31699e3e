"""The food basket from a folder of tables: check it, plan it, swap one food for another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from evenhand.actions.writing import write_csv, write_text
from evenhand.core.errors import UsageError
from evenhand.flow.allocation import basket as baskets
from evenhand.flow.allocation.basket_tables import (
    basket_table,
    nutrients_table,
    read_basket,
    read_foods,
    refuse_impossible,
    sources_table,
)
from evenhand.flow.network.cells import Cells, Row
from evenhand.render.basket import basket_page, sentence
from evenhand.render.catalogue import Catalogue


@dataclass(frozen=True)
class Planned:
    """A basket with its finding for people and the files that hold it."""

    chosen: baskets.Chosen
    people: int
    sentence: str
    files: tuple[Path, ...]


def plan(
    tables: Mapping[str, Sequence[Row]],
    file: str,
    out: Path,
    budget: Fraction | None,
    share: Fraction,
    as_given: bool,
    language: str = "en",
) -> Planned:
    """The cheapest basket that covers `share` of the needs, or the best for `budget` a day; written to `out`.

    InputError for anything wrong in the tables (impossible foods too, unless `as_given`), UsageError where no basket can
    do it, `out` cannot be written or `language`, that of the page, has no catalogue.
    """
    Catalogue(language)
    basket = read_basket(tables, file)
    if not as_given:
        refuse_impossible(tables["foods"])
    chosen = baskets.cheapest(basket, share) if budget is None else baskets.best(basket, budget)
    people = sum(basket.people.values())
    files = (
        write_csv(out / "basket.csv", basket_table(chosen)),
        write_csv(out / "nutrients.csv", nutrients_table(chosen, basket)),
        write_csv(out / "sources.csv", sources_table(chosen, basket)),
        write_text(out / "index.html", basket_page(chosen, basket, budget, language)),
    )
    return Planned(chosen, people, sentence(chosen, people, budget), files)


def swap(rows: Sequence[Row], food: str, grams: Fraction, other: str, by: str) -> tuple[Fraction, dict[str, Fraction]]:
    """Grams of `other` worth `grams` of `food` counted by the nutrient `by`, and what else changes."""
    cells = Cells()
    foods = read_foods(rows, cells)
    cells.check()
    for name in (food, other):
        if name not in foods:
            raise UsageError(f'there is no food "{name}" in foods', f"use one of: {', '.join(sorted(foods))}")
    if by not in foods[food]:
        raise UsageError(f'there is no nutrient "{by}" in foods', f"use one of: {', '.join(foods[food])}")
    return baskets.swap(baskets.Basket(foods, [], {}, {}), food, grams, other, by)
