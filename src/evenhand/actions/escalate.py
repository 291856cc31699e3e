"""Escalate: write down what clocks did. Cases rise without it; this only lets the record say so.

Looking at cases calls it, so nothing has to run by itself."""

from __future__ import annotations

import json

from evenhand.actions.cases import INTAKES, Found, clocks_of, followed, locked, note_escalations, reviewer_of
from evenhand.flow.grievance import APPEAL_DAYS, KINDS, kinds_on, may_read
from evenhand.flow.policy.read_complaints import APPEAL
from evenhand.store import Store

WAITING = """
select g.reference, g.kind, g.at from grievance g where g.programme = %(programme)s{where} and not exists (
  select from grievance_event e where e.reference = g.reference and e.act = 'decision')
union all
select g.reference, g.kind, a.at from grievance_event a join grievance g on g.reference = a.reference
where a.act = 'appeal' and g.programme = %(programme)s{where} and not exists (
  select from grievance_event d where d.reference = a.reference and d.act = 'decision' and d.number > a.number)
"""
"""(reference, kind, since when) of cases that wait for a decision, their first or that of an appeal. Each half goes by an
index of its own: what was decided long ago is not looked at."""

DUE_FIRST = f"""
select reference from (
  select reference, began, 86400 * (%(days)s::jsonb ->> kind)::bigint as days,
    86400 * (%(longest)s::jsonb ->> kind)::bigint as longest,
    case when kind = any(%(restricted)s) then 1 else 3 end as clocks
  from ({WAITING}) w (reference, kind, began)
) w{{window}}
order by began + days * least(clocks, 1 + (%(now)s - began) / days), reference limit %(most)s
"""
"""References of those whose clock ends first, to within a day; `clocks`: no more than so many can have run out."""


def due_first(
    store: Store, where: str = "", named: dict[str, object] | None = None, *, clocks: int | None = None, most: int
) -> list[Found]:
    """At most so many cases that wait, those whose clock ends first. `where`: more conditions on the intake `g`."""
    clocks_set = [found for _, found in clocks_of(store)]
    kinds = kinds_on(clocks_set[-1] if clocks_set else (), store.today())
    longest = {name: kind.days for name, kind in KINDS.items()} | {APPEAL: APPEAL_DAYS}
    for clock in (clock for found in clocks_set for clock in found):
        longest[clock.kind] = max(longest.get(clock.kind, 0), clock.days)
    params = {
        "programme": store.programme.id, "now": store.clock(), "most": most, "clocks": clocks,
        "days": json.dumps({name: kind.days for name, kind in kinds.items()}),
        "longest": json.dumps(longest), "restricted": [name for name, kind in kinds.items() if kind.restricted],
    }  # fmt: skip
    window = ""
    if clocks is not None:
        # First by when the oldest of them can have come in, which an index serves: three clocks, the time to appeal, and
        # then so many clocks again. Then by the clock of each kind.
        most_days = (3 + clocks) * max(longest[name] for name in KINDS) + longest[APPEAL] + 6
        params["since"] = store.clock() - most_days * 86_400
        where += " and g.at >= %(since)s"
        window = " where %(now)s - began < %(clocks)s * longest + 3 * 86400"
    rows = store.rows(DUE_FIRST.format(where=where, window=window), {**params, **(named or {})})
    found = followed(store, f"{INTAKES} and reference = any(%(found)s)", {"found": [row[0] for row in rows]})
    return sorted(found, key=lambda one: (one.case.due is None, one.case.due, one.reference))


WAIT = f"{INTAKES} and reference in (select reference from ({WAITING.format(where='')}) w)"


def cases_for(store: Store, person: str, *, pending: bool = True) -> list[Found]:
    """The cases `person` may read, those whose clock ends first before the others; their escalations are written down.
    `pending`: only those that wait for a decision. UsageError for somebody who reviews nothing."""
    reviewer = reviewer_of(store, person)
    found_all = followed(store, WAIT if pending else INTAKES)
    mine = [found for found in found_all if may_read(reviewer, found.case, found.around)]
    for number, found in enumerate(mine):
        if unwritten(found):
            mine[number] = escalate(store, found)
    return sorted(mine, key=lambda found: (found.case.due is None, found.case.due, found.reference))


def unwritten(found: Found) -> bool:
    """Whether the case has risen, and nobody wrote that down yet."""
    return len(found.case.escalations) > sum(event.act == "escalation" for event in found.events)


def escalate(store: Store, found: Found) -> Found:
    """The case with its escalations written down."""
    with store.transaction(locked(found.reference)):
        return note_escalations(store, found)
