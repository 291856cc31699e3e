"""What the API takes and gives, as its description tells it. Quantities are integers in base units or hand-out steps."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, StringConstraints

Text = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Words = Annotated[str, StringConstraints(max_length=2000)]
Seconds = Annotated[int, Field(description="UTC seconds since 1970")]


class Problem(Schema):
    """What is wrong, where, and what to do about it."""

    message: str
    remedy: str = ""
    row: int | None = None
    field: str = ""
    value: str = ""


class Refusal(Schema):
    """Why a call is refused."""

    errors: list[Problem]


class Member(Schema):
    """A person of a household."""

    member: str
    birth_date: date
    sex: str
    occupation: str
    name: str | None


class HouseholdBrief(Schema):
    """A household in a list."""

    household: str
    point: str
    name: str | None


class Household(HouseholdBrief):
    """A household, its members, and what else the policy asks of it."""

    inputs: dict[str, Any]
    members: list[Member]


class Households(Schema):
    """What was found. `more`: there are others; ask for the next page, or for a name that is less common."""

    items: list[HouseholdBrief]
    more: bool


class Point(Schema):
    """A distribution point."""

    point: str
    name: str
    area: str | None


class Points(Schema):
    """A page of points in the order of their ids."""

    items: list[Point]
    after: str | None


class State(Schema):
    """A state a cycle reached, and when."""

    state: str
    at: Seconds


class CycleBrief(Schema):
    """A cycle: its period and attempt, and the state it is in."""

    cycle: str
    state: str


class Benefit(Schema):
    """What a policy grants: its unit, and how many base units a hand-out step and a unit have."""

    benefit: str
    title: str
    unit: str
    step_base: int
    base_per_unit: int


class Cycle(CycleBrief):
    """A cycle with its way so far and its benefits."""

    states: list[State]
    benefits: list[Benefit]


class Granted(Schema):
    """What a household is due of a benefit, and what the division and the point's re-cut left of it."""

    benefit: str
    due_base: int
    ration_steps: int
    reasons: list[str]


class Entitlement(Schema):
    """A household's row of a cycle."""

    household: str
    recut: bool
    benefits: list[Granted]


class Entitlements(Schema):
    """A page of a point's households in the order of their ids."""

    items: list[Entitlement]
    after: str | None


class ReceiptRow(Schema):
    """A receipt as it arrived. Whose row it is, the API does not tell."""

    number: Annotated[int, Field(description="grows with every arrival; ask for what came after the last one seen")]
    hash: str
    point: str
    device: str
    sequence: int
    exception: str | None
    steps: dict[str, int]


class Receipts(Schema):
    """A page of receipts in the order of their arrival."""

    items: list[ReceiptRow]
    after: int | None


class Refused(Schema):
    """An item of a batch that was not taken."""

    item: int
    reason: str


class Taken(Schema):
    """What became of a batch."""

    new: int
    duplicates: int
    refused: list[Refused]
    gaps: list[list[Any]]


class ComplaintIn(Schema):
    """A complaint to take in. Everything that tells who complains is sealed at once."""

    kind: Text
    words: Words = ""
    point: Text = ""
    area: Text = ""
    household: Text = ""
    name: Text = ""
    contact: Text = ""
    anonymous: bool = False


class Reference(Schema):
    """By what a household follows its complaint."""

    reference: str


class Case(Schema):
    """How a complaint stands, without who complained."""

    reference: str
    kind: str
    point: str
    area: str
    received: Seconds
    stage: str
    office: str
    due: Seconds | None
    overdue: bool
    outcome: str
