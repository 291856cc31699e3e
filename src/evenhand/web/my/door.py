"""The door: a card's number and the years in which the oldest and the youngest member were born."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.household_door import is_card_number, open_door
from evenhand.store import Store
from evenhand.web.attempts import Attempt, Limit, address_of
from evenhand.web.my.seat import DOOR, forget, open_page, page, read, write

HOUR, DAY = 3600, 86_400
LIMITS = {
    "pair": Limit(5, HOUR), "card": Limit(20, DAY), "address": Limit(60, HOUR), "everybody": Limit(5000, HOUR),
}  # fmt: skip
"""Failures only. A card from one address; a card from everywhere; an address with any cards (a whole village may share one);
all together. Whoever is refused is kept from this page, never from food."""
YEAR = re.compile(r"[0-9]{4}")
DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹०१२३४५६७८९", "012345678901234567890123456789")
"""Digits as people write them in Arabic and Hindi."""


@open_page("GET", "POST")
def door(request: HttpRequest, store: Store) -> HttpResponse:
    """The form, and what it opens."""
    if request.method != "POST":
        return (
            HttpResponseRedirect("/my/ration") if read(request, DOOR) else page(request, "my/door.html", {"asked": {}})
        )
    asked = {
        name: "".join(request.POST.get(name, "").translate(DIGITS).split())[:20]
        for name in ("card", "oldest", "youngest")
    }
    bad = set() if is_card_number(asked["card"]) else {"card"}
    bad |= {name for name in ("oldest", "youngest") if not YEAR.fullmatch(asked[name])}
    if bad:
        return page(request, "my/door.html", {"asked": asked, "bad": bad}, 422)
    address = address_of(request)
    attempt = Attempt("door", LIMITS, {
        "pair": f"{asked['card']} {address}", "card": asked["card"], "address": address,
    })  # fmt: skip
    if attempt.refused:
        return page(request, "my/door.html", {"asked": asked, "locked": True}, 429)
    household = open_door(store, asked["card"], asked["oldest"], asked["youngest"])
    if household is None:
        return page(request, "my/door.html", {"asked": asked, "shut": True}, 422)
    attempt.take_back()
    response = HttpResponseRedirect("/my/ration")
    write(response, DOOR, {"household": household, "card": asked["card"]})
    return response


@open_page("POST")
def close(request: HttpRequest, store: Store) -> HttpResponse:
    """Nothing of it stays on the phone."""
    response = HttpResponseRedirect("/my/")
    forget(response)
    return response
