"""Who may read a case and who may decide it. The point complained about may do neither."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evenhand.flow.grievance.case import Case
from evenhand.flow.grievance.kinds import KINDS, OFFICES, Kind


@dataclass(frozen=True)
class Reviewer:
    """A person and where they review. `areas`: codes, None for everywhere. `ombudsman`: from outside the programme; who has
    any other part in it is not. `keeps`: points where they have a part in handing out; None for every point."""

    person: str
    areas: frozenset[str | None]
    ombudsman: bool = False
    keeps: frozenset[str] | None = frozenset()


def may_read(reviewer: Reviewer, case: Case, around: Sequence[str], kinds: Mapping[str, Kind] = KINDS) -> bool:
    """Whether the reviewer may read the case. `around`: its area, then each area around that, outwards.

    Nobody who hands out at the point complained about; what is restricted only the office that holds it.
    """
    if reviewer.keeps is None or (case.intake.point and case.intake.point in reviewer.keeps):
        return False
    if kinds[case.intake.kind].restricted:
        return reviewer.ombudsman
    return reviewer.ombudsman or bool(reviewer.areas & {None, *around})


def may_decide(reviewer: Reviewer, case: Case, around: Sequence[str], kinds: Mapping[str, Kind] = KINDS) -> bool:
    """Whether the reviewer may decide the case now: somebody of the office that holds it, who has not decided it before."""
    if not may_read(reviewer, case, around, kinds) or not case.pending:
        return False
    if any(reviewer.person.strip().casefold() == d.person.strip().casefold() for d in case.decisions):
        return False
    if case.office == OFFICES[2]:
        return reviewer.ombudsman
    reach = around if case.office == OFFICES[0] else around[1:]
    return bool(reviewer.areas & {None, *reach})
