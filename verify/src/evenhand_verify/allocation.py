"""From tables to a fairness case: the same for `evenhand-verify allocation` and for the tables of a disclosure."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from evenhand_verify.columns import Columns, loose
from evenhand_verify.fairness import CHECKS, Answer, Case, Key, Lane, Problem
from evenhand_verify.handling import read_gates
from evenhand_verify.numbers import Ladder, Level, NumberError, integer
from evenhand_verify.result import Check, Malformed, Outcome, UsageError, run_check
from evenhand_verify.schema import ANSWER_TABLES, BUNDLES, HANDLING, INPUT_TABLES, SCHEMAS, WITH_HANDLING
from evenhand_verify.split import BURN, CHECK, FUEL, SHARED, SPLIT, Common, apart, read_common, read_split

KINDS = ("entry", "depot", "point")


def problem(tables: Mapping[str, Columns]) -> Problem:
    """The problem of tables nodes, supply, lanes, demand and, if there, handling or bundles. Malformed names the row
    that cannot be."""
    kinds: dict[str, str] = {}
    for node, kind in tables["nodes"].rows("node", "kind"):
        if kind not in KINDS:
            raise Malformed(f"nodes, node {node}", f'the kind "{kind}" is none of {", ".join(KINDS)}')
        kinds[node] = kind
    supply: dict[Key, int] = {}
    for node, commodity, quantity in tables["supply"].rows("node", "commodity", "quantity"):
        if node not in kinds or quantity < 0 or not commodity:
            raise Malformed(f"supply, node {node}, {commodity}", f"a supply of {quantity} that cannot be")
        supply[node, commodity] = quantity
    lanes: dict[str, Lane] = {}
    for name, source, target, commodity, capacity in tables["lanes"].rows(
        "lane", "from", "to", "commodity", "capacity"
    ):
        if source not in kinds or target not in kinds:
            raise Malformed(f"lanes, lane {name}", f"the lane runs from {source} to {target}, and one is no node")
        if capacity is not None and capacity < 0:
            raise Malformed(f"lanes, lane {name}", f"a capacity of {capacity}")
        lanes[name] = Lane(name, source, target, commodity, capacity)
    rungs: dict[Key, list[tuple[int, int]]] = {}
    for point, commodity, rung, quantity in tables["demand"].rows("point", "commodity", "rung", "quantity"):
        if kinds.get(point) != "point" or rung < 1 or quantity < 0 or not commodity:
            raise Malformed(f"demand, point {point}, {commodity}", f"rung {rung} of {quantity} that cannot be")
        rungs.setdefault((point, commodity), []).append((rung, quantity))
    handling: dict[str, int] = {}
    if "handling" in tables:
        for node, capacity in tables["handling"].rows("node", "capacity"):
            if node not in kinds or capacity < 0:
                raise Malformed(f"handling, node {node}", f"a capacity of {capacity} that cannot be")
            handling[node] = capacity
    ladders = {key: Ladder(pairs) for key, pairs in rungs.items()}
    bundles: dict[str, str] = {}
    if "bundles" in tables:
        bundles = {commodity: bundle for bundle, commodity in tables["bundles"].rows("bundle", "commodity")}
    gates = read_gates(supply, lanes, ladders, handling)
    if bundles and gates:
        where = f"bundles and handling, node {min(gates)}"
        raise Malformed(where, "this capacity may bind, and no certificate covers it together with bundles")
    return Problem(kinds, supply, lanes, ladders, handling, gates, bundles)


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
    """The answer of tables levels, flows, blocks, certificate."""
    levels: dict[Key, tuple[Level, int, int]] = {}
    names = ("point", "commodity", "rungs", "num", "den", "quantity_num", "quantity_den")
    known: dict[Any, Level] = {}  # the points of a block have one level
    for point, commodity, rungs, num, den, q_num, q_den in tables["levels"].rows(*names):
        where = f"levels, point {point}, {commodity}"
        cells = rungs, num, den
        if cells not in known:
            known[cells] = level(where, *cells)
        levels[point, commodity] = (known[cells], *fraction(where, q_num, q_den))
    flows: dict[Key, tuple[int, int]] = {}
    for lane, commodity, num, den in tables["flows"].rows("lane", "commodity", "quantity_num", "quantity_den"):
        flows[lane, commodity] = fraction(f"flows, lane {lane}, {commodity}", num, den)
    blocks = {
        block: level(f"blocks, block {block}", rungs, num, den)
        for block, rungs, num, den in tables["blocks"].rows("block", "rungs", "num", "den")
    }
    certificate = {
        (node, commodity or ""): block
        for node, commodity, block in tables["certificate"].rows("node", "commodity", "block")
    }
    return Answer(levels, flows, blocks, certificate)


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
