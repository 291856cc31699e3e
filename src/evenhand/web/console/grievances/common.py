"""What the pages of grievances share: who does what here, how a case is said in a line."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from evenhand.actions.carrying_out import ROLE
from evenhand.actions.cases import Found
from evenhand.render.catalogue import Catalogue
from evenhand.render.figures import Figures
from evenhand.store import Store
from evenhand.web.console.access import Seat
from evenhand.web.language import catalogue_of

REVIEWS = ("reviewer", "ombudsman")
TAKES_IN = ("operator", "reviewer", "ombudsman", "registrar")


def frame(request: HttpRequest, seat: Seat, section: str) -> dict[str, Any]:
    """What every page of grievances begins with: its neighbours, as far as this account may open them."""
    here = "/console/grievances/"
    places = [("mine", here), ("waiting", f"{here}?which=waiting"), ("decided", f"{here}?which=decided")]
    found = places if seat.has(*REVIEWS) else []
    if seat.has(*TAKES_IN):
        found = [*found, ("new", f"{here}new/")]
    if seat.has(ROLE):
        found = [*found, ("todo", f"{here}todo/")]
    within = [*found, ("figures", f"{here}figures/")]
    return {"here": "grievances", "within": within, "section": section}


def day(at: int, zone: ZoneInfo) -> str:
    """The local day of a moment."""
    return datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d")


def line(store: Store, found: Found, names: dict[str, str], words: Catalogue, zone: ZoneInfo) -> dict[str, Any]:
    """A case in a row."""
    case, today = found.case, datetime.fromtimestamp(store.clock(), zone).date()
    left = None if case.due is None else (datetime.fromtimestamp(case.due - 1, zone).date() - today).days
    about = [words.say("gr.appealed")] if case.stage == "appealed" else []
    about += [words.say("gr.rose")] if case.escalations and case.pending else []
    about += [words.say("gr.restricted")] if found.kind.restricted else []
    stage, office = words.text[f"gr.stage.{case.stage}"], words.text[f"gr.office.{case.office}"]
    return {
        "reference": found.reference, "kind": case.intake.kind, "where": names.get(case.intake.point) or case.intake.point,
        "area": names.get(case.intake.area) or case.intake.area, "received": case.intake.at,
        "due": case.due and case.due - 1, "due_day": "" if case.due is None else day(case.due - 1, zone),
        "received_day": day(case.intake.at, zone),
        "channel": case.intake.channel, "overdue": case.overdue, "about": about,
        "left": _left(left, case.overdue, words), "must": case.overdue or (left is not None and left < 1),
        "stands": words.say("gr.stands", stage=stage, office=office) if case.pending else stage,
    }  # fmt: skip


def _left(days: int | None, overdue: bool, words: Catalogue) -> str:
    if overdue:
        return words.say("gr.overdue")
    if days is None:
        return ""
    return Figures(words).counted("gr.days", days) if days > 0 else words.say("gr.today")


def names_of(store: Store, cases: list[Found]) -> dict[str, str]:
    """Names of the points and areas of these cases."""
    wanted = sorted({name for one in cases for name in (one.case.intake.point, one.case.intake.area) if name})
    rows = store.rows(
        "select node, name from node where node = any(%(w)s)"
        " union all select pcode, name from area where pcode = any(%(w)s)",
        {"w": wanted},
    )
    return {code: name for code, name in rows if name}


def said(request: HttpRequest) -> Catalogue:
    """The reader's words."""
    return catalogue_of(request)
