"""Grievances: a complaint, who holds it, how long they have, what was decided, and what that gives the household.

Reads: the events of a case in their order, the areas around it, and now. Names are no part of any of them.
Writes: how a case stands; who may read and decide it; the public figures.
Invariant: who holds a case is worked out from its events and now, so nothing must run for a case to escalate, and nobody
can hold it back; the point complained about holds and reads no case; no figure tells of fewer than k complaints.
"""

from evenhand.flow.grievance.case import (
    NOT_UPHELD,
    UPHELD,
    Case,
    Decision,
    Escalation,
    Event,
    Intake,
    Remedy,
    check_event,
    follow,
)
from evenhand.flow.grievance.figures import SEVERAL, Figure, figures
from evenhand.flow.grievance.kinds import APPEAL_DAYS, KINDS, OFFICES, Kind, kinds_on
from evenhand.flow.grievance.offices import Reviewer, may_decide, may_read

__all__ = [
    "APPEAL_DAYS",
    "KINDS",
    "NOT_UPHELD",
    "OFFICES",
    "SEVERAL",
    "UPHELD",
    "Case",
    "Decision",
    "Escalation",
    "Event",
    "Figure",
    "Intake",
    "Kind",
    "Remedy",
    "Reviewer",
    "check_event",
    "figures",
    "follow",
    "kinds_on",
    "may_decide",
    "may_read",
]
