"""The registry search of the Digital Convergence Initiative (SPDCI), social registry version 1.0.0, synchronous:
https://standards.spdci.org/standards/wip-social-registry-v1.0.0. What of it is served is told by `rjct` with a reason code:
no encryption, no query language `expression`; `idtype-value` by household id, and `predicate` with one `eq` on it or on its
point.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from evenhand.actions.api_reads import household
from evenhand.actions.registry_search import at_points
from evenhand.web.api.callers import seat
from evenhand.web.api.calls import gives
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


def _now(caller: Seat) -> str:
    return datetime.fromtimestamp(caller.store.clock(), UTC).isoformat()


def _records(caller: Seat, asked: Criteria) -> tuple[list[dict[str, Any]], dict[str, int]]:
    if asked.response_entity == "Member" or asked.reg_record_type not in (None, "Group", "SRPerson"):
        raise Rejected("rjct.search_criteria.invalid", "the registry answers with Group: a household with its members")
    if asked.sort:
        raise Rejected("rjct.sort.invalid", "the answer is in the order of household ids")
    name, value = _condition(asked)
    paging = asked.pagination or Paging(page_size=50)
    if not isinstance(value, str) or not 0 < len(value) <= 64 or not value.isprintable():
        raise Rejected("rjct.search_criteria.invalid", f"{name} is a text of 1 to 64 letters")
    if name == HOUSEHOLD:
        wanted, total = [value], 1
    else:
        seen = caller.points()
        source = at_points(caller.store, (value,) if seen is None or value in seen else ())
        total = source.count("")
        with caller.desk():
            skipped = (paging.page_number - 1) * paging.page_size
            wanted = [row["household"] for row in source.rows("", "", skipped, paging.page_size)]
    with caller.desk():
        found = [one for one in (household(caller.store, id) for id in wanted) if one is not None]
    if name == HOUSEHOLD:
        total, found = len(found), found if paging.page_number == 1 else []
    caller.note_read("api spdci", [one["household"] for one in found])
    paged = {"page_size": paging.page_size, "page_number": paging.page_number, "total_count": total}
    return [_group(caller.store.programme.id, one) for one in found], paged


def _condition(asked: Criteria) -> tuple[str, object]:
    """The one attribute that is asked for, and its value."""
    query = asked.query
    if asked.query_type == "idtype-value":
        if isinstance(query, dict) and query.get("type") == HOUSEHOLD:
            return HOUSEHOLD, query.get("value")
        raise Rejected("rjct.search_criteria.invalid", f"the type of an identifier is {HOUSEHOLD}")
    if asked.query_type == "predicate" and isinstance(query, list) and len(query) == 1 and isinstance(query[0], dict):
        one = query[0].get("expression1")
        if isinstance(one, dict) and "expression2" not in query[0] and one.get("operator") == "eq":
            name = one.get("attribute_name")
            if name in (HOUSEHOLD, POINT):
                return name, one.get("attribute_value")
    raise Rejected("rjct.filter.invalid", f"ask by predicate with one eq on {HOUSEHOLD} or {POINT}")


def _group(programme: str, one: dict[str, Any]) -> dict[str, Any]:
    """A household as a Group of the social registry."""
    return {
        "@context": CONTEXT, "@type": "Group",
        "group_identifier": [_identifier(HOUSEHOLD, one["household"])],
        "group_type": "household", "group_size": len(one["members"]),
        "member_list": [
            {
                "@type": "Member",
                "member_identifier": [_identifier("MEMBER_ID", f"{one['household']}/{member['member']}")],
                "demographic_info": {
                    "@type": "SRPerson", "sex": {"f": "female", "m": "male"}.get(member["sex"], "unknown"),
                    "birth_date": f"{member['birth_date'].isoformat()}T00:00:00Z",
                    **({"name": {"@type": "Name", "given_name": member["name"]}} if member["name"] else {}),
                },
            }
            for member in one["members"]
        ],
        "additional_attributes": [{"programme": programme, "distribution_point": one["point"]}],
    }  # fmt: skip


def _identifier(kind: str, value: str) -> dict[str, str]:
    return {"@type": "Identifier", "identifier_type": kind, "identifier_value": value}
