"""The ledger: every unit of stock from its source to a household's hand, double entry, with lots.

Reads: opening lots, waybills, what arrived, what a settlement says was given.
Writes: movements between two accounts, and the balances they leave.
Invariant: a movement takes from one account what it gives to the other, and no node or transit account ends below zero.
"""

from evenhand.flow.ledger.accounts import (
    KINDS,
    Movement,
    check_movement,
    households,
    loss,
    node,
    source,
    transit,
)
from evenhand.flow.ledger.balances import aggregate, balances
from evenhand.flow.ledger.handling import arrivals, counted, given, loads, receipt
from evenhand.flow.ledger.lots import Lot, Stock, pick_lots

__all__ = [
    "KINDS",
    "Lot",
    "Movement",
    "Stock",
    "aggregate",
    "arrivals",
    "balances",
    "check_movement",
    "counted",
    "given",
    "households",
    "loads",
    "loss",
    "node",
    "pick_lots",
    "receipt",
    "source",
    "transit",
]
