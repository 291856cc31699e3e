"""Devices: which phone holds which point, when it was heard, inviting one by a QR, certifying what answered, taking back."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.safestring import mark_safe

from evenhand.actions.counter_enrol import TOKEN_BYTES, invite
from evenhand.actions.devices import OFFICE, Invited, certify_invited, devices_at, invited, points_without, take_back
from evenhand.actions.enrol import Place
from evenhand.actions.holding import holders
from evenhand.core.errors import EvenhandError, InputError, Problem
from evenhand.render.codes import drawing, qr
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import attempt
from evenhand.web.console.cards.desk import ENROLS, SEES, Desk
from evenhand.web.console.home import when
from evenhand.web.console.listing import Column, Held, Listing

COLUMNS = (
    Column("point", "co.col.point", hxl="#loc+name"),
    Column("device", "cd.device", hxl="#meta+id"),
    Column("stands", "cd.stands", "word", "#status", words="cd.stands."),
    Column("heard", "cd.heard", "time", "#date+heard"),
    Column("agent", "cd.agent", hxl="#meta+agent", spare=True),
    Column("closed", "cd.closed", "word", "#status+closed", words="cd.closed.", spare=True),
)
AGENT_LENGTH = 60


@page(*SEES)
def devices(request: HttpRequest, seat: Seat) -> HttpResponse:
    """All devices; `?point=` those of one point, and its forms."""
    return _shown(Desk(request, seat, ENROLS))


@page(*ENROLS, methods=("POST",))
def devices_invite(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Invite a phone: the QR is shown in this answer and nowhere else."""
    desk, form = Desk(request, seat, ENROLS), request.POST
    point, name = form.get("point", "").strip(), form.get("device", "").strip()
    try:
        if point not in desk.names:
            raise InputError([Problem("", 0, "point", point[:40], "there is no such point", "choose one of the list")])
        desk.check_mine(point)
        if name.startswith(OFFICE):
            raise InputError(
                [Problem("", 0, "device", name, "the office's own devices are called so", "choose another name")]
            )
        if not 0 < len(name) <= 64 or not name.isprintable():
            raise InputError([Problem("", 0, "device", name[:40], "1 to 64 plain letters", "such as phone-3")])
        place = _place(desk, point, form.get("place", ""), form.get("reason", "").strip())
        token = secrets.token_bytes(TOKEN_BYTES)
        link = f"{request.build_absolute_uri('/counter/')}#enrol={invite(seat.store, name, [point], token, place)}"
    except EvenhandError as error:
        return _shown(desk, error, "invite")
    return _shown(desk, made=(name, desk.names[point], link))


@page(*ENROLS, methods=("POST",))
def devices_certify(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Certify a phone whose digits the officer has read off it: the root key signs, opened by its passphrase."""
    desk, form = Desk(request, seat, ENROLS), request.POST
    try:
        with attempt(request, "root"):
            certify_invited(seat.store, form.get("phone", ""), form.get("digits", ""), form.get("root", ""), desk.mine)
    except EvenhandError as error:
        return _shown(desk, error, "certify")
    return HttpResponseRedirect("/console/cards/devices/?done=certified")


@page(*ENROLS, methods=("POST",))
def devices_back(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Take a point from its phone: the office holds it until another phone does."""
    desk, form = Desk(request, seat, ENROLS), request.POST
    point = form.get("point", "").strip()
    try:
        if point not in desk.names:
            raise InputError([Problem("", 0, "back", point[:40], "there is no such point", "choose one of the list")])
        desk.check_mine(point)
        with attempt(request, "root"):
            take_back(seat.store, point, form.get("reason", "").strip(), form.get("root", ""))
    except EvenhandError as error:
        return _shown(desk, error, "back")
    return HttpResponseRedirect("/console/cards/devices/?done=back")


def _place(desk: Desk, point: str, said: str, reason: str) -> Place:
    if said == "second":
        return Place(second=True)
    holder = holders(desk.store).get(point, "")
    return Place(holder, reason) if said == "replaces" and holder else Place()


def _shown(
    desk: Desk, error: EvenhandError | None = None, at: str = "", made: tuple[str, str, str] | None = None
) -> HttpResponse:
    one = (desk.request.POST or desk.request.GET).get("point", "")
    seen = desk.points
    if one in desk.names and desk.request.method == "GET":
        seen = frozenset({one}) & seen if seen is not None else frozenset({one})
    rows = [
        {
            "point": found.name, "point.href": f"?point={found.point}", "device": found.device, "stands": found.stands,
            "heard": found.heard, "agent": "–" if found.agent is None else found.agent[:AGENT_LENGTH],
            "closed": "yes" if found.closed else "no",
        }
        for found in devices_at(desk.store, desk.cycle, seen)
    ]  # fmt: skip
    listing = Listing(
        desk.request, Held(rows), COLUMNS, caption="cd.devices.all", zone=desk.zone, empty="cd.devices.none"
    )
    if listing.wanted and desk.request.method == "GET":
        return listing.download("devices")
    return desk.shown("devices", {
        "listing": listing, "at": at, "waiting": [_told(desk, one) for one in invited(desk.store, desk.points)],
        "made": made and {"name": made[0], "point": made[1], "link": made[2],
                          # Our own drawing of our own link.
                          "qr": mark_safe(str(drawing(qr(made[2]), made[0])))},
        "without": points_without(desk.store, desk.points), "spots": desk.choices(), "point": one,
        "point_name": desk.names.get(one, ""), "secure": desk.request.is_secure(),
    }, error, {"point": "point", "device": "device", "digits": "digits", "back": "back"})  # fmt: skip


def _told(desk: Desk, one: Invited) -> dict[str, Any]:
    return {
        "token": one.token_sha256.hex(), "device": one.device, "answered": one.public_key is not None,
        "points": desk.words.listed([desk.names.get(point, point) for point in one.points]),
        "agent": one.agent[:AGENT_LENGTH], "until": when(one.expires, desk.zone), "replaces": one.place.replaces,
        "second": one.place.second,
    }  # fmt: skip
