"""Calls of phones: read the signature of the device, read the body, answer in CBOR, and say what is wrong in words."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from typing import TypeAlias

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from evenhand.actions.exceptions import hear
from evenhand.actions.redeem import device_named
from evenhand.core.errors import EvenhandError, TryAgain
from evenhand.flow.redemption import Device
from evenhand.formats import cbor, cose
from evenhand.store import Store
from evenhand.web.sessions import store as lent_store

HEADER = "Evenhand-Device"
CALL = "evenhand/call/v1"
MEDIA_TYPE = "application/cbor"


@dataclass
class Refusal(Exception):
    """A call that cannot be answered: HTTP status, a code for programs, words, and what to do."""

    status: int
    code: str
    message: str
    remedy: str


Call: TypeAlias = "Callable[[HttpRequest, Store, Device], cbor.Value | bytes]"


def answer(value: cbor.Value | bytes) -> HttpResponse:
    """A value as canonical CBOR; bytes are CBOR already."""
    return HttpResponse(value if isinstance(value, bytes) else cbor.dumps(value), content_type=MEDIA_TYPE)


def refuse(refusal: Refusal) -> HttpResponse:
    """A refusal as its answer."""
    body = cbor.dumps({"error": refusal.code, "message": refusal.message, "remedy": refusal.remedy})
    return HttpResponse(body, content_type=MEDIA_TYPE, status=refusal.status)


def guarded(method: str, view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """`view` for one method; every error of ours comes out as a refusal in words."""

    @wraps(view)
    def guard(request: HttpRequest) -> HttpResponse:
        if request.method != method:
            return refuse(Refusal(405, "method", f"this is asked with {method}", "update the app"))
        try:
            return view(request)
        except Refusal as refusal:
            return refuse(refusal)
        except TryAgain as error:
            return refuse(Refusal(503, "busy", error.message, error.remedy))
        except EvenhandError as error:
            lines = error.lines()
            return refuse(Refusal(409, error.code, lines[0], " ".join(lines[1:]).strip()))

    return csrf_exempt(guard)  # no cookie is ever read here: every call is signed


def signed(method: str, call: Call) -> Callable[[HttpRequest], HttpResponse]:
    """A view of a call that a certified device must have signed."""

    def view(request: HttpRequest) -> HttpResponse:
        with lent_store() as store:
            device = caller(request, store)
            hear(store, device.name)
            return answer(call(request, store, device))

    return guarded(method, view)


def caller(request: HttpRequest, store: Store) -> Device:
    """The certified device that signed this request; Refusal 401 if none did."""
    header = request.headers.get(HEADER, "")
    try:
        found = cose.parse(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
        said = found.array()
    except (binascii.Error, ValueError) as error:
        raise _unknown("the call is not signed") from error
    if len(said) != 7 or said[0] != CALL:
        raise _unknown("the call is not signed as spec/counter-api.md says")
    _, origin, name, method, path, digest, _seconds = said
    wanted = [store.programme.origin, request.method, request.get_full_path(), sha256(request.body).digest()]
    if [origin, method, path, digest] != wanted:
        raise _unknown("the signature is of another call")
    device = device_named(store, str(name)) if str(name).isprintable() else None
    if device is None or not cose.verify(found, device.public_key):
        raise _unknown(f'no certified device "{name}" signed this call')
    return device


def _unknown(message: str) -> Refusal:
    return Refusal(401, "unknown-device", message, "enrol this phone again with the officer")


def wanted(request: HttpRequest, name: str) -> str:
    """A query parameter that must be there."""
    value = request.GET.get(name, "")
    if not value:
        raise Refusal(400, "missing", f"the call does not say which {name}", "update the app")
    return value


def body_map(request: HttpRequest, **types: type) -> dict[str, cbor.Value]:
    """The body as a map with these keys of these types and no others; Refusal 400 otherwise."""
    try:
        value = cbor.loads(request.body)
    except cbor.CborError as error:
        raise Refusal(400, "malformed", f"the body is not canonical CBOR: {error}", "update the app") from error
    if not isinstance(value, dict) or set(value) != set(types):
        raise Refusal(400, "malformed", f"the body is not a map of {', '.join(types)}", "update the app")
    for name, kind in types.items():
        if not isinstance(value[name], kind) or isinstance(value[name], bool):
            raise Refusal(400, "malformed", f"{name} has the wrong type", "update the app")
    return value  # type: ignore[return-value]
