"""Turning instances of `filling` into the checker's cases, and into the CSV files of an allocation."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

from evenhand_verify.allocation import answer, problem
from evenhand_verify.case import Case
from evenhand_verify.columns import Columns

from checker_kit.filling import Instance, solve

Rows = dict[str, list[list[object]]]

HEADERS = {
    "nodes": ["node", "kind"],
    "supply": ["node", "commodity", "quantity"],
    "lanes": ["lane", "from", "to", "commodity", "capacity", "cost"],
    "demand": ["point", "commodity", "rung", "quantity"],
    "levels": ["point", "commodity", "rungs", "num", "den", "quantity_num", "quantity_den"],
    "flows": ["lane", "commodity", "quantity_num", "quantity_den"],
    "blocks": ["block", "rungs", "num", "den"],
    "certificate": ["node", "commodity", "block"],
}
FRACTIONS = ("num", "den", "quantity_num", "quantity_den")


def split(level: Fraction) -> tuple[int, int, int]:
    whole = int(level)
    rest = level - whole
    return whole, rest.numerator, rest.denominator


def rows_of(instances: dict[str, Instance]) -> Rows:
    """Problem and (solved) answer of several commodities, one instance each, as rows of the eight tables."""
    rows: Rows = {name: [] for name in HEADERS}
    kinds: dict[str, str] = {}
    for commodity, instance in sorted(instances.items()):
        level_of, flow, got = solve(instance)
        for node in instance.nodes:
            kinds[node] = "point" if node in instance.ladders else "depot"
        rows["supply"] += [[node, commodity, q] for node, q in sorted(instance.supply.items())]
        rows["lanes"] += [
            [f"{commodity}:{name}", a, b, commodity, "" if c is None else c, 1]
            for name, (a, b, c) in sorted(instance.lanes.items())
        ]
        for point, ladder in sorted(instance.ladders.items()):
            rows["demand"] += [[point, commodity, rung, q] for rung, q in enumerate(ladder, start=1)]
            q = got[point]
            rows["levels"].append([point, commodity, *split(level_of[point]), q.numerator, q.denominator])
        rows["flows"] += [
            [f"{commodity}:{name}", commodity, q.numerator, q.denominator] for name, q in sorted(flow.items()) if q
        ]
        numbers = {value: len(rows["blocks"]) + i for i, value in enumerate(sorted(set(level_of.values())))}
        rows["blocks"] += [[number, *split(value)] for value, number in numbers.items()]
        rows["certificate"] += [[node, commodity, numbers[value]] for node, value in sorted(level_of.items())]
    rows["nodes"] = [[node, kind] for node, kind in sorted(kinds.items())]
    return rows


def tables_of(rows: Rows) -> dict[str, Columns]:
    """The rows as the checker reads them: numerators and denominators are texts, nothing is an empty cell."""

    def cell(column: str, value: object) -> object:
        return str(value) if column in FRACTIONS else None if value == "" else value

    return {
        name: Columns.of(name, header, [tuple(map(cell, header, row)) for row in rows[name]])
        for name, header in HEADERS.items()
    }


def case_of(rows: Rows) -> Case:
    """The checker's case of these rows."""
    tables = tables_of(rows)
    return Case(problem(tables), answer(tables))


def write(rows: Rows, inputs: Path, outputs: Path) -> None:
    """The rows as CSV files."""
    for name, header in HEADERS.items():
        folder = inputs if name in ("nodes", "supply", "lanes", "demand") else outputs
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file, lineterminator="\n").writerows([header, *rows[name]])
