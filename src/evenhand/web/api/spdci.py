"""The registry search of the Digital Convergence Initiative (SPDCI), social registry version 1.0.0, synchronous:
https://standards.spdci.org/standards/wip-social-registry-v1.0.0. What of it is served is told by `rjct` with a reason code:
no encryption, no query language `expression`; `idtype-value` by household id, and `predicate` with one `eq` on it or on its
point.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from evenhand.web.api.calls import clean, gives
from evenhand.web.api.callers import seat
from evenhand.web.console.access import Seat

router = Router(tags=["spdci"])
Id = Annotated[str, Field(max_length=99)]
BATCH_MAX, PAGE_MAX = 20, 200
HOUSEHOLD, POINT = "HOUSEHOLD_ID", "DISTRIBUTION_POINT"
CONTEXT = "https://schema.spdci.org/extensions/social/v1/Group.jsonld"


class Header(Schema):
    """The header of a message."""

    version: str = "1.0.0"
    message_id: Id
    message_ts: AwareDatetime
    action: Literal["search"]
    sender_id: Id
    sender_uri: Id | None = None
    receiver_id: Id | None = None
    total_count: Annotated[int, Field(ge=0)]
    is_msg_encrypted: Literal[False] = False
    meta: dict[str, Any] | None = None


class Paging(Schema):
    """Which page, counted from 1."""

    page_size: Annotated[int, Field(ge=1, le=PAGE_MAX)]
    page_number: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class Criteria(Schema):
    """What is searched for."""

    version: str = "1.0.0"
    reg_type: str | None = None
    reg_record_type: str | None = None
    query_type: Literal["idtype-value", "expression", "predicate"]
    response_entity: Literal["Group", "Member"] | None = None
    query: Any
    sort: list[dict[str, Any]] | None = None
    pagination: Paging | None = None
    consent: dict[str, Any] | None = None
    authorize: dict[str, Any] | None = None


class One(Schema):
    """One search of a batch."""

    reference_id: Id
    timestamp: AwareDatetime
    search_criteria: Criteria
    locale: Annotated[str, Field(pattern="^[a-z]{2,3}$")] | None = None


class Message(Schema):
    """A batch of searches."""

    transaction_id: Id
    search_request: Annotated[list[One], Field(min_length=1, max_length=BATCH_MAX)]


class Request(Schema):
    """A signed or unsigned search. We know the caller by its token; a signature is not looked at."""

    signature: str | None = None
    header: Header
    message: Message


class Found(Schema):
    """The answer to a batch; the standard names its parts."""

    signature: str | None = None
    header: dict[str, Any]
    message: dict[str, Any]


class Rejected(Exception):
    """One search that cannot be answered: the standard's reason code, and words."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@router.post("/registry/sync/search", response=gives(Found), summary="Search the registry as SPDCI publishes it")
def search(request: HttpRequest, asked: Request) -> Any:
    """Households as SPDCI groups. Every household shown is written down as read."""
    with seat(request, "registry:read") as caller:
        answers = [_answer(caller, one) for one in asked.message.search_request]
        rejected = sum(one["status"] == "rjct" for one in answers)
        return {
            "header": {
                "version": "1.0.0", "message_id": asked.header.message_id, "message_ts": _now(caller), "action": "on-search",
                "status": "rjct" if rejected == len(answers) else "succ", "total_count": len(answers),
                "completed_count": len(answers), "sender_id": caller.store.programme.id,
                "receiver_id": asked.header.sender_id, "is_msg_encrypted": False,
            },
            "message": {
                "transaction_id": asked.message.transaction_id, "correlation_id": str(uuid.uuid4()),
                "search_response": answers,
            },
        }  # fmt: skip


def _answer(caller: Seat, one: One) -> dict[str, Any]:
    head = {"reference_id": one.reference_id, "timestamp": _now(caller)}
    try:
        records, paging = _records(caller, one.search_criteria)
    except Rejected as error:
        return head | {"status": "rjct", "status_reason_code": error.code, "status_reason_message": error.words}
    data = {
        "version": "1.0.0",
        "reg_type": "ns:org:RegistryType:Social",
        "reg_record_type": "Group",
        "reg_records": records,
    }
    return head | {"status": "succ", "data": data, "pagination": paging, "locale": "eng"}
