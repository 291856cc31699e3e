"""Correct what is registered of a household or of one of its members: an entry with the old, the new, who and why.

What was frozen stays as it was frozen; the next freeze takes the corrected values. A move to another point is one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from evenhand.actions.accounts import points_seen, roles_of
from evenhand.actions.import_registry import declared_inputs
from evenhand.actions.importing import policy_in_force
from evenhand.core import validation
from evenhand.core.engine import Engine
from evenhand.core.errors import InputError, UsageError
from evenhand.core.schema import Column, Table
from evenhand.flow import registry
from evenhand.formats import parquet
from evenhand.store import Store

REASON_LENGTH_MAX = 500
ROLES = ("registrar",)
_OWN = ("point", "name", "birth_date", "sex", "occupation")
"""Fields that stand in columns; the others are inputs of the policy."""


@dataclass(frozen=True)
class Change:
    """One correction as it was written down. None: unknown."""

    household: str
    member: str
    field: str
    old: str | None
    new: str | None
    reason: str
    person: str
    at: int


def fields_of(store: Store, member: bool) -> tuple[Column, ...]:
    """What can be corrected, by the policy in force."""
    policy = policy_in_force(store)
    if not member:
        return registry.household_fields(declared_inputs(policy, "household"))
    occupations = () if policy is None else policy.categories.get("occupation", ())
    return registry.member_fields(declared_inputs(policy, "member"), occupations, store.today())


def correct(
    store: Store, engine: Engine, household: str, field: str, new: str, reason: str, person: str, member: str = ""
) -> Change:
    """Write a correction down; `new` as in a list, empty: unknown. The entry.

    UsageError for somebody who may not, an unknown household, member or field, a value that stands there already, or no
    reason; InputError for a value that a list could not hold.
    """
    with store.transaction(lock_of(household)):
        check_registrar(store, person, household, ROLES)
        columns = {column.name: column for column in fields_of(store, bool(member))}
        if field not in columns:
            raise UsageError(f'there is no field "{field}" to correct', f"name one of {', '.join(columns)}")
        check_reason(reason)
        old = current(store, household, member, field)
        value = new.strip() or None
        _check_value(store, engine, columns[field], value)
        if value == old:
            raise UsageError(f'"{field}" stands so already', "nothing to correct")
        change = Change(household, member, field, old, value, reason.strip(), person, store.clock())
        store.execute(
            "insert into household_change (household, member, field, old, new, reason, person, at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s)",
            (household, member, field, old, value, change.reason, person, change.at),
        )
    return change


def changes_of(store: Store, household: str) -> list[Change]:
    """Every correction of a household and its members, the newest first."""
    rows = store.rows(
        "select household, member, field, old, new, reason, person, at from household_change where household = %s"
        " order by id desc",
        (household,),
    )
    return [Change(*row) for row in rows]


def current(store: Store, household: str, member: str, field: str) -> str | None:
    """The value that stands there now, as in a list. UsageError where there is no such member."""
    value = f'"{field}"::text' if field in _OWN else "inputs ->> %(field)s"
    named = {"household": household, "member": member, "field": field}
    if not member:
        return store.rows(f"select {value} from household_now where household = %(household)s", named)[0][0]  # type: ignore[no-any-return]
    listed = store.rows("select from member_now where household = %(household)s and member = %(member)s", named)
    if field == "listed":
        if not store.rows("select from member where household = %(household)s and member = %(member)s", named):
            raise _no_member(household, member)
        return "yes" if listed else "no"
    if not listed:
        raise _no_member(household, member)
    return store.rows(  # type: ignore[no-any-return]
        f"select {value} from member_now where household = %(household)s and member = %(member)s", named
    )[0][0]


def _no_member(household: str, member: str) -> UsageError:
    return UsageError(f'household "{household}" has no member "{member}"', "see: evenhand household show")


def _check_value(store: Store, engine: Engine, column: Column, value: str | None) -> None:
    """InputError unless a list could hold the value: the same plan checks it."""
    policy = policy_in_force(store)
    declared = [*declared_inputs(policy, "household"), *declared_inputs(policy, "member")]
    ranges = [check for item in declared if item.name == column.name for check in item.checks()]
    with tempfile.TemporaryDirectory(prefix="evenhand-") as folder:
        files = {"rows": Path(folder) / "rows.parquet"}
        parquet.write(pa.table({"row": pa.array([1]), column.name: pa.array([value], pa.string())}), files["rows"])
        if column.references is not None:
            points = store.copy_out("select node from node where kind = 'point' and node = %s", (value,))
            files[f"known_{column.references[0]}"] = Path(folder) / "known.parquet"
            parquet.write(points, files[f"known_{column.references[0]}"])
        table = Table("correction", (column,), (), "One cell.")
        found = engine.rows(validation.check_plan(table, ranges), files)["problems"].to_pylist()
    if found:
        raise InputError(validation.problem("correction", 0, r["field"], r["value"], r["code"]) for r in found)


def check_registrar(store: Store, person: str, household: str, roles: Sequence[str]) -> None:
    """UsageError unless there is such a household, and `person` has one of these roles where it is registered."""
    found = store.rows("select point from household_now where household = %s", (household,))
    mine = roles_of(store, person)
    areas = tuple(area for role in roles for area in mine.get(role, ()))
    if not areas:
        raise UsageError(
            f"{person} is not {' or '.join(roles)}", f"run: evenhand account add {person} --role {roles[0]}"
        )
    seen = points_seen(store, areas)
    if not found or (seen is not None and found[0][0] not in seen):
        raise UsageError(f'no household "{household}" is registered in the areas of {person}', "check its id")


def check_reason(
    reason: str, what: str = "the reason", remedy: str = 'such as: --reason "born in May, not in March"'
) -> None:
    """UsageError unless it says something, in letters that can be printed."""
    if not reason.strip() or len(reason) > REASON_LENGTH_MAX or not reason.replace("\n", " ").isprintable():
        raise UsageError(f"{what} must be said, in at most {REASON_LENGTH_MAX} plain letters", remedy)


def lock_of(household: str) -> str:
    """The name of the lock on a household's entries."""
    return f"household:{household}"
