"""How many rows were served or contested without a coupon, by point: reported, for the reader to judge."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.packed import CONTESTED, EXCEPTION, outcomes
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """Shares of exceptions and contested rows, and the point with most."""
    rows = odd = 0
    worst = (0, 1, "")
    for point, packed in d.redeemed.items():
        here = sum(status in (EXCEPTION, CONTESTED) for _, status, _ in outcomes(packed))
        rows, odd = rows + len(packed), odd + here
        if here * worst[1] > worst[0] * len(packed):
            worst = here, len(packed), point
    most = f"; most at {worst[2]}: {worst[0]:,} of {worst[1]:,}" if worst[0] else ""
    return f"{odd:,} of {rows:,} rows ended by exception or contested{most}"


CHECK = Check("exceptions", "the share of exceptions by point (a figure to judge, not a rule)", run)
