"""The calls of the API, version 1. Each opens a seat in its scope, calls an action, and gives its answer a shape."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from evenhand.actions import api_reads
from evenhand.actions.case_page import case_page
from evenhand.actions.cases import readable
from evenhand.actions.complain import Complaint, complain
from evenhand.actions.cycles import find
from evenhand.actions.escalate import cases_for
from evenhand.actions.redeem import redeem
from evenhand.actions.registry_search import at_points, hits, search
from evenhand.core.errors import UsageError
from evenhand.flow.redemption.errors import RedemptionError
from evenhand.flow.redemption.receipt import split
from evenhand.web.api import shapes
from evenhand.web.api.callers import Denied, seat

router = Router(tags=["evenhand"])
Period = Annotated[str, Path(description="the cycle's period: 2008-03", max_length=10, pattern=r"^[0-9]{4}-[0-9]{2}$")]
Attempt = Annotated[int, Path(description="the cycle's attempt", ge=1, le=9999)]
After = Annotated[str, Query(description="the `after` of the page before", max_length=64)]
Limit = Annotated[int, Query(description="rows of a page", ge=1, le=200)]
REFUSALS = frozenset({400, 401, 403, 404, 409, 413, 422, 429, 503})
SEQUENCE = {
    "requestBody": {
        "required": True,
        "content": {"application/cbor-seq": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def gives(shape: Any, status: int = 200) -> dict[Any, Any]:
    """The answers a call describes: its own, and every refusal."""
    return {status: shape, REFUSALS: shapes.Refusal}


@contextmanager
def sought() -> Iterator[None]:
    """Where what the address names is not there, the answer is 404."""
    try:
        yield
    except UsageError as error:
        raise Denied(404, error.message) from error


def clean(text: str) -> str:
    """A text of the address as the database can hold it. UsageError for a zero byte or half a character."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise UsageError("the text holds a character that no name has", "leave it out")
    return text


@router.get("/cycles", response=gives(list[shapes.CycleBrief]), summary="Every cycle and its state")
def cycles(request: HttpRequest) -> Any:
    """The programme's cycles, the oldest first."""
    with seat(request, "cycles:read") as caller:
        return api_reads.cycles(caller.store)


@router.get("/cycles/{period}/{attempt}", response=gives(shapes.Cycle), summary="A cycle")
def cycle(request: HttpRequest, period: Period, attempt: Attempt) -> Any:
    """Its state, when it reached each state, and its policy's benefits."""
    with seat(request, "cycles:read") as caller, sought():
        return api_reads.cycle(caller.store, f"{period}/{attempt}")


@router.get("/points", response=gives(shapes.Points), summary="Distribution points")
def points(request: HttpRequest, after: After = "", limit: Limit = 50) -> Any:
    """The points of the areas in which the token's account has its role."""
    with seat(request, "cycles:read") as caller:
        return vars(api_reads.points(caller.store, caller.points(), clean(after), limit))


@router.get("/households", response=gives(shapes.Households), summary="Find households")
def households(
    request: HttpRequest,
    asked: Annotated[
        str, Query(description="a household's id, a card's number, a name, a P-code or a point's id", max_length=100)
    ],
    page: Annotated[int, Query(description="of a place's households, counted from 1", ge=1, le=100_000)] = 1,
    limit: Limit = 50,
) -> Any:
    """By name at most 200 are found. Every household shown is written down as read."""
    with seat(request, "registry:read") as caller:
        found = search(caller.store, clean(asked), caller.points())
        with caller.desk():
            if found.kind == "place":
                listed = list(at_points(caller.store, found.points).rows("", "", (page - 1) * limit, limit + 1))
                items, more = listed[:limit], len(listed) > limit
            else:
                items, more = [vars(hit) for hit in hits(caller.store, found.households)], found.more
        caller.note_read("api households", [one["household"] for one in items])
        return {"items": items, "more": more}


@router.get("/households/{household}", response=gives(shapes.Household), summary="A household")
def household(request: HttpRequest, household: Annotated[str, Path(max_length=64)]) -> Any:
    """It and its members as they stand now, with every correction. The read is written down."""
    with seat(request, "registry:read") as caller:
        with caller.desk():
            found = api_reads.household(caller.store, clean(household))
        if found is None:
            raise Denied(404, "there is no such household among yours")
        caller.note_read("api household", [household])
        return found


@router.get(
    "/cycles/{period}/{attempt}/entitlements",
    response=gives(shapes.Entitlements),
    summary="What a point's households are due, and their rations",
)
def entitlements(
    request: HttpRequest,
    period: Period,
    attempt: Attempt,
    point: Annotated[str, Query(description="the point's id", max_length=64)],
    after: After = "",
    limit: Limit = 50,
) -> Any:
    """A computed cycle's rows of one point, as its re-cut left them. Every household shown is written down as read."""
    with seat(request, "entitlements:read") as caller:
        seen = caller.points()
        if seen is not None and point not in seen:
            raise Denied(404, "there is no such point among yours")
        with sought():
            find(caller.store, f"{period}/{attempt}")
        found = api_reads.entitlements(caller.store, f"{period}/{attempt}", clean(point), clean(after), limit)
        caller.note_read("api entitlements", [one["household"] for one in found.items])
        return vars(found)


@router.get("/cycles/{period}/{attempt}/receipts", response=gives(shapes.Receipts), summary="Receipts")
def receipts(
    request: HttpRequest,
    period: Period,
    attempt: Attempt,
    after: Annotated[int, Query(description="the number of the last receipt seen", ge=0, lt=2**63)] = 0,
    limit: Limit = 50,
) -> Any:
    """Receipts in the order of their arrival. Ask again with `after` for those that came since."""
    with seat(request, "receipts:read") as caller, sought():
        return vars(api_reads.receipts(caller.store, f"{period}/{attempt}", caller.points(), after, limit))


@router.post(
    "/cycles/{period}/{attempt}/receipts",
    response=gives(shapes.Taken),
    openapi_extra=SEQUENCE,
    summary="Send receipts that devices signed",
)
def send_receipts(request: HttpRequest, period: Period, attempt: Attempt) -> Any:
    """A CBOR sequence of COSE_Sign1 receipts, as `evenhand redeem` takes. Sent again they count once."""
    with seat(request, "receipts:write") as caller:
        if caller.points() is not None:
            raise Denied(403, "a role that is limited to an area sends no receipts for the whole country")
        with sought():
            find(caller.store, f"{period}/{attempt}")
        try:
            items = split(request.body)
        except RedemptionError as error:
            raise Denied(400, f"{error.reason}: {error.remedy}") from error
        taken = redeem(caller.store, f"{period}/{attempt}", items)
        return {
            "new": taken.new, "duplicates": taken.duplicates,
            "refused": [{"item": one.item, "reason": one.reason} for one in taken.refused],
            "gaps": [list(gap) for gap in taken.gaps],
        }  # fmt: skip


@router.post("/grievances", response=gives(shapes.Reference, 201), summary="Take in a complaint")
def complain_for(request: HttpRequest, said: shapes.ComplaintIn) -> Any:
    """A complaint that was made to another system, by telephone for example. Who complains is sealed at once."""
    with seat(request, "grievances:write") as caller:
        told = Complaint(**said.model_dump(), channel="telephone")
        return 201, {"reference": complain(caller.store, told, lambda: secrets.token_bytes(16), caller.username)}


@router.get("/grievances", response=gives(list[shapes.Case]), summary="Cases to decide")
def grievances(request: HttpRequest, pending: bool = True, limit: Limit = 50) -> Any:
    """The cases that the token's account may read, those whose clock ends first before the others."""
    with seat(request, "grievances:read") as caller:
        found = cases_for(caller.store, caller.username, pending=pending)
        return [case_page(one) for one in found[:limit]]


@router.get("/grievances/{reference}", response=gives(shapes.Case), summary="A case")
def grievance(request: HttpRequest, reference: Annotated[str, Path(max_length=20)]) -> Any:
    """How it stands, without who complained."""
    with seat(request, "grievances:read") as caller:
        with sought():
            found, _ = readable(caller.store, clean(reference), caller.username)
        return case_page(found)
