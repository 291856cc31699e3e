"""How a household's own row ended, at its point or at the one it moved to."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from evenhand_verify import cbor, lists
from evenhand_verify.cards import tag_of
from evenhand_verify.checks import held
from evenhand_verify.checks.moves import mark
from evenhand_verify.packed import MOVED, REDEEMED, STATUS, outcomes
from evenhand_verify.result import one_line

if TYPE_CHECKING:
    from evenhand_verify.card import Card


def outcome(card: Card) -> str | list[str]:
    return _at(card, card.row.point)


def _at(card: Card, point: str, moved: bool = False) -> str | list[str]:
    d = card.disclosure
    packed = d.redeemed.get(point)
    entry = d.by_point("redeemed").get(point)
    if packed is None or entry is None or entry.sha256 != hashlib.sha256(d.data(packed.where)).digest():
        return [f"the outcomes of your point are not those that were logged, point {point}"]
    for tag, status, value in outcomes(packed):
        if tag != card.keys.tag:
            continue
        if status == MOVED and not moved:
            target = next((other for other in d.redeemed if mark(other) == value), None)
            card.told.append(f"you collected at another point: {one_line(str(target))}")
            return _at(card, target, True) if target else ["your row moved to a point that is none"]
        if status == REDEEMED and (value != card.keys.r or tag_of(value) != tag):
            return [f"your row is said to be redeemed, and what was shown is not your coupon, {packed.where}"]
        reason = value.rstrip(b"\0").decode("ascii", "replace") if status in (2, 5) else ""
        card.facts |= {"outcome": STATUS.get(status, "unknown"), "reason": reason}
        words = {
            1: "your coupon was shown and the ration handed over",
            2: f"served without the coupon ({one_line(reason)})",
            3: "contested: somebody used this coupon more than once",
            4: "not collected",
            5: f"refused ({one_line(reason)})",
            6: f"held and not given: {_held(card, value)}; your ration is kept",
        }
        card.told.append(f"outcome: {words.get(status, 'unknown')}")
        return f"{STATUS.get(status, 'unknown')}: {words.get(status, 'unknown')}"
    return [f"your row has no outcome, {packed.where}"]


def _held(card: Card, value: bytes) -> str:
    """Which notice held the row and for what reason: only its own household can tell."""
    for hold in lists.holds(card.disclosure):
        if hold.tag == card.keys.tag and hold.act == "place" and hold.entry.sha256[:16] == value:
            for reason in held.REASONS:
                said = cbor.encode([hold.entry.cycle, hold.notice, reason])
                if hashlib.sha256(b"evenhand/hold/v1" + card.keys.salt + said).digest() == hold.entry.sha256:
                    return f"notice {hold.notice}, reason {reason}"
            return f"notice {hold.notice}, with a reason that is none of those published; complain"
    return "no notice is published; complain"
