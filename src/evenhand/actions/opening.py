"""Open: the loads leave; points may count in what arrives, and hand out."""

from __future__ import annotations

from evenhand.actions.cycles import advance, check_enrolled, step_due
from evenhand.actions.stock import append_movements, read_stock, steps_of
from evenhand.flow.cycle.rations import packs_of
from evenhand.flow.ledger import Stock, loads, node
from evenhand.flow.policy import Policy
from evenhand.store import Store

LINES = """
select waybill, lane, source, target, benefit, sum(steps)::bigint as steps from (
  select waybill, lane, source, target, benefit, steps from waybill where programme = %(programme)s and cycle = %(cycle)s
  union all
  select waybill, lane, source, target, benefit, steps from reroute where programme = %(programme)s and cycle = %(cycle)s
) lines group by 1, 2, 3, 4, 5 having sum(steps) > 0 order by waybill, benefit
"""
"""Lines of a cycle's waybills as they stand: as committed, less what closed lanes took off, with what they put on."""

Bill = tuple[str, str, str, str, int]
"""(waybill, from, to, benefit, steps)."""


def open_cycle(store: Store, cycle: str, person: str) -> int:
    """Open `cycle` and load what leaves nodes that wait for nothing. Returns the number of waybills."""
    check_enrolled(store, person)
    with store.transaction("cycle"):
        due = step_due(store, cycle, "open")
        bills = waybills_of(store, cycle)
        if due is not None:
            waiting = {bill[2] for bill in bills}
            stock, steps = read_stock(store), steps_of(due.policy().benefits.values())
            ready = [bill for bill in bills if bill[1] not in waiting]
            append_movements(store, cycle, loads(stock, ready, steps, cycle))
            advance(store, cycle, "open", person)
    return len({bill[0] for bill in bills})


def waybills_of(store: Store, cycle: str) -> list[Bill]:
    """Every line of the cycle's waybills, as they stand."""
    rows = store.rows(LINES, {"programme": store.programme.id, "cycle": cycle})
    return [(row[0], row[2], row[3], row[4], row[5]) for row in rows]


def onward(bills: list[Bill], place: str, stock: Stock, steps: dict[str, int]) -> list[Bill]:
    """The loads that leave `place` once its own goods are counted in. Where too little came, every load of a benefit
    gives up the same share, in whole steps: a depot's loss is not the loss of whoever is loaded last."""
    leaving = [bill for bill in bills if bill[1] == place]
    made: list[Bill] = []
    for benefit in sorted({bill[3] for bill in leaving}):
        lines = [bill for bill in leaving if bill[3] == benefit]
        wanted = sum(bill[4] for bill in lines)
        held = stock.total(node(place), benefit) // steps[benefit]
        for waybill, source, target, _, quantity in lines:
            share = quantity if held >= wanted else quantity * held // wanted
            if share:
                made.append((waybill, source, target, benefit, share))
    return made


def packs_of_cycle(store: Store, cycle: str, policy: Policy) -> dict[str, int]:
    """Benefit -> steps a pack, as the loads of the cycle were planned."""
    at = (store.programme.id, cycle)
    rows = store.rows('select snapshots from "freeze" where programme = %s and cycle = %s', at)
    if not rows:
        return {}
    return packs_of(store.snapshots.table(rows[0][0]["stock"]), steps_of(policy.benefits.values()))


def transfer_number(cycle: str, number: int) -> str:
    """What stands on the paper of a transfer: its number, as a waybill has one."""
    return f"{cycle}-T{number:03}"
