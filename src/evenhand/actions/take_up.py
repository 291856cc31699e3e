"""Take up: complaints that a clerk wrote down at the counter become cases. The clock began when they were written down."""

from __future__ import annotations

from evenhand.actions.cases import Draw
from evenhand.actions.complain import Complaint, keep
from evenhand.flow.grievance.case import CONTROL
from evenhand.store import Store

CHOICES = {
    "word.complaint.1": "wrong-amount",
    "word.complaint.2": "quality",
    "word.complaint.3": "conduct",
    "word.complaint.4": "not-on-list",
}
"""The counter app's choices (`spec/counter-api.md`); any other is something else."""

WAITING = """
select n.hash, n.point, n.text, least(greatest(n.noted_at, coalesce(
    (select e.at from cycle_event e where e.programme = n.programme and e.cycle = n.cycle and e.state = 'open'), 0)),
  %(now)s), r.household, coalesce(p.area, '')
from counter_note n join node p on p.node = n.point
left join roll_row r on r.programme = n.programme and r.cycle = n.cycle and r.tag = n.tag
where n.programme = %(programme)s and n.kind = 'complaint' and not exists (select from grievance g where g.note = n.hash)
order by n.noted_at, n.hash
"""


def take_up(store: Store, draw: Draw) -> list[str]:
    """Make a case of every complaint among the counters' notes that is none yet; their references. Again: nothing."""
    with store.transaction("grievances"):
        rows = store.rows(WAITING, {"programme": store.programme.id, "now": store.clock()})
        return [
            keep(store, _complaint(point, text, household or "", area), draw, at, note=bytes(note))
            for note, point, text, at, household, area in rows
        ]


def _complaint(point: str, text: str, household: str, area: str) -> Complaint:
    choice, _, said = text.partition(":")
    kind = CHOICES.get(choice.strip())
    words = CONTROL.sub("", said if choice.startswith("word.") else text).strip()
    return Complaint(kind or "other", words, point, area, household, channel="counter", anonymous=not household)
