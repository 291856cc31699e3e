"""Every redeemed row shows the coupon itself: r hashes to its tag."""

from __future__ import annotations

from evenhand_verify.cards import tag_of
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.packed import EXCEPTION, REDEEMED, outcomes
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """SHA-256("evenhand/tag/v1" || r)[:16] = tag."""
    shown = excused = 0
    failures = []
    for packed in d.redeemed.values():
        for tag, status, value in outcomes(packed):
            if status == REDEEMED:
                shown += 1
                if tag_of(value) != tag:
                    failures.append(f"what was shown is not the coupon of this row, tag {tag.hex()}, {packed.where}")
            excused += status == EXCEPTION
    return capped(failures) or f"{shown:,} coupons shown, {excused:,} rows served without one"


CHECK = Check("presence", "every redeemed row reveals the coupon whose tag it is", run)
