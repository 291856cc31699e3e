"""No coupon was redeemed twice."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.packed import MOVED, REDEEMED, outcomes
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """No tag in two outcome files, no r in two rows."""
    places: dict[bytes, str] = {}
    failures = []
    coupons: dict[bytes, bytes] = {}
    for packed in d.redeemed.values():
        for tag, status, value in outcomes(packed):
            if status == MOVED:
                continue
            if tag in places:
                failures.append(f"the coupon {tag.hex()} ended at {places[tag]} and again, {packed.where}")
            places[tag] = packed.where
            if status == REDEEMED and coupons.setdefault(value, tag) != tag:
                failures.append(f"one coupon was shown for two rows, tag {tag.hex()}, {packed.where}")
    return capped(failures) or f"{len(coupons):,} coupons, each redeemed once"


CHECK = Check("redeemed-once", "no coupon was redeemed twice, at one point or at two", run)
