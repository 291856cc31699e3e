"""Two policies on the same households: both run by the engine, joined by the engine, written as files."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from evenhand.actions.key_order import households_in_order, members_in_order
from evenhand.actions.policy_document import write_page
from evenhand.actions.policy_files import (
    absent_inputs,
    as_table,
    header_of,
    kinds_of,
    publish,
    refuse_faults,
    same_keys,
)
from evenhand.core.engine import Engine
from evenhand.core.errors import UsageError, input_error
from evenhand.flow.entitlement import faults_plan, needs
from evenhand.flow.entitlement.compare import comparison
from evenhand.flow.entitlement.compare_plan import compare_plan
from evenhand.flow.policy import Policy, period_for
from evenhand.render.policy_compare import page


def compare_policies(engine: Engine, old: Policy, new: Policy, days: tuple[date, date], households: Path,
                     members: Path | None, points: Path | None, out: Path | None,
                     progress: Callable[[int, int], None] = lambda done, total: None,
                     language: str = "en") -> dict[str, Any]:  # fmt: skip
    """The comparison of `old` and `new`, each in its period.

    With `out` also written there: report.html in `language`, compare.json, CSVs.

    InputError for files that cannot be used, UsageError where a policy is not in force. Nothing is written on an error.
    """
    policies, periods = (old, new), (period_for(old, days[0]), period_for(new, days[1]))
    wanted = [needs(policy, period) for policy, period in zip(policies, periods, strict=True)]
    if members is None:
        for policy, need in zip(policies, wanted, strict=True):
            if need.members:
                raise UsageError(f'policy "{policy.id}" reads members', "give their file: --members FILE")
    if out is not None:
        _check_folder(out)
    progress(0, 5)
    with tempfile.TemporaryDirectory(prefix="evenhand-") as folder:
        work = Path(folder)
        head = header_of(households)
        people_head = header_of(members) if members else []
        absent = [absent_inputs(policy, need.household, head) | absent_inputs(policy, need.member, people_head)
                  for policy, need in zip(policies, wanted, strict=True)]  # fmt: skip
        own = [[name for name in need.household if name not in gone] for need, gone in zip(wanted, absent, strict=True)]
        people = [[name for name in need.member if name not in gone] for need, gone in zip(wanted, absent, strict=True)]
        files = {"household": as_table(households, "household", ("household",), _both(own), work)}
        if members is not None:
            keys = ("household", "member")
            files["member"] = as_table(members, "member", keys, _both(people), work)
        same_keys(files, work)
        place = "point" if points else "area" if "area" in head else ""
        if points is not None:
            if "point" not in head:
                remedy = "add it, or leave out --points"
                raise input_error(str(households), 0, "point", None, "the column is missing", remedy)
            files["point"] = as_table(points, "point", ("point",), ["area"], work)
        kinds = {name: kinds_of(path) for name, path in files.items()}
        progress(1, 5)
        stated = "size" in head
        for at, policy in enumerate(policies):
            sure = at > 0 or households_in_order(files["household"])
            faults = faults_plan(policy, "household", own[at], stated, kinds["household"], sure)
            refuse_faults(engine, faults, files, households)
            if members is not None:
                sure = at > 0 or members_in_order(files["household"], files["member"])
                faults = faults_plan(policy, "member", people[at], False, kinds["member"], sure)
                refuse_faults(engine, faults, files, members)
            progress(2 + at, 5)
        joined = compare_plan(policies, periods, place, members=members is not None, stated_size=stated, absent=absent,
                              kinds=kinds)  # fmt: skip
        outputs = engine.run(joined, files, work / "out")
        progress(4, 5)
        rows = {name: _rows(path) for name, path in outputs.items() if name != "changes"}
        document = comparison(old, new, periods, rows)
        if out is not None:
            _write(document, outputs["changes"], out, language)
    progress(5, 5)
    return document


def _both(names: list[list[str]]) -> list[str]:
    """The columns either policy reads."""
    return list(dict.fromkeys(names[0] + names[1]))


def _rows(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return found


def _check_folder(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise UsageError(f'"{out}" is a file', "name a folder")
    if not out.parent.is_dir():
        raise UsageError(f'there is no folder "{out.parent}"', "make it first")


def _write(document: dict[str, Any], changes: Path, out: Path, language: str) -> None:
    out.mkdir(exist_ok=True)
    for name, key in (("benefits.csv", None), ("classes.csv", "classes"), ("areas.csv", "areas"), ("bins.csv", "bins")):
        rows = []
        for benefit in document["benefits"]:
            head = {"benefit": benefit["benefit"]}
            listed = [benefit] if key is None else benefit[key]
            rows += [{**head, **{k: v for k, v in row.items() if not isinstance(v, (list, dict))}} for row in listed]
        columns = list(dict.fromkeys(column for row in rows for column in row)) or ["benefit"]
        table = pa.table({column: [row.get(column) for row in rows] for column in columns})
        part = out / f"{name}.part"
        pacsv.write_csv(table, part, pacsv.WriteOptions(quoting_style="needed"))
        part.replace(out / name)
    publish(changes, out / "changes.csv")
    write_page(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n", out / "compare.json")
    write_page(page(document, language), out / "report.html")
