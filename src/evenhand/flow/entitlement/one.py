"""One household of a large file: the plan that finds its rows, and the values in them as the rules read them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from evenhand.core.plan import Plan, Select
from evenhand.flow.entitlement import inputs
from evenhand.flow.entitlement.plan import Needs
from evenhand.flow.policy.model import Policy

Cells = Mapping[str, object]


@dataclass(frozen=True)
class Rows:
    """Outputs of `one_plan`: the household's row or rows, and its members'."""

    household: list[Cells]
    member: list[Cells]


def one_plan(policy: Policy, wanted: Needs, household: str, *, members: bool, stated_size: bool,
             text_keys: tuple[bool, bool] = (False, False)) -> Plan:  # fmt: skip
    """A plan that yields `own` and `people`, the rows of one household with the inputs in `wanted`.

    `text_keys`: whether the key is a text in the household's and in the member's file (then the file's own statistics are
    of use); else it is compared as text.
    """
    key = inputs.literal(household)
    where = ["household" if text else "CAST(household AS VARCHAR)" for text in text_keys]
    own = Select("own", f"SELECT {_columns(policy, wanted.household, stated_size)} FROM "
                        f"(SELECT *{_prepared(policy, wanted.household, stated_size)} FROM household "
                        f"WHERE {where[0]} = {key}) LIMIT 3")  # fmt: skip
    if not members:
        return Plan(("household",), (own,), ("own",))
    people = Select("people", f"SELECT CAST(member AS VARCHAR) AS member, {_columns(policy, wanted.member, False)} FROM "
                              f"(SELECT *{_prepared(policy, wanted.member, False)} FROM member "
                              f"WHERE {where[1]} = {key}) ORDER BY 1")  # fmt: skip
    return Plan(("household", "member"), (own, people), ("own", "people"))


def _prepared(policy: Policy, names: tuple[str, ...], stated_size: bool) -> str:
    listed = [inputs.prepared("size", Fraction(1))] if stated_size else []
    listed += [inputs.prepared(name, inputs.factor_of(policy.inputs[name])) for name in names
               if policy.inputs[name].type == "number"]  # fmt: skip
    return "".join(f", {text}" for text in listed)


def _columns(policy: Policy, names: tuple[str, ...], stated_size: bool) -> str:
    listed = ["CAST(household AS VARCHAR) AS household"]
    if stated_size:
        listed += [f"{inputs.stated_size()} AS i_size", f"{inputs.size_fault()} AS bad_size"]
    for name in names:
        found = policy.inputs[name]
        listed.append(f"{inputs.typed(found, policy)} AS {inputs.column_of(name)}")
        listed.append(f'CAST("{name}" AS VARCHAR) AS raw_{name}')
        if text := inputs.fault(found, policy):
            listed.append(f"{text} AS bad_{name}")
    return ", ".join(listed)


def faults_of(row: Cells) -> list[str]:
    """Names of cells of a row that are filled and cannot be read."""
    return [name.removeprefix("bad_") for name, bad in row.items() if name.startswith("bad_") and bad]


def given_of(policy: Policy, row: Cells) -> dict[str, object]:
    """The inputs of a row of `one_plan`, in base units. Blank ones are left out: the policy may fill them.

    A cell that is filled but unknown to the policy stays the text it is, so that nothing is put in its place.
    """
    given: dict[str, object] = dict(unread_of(row))
    for column, value in row.items():
        name = column.removeprefix("i_")
        if not column.startswith("i_") or value is None or row.get(f"raw_{name}", "?") in (None, ""):
            continue
        found = policy.inputs.get(name)
        if found is not None and found.type == "category":
            given[name] = policy.categories[found.category][int(str(value))]
        elif found is None or found.type == "number":
            given[name] = Fraction(int(str(value)), found.parts if found else 1)
        else:
            given[name] = value
    return given


def unread_of(row: Cells) -> dict[str, str]:
    """Cells that are filled but unknown to the policy (a word outside its list, a number outside its range): as written."""
    return {
        name: str(row[f"raw_{name}"])
        for name in (column.removeprefix("raw_") for column in row if column.startswith("raw_"))
        if row.get(f"i_{name}") is None and row[f"raw_{name}"] not in (None, "")
    }
