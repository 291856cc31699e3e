"""Public figures of complaints: what came in and was decided since the cycle before closed, with nothing told of few."""

from __future__ import annotations

from dataclasses import asdict

import pyarrow as pa

from evenhand.actions.cases import INTAKES, followed
from evenhand.actions.importing import policy_in_force
from evenhand.core.errors import UsageError
from evenhand.flow.disclosure.tables import arrow_schema
from evenhand.flow.grievance import figures
from evenhand.store import Store

SINCE = (
    f"{INTAKES} and (at >= %(start)s or exists (select from grievance_event e where e.reference = grievance.reference"
    " and e.act = 'decision' and e.at >= %(start)s))"
)


def totals(store: Store, start: int, k: int) -> pa.Table:
    """The table `grievances` of what came in or was first decided from `start` on and before now."""
    cases = [found.case for found in followed(store, SINCE, {"start": start})]
    parents = {area: parent or "" for area, parent in store.rows("select pcode, parent from area")}
    rows = [asdict(row) for row in figures(cases, parents, k, start, store.clock())]
    return pa.Table.from_pylist(rows, schema=arrow_schema("grievances"))


def since_last_close(store: Store) -> int:
    """When the newest closed cycle closed (UTC seconds); 0 before the first."""
    rows = store.rows(
        "select at from cycle_event where programme = %s and state = 'closed' order by id desc limit 1",
        (store.programme.id,),
    )
    return int(rows[0][0]) if rows else 0


def totals_now(store: Store) -> pa.Table:
    """The figures as they would be published if a cycle closed now. UsageError before a policy is adopted: it says how few
    are too few."""
    policy = policy_in_force(store)
    if policy is None:
        raise UsageError("no policy is adopted: how few are too few is not known", "run: evenhand policy adopt FILE")
    return totals(store, since_last_close(store), policy.k)
