"""Decide: the one rule of what is handed over. Its twin at the counter is bound to it by `spec/cases/decide.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evenhand.formats.tag import tag_of

Verdict = Literal["give", "contested", "not-on-roll", "refuse"]

NOT_ON_ROLL = "not on roll"
UNDONE = "undone"
"""The proof of a receipt, without items, that takes back the one before it on its chain: a mistake seen within the visit."""
HELD = "held"
"""The exception by which a held row is served; it is looked into later, as every exception is."""
NO_TAG = bytes(16)
"""The tag of a receipt for somebody who has neither a row nor a coupon here."""


@dataclass(frozen=True)
class Row:
    """A row as its holder knows it: steps due by benefit in the policy's order, and the steps handed over so far (None:
    nobody has come yet). `from_reserve`: it came on a supplementary list, and is served from the reserve. `held`: two
    officers hold it, with a reason and a notice."""

    tag: bytes
    due: Mapping[str, int]
    given: Mapping[str, int] | None = None
    from_reserve: bool = False
    held: bool = False


@dataclass(frozen=True)
class Presented:
    """What was shown: `r` of a coupon, or None and the reason of an exception (1 to 16 printable ASCII characters)."""

    r: bytes | None = None
    exception: str = ""


@dataclass(frozen=True)
class Decision:
    """What to do. `items` (steps by benefit, none of them 0) are to be handed over, `claim` is what the household is
    still owed because the reserve ends: it is paid first next cycle. `proof` and `tag` go on the receipt.

    `refuse` makes no receipt: `reason` says what is missing, and there is always another way on.
    """

    verdict: Verdict
    tag: bytes
    proof: bytes | str
    items: dict[str, int] = field(default_factory=dict)
    claim: dict[str, int] = field(default_factory=dict)
    from_reserve: bool = False
    reason: str = ""


def decide(
    row: Row | None, presented: Presented, reserve: Mapping[str, int], emergency: Mapping[str, int] | None = None
) -> Decision:
    """Whether and what to hand over for `row` (None: no row of this roll), with `reserve` steps left at the point.

    A row not yet given in full gets what is still due, by coupon or by exception: its ration lies there, the reserve is
    not touched. A row already given gets a contested receipt and its ration again from the reserve, as far as that goes:
    the two holders of one coupon are not sorted out at the counter. Somebody not on the roll gets the `emergency`
    ration of the programme (none if it has none) from the reserve, as an exception. Nobody's unredeemed ration is ever
    touched: a row of a supplementary list gets what is left of its ration as far as `reserve` goes (benefits that it does
    not name have no end), and for everybody else `reserve` is without what such rows have yet to collect. A held row is
    served by the exception `held` alone.
    """
    if presented.r is None and not presented.exception:
        return Decision("refuse", row.tag if row else NO_TAG, "", reason="show a coupon or name the exception")
    if presented.r is not None and len(presented.r) != 16:
        return Decision("refuse", row.tag if row else NO_TAG, "", reason="this is not a coupon; name the exception")
    if row is None:
        tag = tag_of(presented.r) if presented.r is not None else NO_TAG
        items, claim = _from_reserve(emergency or {}, reserve)
        reason = "not on this roll: an emergency ration from the reserve; its own point has its row"
        return Decision("not-on-roll", tag, NOT_ON_ROLL, items, claim, True, reason)
    if presented.r is not None and tag_of(presented.r) != row.tag:
        return Decision("refuse", row.tag, "", reason="this coupon belongs to another row; name the exception")
    if row.held and presented.exception != HELD:
        return Decision("refuse", row.tag, "", reason=HELD)
    proof = presented.r if presented.r is not None else presented.exception
    before = row.given or {}
    left = {b: n - before.get(b, 0) for b, n in row.due.items() if n > before.get(b, 0)}
    if row.given is None or left:
        if row.from_reserve:
            return _listed(row, proof, left, reserve)
        reason = "the rest of what is due" if before else "all that is due"
        return Decision("give", row.tag, proof, left, reason=reason)
    items, claim = _from_reserve(row.due, reserve)
    reason = "already given: contested, and given again from the reserve"
    return Decision("contested", row.tag, proof, items, claim, True, reason)


def _listed(row: Row, proof: bytes | str, left: Mapping[str, int], reserve: Mapping[str, int]) -> Decision:
    items, claim = _from_reserve(left, {**left, **reserve})
    if left and not items:
        return Decision("refuse", row.tag, "", claim=claim, reason="the reserve is used up; the ration stays owed")
    return Decision("give", row.tag, proof, items, claim, True, "a supplementary list: from the reserve")


def _from_reserve(due: Mapping[str, int], reserve: Mapping[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    items = {benefit: min(steps, max(0, reserve.get(benefit, 0))) for benefit, steps in due.items()}
    claim = {benefit: steps - items[benefit] for benefit, steps in due.items()}
    return {b: n for b, n in items.items() if n}, {b: n for b, n in claim.items() if n}
