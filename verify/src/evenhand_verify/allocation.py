"""From tables to a fairness case: the same for `evenhand-verify allocation` and for the tables of a disclosure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from evenhand_verify.case import LEVELS, Answer, Case
from evenhand_verify.columns import Columns, loose
from evenhand_verify.exact import Mask
from evenhand_verify.fairness import CHECKS
from evenhand_verify.numbers import Level, NumberError, integer
from evenhand_verify.problem import Key, Problem
from evenhand_verify.result import Check, Malformed, Outcome, UsageError, run_check
from evenhand_verify.schema import ANSWER_TABLES, BUNDLES, HANDLING, INPUT_TABLES, SCHEMAS, WITH_HANDLING
from evenhand_verify.split import BURN, CHECK, FUEL, SHARED, SPLIT, Common, apart, read_common, read_split

KINDS = ("entry", "depot", "point")


def problem(tables: Mapping[str, Columns]) -> Problem:
    """The problem of tables nodes, supply, lanes, demand and, if there, handling or bundles. Malformed names the row
    that cannot be."""
    asked = Problem(tables)
    nodes = tables["nodes"]
    for row in _first(nodes.found("kind", list(KINDS)) < 0):
        kind = nodes["kind"][row]
        raise Malformed(f"nodes, node {asked.nodes[row]}", f'the kind "{kind}" is none of {", ".join(KINDS)}')
    _check_supply(asked)
    _check_lanes(asked)
    _check_demand(asked)
    for node, capacity in asked.handling.items():
        if node not in asked.node_number or capacity < 0:
            raise Malformed(f"handling, node {node}", f"a capacity of {capacity} that cannot be")
    gates = asked.gates  # Malformed where a capacity may bind and is no gate
    if asked.bundles and gates:
        where = f"bundles and handling, node {min(gates)}"
        raise Malformed(where, "this capacity may bind, and no certificate covers it together with bundles")
    return asked


def _first(mask: Mask) -> list[int]:
    """The first row that the mask marks, if any."""
    return np.flatnonzero(mask)[:1].tolist()  # type: ignore[no-any-return]


def _blank(table: Columns) -> Mask:
    return np.asarray(table.found("commodity", [""]) == 0)


def _check_supply(asked: Problem) -> None:
    table, (at, quantity) = asked.tables["supply"], asked.supplies
    for row in _first((at < 0) | (quantity < 0) | _blank(table)):
        node, commodity = table["node"][row], table["commodity"][row]
        raise Malformed(f"supply, node {node}, {commodity}", f"a supply of {quantity[row]} that cannot be")


def _check_lanes(asked: Problem) -> None:
    table, lanes = asked.tables["lanes"], asked.lane_arrays
    no_node = (lanes.tail < 0) | (lanes.head < 0)
    for row in _first(no_node | (lanes.limited & (lanes.capacity < 0))):
        name, source, target = table["lane"][row], table["from"][row], table["to"][row]
        if no_node[row]:
            raise Malformed(f"lanes, lane {name}", f"the lane runs from {source} to {target}, and one is no node")
        raise Malformed(f"lanes, lane {name}", f"a capacity of {lanes.capacity[row]}")


def _check_demand(asked: Problem) -> None:
    table, (at, rung, quantity) = asked.tables["demand"], asked.needs
    points = np.append(asked.tables["nodes"].found("kind", ["point"]) == 0, False)
    for row in _first((at < 0) | ~points[at // asked.width] | (rung < 1) | (quantity < 0) | _blank(table)):
        point, commodity = table["point"][row], table["commodity"][row]
        raise Malformed(f"demand, point {point}, {commodity}", f"rung {rung[row]} of {quantity[row]} that cannot be")


def level(where: str, rungs: Any, num: Any, den: Any) -> Level:
    """The level these three cells write. Malformed unless 0 <= num < den and rungs >= 0."""
    try:
        return Level(rungs, integer(num), integer(den))
    except NumberError as error:
        raise Malformed(where, str(error)) from error


def fraction(where: str, num: Any, den: Any) -> tuple[int, int]:
    """Numerator and denominator as integers, the denominator above 0."""
    try:
        pair = integer(num), integer(den)
    except NumberError as error:
        raise Malformed(where, str(error)) from error
    if pair[1] <= 0:
        raise Malformed(where, f"{pair[0]}/{pair[1]} is not a fraction")
    return pair


def answer(tables: Mapping[str, Columns]) -> Answer:
    """The answer of tables levels, flows, blocks, certificate. Malformed names the first row with a level or a fraction
    that is none."""
    levels, flows, blocks = tables["levels"], tables["flows"], tables["blocks"]
    if not (_are_levels(levels) and _are_fractions(levels)):
        for point, commodity, rungs, num, den, q_num, q_den in levels.rows("point", "commodity", *LEVELS):
            where = f"levels, point {point}, {commodity}"
            level(where, rungs, num, den)
            fraction(where, q_num, q_den)
    if not _are_fractions(flows):
        for lane, commodity, num, den in flows.rows("lane", "commodity", "quantity_num", "quantity_den"):
            fraction(f"flows, lane {lane}, {commodity}", num, den)
    if not _are_levels(blocks):
        for block, rungs, num, den in blocks.rows("block", "rungs", "num", "den"):
            level(f"blocks, block {block}", rungs, num, den)
    return Answer(tables)


def _are_levels(table: Columns) -> bool:
    try:
        rungs, num, den = (table.whole(name) for name in ("rungs", "num", "den"))
    except NumberError:
        return False
    return bool(((rungs >= 0) & (num >= 0) & (num < den)).all())


def _are_fractions(table: Columns) -> bool:
    try:
        table.whole("quantity_num")
        return bool((table.whole("quantity_den") > 0).all())
    except NumberError:
        return False


def _input(folder: Path) -> tuple[Problem, Common]:
    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}. What to do: name the folder `evenhand allocate` read")

    def there(name: str) -> bool:
        return any((folder / f"{name}.{ending}").exists() for ending in ("csv", "parquet"))

    tables = {}
    try:
        for name in INPUT_TABLES:
            needed = tuple(column for column, _ in SCHEMAS[name].columns if column != "cost")
            tables[name] = loose(folder, name, SCHEMAS[name], needed, only=False)
        if there("handling"):
            tables["handling"] = loose(folder, "handling", HANDLING, ("node", "capacity"), only=False)
        if there("bundles"):
            tables["bundles"] = loose(folder, "bundles", BUNDLES, ("bundle", "commodity"), only=False)
        common = {"shared": SHARED, "fuel": FUEL, "burn": BURN}
        for name, schema in common.items():
            if there(name):
                tables[name] = loose(folder, name, schema, tuple(c for c, _ in schema.columns), only=False)
        asked = problem(tables)
        return asked, read_common(tables, asked)
    except Malformed as error:
        raise UsageError(f"the input cannot be read: {error}. What to do: mend {folder}") from error


def check_folders(inputs: Path, outputs: Path) -> list[Outcome]:
    """Check the answer in `outputs` to the problem in `inputs`. UsageError where either is not there or the input is
    no problem at all; whatever is wrong in the output is a failed check."""
    asked, common = _input(inputs)
    if not outputs.is_dir():
        raise UsageError(f"there is no folder {outputs}. What to do: name the folder `evenhand allocate` wrote")
    found: list[Case] = []
    parts: list[tuple[Problem, Common, dict[Key, int]]] = []

    def read(_: None) -> str:
        schemas = {name: SCHEMAS[name] for name in ANSWER_TABLES}
        if asked.gates:
            schemas["certificate"] = WITH_HANDLING
        split = any((outputs / f"split.{ending}").exists() for ending in ("csv", "parquet"))
        if common.shared or common.fuel or split:
            schemas["split"] = SPLIT
        tables = {
            name: loose(outputs, name, schema, tuple(c for c, _ in schema.columns), only=True)
            for name, schema in schemas.items()
        }
        given, answered = asked, answer(tables)
        if "split" in tables:
            split_up = read_split(tables["split"])
            parts.append((given, common, split_up))
            given, answered = apart(given, answered, split_up)
        found.append(Case(given, answered))
        return f"{sum(map(len, tables.values())):,} rows in {len(tables)} tables"

    reading: Check[None] = Check("allocation-files", "the tables of the answer can be read", read)
    outcomes = [run_check(reading, None)]
    outcomes += [run_check(CHECK, part) for part in parts]
    for check in CHECKS:
        if found:
            outcomes.append(run_check(check, found[0]))
        else:
            outcomes.append(Outcome(check.name, "", ["the answer cannot be read, see allocation-files"]))
    return outcomes
