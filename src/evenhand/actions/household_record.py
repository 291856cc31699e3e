"""A household's record as it stands: what is registered of it and of its people, and every change, with who made it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from evenhand.actions.correct import Change, changes_of
from evenhand.actions.proxies import proxies_of
from evenhand.actions.removal import Standing, standing
from evenhand.store import Store


@dataclass(frozen=True)
class Person:
    """A member as registered and corrected."""

    member: str
    birth_date: date
    sex: str
    occupation: str
    name: str | None
    inputs: dict[str, str]


@dataclass(frozen=True)
class Step:
    """Something that happened to a removal: announced, confirmed, withdrawn, restored."""

    step: str
    reason: str
    notice: str
    person: str
    at: int


@dataclass(frozen=True)
class Record:
    """A household. `first_name` and so on stand in `changes`, the newest first; `gone`: members that left it."""

    household: str
    name: str | None
    point: str
    point_name: str
    inputs: dict[str, str]
    people: tuple[Person, ...]
    gone: tuple[str, ...]
    proxies: tuple[str, ...]
    standing: Standing
    changes: tuple[Change, ...]
    steps: tuple[Step, ...]


def record_of(store: Store, household: str) -> Record | None:
    """The record; None where there is no such household, or it may not be read here (see `Store.desk`)."""
    found = store.rows(
        "select h.name, h.point, n.name, h.inputs from household_now h left join node n on n.node = h.point"
        " where h.household = %s",
        (household,),
    )
    if not found:
        return None
    name, point, point_name, inputs = found[0]
    people = store.rows(
        "select member, birth_date, sex, occupation, name, inputs from member_now where household = %s"
        " order by length(member), member",
        (household,),
    )
    every = store.rows("select member from member where household = %s order by length(member), member", (household,))
    listed = {row[0] for row in people}
    steps = store.rows(
        "select step, reason, notice, person, at from household_removal where household = %s order by id desc",
        (household,),
    )
    return Record(
        household, name, point, point_name or point, inputs, tuple(Person(*row) for row in people),
        tuple(row[0] for row in every if row[0] not in listed), proxies_of(store, [household]).get(household, ()),
        standing(store, household), tuple(changes_of(store, household)), tuple(Step(*row) for row in steps),
    )  # fmt: skip


def card_of(store: Store, household: str) -> tuple[str, int, int] | None:
    """(number, epoch, when) of a household's newest card; None before it has one."""
    rows = store.rows(
        "select number, epoch, at from card where household = %s order by epoch desc limit 1", (household,)
    )
    return rows[0] if rows else None


def newest_ids(store: Store, limit: int = 300) -> list[int]:
    """The ids of the newest corrections of all: among them those that a desk may read are looked for, and no farther."""
    return [row[0] for row in store.rows("select id from household_change order by id desc limit %s", (limit,))]


def newest_changes(store: Store, ids: list[int], limit: int = 10) -> list[dict[str, Any]]:
    """The newest of these corrections that may be read here."""
    rows = store.rows(
        "select household, member, field, old, new, reason, person, at from household_change where id = any(%s)"
        " order by id desc limit %s",
        (ids, limit),
    )
    names = ("household", "member", "field", "old", "new", "reason", "person", "at")
    return [dict(zip(names, row, strict=True)) for row in rows]
