"""Baskets as tables: reading foods, needs, prices, people, lanes, rules and limits, and what cannot be true of a food."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import pyarrow as pa

from evenhand.core.errors import InputError, Problem, input_error
from evenhand.flow.allocation.basket import Basket, Chosen, Need, Rule
from evenhand.flow.network.cells import Cells, Row

COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "needs": (("nutrient", "least"), ("most",)),
    "people": (("node", "people"), ()),
    "prices": (("node", "food", "price"), ()),
    "lanes": (("from", "to", "cost"), ()),
    "rules": (("rule", "nutrient", "factor"), ()),
    "limits": (("food",), ("least", "most")),
}
"""Table -> (its columns, those that may be left out). `foods` has food and a column a nutrient."""
OPTIONAL = ("lanes", "rules", "limits")
_UNIT = re.compile(r".*\((kcal|g|mg|ug|µg|μg)\)")
_A_GRAM = {"g": 1, "mg": 1_000, "ug": 1_000_000, "µg": 1_000_000, "μg": 1_000_000}
KCAL_MOST = 902
"""Energy in 100 g of pure fat (WHO/FAO factors, 9.02 kcal a gram): no food holds more."""
_FACTOR = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")


def impossible(rows: Sequence[Row]) -> list[Problem]:
    """Foods that cannot be as the table says: more grams of nutrients than grams of food, more energy than fat has."""
    cells, found = Cells(), []
    for row in rows:
        grams, largest = Fraction(0), ("", Fraction(0))
        for name in row.cells:
            unit = _UNIT.fullmatch(name)
            if unit is None:
                continue
            amount = cells.number(row, name, Fraction(0))
            if unit[1] == "kcal":
                if amount > KCAL_MOST:
                    message = (
                        f"{row.get('food')} would hold more energy than pure fat, which has {KCAL_MOST} kcal in 100 g"
                    )
                    found.append(Problem(row.file, row.number, name, row.get(name), message, "correct the figure"))
                continue
            part = amount / _A_GRAM[unit[1]]
            grams += part
            largest = max(largest, (name, part), key=lambda one: one[1])
        if grams > 100:
            message = f"100 g of {row.get('food')} would hold {_plain(grams)} g of nutrients"
            remedy = "correct the figure; it may be energy or another column's"
            found.append(Problem(row.file, row.number, largest[0], row.get(largest[0]), message, remedy))
    return found


def _plain(value: Fraction) -> str:
    return f"{float(value):.4g}"


def read_foods(rows: Sequence[Row], cells: Cells) -> dict[str, dict[str, Fraction]]:
    """Food -> nutrient -> amount in 100 g."""
    found: dict[str, dict[str, Fraction]] = {}
    for row in rows:
        food = cells.name(row, "food")
        if food in found:
            cells.fault(row, "food", "this food already has a row", "keep one of the rows")
        found[food] = {name: cells.number(row, name) for name in row.cells if name != "food"}
    return found


def read_basket(tables: Mapping[str, Sequence[Row]], file: str) -> Basket:
    """The basket that stands in the tables (foods, needs, people, prices, …). InputError with everything wrong."""
    cells = Cells()
    foods = read_foods(tables["foods"], cells)
    nutrients = {name for amounts in foods.values() for name in amounts}
    needs, people = _needs(tables["needs"], nutrients, cells), _people(tables["people"], cells)
    prices: dict[tuple[str, str], Fraction] = {}
    for row in tables["prices"]:
        key = (cells.name(row, "node"), _known(row, "food", foods, cells))
        price = cells.number(row, "price")
        prices[key] = min(price, prices.get(key, price))
    lanes = [
        (cells.name(row, "from"), cells.name(row, "to"), cells.number(row, "cost")) for row in tables.get("lanes", ())
    ]
    rules = _rules(tables.get("rules", ()), nutrients, cells)
    limits: dict[str, tuple[Fraction, Fraction | None]] = {}
    for row in tables.get("limits", ()):
        least = cells.number(row, "least", Fraction(0))
        most = cells.number(row, "most") if row.get("most") else None
        if most is not None and most < least:
            cells.fault(row, "most", "less than the least", "swap them, or correct one")
        limits[_known(row, "food", foods, cells)] = (least, most)
    cells.check()
    if not (foods and needs and sum(people.values())):
        raise input_error(
            file, 0, "", "", "there are no foods, no needs or no people", "give each of the tables its rows"
        )
    return Basket(foods, needs, people, prices, lanes, rules, limits)


def _known(row: Row, name: str, known: Mapping[str, object] | set[str], cells: Cells) -> str:
    value = cells.name(row, name)
    if value and value not in known:
        cells.fault(row, name, f"there is no such {name} in foods", "correct it, or add it there")
    return value


def _needs(rows: Sequence[Row], nutrients: set[str], cells: Cells) -> list[Need]:
    found: dict[str, Need] = {}
    for row in rows:
        nutrient = _known(row, "nutrient", nutrients, cells)
        if nutrient in found:
            cells.fault(row, "nutrient", "this nutrient already has a row", "keep one of the rows")
        least, most = cells.number(row, "least"), cells.number(row, "most") if row.get("most") else None
        if most is not None and most < least:
            cells.fault(row, "most", "less than the least", "swap them, or correct one")
        found[nutrient] = Need(nutrient, least, most)
    return list(found.values())


def _people(rows: Sequence[Row], cells: Cells) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        node = cells.name(row, "node")
        if node in found:
            cells.fault(row, "node", "this node already has a row", "keep one of the rows")
        found[node] = cells.count(row, "people")
    return {node: people for node, people in found.items() if people}


def _rules(rows: Sequence[Row], nutrients: set[str], cells: Cells) -> list[Rule]:
    found: dict[str, dict[str, Fraction]] = {}
    for row in rows:
        if not _FACTOR.fullmatch(row.get("factor")):
            cells.fault(row, "factor", "not a number", "write a number such as -20 or 1")
            continue
        rule = found.setdefault(cells.name(row, "rule"), {})
        nutrient = _known(row, "nutrient", nutrients, cells)
        rule[nutrient] = rule.get(nutrient, Fraction(0)) + Fraction(row.get("factor"))
    return [Rule(name, factors) for name, factors in found.items()]


def basket_table(chosen: Chosen) -> pa.Table:
    """A row a food: exact grams a person a day."""
    return pa.table({"food": list(chosen.grams), "grams": [str(value) for value in chosen.grams.values()]})


def nutrients_table(chosen: Chosen, basket: Basket) -> pa.Table:
    """A row a nutrient: what a person gets and needs a day, and what one unit more of the need would cost everybody."""
    price = dict(chosen.binding)
    names = [need.nutrient for need in basket.needs]
    return pa.table(
        {
            "nutrient": names,
            "gets": [str(chosen.nutrients[name]) for name in names],
            "least": [str(need.least) for need in basket.needs],
            "most": ["" if need.most is None else str(need.most) for need in basket.needs],
            "price": [str(price.get(name, Fraction(0))) for name in names],
        }
    )


def sources_table(chosen: Chosen, basket: Basket) -> pa.Table:
    """A row a food and place: where to buy it, grams a day for all its people, and the price a tonne delivered."""
    rows = sorted(chosen.sources.items())
    return pa.table(
        {
            "food": [food for (food, _), _ in rows],
            "place": [place for (_, place), _ in rows],
            "node": [node for _, (node, _) in rows],
            "grams": [str(chosen.grams[food] * basket.people[place]) for (food, place), _ in rows],
            "price": [str(price) for _, (_, price) in rows],
        }
    )


def refuse_impossible(rows: Sequence[Row]) -> None:
    """InputError where a food cannot be as the table says."""
    found = impossible(rows)
    if found:
        raise InputError(found)
