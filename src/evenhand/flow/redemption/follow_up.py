"""Follow-up: which of those served by an exception are visited later. Whoever served them cannot have known.

The draw hangs on the point's outcome file, which holds r of every coupon shown there: it is fixed when the day is over.
"""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256

from evenhand.formats.roll import EXCEPTION, TAG_SIZE, Packed

DOMAIN = b"evenhand/follow-up/v1"


def to_visit(outcomes: Packed, seed: bytes, share: Fraction) -> list[tuple[bytes, str]]:
    """(tag, reason) of the rows of a point's outcome file that are visited, in the order drawn: the first
    ceil(number x share) of those with an exception, by SHA-256(draw || tag)."""
    draw = sha256(DOMAIN + seed + sha256(outcomes.encode()).digest()).digest()
    rows = [outcomes.rows[at : at + outcomes.row_size] for at in range(0, len(outcomes.rows), outcomes.row_size)]
    found = [(row[:TAG_SIZE], _reason(row)) for row in rows if row[TAG_SIZE] == EXCEPTION]
    found.sort(key=lambda one: sha256(draw + one[0]).digest())
    return found[: -(-len(found) * share.numerator // share.denominator)]


def _reason(row: bytes) -> str:
    return row[TAG_SIZE + 1 :].rstrip(b"\0").decode("ascii")
