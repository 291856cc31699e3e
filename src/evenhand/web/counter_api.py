"""The counter's interface, one view a call: see spec/counter-api.md."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from evenhand.actions.counter_count import count_in
from evenhand.actions.counter_enrol import claim
from evenhand.actions.counter_state import check_holds, counter_roll, counter_state
from evenhand.actions.counter_sync import close_counter, keep_notes, sync
from evenhand.actions.factors import factors_at, photo_of, try_factor
from evenhand.actions.releases import keep_releases
from evenhand.flow.redemption import Device
from evenhand.flow.redemption.errors import RedemptionError
from evenhand.flow.redemption.receipt import split
from evenhand.formats import cbor
from evenhand.store import Store
from evenhand.web.counter_calls import Refusal, answer, body_map, guarded, signed, wanted
from evenhand.web.sessions import store as lent_store


def enrol(request: HttpRequest) -> HttpResponse:
    """A phone answers an invitation, or asks whether it is certified."""
    body = body_map(request, token=str, public_key=bytes, agent=str)
    with lent_store() as store:
        found = claim(store, str(body["token"]), bytes(body["public_key"]), str(body["agent"]))  # type: ignore[arg-type]
        return answer({
            "status": "certified" if found.certificate else "waiting",
            "device": found.device, "points": list(found.points), "origin": store.programme.origin,
            "programme": store.programme.id, "digits": found.digits, "certificate": found.certificate,
        })  # fmt: skip


def state(request: HttpRequest, store: Store, device: Device) -> cbor.Value:
    """How everything stands for this phone."""
    return counter_state(store, device)


def roll(request: HttpRequest, store: Store, device: Device) -> bytes:
    """The plain roll of a point it holds."""
    return counter_roll(store, device, wanted(request, "cycle"), wanted(request, "point"))


def count(request: HttpRequest, store: Store, device: Device) -> cbor.Value:
    """What arrived at a point, counted and signed on the phone that holds it."""
    body = body_map(request, cose=bytes, lines=list)
    cycle, point = wanted(request, "cycle"), wanted(request, "point")
    found = count_in(store, device, cycle, point, bytes(body["cose"]), list(body["lines"]))  # type: ignore[arg-type]
    return {"counted": {**found.counted}, "recut": found.recut}


def receipts(request: HttpRequest, store: Store, device: Device) -> cbor.Value:
    """A batch of receipts."""
    done = sync(store, device, wanted(request, "cycle"), _items(request))
    return {
        "new": done.taken.new, "known": done.taken.duplicates,
        "refused": [[item.item, item.reason] for item in done.taken.refused],
        "missing": [list(gap) for gap in done.missing], "forked": done.forked,
        "head": {"receipts": done.head.receipts, "hash": done.head.hash}, "acknowledged": done.acknowledged,
    }  # fmt: skip


def notes(request: HttpRequest, store: Store, device: Device) -> cbor.Value:
    """What a clerk wrote down that moves no goods."""
    new, known = keep_notes(store, device, wanted(request, "cycle"), _items(request))
    return {"new": new, "known": known}


def releases(request: HttpRequest, store: Store, device: Device) -> cbor.Value:
    """Rows that the holder left to a second phone of its point; either of the two sends it."""
    new, known = keep_releases(store, wanted(request, "cycle"), _items(request), device)
    return {"new": new, "known": known}


def factors(request: HttpRequest, store: Store, device: Device) -> bytes:
    """What a phone tests second factors with at a point it holds."""
    cycle, point = wanted(request, "cycle"), wanted(request, "point")
    check_holds(store, device, point)
    found = factors_at(store, cycle, point)
    if found is None:
        raise Refusal(404, "none", "the policy asks for no second factor", "serve with the coupon alone")
    return found


def photo(request: HttpRequest, store: Store, device: Device) -> cbor.Value:
    """The picture of a household on the roll of a point it holds."""
    cycle, point = wanted(request, "cycle"), wanted(request, "point")
    check_holds(store, device, point)
    found = photo_of(store, cycle, point, _tag(wanted(request, "tag")))
    if found is None:
        raise Refusal(404, "none", "there is no photo of this household here", "serve it: no second factor")
    return found


def factor(request: HttpRequest, store: Store, device: Device) -> cbor.Value:
    """What somebody without a coupon said, tested here."""
    body = body_map(request, tag=bytes, stretched=bytes)
    cycle, point = wanted(request, "cycle"), wanted(request, "point")
    check_holds(store, device, point)
    holds, left = try_factor(store, cycle, point, bytes(body["tag"]), bytes(body["stretched"]), device.name)  # type: ignore[arg-type]
    return {"holds": holds, "left": left}


def _tag(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Refusal(400, "malformed", "the tag is not hexadecimal", "update the app") from error


def _items(request: HttpRequest) -> list[bytes]:
    try:
        return split(request.body)
    except RedemptionError as error:
        raise Refusal(400, "malformed", error.reason, error.remedy) from error


def close(request: HttpRequest, store: Store, device: Device) -> cbor.Value:
    """The signed head at the close of the last day."""
    close_counter(store, device, wanted(request, "cycle"), request.body)
    return {"closed": True}


urls = [
    path("enrol", guarded("POST", enrol)),
    path("state", signed("GET", state)),
    path("roll", signed("GET", roll)),
    path("count", signed("POST", count)),
    path("receipts", signed("POST", receipts)),
    path("notes", signed("POST", notes)),
    path("releases", signed("POST", releases)),
    path("close", signed("POST", close)),
    path("factors", signed("GET", factors)),
    path("photo", signed("GET", photo)),
    path("factor", signed("POST", factor)),
]
