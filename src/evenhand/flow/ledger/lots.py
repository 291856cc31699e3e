"""Lots: what lies on an account, and which of it goes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from evenhand.core.errors import UsageError
from evenhand.flow.ledger.accounts import Movement, check_movement


class Lot(NamedTuple):
    """A lot at an account: its name, its best-before day (None: it keeps), base units on hand."""

    lot: str
    best_before: date | None
    quantity: int


def pick_lots(lots: Sequence[tuple[str, date | None, int]], quantity: int) -> list[tuple[str, int]]:
    """(lot, base units) that make up `quantity`, first expired first out; what keeps for ever goes last, ties by name.

    UsageError if the lots hold less, or a quantity is below zero.
    """
    if quantity < 0 or any(held < 0 for _, _, held in lots):
        raise UsageError("a quantity below zero cannot be picked", "count the lots again")
    picked: list[tuple[str, int]] = []
    rest = quantity
    for name, _, held in sorted(lots, key=lambda lot: (lot[1] or date.max, lot[1] is None, lot[0])):
        take = min(held, rest)
        if take:
            picked.append((name, take))
            rest -= take
    if rest:
        raise UsageError(
            f"{quantity} base units were asked for and the lots hold {quantity - rest}",
            "enter what was received first, or move less",
        )
    return picked


class Stock:
    """Lots on every account, while the movements of a stage are made one by one. Nothing here goes below zero."""

    def __init__(self, lots: Iterable[tuple[str, str, str, date | None, int]] = ()) -> None:
        """`lots`: (account, benefit, lot, best before or None, base units), zero or more each."""
        self._held: dict[tuple[str, str], dict[str, int]] = {}
        self._best_before: dict[tuple[str, str], date | None] = {}
        for account, benefit, lot, best_before, quantity in lots:
            if quantity < 0:
                raise UsageError(f'"{account}" would hold {quantity} of "{benefit}"', "mend the opening stock")
            self._best_before.setdefault((benefit, lot), best_before)
            self._add(account, benefit, lot, quantity)

    def lots(self, account: str, benefit: str) -> list[Lot]:
        """What lies at `account`, first expired first."""
        held = self._held.get((account, benefit), {})
        found = [
            Lot(lot, self._best_before.get((benefit, lot)), quantity) for lot, quantity in held.items() if quantity
        ]
        return sorted(found, key=lambda lot: (lot.best_before or date.max, lot.best_before is None, lot.lot))

    def total(self, account: str, benefit: str) -> int:
        """Base units of `benefit` at `account`."""
        return sum(self._held.get((account, benefit), {}).values())

    def know(self, benefit: str, lot: str, best_before: date | None) -> None:
        """Tell when a new lot is best before."""
        self._best_before.setdefault((benefit, lot), best_before)

    def apply(self, movement: Movement) -> Movement:
        """Make the movement and return it. UsageError if its source (a node or transit) holds less of the lot."""
        check_movement(movement)
        if movement.source.startswith(("node:", "transit:")):
            held = self._held.get((movement.source, movement.benefit), {}).get(movement.lot, 0)
            if held < movement.quantity:
                raise UsageError(
                    f'"{movement.source}" holds {held} of "{movement.benefit}", lot "{movement.lot}", '
                    f"and {movement.quantity} were to leave it",
                    "enter what was received first, or move less",
                )
            self._add(movement.source, movement.benefit, movement.lot, -movement.quantity)
        if movement.target.startswith(("node:", "transit:")):
            self._add(movement.target, movement.benefit, movement.lot, movement.quantity)
        return movement

    def move(self, kind: str, source: str, target: str, benefit: str, quantity: int, ref: str) -> list[Movement]:
        """Move `quantity` by lots, first expired first out; a movement's ref is `ref/LOT`. No movement for 0."""
        try:
            picked = pick_lots(self.lots(source, benefit), quantity)
        except UsageError as error:
            raise UsageError(f'"{source}", "{benefit}": {error.message}', error.remedy) from error
        return [self.apply(Movement(kind, source, target, benefit, lot, n, f"{ref}/{lot}")) for lot, n in picked]

    def _add(self, account: str, benefit: str, lot: str, quantity: int) -> None:
        held = self._held.setdefault((account, benefit), {})
        held[lot] = held.get(lot, 0) + quantity
