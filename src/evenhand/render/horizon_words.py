"""What the months ahead hold, in sentences, in the languages of the catalogue."""

from __future__ import annotations

from fractions import Fraction

from evenhand.flow.allocation.horizon import Outlook
from evenhand.flow.allocation.horizon_tables import PLANNED
from evenhand.render.catalogue import Catalogue
from evenhand.render.figures import Figures

NAMES_MOST = 4
"""So many pipelines are named in a sentence."""


class Ahead(Figures):
    """The sentences of one pipeline and of many."""

    def __init__(self, language: str = "en") -> None:
        super().__init__(Catalogue(language))
        self.text = self.catalogue.text

    def percent_down(self, share: Fraction) -> str:
        """A share in per cent, never more than it is: what is promised must be there."""
        tenths = share * 1000 // 1
        if not tenths and share:
            return self.text["h.little"]
        return self.decimal(Fraction(tenths, 10), 1)

    def month(self, month: str, year: bool = False) -> str:
        """`March`, or `March 2026`, of `2026-03`."""
        name = self.text["months"].split("|")[int(month[5:]) - 1]
        return self.say("period.month", month=name, year=month[:4]) if year else name

    def short_month(self, month: str) -> str:
        """`Mar` of `2026-03`."""
        return self.text["months.short"].split("|")[int(month[5:]) - 1]

    def when(self, outlook: Outlook, at: int) -> str:
        """The month `at`, with its year where the months go over more than one."""
        months = outlook.pipeline.months
        return self.month(months[at].month, months[0].month[:4] != months[-1].month[:4])

    def title(self, outlook: Outlook) -> str:
        """The pipeline's name: rice, or rice in North."""
        pipeline = outlook.pipeline
        return self.say("h.in", good=pipeline.commodity, area=pipeline.area) if pipeline.area else pipeline.commodity

    def scenario(self, name: str) -> str:
        """A scenario's own name; that of the plan itself is ours."""
        return self.say("h.planned") if name == PLANNED else name

    def finding(self, outlook: Outlook, unit: str) -> str:
        """What the months ahead hold, in one sentence."""
        if outlook.bare is not None:
            missing = f"{self.bare(outlook.bare_by)}\u00a0{unit}".rstrip("\u00a0")
            return self.say("h.bare", month=self.when(outlook, outlook.bare), missing=missing)
        if outlook.breaks is None:
            return self.say("h.full", month=self.month(outlook.pipeline.months[-1].month, True))
        first = self.say("h.breaks", month=self.when(outlook, outlook.breaks))
        if not outlook.even:
            return self.text["h.nothing"].format(breaks=first)
        return self.text["h.even"].format(breaks=first, fill=self.percent_down(outlook.even)).replace(" %", "\u00a0%")

    def later(self, outlook: Outlook) -> str:
        """Which months can have more than the even ration; empty where none can."""
        said, last = [], outlook.even
        for at, (month, ration) in enumerate(zip(outlook.pipeline.months, outlook.rations, strict=True)):
            if month.demand and ration > last:
                said.append(self.say("h.later.one", fill=self.percent_down(ration), month=self.when(outlook, at)))
                last = ration
        return self.say("h.later", list=self.listed(said)) if said else ""

    def listed(self, parts: list[str], limit: int = 0) -> str:
        """`a, b and c`; past `limit` (0: none) `a, b and 7 more`."""
        if limit and len(parts) > limit:
            parts = [*parts[:limit], self.say("h.more", n=self.whole(len(parts) - limit))]
        return self.catalogue.listed(parts)
