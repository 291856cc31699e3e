"""Lies about what is owed and by which rule it is divided; like those in `lies`, data in and data out."""

from __future__ import annotations

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.core.errors import UsageError
from evenhand.flow.policy import Policy
from evenhand.flow.policy.model import Chosen


def _none(what: str) -> UsageError:
    return UsageError(
        f"the lie finds nothing to change: {what}", "try it with more people and months, or without a lie"
    )


def forget(owed: pa.Table) -> pa.Table:
    """Drop what earlier months owe to every second household that is owed anything. `owed`: household, benefit, kind,
    since, amount, as the freeze took it."""
    households = pc.unique(owed["household"]).sort()
    if not len(households):
        raise _none("nobody is owed anything from earlier months")
    return owed.filter(pc.invert(pc.is_in(owed["household"], households.take(pa.array(range(0, len(households), 2))))))


def early(debts: pa.Table, ladder: pa.Table, rungs: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """Let everything that earlier months owe lapse before its time: it is shown, and asked for no longer. `debts` by
    household, the rungs they stand on by household and by point."""
    if not pc.any(pc.equal(debts["lapsed"], 0)).as_py():
        raise _none("nothing is owed that has not lapsed")
    gone = {"lapsed": debts["amount"], "rung": pa.nulls(len(debts), pa.int64()), "steps": pa.array([0] * len(debts))}
    for name, column in gone.items():
        debts = debts.set_column(debts.column_names.index(name), name, column)
    return debts, ladder.slice(0, 0), rungs.slice(0, 0)


def queue(policy: Policy) -> Policy:
    """Divide by first come, first served, whatever rule the policy names; the published file stays as it was."""
    return replace(policy, divisions={name: (Chosen("first-come"),) for name in policy.divided})
