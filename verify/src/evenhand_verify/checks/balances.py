"""Nothing appears, nothing vanishes: opening + inflow - outflow = closing, for every account."""

from __future__ import annotations

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """Recompute every balance from the movements; nothing below zero; nothing left on the way."""
    books, failures = facts.books(d), []
    table = d.table("balances")
    there = set()
    for account, benefit, opening, inflow, outflow, closing in table.rows(
        "account", "benefit", "opening", "inflow", "outflow", "closing"
    ):
        key, where = (account, benefit), f"account {account}, {benefit}"
        there.add(key)
        came, went = books.inflow.get(key, 0), books.outflow.get(key, 0)
        if not account.startswith(("node:", "transit:")):
            failures.append(f"an account that holds no stock, {where}")
        if (inflow, outflow) != (came, went):
            failures.append(f"in {inflow:,} and out {outflow:,} where the movements say {came:,} and {went:,}, {where}")
        if opening + came - went != closing:
            failures.append(f"{opening:,} + {came:,} - {went:,} is not {closing:,}, {where}")
        if min(opening, closing) < 0:
            failures.append(f"a balance below zero, {where}")
        if account.startswith("transit:") and closing:
            failures.append(f"{closing:,} are still on the way at the close, {where}")
        if not (opening or inflow or outflow or closing):
            failures.append(f"a balance of what never moved, {where}")
    for account, benefit in sorted((books.inflow.keys() | books.outflow.keys()) - there):
        if account.startswith(("node:", "transit:")):
            failures.append(f"goods moved and no balance says so, account {account}, {benefit}")
    return capped(failures) or f"{len(table):,} accounts: opening + in - out = closing, nothing on the way"


CHECK = Check("balances", "stock is conserved: opening + in - out = closing, nothing below zero or on the way", run)
