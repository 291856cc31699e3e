"""Reading how many days an office has for a complaint, kind by kind, from which day on, and why."""

from __future__ import annotations

from datetime import date

from evenhand.flow.policy.model import Clock
from evenhand.flow.policy.sheet import Sheet

APPEAL = "appeal"
COMPLAINTS = (
    "not-on-list", "wrong-amount", "not-served", "quality", "conduct", "abuse", "details", "other", APPEAL,
)  # fmt: skip
"""What has a clock: the kinds of complaints (`flow/grievance`), and the days in which a decision may be appealed."""
DAYS_MAX = 365


def read_complaints(root: Sheet) -> tuple[Clock, ...]:
    """The `[[complaint]]` of a policy by kind and first day. What it does not say is as `flow/grievance` has it."""
    found: dict[tuple[str, date], Clock] = {}
    for sheet in root.items("complaint"):
        sheet.only("kind", "from", "days", "because")
        kind, start = sheet.choice("kind", COMPLAINTS), sheet.span().start
        days = sheet.integer("days", 1, DAYS_MAX, 7) if "days" in sheet.data else 0
        because = sheet.text("because", '"roll and receipts are at hand"')
        if "days" not in sheet.data:
            sheet.fault(None, '"days" is missing', "write days = 7")
        if start is None:
            sheet.fault(None, "a clock without its first day", "write from = 2008-03-01")
        if not (kind and days and start and because.strip()):
            continue
        if (kind, start) in found:
            sheet.fault("from", f'two clocks of "{kind}" begin on {start}', "leave one of them out")
        found[kind, start] = Clock(kind, start, days, because)
    return tuple(sorted(found.values(), key=lambda clock: (COMPLAINTS.index(clock.kind), clock.start)))
