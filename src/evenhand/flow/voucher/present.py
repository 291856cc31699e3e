"""Decide: whether a merchant may take a voucher, and how much of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenhand.flow.voucher.series import Voucher


@dataclass(frozen=True)
class Answer:
    """`steps` to hand over (0: none), `left` on the voucher afterwards; where nothing is handed over, the reason and what
    to do."""

    steps: int
    left: int
    reason: str = ""
    remedy: str = ""


def decide(voucher: Voucher, wanted: int, used: int, today: date, merchant: str, asked: bool, card: str = "") -> Answer:
    """Whether `merchant` hands over `wanted` steps for a voucher of which `used` steps are spent as far as is known here.

    `asked`: the server was asked just now, so `used` is what all merchants know. A series that one merchant holds needs no
    asking: nobody else may take it. `card`: the card number shown, for a voucher that bears a name.
    """
    series, left = voucher.series, voucher.series.worth - used
    if today < series.first:
        return Answer(0, left, f"valid from {series.first} on", "come again then")
    if today > series.last:
        return Answer(0, left, f"valid until {series.last}", "ask the office that gave it out")
    if series.merchant and series.merchant != merchant:
        return Answer(0, left, f'only "{series.merchant}" takes this voucher', "go there")
    if voucher.card and card != voucher.card:
        return Answer(0, left, "it bears the number of another card", "show the ration card with it")
    if not series.merchant and not asked:
        return Answer(
            0, left, "any merchant takes it, so the server has to be asked first", "try when there is a network"
        )
    if left <= 0:
        return Answer(0, 0, "all of it is spent", "ask the office if you did not spend it")
    if not series.parts and (used or wanted != series.worth):
        return Answer(0, left, f"it is spent whole: {series.worth} steps", "take all of it")
    if not 1 <= wanted <= left:
        return Answer(0, left, f"{left} steps are left on it", "take less")
    return Answer(wanted, left - wanted)
