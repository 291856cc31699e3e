"""Import households and members: the large files, which go from file to database without passing through Python."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pyarrow as pa

from evenhand.actions.import_work import Imported, Work, check, checked_rows, copied, planned, refuse
from evenhand.core import validation
from evenhand.flow import registry
from evenhand.flow.policy import Policy

_PEOPLE = "SELECT household, member, birth_date, sex, occupation, name, inputs::text AS inputs"
_LEFT = (
    "SELECT household, member FROM (SELECT DISTINCT ON (household, member) household, member, new FROM household_change"
    " WHERE field = 'listed' ORDER BY household, member, id DESC) newest WHERE new = 'no'"
)
"""Members that were corrected away: a list that still has them does not bring them back."""


def households(work: Work) -> Imported:
    """Households with their home points and the inputs the policy declares."""
    declared = declared_inputs(work.policy, "household")
    points = {"point": "SELECT node FROM node WHERE kind = 'point'"}
    count, found = check(work, registry.household_table(declared), points, extra=_ranges(declared))
    refuse(found)
    registered = "SELECT household, point, name, inputs::text AS inputs FROM household_now"
    new = planned(work, registry.households_plan(declared), registered)
    start = work.store.rows("SELECT coalesce(max(serial), 0) + 1 FROM household")[0][0]

    # Numbered in the order of the file and not by a sequence: an import that was killed must leave no gap, because card
    # numbers come from these.
    def numbered(rows: pa.Table, done: int) -> pa.Table:
        serial = pa.array(range(start + done, start + done + rows.num_rows), pa.int64())
        return rows.append_column("serial", serial)

    return copied(work, "household", new, count, numbered)


def members(work: Work) -> Imported:
    """Members of registered households."""
    declared = declared_inputs(work.policy, "member")
    occupations = () if work.policy is None else work.policy.categories.get("occupation", ())
    table = registry.member_table(declared, occupations, work.store.today())
    people = {"household": "SELECT household FROM household"}
    count, found = check(work, table, people, extra=_ranges(declared))
    refuse(found)
    registered = (
        f"{_PEOPLE} FROM member_now UNION ALL {_PEOPLE} FROM member m JOIN ({_LEFT}) l USING (household, member)"
    )
    new = planned(work, registry.members_plan(declared), registered)
    return copied(work, "member", new, count, lambda rows, done: rows)


def proxies(work: Work) -> Imported:
    """People named in advance by households, and names withdrawn; a name that nobody has cannot be withdrawn."""
    people = {"household": "SELECT household FROM household"}
    rows, found = checked_rows(work, registry.PROXIES, people)
    said = [
        (row["household"], row["name"], date.fromisoformat(row["since"]), row["withdrawn"] == "yes") for row in rows
    ]
    known = set(work.store.rows("SELECT household, name, since, withdrawn FROM proxy"))
    named = {one[:2] for one in [*known, *said] if not one[3]}
    faults = [
        validation.problem(
            work.source.name, row["row"], "name", row["name"],
            f'household "{row["household"]}" has named nobody so|write the name as it was given',
        )
        for row, one in zip(rows, said, strict=True) if one[3] and one[:2] not in named
    ]  # fmt: skip
    refuse((found[0] + faults, found[1] + len(faults)))
    new = [one for one in said if one not in known]
    columns = list(zip(*new, strict=True)) if new else [[], [], [], []]
    types = (pa.string(), pa.string(), pa.date32(), pa.bool_())
    names = ("household", "name", "since", "withdrawn")
    if work.dry:
        return Imported("proxies", len(rows), len(new), len(rows) - len(new))
    work.store.copy_in("proxy", pa.table([pa.array(c, t) for c, t in zip(columns, types, strict=True)], names=names))
    return Imported("proxies", len(rows), len(new), len(rows) - len(new))


def _ranges(declared: list[registry.Declared]) -> list[tuple[str, str, str]]:
    return [check for item in declared for check in item.checks()]


def declared_inputs(policy: Policy | None, scope: str) -> list[registry.Declared]:
    """What `policy` asks of each household or member beside the registry's fixed columns."""
    if policy is None:
        return []
    found = []
    for item in policy.inputs.values():
        if item.of != scope or item.registry:
            continue
        words = policy.categories[item.category] if item.type == "category" else ()
        scale = item.measure.scale if item.measure is not None else Fraction(1)
        low, high = (
            None if bound is None
            else bound / scale if isinstance(bound, Fraction)
            else Fraction(bound.year * 10_000 + bound.month * 100 + bound.day)
            for bound in (item.low, item.high)
        )  # fmt: skip
        found.append(registry.Declared(item.name, item.type, words, low, high))
    return found
