"""What every page of the console shows around its matter: programme, cycle, who is signed in, the flow as navigation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from evenhand.actions.cycles import newest, state_of
from evenhand.core.errors import UsageError
from evenhand.flow.cycle.states import ORDER
from evenhand.render.catalogue import LANGUAGES
from evenhand.web.language import catalogue_of

NAMES = {"en": "English", "fr": "Français", "ar": "العربية", "hi": "हिन्दी"}


@dataclass(frozen=True)
class Place:
    """A place of the flow: its name in the catalogue, its address ("" where there is no page yet), where it stands in the
    picture, and from which state of the cycle to which it is at work."""

    name: str
    address: str
    where: str
    begins: str
    ends: str

    def stands(self, state: str) -> str:
        """`done`, `now` or `later`."""
        if state not in ORDER:
            return "later"
        at = ORDER.index(state)
        return "later" if at < ORDER.index(self.begins) else "now" if at < ORDER.index(self.ends) else "done"


PLACES = (
    Place("registry", "/console/registry/", "up c1", "draft", "frozen"),
    Place("policy", "/console/policy/", "down c1", "draft", "frozen"),
    Place("allocation", "/console/cycle/", "c2", "frozen", "committed"),
    Place("stock", "/console/stock/", "up c3", "committed", "closed"),
    Place("cards", "/console/cards/", "down c3", "committed", "closed"),
    Place("points", "/console/", "c4", "open", "closed"),
    Place("grievances", "/console/grievances/", "up c5", "open", "published"),
    Place("publish", "/console/publish/", "down c5", "closed", "published"),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every template."""
    words = catalogue_of(request)
    found: dict[str, Any] = {
        "language": words.language,
        "direction": "rtl" if words.rtl else "ltr",
        "drafted": words.drafted,
        "oidc": settings.OIDC.name if settings.OIDC else "",
        "languages": [(code, NAMES[code]) for code in LANGUAGES],
    }
    seat = getattr(request, "seat", None)
    if seat is None:
        return found
    try:
        cycle: str | None = newest(seat.store)
        state = state_of(seat.store, cycle) if cycle else ""
    except UsageError:
        cycle, state = None, ""
    return found | {
        "seat": seat,
        "programme": seat.store.programme,
        "cycle": cycle,
        "state": state,
        "places": [(place, place.stands(state)) for place in PLACES],
    }
