"""The WFP Syria teaching case as a Basket, read from a folder of published tables that is not part of the project."""

from __future__ import annotations

import csv
import os
from fractions import Fraction
from pathlib import Path

from evenhand.flow.allocation.basket import Basket, Need, Rule

FOLDER = Path(os.environ.get("EVENHAND_SHARED", Path(__file__).parents[3] / "shared")) / "data" / "wfp-syria"


def table(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def syria() -> Basket:
    foods_read, needed = table("syria_foodnutrition.csv"), table("syria_foodreq.csv")[0]
    nutrients = [name for name in needed if name != "Type"]
    foods = {row["Food"]: {n: Fraction(row[n]) for n in nutrients} for row in foods_read}
    prices = {(row["A"], row["Food"]): Fraction(row["Price"]) for row in table("syria_foodcost.csv")}
    nodes = table("syria_nodes.csv")
    for node in nodes:
        if node["Type"] == "I":
            prices |= {(node["Name"], row["Food"]): Fraction(row["InternationalPrice"]) for row in foods_read}
    people = {node["Name"]: int(node["Demand"]) for node in nodes if node["Type"] == "D"}
    lanes = [(row["A"], row["B"], Fraction(row["tCost"])) for row in table("syria_edges.csv")]
    energy, protein, fat = nutrients[:3]
    rules = [
        Rule("carbohydrate energy >= 16 x protein", {energy: Fraction(1), protein: Fraction(-20), fat: Fraction(-9)}),
        Rule("carbohydrate energy >= 16 x fat", {energy: Fraction(1), protein: Fraction(-4), fat: Fraction(-25)}),
    ]
    return Basket(foods, [Need(n, Fraction(needed[n])) for n in nutrients], people, prices, lanes, rules)
