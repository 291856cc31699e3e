"""The door of the household's own pages: a card's number and a second fact, which no paper carries.

The second fact is the years in which the oldest and the youngest member were born, as registered: every household knows
them, and neither the card, the coupon, the roll at the point nor the notice says them. Whoever found a card learns nothing:
a number nobody has is looked up like any other, against another household's members, and fails as a wrong year does.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from evenhand.formats import code
from evenhand.store import Store

OF_CARD = "select household from card where number = %s order by epoch desc limit 1"
SOMEBODY = (
    "select household from household where serial >="
    " (select ceil(%s * coalesce(max(serial), 0))::bigint from household) order by serial limit 1"
)
YEARS = (
    "select extract(year from min(birth_date))::text, extract(year from max(birth_date))::text from member_now"
    " where household = %s"
)


def is_card_number(text: str) -> bool:
    """Whether a card's number could be so: its check digits hold. Anybody can work that out from the digits alone."""
    try:
        code.check_card_number(text)
    except code.CodeError:
        return False
    return True


def open_door(store: Store, number: str, oldest: str, youngest: str) -> str | None:
    """The household of the card `number` (well-formed) if the two years of birth are those registered; else None.

    Whatever is true, the same statements run in the same order.
    """
    digits = code.check_card_number(number)
    part = int.from_bytes(sha256(b"evenhand/door " + digits.encode()).digest()[:4], "big") / 2**32
    found = store.rows(OF_CARD, (digits,))
    other = store.rows(SOMEBODY, (part,))
    looked_at = found or other
    years = store.rows(YEARS, (looked_at[0][0] if looked_at else "",))[0]
    registered = "/".join(year or "-" for year in years)
    said = f"{oldest.strip()}/{youngest.strip()}"
    right = hmac.compare_digest(registered.encode(), said.encode())
    return str(found[0][0]) if found and right else None
