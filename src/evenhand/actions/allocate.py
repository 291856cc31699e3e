"""Allocate a network that stands in a folder of files: read, divide, write. Touches no database (DESIGN §12)."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from evenhand.actions import alternatives
from evenhand.actions.alternatives import Alternative, Step
from evenhand.actions.reading import identify
from evenhand.core.errors import InputError, Problem, UsageError, input_error
from evenhand.flow.allocation import Allocation, Input, check_input
from evenhand.flow.allocation.bottleneck import bottleneck_table, bottlenecks
from evenhand.flow.allocation.bundles import solve_bundles
from evenhand.flow.allocation.coupling import couple
from evenhand.flow.allocation.explain import Explanation, dues
from evenhand.flow.allocation.explain import explain as explain_pairs
from evenhand.flow.allocation.joint import Gap, gap
from evenhand.flow.allocation.leximin import Progress
from evenhand.flow.allocation.measures import ladders_of
from evenhand.flow.allocation.rules import LEXIMIN, RULES, divide_by, got_by
from evenhand.flow.allocation.solve import solve_fully
from evenhand.flow.allocation.tables import OPTIONAL

INPUT = ("nodes", "supply", "lanes", "demand")
OUTPUT = ("levels", "flows", "blocks", "certificate")
CERTIFIED = ("levels", "blocks", "certificate")


@dataclass(frozen=True)
class Sharing:
    """How shared lanes and fuel were divided: in so many rounds of solving. `proven`: nothing shared stood in the way, so
    this is the best there is. `gap`: how far off the exact answer is, None where that is not known."""

    rounds: int
    proven: bool
    gap: Gap | None


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
) -> Allocated:
    """Read `folder`, divide by `rule`, write the four result tables to `out`, or `quantities` and `flows` where the rule
    has no certificate; `split` where lanes are shared or fuel is limited; with `explain` (`POINT` or `POINT:COMMODITY`)
    also `bottlenecks`, with `what_if` (sentences) `what-if` and `what-if-points`, with `compare` a table of all rules.
    `seed` orders the rule lottery.

    InputError for anything wrong in the files, UsageError for an unknown rule, point or change, or tables that do not go
    together; then nothing is written. `progress(decided, all)` counts pairs of node and commodity,
    `step(label, done, all)` alternatives.
    """
    if rule not in RULES:
        raise UsageError(f'there is no rule "{rule}"', f"use one of {', '.join(RULES)}")
    if explain and rule != LEXIMIN:
        raise UsageError(f"--explain is about leximin, and --rule says {rule}", "leave one of the two out")
    given = read_network(folder)
    if given.bundles and (explain or what_if or compare or rule != LEXIMIN):
        raise UsageError(
            "with bundles.csv there is leximin alone: no other rule, --explain, --what-if or --compare yet",
            "leave bundles.csv out of the folder, or these options",
        )
    wanted = pairs_of(given, explain)
    scenarios, tables = alternatives.what_if(given, what_if, rule, seed, step) if what_if else ([], {})
    rules: list[Alternative] = []
    if compare:
        rules, more = alternatives.compare(given, seed, step)
        tables |= more
    explanations: list[Explanation] = []
    sharing = None
    if not given.pools and (out / "split.csv").exists():
        raise UsageError(f"{out} holds a split of shared lanes, and here none are shared", "name another folder")
    if rule != LEXIMIN:
        if any((out / f"{name}.csv").exists() for name in CERTIFIED):
            raise UsageError(f"{out} holds a certificate, which the rule {rule} has not", "name another folder")
        found = divide_by(given, rule, seed)
        names = ["point", "commodity", "quantity_num", "quantity_den"]
        tables |= {"quantities": found.levels.select(names), "flows": found.flows}
    elif given.bundles:
        found = solve_bundles(given, dict(given.bundles), progress)
        tables |= {name: getattr(found, name) for name in OUTPUT}
    else:
        if given.pools:
            coupled = couple(given, lambda done, all_: step("sharing lanes", done, all_))
            found, solved, solved_for = coupled.allocation, coupled.solved, coupled.given
            sharing = Sharing(coupled.rounds, coupled.proven, gap(given, got_by(found)))
            tables["split"] = coupled.split
        else:
            (found, solved), solved_for = solve_fully(given, progress), given
        tables |= {name: getattr(found, name) for name in OUTPUT}
        if explain:
            blocks = bottlenecks(solved_for, solved)
            tables["bottlenecks"] = bottleneck_table(blocks)
            explanations = explain_pairs(
                given, found, blocks, wanted, lambda done, all_: step("explaining", done, all_)
            )
    summary = _summary(given, found, rule, write_tables(tables, out))
    return replace(
        summary,
        explanations=tuple(explanations),
        scenarios=tuple(scenarios),
        rules=tuple(rules),
        sharing=sharing,
    )


def read_network(folder: Path) -> Input:
    """The checked tables of a folder. InputError and UsageError as in `allocate`."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "name the folder that holds nodes.csv, supply.csv, …")
    there = [n for n in OPTIONAL if any((folder / f"{n}{suffix}").exists() for suffix in (".csv", ".parquet"))]
    paths = {name: _find(folder, name) for name in (*INPUT, *there)}
    tables = {name: _read(path) for name, path in paths.items()}
    return check_input(tables, {name: str(path) for name, path in paths.items()})


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


def _find(folder: Path, name: str) -> Path:
    """The CSV or the Parquet file of a table."""
    found = [path for path in (folder / f"{name}.csv", folder / f"{name}.parquet") if path.exists()]
    if not found:
        raise input_error(str(folder / f"{name}.csv"), 0, "", "", "there is no such file", f"add {name}.csv")
    if len(found) > 1:
        raise input_error(str(found[1]), 0, "", "", f"stands beside {found[0].name}", "leave one of the two out")
    return found[0]


def _read(path: Path) -> pa.Table:
    """A table as texts (CSV) or as it is (Parquet); InputError where it cannot be read as a table."""
    identify(path)
    if path.suffix == ".parquet":
        try:
            return pq.read_table(path, partitioning=None)
        except (pa.ArrowException, OSError) as error:
            raise input_error(
                str(path), 0, "", "", "this is not a Parquet file", "write it again as Parquet"
            ) from error
    faults: list[Problem] = []

    def refuse(row: pacsv.InvalidRow) -> str:
        message = f"the row has {row.actual_columns} cells, the header {row.expected_columns}"
        remedy = 'give it as many; a cell that holds a comma stands in "quotation marks"'
        faults.append(Problem(str(path), (row.number or 1) - 1, "", "", message, remedy))
        return "skip"

    try:
        with path.open(encoding="utf-8-sig") as file:
            header = next(csv.reader([file.readline()]), [])
        data = path.read_bytes()
        table = pacsv.read_csv(
            pa.BufferReader(data if data.endswith((b"\n", b"\r")) else data + b"\n"),  # a header alone is a table, too
            pacsv.ReadOptions(use_threads=False, block_size=1 << 26),
            pacsv.ParseOptions(newlines_in_values=True, invalid_row_handler=refuse),
            pacsv.ConvertOptions(column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False),
        )
    except (pa.ArrowInvalid, csv.Error) as error:
        raise input_error(str(path), 0, "", "", f"cannot be read as a table ({error})", "save it as CSV") from error
    if faults:
        raise InputError(faults)
    return table


def write_tables(tables: Mapping[str, pa.Table], out: Path) -> tuple[Path, ...]:
    """Write tables as CSV: all of them under other names first, so that no half-written set is left behind."""
    paths = [out / f"{name}.csv" for name in tables]
    try:
        out.mkdir(parents=True, exist_ok=True)
        for path, table in zip(paths, tables.values(), strict=True):
            with path.with_suffix(".csv.part").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(table.column_names)
                writer.writerows(zip(*(column.to_pylist() for column in table.columns), strict=True))
        for path in paths:
            os.replace(path.with_suffix(".csv.part"), path)
    except OSError as error:
        raise UsageError(f"{out} cannot be written: {error.strerror}", "name a folder you may write to") from error
    return tuple(paths)
