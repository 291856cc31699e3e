"""How long what was not had stays owed: the policy's own rule, read again."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.facts import REMEDY, UNCOLLECTED
from evenhand_verify.result import Malformed

_RULE = re.compile(
    r"carry(?: ([0-9]{1,3}) cycles?)?|lapse(?: at period end| after ([0-9]{1,3}) (day|week|month|year|cycle)s?)?"
)
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
FOREVER = 1000
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


class Rule:
    """`carry 2 cycles`, `lapse after 8 weeks`: kept for so many cycles, or until so long after its period's last day."""

    def __init__(self, text: str, where: str) -> None:
        found = _RULE.fullmatch(text)
        if not found:
            raise Malformed(where, f'"{text}" is not a rule for what was not had')
        self.text, self.cycles, self.days, self.months = text, 0, 0, 0
        if text.startswith("carry"):
            self.cycles = FOREVER if found[1] is None else int(found[1])
        elif found[3] == "cycle":
            self.cycles = int(found[2])
        elif found[3]:
            self.days = int(found[2]) * _DAYS.get(found[3], 0)
            self.months = int(found[2]) * _MONTHS.get(found[3], 0)

    @property
    def carries(self) -> bool:
        """Whether anything outlives its own cycle."""
        return self.cycles + self.days + self.months > 0

    def keeps(self, since: str, age: int, begins: date) -> bool:
        """Whether what is from month `since` is owed in a cycle `age` cycles later whose period begins on `begins`."""
        if self.cycles or not self.carries:
            return age <= self.cycles
        found = _MONTH.fullmatch(since)
        if not found:
            raise Malformed("tables/owed.parquet", f'"{since}" is not a month')
        ended = int(found[1]) * 12 + int(found[2]) - 1
        year, month = divmod(ended + self.months, 12)
        if not 1 <= year <= date.max.year:
            return True
        day = min(monthrange(ended // 12, ended % 12 + 1)[1], monthrange(year, month + 1)[1])
        return begins.toordinal() <= date(year, month + 1, day).toordinal() + self.days


def rule(d: Disclosure, benefit: str, kind: str) -> Rule | None:
    """The rule of a benefit for what is owed of a kind; None where nothing can be owed of it. A remedy has no end."""
    found = d.policy.benefits.get(benefit)
    if found is None or (kind != UNCOLLECTED and not found.divided):
        return None
    if kind == REMEDY:
        return Rule("carry", "")
    data = d.policy.data["benefit"][benefit]
    return Rule(str(data.get(kind, "lapse")), f"{d.meta.policy}, benefit {benefit}")


def earlier(d: Disclosure) -> list[str]:
    """Periods of the programme's cycles that were frozen before this one and not voided, in the log's order."""

    def read() -> list[str]:
        mine = [entry for entry in d.entries if entry.programme == d.meta.programme]
        void = {entry.cycle for entry in mine if entry.kind == "void"}
        frozen = [entry.cycle for entry in mine if entry.kind == "freeze" and entry.cycle not in void]
        if d.meta.cycle not in frozen:
            raise Malformed("log", f"no freeze of cycle {d.meta.cycle}")
        return [str(cycle).partition("/")[0] for cycle in frozen[: frozen.index(d.meta.cycle)]]

    return d.once("debts.earlier", read)
