"""Complain: with pictures, words, a voice note or a photo; sealed or with no name at all. For a card that was opened, or for
anybody."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.complain import Complaint
from evenhand.actions.complain import complain as file
from evenhand.actions.places import Place, home_of, places_called
from evenhand.core.errors import UsageError
from evenhand.flow.grievance import KINDS
from evenhand.flow.grievance.case import CONTROL, WORDS_MAX
from evenhand.store import Store
from evenhand.store.media import BYTES_MAX
from evenhand.web.attempts import Attempt, Limit, address_of
from evenhand.web.my import pictures
from evenhand.web.my.seat import CASE, DOOR, open_page, page, read, write

OFFERED = tuple(kind for kind in KINDS if kind != "details")
LIMITS = {"address": Limit(30, 3600), "everybody": Limit(3000, 3600)}
"""Complaints an hour: somebody may write for a whole queue, a program may not write for a country."""
CELL_MAX = 200


@open_page("GET", "POST")
def complain(request: HttpRequest, store: Store) -> HttpResponse:
    """The form, and what it brings."""
    household = read(request, DOOR).get("household", "")
    home = home_of(store, household) if household else ("", "")
    if request.method != "POST":
        return _shown(request, {"where": home[1]}, household)
    asked = {
        name: text_of(request, name) for name in ("kind", "where", "place", "words", "who", "name", "contact", "form")
    }
    bad: dict[str, str] = {} if asked["kind"] in OFFERED else {"kind": "kind"}
    places = _places(store, asked, home)
    if len(places) != 1:
        bad["where"] = "many" if places else "where"
    if CONTROL.search(asked["words"]) or len(asked["words"]) > WORDS_MAX:
        bad["words"] = "words"
    if bad:
        return _shown(request, asked, household, bad, places)
    if Attempt("complain", LIMITS, {"address": address_of(request)}).refused:
        return page(request, "my/busy.html", {}, 429)
    anonymous, place = asked["who"] == "nobody", places[0]
    said = Complaint(
        asked["kind"], asked["words"], place.id if place.kind == "point" else "", place.id if place.kind == "area" else "",
        "" if anonymous else household, "" if anonymous else asked["name"], "" if anonymous else asked["contact"],
        "page", anonymous,
    )  # fmt: skip
    return sent(request, store, said, asked, lambda bad: _shown(request, asked, household, bad, places))


def sent(request: HttpRequest, store: Store, said: Complaint, asked: dict[str, str], again: Any) -> HttpResponse:
    """The complaint written down, and on to its reference; or the form `again` with what is wrong with a file."""
    try:
        reference = file(store, said, lambda: secrets.token_bytes(8), papers=files_of(request), form=asked["form"])
    except UsageError:
        return again({"file": "file"})  # type: ignore[no-any-return]
    response = HttpResponseRedirect("/my/case")
    write(response, CASE, {"reference": reference, "sent": "1"})
    return response


def text_of(request: HttpRequest, name: str) -> str:
    """A field as a browser sends it: with its lines ended one way, its ends bare, and no longer than anything may be."""
    found = request.POST.get(name, "").replace("\r\n", "\n").strip()
    return found if name == "words" else " ".join(found.split())[:CELL_MAX]


def files_of(request: HttpRequest, names: tuple[str, ...] = ("voice", "photo")) -> list[bytes]:
    """What was sent along. UsageError where one is too large to look at."""
    found = []
    for name in names:
        one = request.FILES.get(name)
        if isinstance(one, UploadedFile) and one.size:
            if one.size > BYTES_MAX:
                raise UsageError("the file is too large", "send a smaller one")
            found.append(one.read())
    return found


def _places(store: Store, asked: dict[str, str], home: tuple[str, str]) -> list[Place]:
    """The place that is meant, or those that may be."""
    if home[0] and asked["where"] == home[1] and not asked["place"]:
        return [Place("point", *home, "")]
    found = places_called(store, asked["where"])
    chosen = [one for one in found if f"{one.kind} {one.id}" == asked["place"]]
    return chosen or found


def _shown(
    request: HttpRequest, asked: dict[str, str], household: str, bad: dict[str, str] | None = None,
    places: list[Place] | None = None,
) -> HttpResponse:  # fmt: skip
    return page(request, "my/complain.html", {
        "asked": asked, "bad": bad or {}, "places": places if bad and bad.get("where") == "many" else [],
        "kinds": [(kind, pictures.KINDS[kind]) for kind in OFFERED], "known": bool(household),
        "form": asked.get("form") or secrets.token_urlsafe(16), "mb": BYTES_MAX >> 20,
    }, 422 if bad else 200)  # fmt: skip
