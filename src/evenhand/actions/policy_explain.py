"""Why one household of a file is due what it is due. The engine finds its rows; nothing else of the file is read."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.policy_files import absent_inputs, header_of, lines_of
from evenhand.core.engine import Engine
from evenhand.core.errors import InputError, Problem, UsageError, input_error
from evenhand.flow.entitlement import Needs, needs
from evenhand.flow.entitlement.explain import Facts, explain
from evenhand.flow.entitlement.one import faults_of, given_of, one_plan, unread_of
from evenhand.flow.policy import Policy, period_for


def explain_household(engine: Engine, policy: Policy, on: date, household: str, households: Path,
                      members: Path | None) -> dict[str, Any]:  # fmt: skip
    """The explanation (flow/entitlement/explain) of one household in the period that holds `on`.

    InputError if the files cannot be used or have no such household, UsageError if the policy is not in force then.
    """
    period = period_for(policy, on)
    wanted = needs(policy, period)
    if wanted.members and members is None:
        raise UsageError(f'policy "{policy.id}" reads members', "give their file: --members FILE")
    head = _usable(policy, households, ("household",), wanted.household)
    people_head = _usable(policy, members, ("household", "member"), wanted.member) if members else []
    present = Needs(
        tuple(name for name in wanted.household if name in head),
        tuple(name for name in wanted.member if name in people_head),
        wanted.members,
    )
    stated = "size" in head
    compiled = one_plan(policy, present, household, members=members is not None, stated_size=stated,
                        text_keys=(_text_key(households), _text_key(members)))  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="evenhand-") as folder:
        files = {"household": lines_of(households, household, head, _new(folder, "household"))}
        if members:
            files["member"] = lines_of(members, household, people_head, _new(folder, "member"))
        found = engine.rows(compiled, files)
    own = found["own"].to_pylist()
    if not own:
        raise input_error(str(households), 0, "household", household, "there is no such household", "check its id")
    if len(own) > 1:
        raise input_error(str(households), 0, "household", household, "it stands twice", "keep one row of each")
    people = found["people"].to_pylist() if members else []
    _refuse(households, household, own)
    if members:
        _refuse(members, household, people)
        _once(members, household, people)
    facts = Facts(
        household,
        given_of(policy, own[0]),
        [given_of(policy, row) for row in people] if members else None,
        [str(row["member"]) for row in people],
        unread_of(own[0]),
        [unread_of(row) for row in people],
    )
    return explain(policy, period, facts)


def _new(folder: str, name: str) -> Path:
    path = Path(folder) / name
    path.mkdir()
    return path


def _usable(policy: Policy, path: Path, keys: Sequence[str], inputs: Sequence[str]) -> list[str]:
    """The columns of a file; InputError names every one that is missing."""
    head = header_of(path)
    if len({name.lower() for name in head}) != len(head):
        raise input_error(str(path), 0, "", ",".join(head), "a column stands twice", "leave one of them out")
    missing = [
        name for name in (*keys, *inputs) if name not in head and name not in absent_inputs(policy, inputs, head)
    ]
    if missing:
        raise InputError(
            Problem(str(path), 0, name, "", "the column is missing", "add it; the policy reads it") for name in missing
        )
    return head


def _text_key(path: Path | None) -> bool:
    """Whether the file's own statistics help to find a household: its key is text there."""
    if path is None or path.suffix.lower() != ".parquet":
        return path is not None
    kind = pq.read_schema(path).field("household").type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _refuse(path: Path, household: str, rows: Sequence[Mapping[str, object]]) -> None:
    problems = [
        Problem(str(path), 0, name, str(row.get(f"raw_{name}", ""))[:60], f"it cannot be read (household {household})",
                "write 12.50, 2008-03-01, true or false; leave unknown cells empty")
        for row in rows for name in faults_of(row)
    ]  # fmt: skip
    if problems:
        raise InputError(problems)


def _once(path: Path, household: str, rows: Sequence[Mapping[str, object]]) -> None:
    keys = [row["member"] for row in rows]
    for key in keys:
        if key in (None, ""):
            raise input_error(
                str(path), 0, "member", "", f"the key is empty (household {household})", "give it its key"
            )
        if keys.count(key) > 1:
            raise input_error(str(path), 0, "member", str(key), f"it stands twice (household {household})",
                              "keep one row of each")  # fmt: skip
