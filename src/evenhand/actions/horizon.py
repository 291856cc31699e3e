"""Months ahead: read pipelines and scenarios, find the most equal rations, write tables and the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evenhand.actions.writing import write_csv, write_text
from evenhand.flow.allocation.horizon import Late, delayed, outlook
from evenhand.flow.allocation.horizon_tables import (
    PLANNED,
    Plan,
    Seen,
    findings_table,
    rations_table,
    read_late,
    read_plan,
)
from evenhand.flow.network.cells import Row
from evenhand.render.horizon import horizon_page
from evenhand.render.horizon_words import Ahead as Sentences


@dataclass(frozen=True)
class Ahead:
    """What was found. `sentences` says it for people: (pipeline, scenario, finding)."""

    plan: Plan
    seen: tuple[Seen, ...]
    sentences: tuple[tuple[str, str, str], ...]
    files: tuple[Path, ...]


def look_ahead(rows: Sequence[Row], late: Sequence[Row], file: str, out: Path, language: str = "en") -> Ahead:
    """The outlook of every pipeline in `rows`, as planned and in each scenario of `late` that
    changes it; written to the folder `out`.

    The page speaks `language`; sentences returned are English. InputError for anything wrong in the rows, UsageError for
    a language without a catalogue, or where `out` cannot be written.
    """
    said, _ = Sentences(), Sentences(language)
    plan, seen = outlooks(rows, late, file)
    sentences = tuple(
        (said.title(s.outlook), s.scenario, said.finding(s.outlook, plan.measures[s.outlook.pipeline.commodity].unit))
        for s in seen
    )
    files = (
        write_csv(out / "rations.csv", rations_table(seen)),
        write_csv(out / "findings.csv", findings_table(seen, plan)),
        write_text(out / "index.html", horizon_page(seen, plan, language)),
    )
    return Ahead(plan, seen, sentences, files)


def outlooks(rows: Sequence[Row], late: Sequence[Row], file: str) -> tuple[Plan, tuple[Seen, ...]]:
    """The outlook of every pipeline in `rows`, as planned and in each scenario that changes it. InputError as above."""
    plan = read_plan(rows, file)
    none: list[Late] = []
    scenarios = {PLANNED: none} | read_late(late, plan)
    seen = tuple(
        Seen(scenario, outlook(changed))
        for pipeline in plan.pipelines
        for scenario, rules in scenarios.items()
        if (changed := delayed(pipeline, rules)) != pipeline or scenario == PLANNED
    )
    return plan, seen
