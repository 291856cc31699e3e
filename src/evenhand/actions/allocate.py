"""Allocate a network that stands in a folder of files: read, divide, write. Touches no database (DESIGN §12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyarrow as pa

from evenhand.actions import alternatives
from evenhand.actions.allocation_page import (
    Sharing,
    allocation_page,
    causes_told,
    explained_blocks,
    people_of,
    places_of,
    sharing_words,
)
from evenhand.actions.alternatives import Alternative, Step
from evenhand.actions.network_files import read_network, read_optional, write_tables
from evenhand.actions.writing import write_text
from evenhand.core.errors import UsageError
from evenhand.flow.allocation import Allocation, Input
from evenhand.flow.allocation.bottleneck import Block, bottleneck_table, bottlenecks
from evenhand.flow.allocation.bundles import solve_bundles
from evenhand.flow.allocation.causes import Cause
from evenhand.flow.allocation.coupling import couple
from evenhand.flow.allocation.explain import Explanation, dues
from evenhand.flow.allocation.explain import explain as explain_pairs
from evenhand.flow.allocation.joint import gap
from evenhand.flow.allocation.leximin import Progress
from evenhand.flow.allocation.measures import ladders_of
from evenhand.flow.allocation.rules import LEXIMIN, RULES, divide_by, got_by
from evenhand.flow.allocation.scenario import unit_of
from evenhand.flow.allocation.solve import solve_fully
from evenhand.render.catalogue import Catalogue

OUTPUT = ("levels", "flows", "blocks", "certificate")
CERTIFIED = ("levels", "blocks", "certificate")


@dataclass(frozen=True)
class Allocated:
    """What was written and how it stands. `worst` is the lowest level, None where nobody has a ladder."""

    points: int
    commodities: int
    ladders: int
    blocks: int
    in_full: int
    worst: Fraction | None
    worst_at: tuple[str, str] | None
    method: str
    files: tuple[Path, ...]
    certified: bool = True
    explanations: tuple[Explanation, ...] = ()
    causes: tuple[str, ...] = ()
    scenarios: tuple[Alternative, ...] = ()
    rules: tuple[Alternative, ...] = ()
    sharing: Sharing | None = None


def allocate(
    folder: Path,
    out: Path,
    rule: str = LEXIMIN,
    progress: Progress | None = None,
    explain: Sequence[str] = (),
    what_if: Sequence[str] = (),
    compare: bool = False,
    seed: str = "",
    step: Step = lambda label, done, total: None,
    page: bool = False,
    language: str = "en",
    unit: str = "",
) -> Allocated:
    """Read `folder`, divide by `rule`, write the four result tables to `out`, or `quantities` and `flows` where the rule
    has no certificate; `split` where lanes are shared or fuel is limited; with `explain` (`POINT` or `POINT:COMMODITY`)
    also `bottlenecks` and `causes`, with `what_if` (sentences) `what-if` and `what-if-points`, with `compare` a table of
    all rules, with `page` the page `index.html` in `language`. `seed` orders the rule lottery, `unit` is the word put
    behind quantities.

    InputError for anything wrong in the files, UsageError for an unknown rule, point, change or language, or tables that
    do not go together; then nothing is written. `progress(decided, all)` counts pairs of node and commodity,
    `step(label, done, all)` alternatives.
    """
    if rule not in RULES:
        raise UsageError(f'there is no rule "{rule}"', f"use one of {', '.join(RULES)}")
    if explain and rule != LEXIMIN:
        raise UsageError(f"--explain is about leximin, and --rule says {rule}", "leave one of the two out")
    Catalogue(language)
    given = read_network(folder)
    if given.bundles and (explain or what_if or compare or page or rule != LEXIMIN):
        raise UsageError(
            "with bundles.csv there is leximin alone: no other rule, --explain, --what-if, --compare or --page yet",
            "leave bundles.csv out of the folder, or these options",
        )
    unit = unit_of(what_if, unit)
    places = places_of(*read_optional(folder, "places"), given.nodes.to_pylist())
    wanted = pairs_of(given, explain)
    people = people_of(places)
    scenarios, tables = alternatives.what_if(given, what_if, rule, seed, step, people) if what_if else ([], {})
    rules: list[Alternative] = []
    if compare:
        rules, more = alternatives.compare(given, seed, step, people)
        tables |= more
    if not given.pools and (out / "split.csv").exists():
        raise UsageError(f"{out} holds a split of shared lanes, and here none are shared", "name another folder")
    if rule != LEXIMIN and any((out / f"{name}.csv").exists() for name in CERTIFIED):
        raise UsageError(f"{out} holds a certificate, which the rule {rule} has not", "name another folder")
    divided = _divide(given, rule, seed, progress, step, bool(explain or page))
    tables |= divided.tables
    told: list[Cause] = []
    words: list[str] = []
    explanations: list[Explanation] = []
    if rule == LEXIMIN and (explain or page):
        explanations = explain_pairs(
            given, divided.found, divided.blocks, wanted, lambda done, total: step("explaining", done, total)
        )
        numbers = list(dict.fromkeys(one.block.number for one in explanations if one.block is not None))
        told = explained_blocks(given, divided.found, divided.blocks, [] if page else numbers, step)
        words, tables["causes"] = causes_told(told, places, given, language, unit)
    written = list(write_tables(tables, out))
    if page:
        text = allocation_page(
            given,
            got_by(divided.found),
            places,
            told,
            len(divided.blocks),
            rule,
            sharing_words(divided.sharing),
            rules,
            scenarios,
            unit,
            language,
        )
        written.append(write_text(out / "index.html", text))
    return replace(
        _summary(given, divided.found, rule, tuple(written)),
        explanations=tuple(explanations),
        causes=tuple(words),
        scenarios=tuple(scenarios),
        rules=tuple(rules),
        sharing=divided.sharing,
    )


@dataclass(frozen=True)
class _Divided:
    """A division with the tables to write, and the blocks that are short if they were asked for."""

    found: Allocation
    tables: dict[str, pa.Table]
    blocks: dict[int, Block] = field(default_factory=dict)
    sharing: Sharing | None = None


def _divide(given: Input, rule: str, seed: str, progress: Progress | None, step: Step, why: bool) -> _Divided:
    if rule != LEXIMIN:
        found = divide_by(given, rule, seed)
        names = ["point", "commodity", "quantity_num", "quantity_den"]
        return _Divided(found, {"quantities": found.levels.select(names), "flows": found.flows})
    if given.bundles:
        found = solve_bundles(given, dict(given.bundles), progress)
        return _Divided(found, {name: getattr(found, name) for name in OUTPUT})
    sharing = None
    tables: dict[str, pa.Table] = {}
    if given.pools:
        coupled = couple(given, lambda done, total: step("sharing lanes", done, total))
        found, solved, solved_for = coupled.allocation, coupled.solved, coupled.given
        sharing = Sharing(coupled.rounds, coupled.proven, gap(given, got_by(found)))
        tables["split"] = coupled.split
    else:
        (found, solved), solved_for = solve_fully(given, progress), given
    tables |= {name: getattr(found, name) for name in OUTPUT}
    blocks = bottlenecks(solved_for, solved) if why else {}
    if why:
        tables["bottlenecks"] = bottleneck_table(blocks)
    return _Divided(found, tables, blocks, sharing)


def pairs_of(given: Input, wanted: Sequence[str]) -> list[tuple[str, str]]:
    """The (point, commodity) pairs that each `POINT` or `POINT:COMMODITY` means. UsageError where it means none."""
    ladders = dues(given)
    pairs: list[tuple[str, str]] = []
    for text in wanted:
        meant = [pair for pair in ladders if pair[0] == text or f"{pair[0]}:{pair[1]}" == text]
        if not meant:
            near = get_close_matches(text.partition(":")[0], sorted({point for point, _ in ladders}), 1)
            remedy = "write POINT or POINT:COMMODITY as they stand in demand.csv"
            raise UsageError(
                f'--explain "{text}": nothing is due at such a point', f'{remedy}; "{near[0]}"?' if near else remedy
            )
        pairs += [pair for pair in meant if pair not in pairs]
    return pairs


def _due(given: Input) -> list[int]:
    """The whole ladder of each point and commodity, in the order of the table of levels."""
    keys = zip(given.demand_node.tolist(), given.demand_commodity.tolist(), strict=True)
    rows = zip(keys, given.demand_quantity.tolist(), strict=True)
    return [sum(quantity for _, quantity in ladder) for _, ladder in groupby(rows, key=itemgetter(0))]


def _summary(given: Input, found: Allocation, rule: str, files: tuple[Path, ...]) -> Allocated:
    worst: Fraction | None = None
    worst_at = None
    in_full = 0
    names = ("point", "commodity", "rungs", "num", "den", "quantity_num", "quantity_den")
    ladders = {} if rule == LEXIMIN else ladders_of(given)
    rows = zip(*(found.levels.column(name).to_pylist() for name in names), _due(given), strict=True)
    for point, commodity, rungs, num, den, quantity_num, quantity_den, total in rows:
        if quantity_den == "1" and int(quantity_num) == total:
            in_full += 1
            continue
        if ladders:  # the levels found are those of the rule's own ladders
            level = ladders[point, commodity].level(Fraction(int(quantity_num), int(quantity_den)))
        else:
            level = rungs + Fraction(int(num), int(den))
        if worst is None or level < worst:
            worst, worst_at = level, (point, commodity)
    return Allocated(
        points=len(found.levels.column("point").unique()),
        commodities=len(given.commodities),
        ladders=found.levels.num_rows,
        blocks=found.blocks.num_rows if rule == LEXIMIN else 0,
        in_full=in_full,
        worst=worst,
        worst_at=worst_at,
        method=found.method if rule == LEXIMIN else f"{rule}: {RULES[rule].words}",
        files=files,
        certified=rule == LEXIMIN,
    )
