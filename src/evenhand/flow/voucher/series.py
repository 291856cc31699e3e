"""What a voucher is: the terms of its series, and what one paper of it says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenhand.core.errors import UsageError

TEXT_MAX = 64
STEPS_MAX = 2**53 - 1


@dataclass(frozen=True)
class Series:
    """The terms of vouchers issued together.

    `benefit` in steps: a commodity (steps of its hand-out), money (cents) or points. `worth`: steps of one voucher. `parts`:
    whether it may be spent in parts. `first`, `last`: days on which it is valid, both included. `merchant`: the one that
    holds the series, and can serve it without a network; empty: any merchant of the programme, who has to ask the server
    each time.
    """

    id: str
    benefit: str
    worth: int
    first: date
    last: date
    parts: bool = False
    merchant: str = ""

    def check(self) -> None:
        """UsageError if the terms make no sense."""
        for name, text in (("id", self.id), ("benefit", self.benefit), ("merchant", self.merchant or "-")):
            if not 1 <= len(text) <= TEXT_MAX or not text.isprintable():
                raise UsageError(
                    f"the {name} of the series is not a plain text of 1 to {TEXT_MAX} characters", "shorten it"
                )
        if "/" in self.id:
            raise UsageError(f'the series "{self.id}" is named like a cycle', "leave out the /")
        if not 1 <= self.worth <= STEPS_MAX:
            raise UsageError(f"a voucher worth {self.worth} steps cannot be made", "name at least 1 step")
        if self.last < self.first:
            raise UsageError(f"the series ends on {self.last}, before it begins on {self.first}", "swap the days")


@dataclass(frozen=True)
class Voucher:
    """One voucher as its paper says it: its series, tag (what its r hashes to), whose it is (a card number; empty: the
    bearer's), and its leaf in a book (0 of 0: no book)."""

    series: Series
    tag: bytes
    card: str = ""
    leaf: int = 0
    leaves: int = 0
