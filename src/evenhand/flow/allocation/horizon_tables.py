"""Months ahead as rows of a table, and back: reading pipelines and scenarios, writing rations and findings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa

from evenhand.core.errors import UsageError, input_error
from evenhand.core.unit import parse_quantity
from evenhand.flow.allocation.horizon import Late, Month, Outlook, Pipeline
from evenhand.flow.network.cells import Cells, Row

MONTHS_MAX = 240
COLUMNS = ("month", "commodity", "demand", "receipts")
OPTIONAL = ("area", "opening", "loss", "minimum")
LATE_COLUMNS = ("scenario", "months")
LATE_OPTIONAL = ("month", "commodity", "area", "arrives")
PLANNED = "as planned"
"""The scenario of the table as it stands."""
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_BARE = re.compile(r"[0-9]{1,18}(\.[0-9]{1,12})?")


@dataclass(frozen=True)
class Measure:
    """What a commodity's quantities are written in: a unit's name, "" for bare numbers, and its size in base units."""

    unit: str = ""
    size: int = 1


@dataclass(frozen=True)
class Plan:
    """What was read: pipelines in order of area and commodity, and each commodity's measure. Quantities are in it."""

    pipelines: tuple[Pipeline, ...]
    measures: dict[str, Measure]


@dataclass(frozen=True)
class Seen:
    """The outlook of one pipeline in one scenario."""

    scenario: str
    outlook: Outlook


def read_plan(rows: Sequence[Row], file: str) -> Plan:
    """The pipelines that stand in `rows`. InputError with everything wrong; `file` is named where there are no rows."""
    if not rows:
        raise input_error(file, 0, "", "", "there are no months", "give a row for each month and commodity")
    cells = Cells()
    measures = _measures(rows)
    groups: dict[tuple[str, str], dict[int, Row]] = {}
    for row in rows:
        key = (cells.name(row, "area", required=False), cells.name(row, "commodity"))
        at = _month(row, cells)
        if at is None:
            continue
        before = groups.setdefault(key, {}).get(at)
        if before is not None:
            cells.fault(row, "month", f"this month already stands in row {before.number}", "keep one of the rows")
        else:
            groups[key][at] = row
    found = [_pipeline(*key, months, measures[key[1]], cells) for key, months in sorted(groups.items())]
    cells.check()
    return Plan(tuple(found), measures)


def _pipeline(area: str, commodity: str, rows: dict[int, Row], measure: Measure, cells: Cells) -> Pipeline:
    order = sorted(rows)
    months: list[Month] = []
    for position, at in enumerate(order):
        row = rows[at]
        if position and at != order[position - 1] + 1:
            cells.fault(
                row, "month", "the months before it are missing", "give every month a row; 0 where nothing is due"
            )
        loss = cells.share(row, "loss", Fraction(0))
        if loss >= 1:
            cells.fault(row, "loss", "all of the stock would be lost, or more", "write a share below 1")
            loss = Fraction(0)
        quantity = {name: _quantity(row, name, measure, cells) for name in ("demand", "receipts", "minimum")}
        months.append(Month(row.get("month"), quantity["demand"], quantity["receipts"], loss, quantity["minimum"]))
        if position and row.get("opening"):
            cells.fault(row, "opening", "only the first month has an opening stock", "leave it empty")
    if len(order) > MONTHS_MAX:
        cells.fault(rows[order[0]], "month", f"more than {MONTHS_MAX} months", "look less far ahead")
    opening = _quantity(rows[order[0]], "opening", measure, cells)
    return Pipeline(commodity, area, opening, tuple(months))


def _month(row: Row, cells: Cells) -> int | None:
    found = _MONTH.fullmatch(row.get("month"))
    if found is None:
        cells.fault(row, "month", "not a month", "write it as 2026-03")
        return None
    return int(found[1]) * 12 + int(found[2]) - 1


def _measures(rows: Sequence[Row]) -> dict[str, Measure]:
    """The unit each commodity is written in first; others of the same kind are converted."""
    found: dict[str, Measure] = {}
    for row in rows:
        commodity = row.get("commodity")
        for name in ("demand", "receipts", "opening", "minimum"):
            text = row.get(name)
            if text and not _BARE.fullmatch(text) and commodity not in found:
                try:
                    unit = parse_quantity(text)[1]
                except UsageError:
                    continue  # told where the cell is read
                found[commodity] = Measure(unit.name, unit.base_per_unit)
    return {row.get("commodity"): found.get(row.get("commodity"), Measure()) for row in rows}


def _quantity(row: Row, name: str, measure: Measure, cells: Cells) -> Fraction:
    text = row.get(name)
    if not text and name not in ("demand", "receipts"):
        return Fraction(0)
    if not measure.unit or not text:
        if not _BARE.fullmatch(text):
            what = "the cell is empty" if not text else "not a quantity of 0 or more"
            cells.fault(row, name, what, "write a number such as 40, or all of this commodity with units, such as 40 t")
            return Fraction(0)
        return Fraction(text)
    try:
        value, unit = parse_quantity(text)
        same = parse_quantity(f"1 {measure.unit}")[1].dimension == unit.dimension
    except UsageError as error:
        cells.fault(row, name, error.message, error.remedy)
        return Fraction(0)
    if not same:
        cells.fault(row, name, f"{unit.name} and {measure.unit} do not measure the same", f"write it in {measure.unit}")
    return value / measure.size


def read_late(rows: Sequence[Row], plan: Plan) -> dict[str, list[Late]]:
    """Scenario -> its rules, in the order of the table. InputError with everything wrong."""
    cells = Cells()
    names = {
        "month": {m.month for p in plan.pipelines for m in p.months},
        "commodity": {p.commodity for p in plan.pipelines},
        "area": {p.area for p in plan.pipelines},
    }
    found: dict[str, list[Late]] = {}
    for row in rows:
        scenario = cells.name(row, "scenario")
        if scenario == PLANNED:
            cells.fault(row, "scenario", "this is the name of the plan itself", "use another name")
        arrives = cells.share(row, "arrives", Fraction(1))
        if arrives > 1:
            cells.fault(row, "arrives", "more than all of it", "write a share from 0 to 1")
        for name, known in names.items():
            if row.get(name) and row.get(name) not in known:
                cells.fault(row, name, f"no row of the plan has this {name}", "correct it, or leave it empty for all")
        months = cells.count(row, "months")
        found.setdefault(scenario, []).append(
            Late(months, arrives, row.get("month"), row.get("commodity"), row.get("area"))
        )
    cells.check()
    return found


_RATIONS = ("scenario", "area", "commodity", "month", "demand", "receipts", "ration", "given", "lost", "left",
            "supply", "full", "string", "naive_given")  # fmt: skip


def rations_table(seen: Iterable[Seen]) -> pa.Table:
    """A row a month: exact numbers as texts such as 40 or 200/3, in the commodity's unit."""
    columns: dict[str, list[str]] = {name: [] for name in _RATIONS}
    for one in seen:
        o = one.outlook
        for t, month in enumerate(o.pipeline.months):
            values = (
                one.scenario, o.pipeline.area, o.pipeline.commodity, month.month, month.demand, month.receipts,
                o.rations[t], o.path[t].given, o.path[t].lost, o.path[t].left, o.supply[t], o.full[t], o.string[t],
                o.naive[t].given,
            )  # fmt: skip
            for name, value in zip(_RATIONS, values, strict=True):
                columns[name].append(str(value))
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})


_FINDINGS = ("scenario", "area", "commodity", "unit", "breaks", "gap", "even", "naive_worst", "bare", "bare_by")


def findings_table(seen: Iterable[Seen], plan: Plan) -> pa.Table:
    """A row a pipeline and scenario. `breaks` and `bare` are months, empty where there is none."""
    columns: dict[str, list[str]] = {name: [] for name in _FINDINGS}
    for one in seen:
        o, names = one.outlook, [m.month for m in one.outlook.pipeline.months]
        values = (
            one.scenario, o.pipeline.area, o.pipeline.commodity, plan.measures[o.pipeline.commodity].unit,
            "" if o.breaks is None else names[o.breaks], o.gap, o.even, o.naive_worst,
            "" if o.bare is None else names[o.bare], o.bare_by,
        )  # fmt: skip
        for name, value in zip(_FINDINGS, values, strict=True):
            columns[name].append(str(value))
    return pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()})
