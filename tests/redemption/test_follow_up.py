"""Who is visited of those served by an exception: as many as the policy says, fixed by the whole day."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256

from evenhand.flow.redemption.follow_up import to_visit
from evenhand.formats import roll

SEED = bytes(range(32))


def tag(n: int) -> bytes:
    return bytes([n]) * 16


def alder(last: bytes) -> roll.Packed:
    """Ten served without a coupon, one with the coupon `last`."""
    rows = [roll.outcome_row(tag(n), roll.EXCEPTION, b"no coupon".ljust(16, b"\0")) for n in range(10)]
    return roll.pack("villages", "2008-03/1", "Alder", [*rows, roll.outcome_row(tag(200), roll.REDEEMED, last)])


def test_the_share_is_rounded_up_and_drawn_as_the_format_says() -> None:
    day = alder(b"r" * 16)
    found = to_visit(day, SEED, Fraction(3, 20))
    draw = sha256(b"evenhand/follow-up/v1" + SEED + sha256(day.encode()).digest()).digest()
    wanted = sorted(map(tag, range(10)), key=lambda one: sha256(draw + one).digest())[:2]
    assert found == [(one, "no coupon") for one in wanted]
    assert to_visit(day, SEED, Fraction(0)) == []
    assert len(to_visit(day, SEED, Fraction(1))) == 10


def test_one_more_coupon_shown_makes_it_another_draw() -> None:
    days = [to_visit(alder(bytes([n]) * 16), SEED, Fraction(1, 10)) for n in range(20)]
    assert len({tuple(day) for day in days}) > 4
