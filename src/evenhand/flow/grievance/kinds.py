"""What can be complained of, who holds it first, and how many days each office has for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from evenhand.flow.policy.model import Clock
from evenhand.flow.policy.read_complaints import APPEAL

OFFICES = ("district", "province", "ombudsman")
"""Who holds a case, from below: the district's officer, the province, an ombudsman outside the programme."""

APPEAL_DAYS = 30
"""Days in which a decision may be appealed: the household hears of it at its next ration, which is up to a month away."""


@dataclass(frozen=True)
class Kind:
    """A kind of complaint. `days`: the clock of each office, in the programme's local days, with its reason. `eligibility`:
    the household keeps being served until it is decided. `restricted`: a channel of its own, begins at the ombudsman.
    `appeal_days`: days in which a decision may be appealed."""

    id: str
    title: str
    days: int
    because: str
    eligibility: bool = False
    restricted: bool = False
    appeal_days: int = APPEAL_DAYS

    @property
    def first(self) -> str:
        """The office that holds it first."""
        return OFFICES[-1] if self.restricted else OFFICES[0]


KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind(
            "not-on-list", "Not on the list", 14, "papers have to be looked up, and a list is frozen once a month", True
        ),
        Kind("wrong-amount", "Wrong amount", 7, "roll and receipts are at hand: it is a matter of reading them"),
        Kind("not-served", "Not served", 3, "somebody is without food now"),
        Kind("quality", "Bad quality", 7, "the lot must be found before more of it is handed out"),
        Kind("conduct", "Treated badly", 14, "both sides have to be heard"),
        Kind("abuse", "Abuse", 3, "somebody may be in danger", restricted=True),
        Kind(
            "details", "Details to correct", 14, "papers have to be looked up; the household is served meanwhile", True
        ),
        Kind("other", "Something else", 14, "somebody has to find out first what it is"),
    )
}
"""Every kind by id, with the days it has where the policy says nothing else."""


def kinds_on(clocks: Sequence[Clock], day: date) -> Mapping[str, Kind]:
    """Every kind with the days that the clocks of a policy give to what comes in on `day`."""
    held = {clock.kind: clock for clock in sorted(clocks, key=lambda clock: clock.start) if clock.start <= day}
    if not held:
        return KINDS
    found = {}
    for name, kind in KINDS.items():
        if name in held:
            kind = replace(kind, days=held[name].days, because=held[name].because)
        found[name] = replace(kind, appeal_days=held[APPEAL].days) if APPEAL in held else kind
    return found
