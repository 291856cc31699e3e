"""The food basket: the cheapest one that covers the needs, the best one money can buy, and one food for another.

A basket is grams of each food a person a day. Foods are bought at nodes, at a price a tonne, and carried over lanes without
a capacity at a cost a tonne; so what a tonne of a food costs at a place is the least of price and way over all nodes
(`delivered`), and the whole is one small linear program, solved exactly (linear.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush

from evenhand.core.errors import UsageError
from evenhand.flow.allocation.linear import Answer, Row, minimise

GRAMS_A_TONNE = 1_000_000


@dataclass(frozen=True)
class Need:
    """What a person needs of a nutrient a day; `most` is None where there is no upper bound."""

    nutrient: str
    least: Fraction
    most: Fraction | None = None


@dataclass(frozen=True)
class Rule:
    """A diet rule: the sum of factors times nutrients is at least 0, whatever share of the needs is covered."""

    name: str
    factors: Mapping[str, Fraction]


@dataclass(frozen=True)
class Basket:
    """What is known. `foods` maps food -> nutrient -> amount in 100 g; `people` maps place -> people; `limits` maps a
    food to (least, most) grams a person a day.
    """

    foods: Mapping[str, Mapping[str, Fraction]]
    needs: Sequence[Need]
    people: Mapping[str, int]
    prices: Mapping[tuple[str, str], Fraction]
    lanes: Sequence[tuple[str, str, Fraction]] = ()
    rules: Sequence[Rule] = ()
    limits: Mapping[str, tuple[Fraction, Fraction | None]] | None = None


@dataclass(frozen=True)
class Chosen:
    """A basket: grams a person a day, by food; `covered` is the share of every need it covers at least. `cost` is that
    of one day for everybody. `nutrients` are what a person gets; `binding` the rows that hold the answer where it is, each
    with what one unit of it costs (for the best basket of a budget: the share it takes away).
    """

    grams: dict[str, Fraction]
    covered: Fraction
    cost: Fraction
    nutrients: dict[str, Fraction]
    binding: tuple[tuple[str, Fraction], ...]
    sources: dict[tuple[str, str], tuple[str, Fraction]]


def delivered(basket: Basket) -> dict[tuple[str, str], tuple[str, Fraction]]:
    """(food, place) -> (node it is bought at, price a tonne delivered). Pairs that nothing reaches are absent."""
    into: dict[str, list[tuple[str, Fraction]]] = {}
    for start, end, cost in basket.lanes:
        into.setdefault(end, []).append((start, cost))
    found = {}
    for place in basket.people:
        away = _ways(place, into)
        for food in basket.foods:
            offers = [
                (way + basket.prices[node, food], node) for node, way in away.items() if (node, food) in basket.prices
            ]
            if offers:
                price, node = min(offers)
                found[food, place] = (node, price)
    return found


def _ways(place: str, into: Mapping[str, list[tuple[str, Fraction]]]) -> dict[str, Fraction]:
    """What it costs to bring a tonne to `place`, from every node that can (Dijkstra, backwards)."""
    away: dict[str, Fraction] = {}
    heap = [(Fraction(0), place)]
    while heap:
        cost, node = heappop(heap)
        if node not in away:
            away[node] = cost
            for start, more in into.get(node, ()):
                if start not in away:
                    heappush(heap, (cost + more, start))
    return away


def cheapest(basket: Basket, share: Fraction = Fraction(1)) -> Chosen:
    """The cheapest basket that covers `share` of every need. UsageError where there is none, naming what contradicts."""
    foods, costs, sources = _offers(basket)
    rows = _rows(basket, foods, share, None)
    answer = minimise(costs, rows)
    _refuse(answer, rows)
    return _chosen(basket, foods, answer, rows, share, answer.cost, sources)


def best(basket: Basket, budget: Fraction) -> Chosen:
    """The basket that covers the greatest share of every need, at most all of it, for `budget` a day for everybody."""
    foods, costs, sources = _offers(basket)
    at = len(foods)
    rows = _rows(basket, foods, None, at)
    rows.append(Row("budget", {j: -cost for j, cost in enumerate(costs)}, -budget))
    rows.append(Row("all of every need", {at: Fraction(-1)}, Fraction(-1)))
    answer = minimise([*[Fraction(0)] * at, Fraction(-1)], rows)
    _refuse(answer, rows)
    spent = sum((c * v for c, v in zip(costs, answer.values, strict=False)), Fraction(0))
    return _chosen(basket, foods, answer, rows, answer.values[at], spent, sources)


def swap(basket: Basket, food: str, grams: Fraction, other: str, by: str) -> tuple[Fraction, dict[str, Fraction]]:
    """Grams of `other` that hold as much of the nutrient `by` as `grams` of `food`, and the change of every nutrient."""
    have, instead = basket.foods[food], basket.foods[other]
    if not instead[by]:
        raise UsageError(f'"{other}" holds no {by}', "count by another nutrient, or name another food")
    needed = grams * have[by] / instead[by]
    return needed, {n: (needed * instead[n] - grams * have[n]) / 100 for n in have}


def _offers(basket: Basket) -> tuple[list[str], list[Fraction], dict[tuple[str, str], tuple[str, Fraction]]]:
    """Foods that reach everybody, and what a gram a person a day of each costs for all of them."""
    sources = delivered(basket)
    foods = [f for f in basket.foods if all((f, p) in sources for p in basket.people)]
    costs = [sum((n * sources[f, p][1] for p, n in basket.people.items()), Fraction(0)) / GRAMS_A_TONNE for f in foods]
    return foods, costs, sources


def _rows(basket: Basket, foods: Sequence[str], share: Fraction | None, at: int | None) -> list[Row]:
    """The needs (times `share`, or times the variable `at`), the rules, the limits."""
    rows = []
    for need in basket.needs:
        weights = {
            j: basket.foods[f][need.nutrient] / 100 for j, f in enumerate(foods) if basket.foods[f][need.nutrient]
        }
        if at is None:
            rows.append(Row(need.nutrient, weights, need.least * (share or 0)))
        else:
            rows.append(Row(need.nutrient, {**weights, at: -need.least}, Fraction(0)))
        if need.most is not None:
            rows.append(Row(f"most {need.nutrient}", {j: -w for j, w in weights.items()}, -need.most))
    for rule in basket.rules:
        weights = {
            j: sum((factor * basket.foods[f][n] for n, factor in rule.factors.items()), Fraction(0)) / 100
            for j, f in enumerate(foods)
        }
        rows.append(Row(rule.name, {j: w for j, w in weights.items() if w}, Fraction(0)))
    for food, (least, most) in (basket.limits or {}).items():
        weight = {foods.index(food): Fraction(1)} if food in foods else {}
        if least:
            rows.append(Row(f"least {food}", weight, least))
        if most is not None:
            rows.append(Row(f"most {food}", {j: -w for j, w in weight.items()}, -most))
    return rows


def _refuse(answer: Answer, rows: Sequence[Row]) -> None:
    if answer.status != "optimal":
        names = ", ".join(row.name for row, price in zip(rows, answer.prices, strict=True) if price)
        raise UsageError(
            f"no basket of these foods can do this; together these cannot hold: {names}",
            "lower a need or the share, take out a rule or a limit, or offer more foods",
        )


def _chosen(
    basket: Basket,
    foods: Sequence[str],
    answer: Answer,
    rows: Sequence[Row],
    covered: Fraction,
    cost: Fraction,
    sources: dict[tuple[str, str], tuple[str, Fraction]],
) -> Chosen:
    grams = {food: value for food, value in zip(foods, answer.values, strict=False) if value}
    names = [need.nutrient for need in basket.needs]
    nutrients = {n: sum((g * basket.foods[f][n] for f, g in grams.items()), Fraction(0)) / 100 for n in names}
    binding = tuple((row.name, price) for row, price in zip(rows, answer.prices, strict=True) if price)
    bought = {key: source for key, source in sources.items() if key[0] in grams}
    return Chosen(grams, covered, cost, nutrients, binding, bought)
