"""Paying remedies: arrears that complaints brought become debts which the next cycle reads."""

from __future__ import annotations

import pyarrow as pa

from evenhand.actions.cases import REMEDIES, locked, write_event
from evenhand.actions.open_name import unsealed
from evenhand.flow.cycle.owing import OWED_SCHEMA, REMEDY
from evenhand.flow.grievance.case import ARREARS
from evenhand.store import Store

GIVEN = """
select e.id, e.reference, e.benefit, e.amount_base from grievance_event e join grievance g on g.reference = e.reference
where g.programme = %s and e.act = 'remedy' and e.remedy = %s and e.id > %s order by e.id
"""


def remedies_after(store: Store, after: int, since: str, cycle: str, person: str) -> tuple[pa.Table, int]:
    """Within the freeze's transaction: arrears written down after entry `after` of all cases, as debts since month `since`
    (OWED_SCHEMA), and the last entry that was read. Whose they are is opened for it by `person`, and written down."""
    owed: dict[tuple[str, str], int] = {}
    with store.transaction(REMEDIES):
        for number, reference, benefit, amount in store.rows(GIVEN, (store.programme.id, ARREARS, after)):
            household = unsealed(store, reference)["household"]
            owed[household, benefit] = owed.get((household, benefit), 0) + amount
            with store.transaction(locked(reference)):
                write_event(store, reference, "opened", person, f"to pay arrears in cycle {cycle}")
            after = number
    rows = [
        {"household": household, "benefit": benefit, "kind": REMEDY, "since": since, "amount": amount}
        for (household, benefit), amount in sorted(owed.items())
    ]
    return pa.Table.from_pylist(rows, schema=OWED_SCHEMA), after
