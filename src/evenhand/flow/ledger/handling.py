"""Movements of the work of a cycle: receipt, loading, arrival, what was given. Lots go first expired first out.

After an error the Stock may hold a part of what was to be done: throw it away with the movements.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from evenhand.core.errors import UsageError
from evenhand.flow.ledger import accounts
from evenhand.flow.ledger.accounts import Movement
from evenhand.flow.ledger.lots import Stock


def receipt(
    stock: Stock, origin: str, place: str, benefit: str, lot: str, best_before: date | None, quantity: int, ref: str
) -> Movement:
    """Goods received from outside at node `place`."""
    stock.know(benefit, lot, best_before)
    move = Movement("receipt", accounts.source(origin), accounts.node(place), benefit, lot, quantity, ref)
    return stock.apply(move)


def loads(
    stock: Stock, waybills: Iterable[tuple[str, str, str, str, int]], step_base: Mapping[str, int], ref: str
) -> list[Movement]:
    """Load lorries: a waybill row is (waybill, from node, to node, benefit, steps). UsageError if a node holds less.

    Rows are taken in order of (from, benefit, waybill): lots fall to the same waybills whatever order they came in.
    """
    made: list[Movement] = []
    for waybill, origin, target, benefit, steps in sorted(waybills, key=lambda row: (row[1], row[3], row[0], row[2])):
        quantity = steps * _step(step_base, benefit)
        cause = f"{ref}/load/{waybill}/{benefit}"
        made += stock.move("load", accounts.node(origin), accounts.transit(target), benefit, quantity, cause)
    return made


def arrivals(
    stock: Stock, place: str, received: Mapping[str, int], step_base: Mapping[str, int], ref: str
) -> list[Movement]:
    """A goods received note of `place`: received steps by benefit arrive; the rest of what was on the way is lost.

    UsageError if more arrived than was sent. A benefit on the way that the note leaves out was not received at all.
    """
    made: list[Movement] = []
    for benefit in sorted(received):
        _step(step_base, benefit)
    road = accounts.transit(place)
    for benefit in sorted(step_base):
        sent = stock.total(road, benefit)
        quantity = received.get(benefit, 0) * _step(step_base, benefit)
        if quantity > sent:
            raise UsageError(
                f'"{place}" received {quantity} base units of "{benefit}" and {sent} were on the way to it',
                "mend the count, or enter the other load first",
            )
        cause = f"{ref}/%s/{place}/{benefit}"
        made += stock.move("arrive", road, accounts.node(place), benefit, quantity, cause % "arrive")
        made += stock.move("loss", road, accounts.loss(place), benefit, sent - quantity, cause % "loss")
    return made


def counted(
    stock: Stock, place: str, steps: Mapping[str, int], step_base: Mapping[str, int], ref: str
) -> list[Movement]:
    """A count of all that lies at `place` once its lorries came, in steps by benefit: what is over the stock on hand
    arrived, what was on the way and is not there was lost, and so was stock on hand that the count does not find.

    A part of a step that lay there before is not counted and stays. UsageError if more is counted than can be there.
    """
    made: list[Movement] = []
    for benefit in sorted(steps):
        step = _step(step_base, benefit)
        here = stock.total(accounts.node(place), benefit) // step
        if steps[benefit] < here:
            account, cause = accounts.node(place), f"{ref}/missing/{place}/{benefit}"
            missing = (here - steps[benefit]) * step
            made += stock.move("loss", account, accounts.loss(place), benefit, missing, cause)
        received = {benefit: max(0, steps[benefit] - here)}
        made += arrivals(stock, place, received, {benefit: step}, ref)
    return made


def given(
    stock: Stock,
    redeemed: Mapping[tuple[str, str], int],
    over_issue: Mapping[tuple[str, str], int],
    step_base: Mapping[str, int],
    ref: str,
) -> list[Movement]:
    """What a settlement says was handed out: (point, benefit) -> steps, rations first, then over-issue of the reserve.

    Benefits that `step_base` does not name have no stock (points, vouchers) and move nothing.
    """
    made: list[Movement] = []
    for kind, totals in (("redeem", redeemed), ("over-issue", over_issue)):
        for (point, benefit), steps in sorted(totals.items()):
            if benefit in step_base:
                quantity = steps * step_base[benefit]
                cause = f"{ref}/{kind}/{point}/{benefit}"
                made += stock.move(kind, accounts.node(point), accounts.households(point), benefit, quantity, cause)
    return made


def _step(step_base: Mapping[str, int], benefit: str) -> int:
    if benefit not in step_base:
        raise UsageError(f'"{benefit}" is not a stocked benefit', "name only benefits that have stock")
    return step_base[benefit]
