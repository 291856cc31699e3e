"""Five sentences said of a ration, tested on disclosures (DESIGN §13, Claims). Exact, and from nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from evenhand.flow.disclosure.claim import Claim
from evenhand.flow.disclosure.claim_energy import covered
from evenhand.flow.disclosure.claim_levels import bowl, curtailed, interrupted
from evenhand.flow.disclosure.claim_quotas import quotas
from evenhand.flow.disclosure.month import Figures, Month

TESTS: tuple[Callable[[list[Figures]], Claim], ...] = (quotas, curtailed, interrupted, bowl, covered)
"""The tests in the order of the sentences."""


def claims(months: Sequence[Month]) -> list[Claim]:
    """The claims over one or more `months`, put in the order of their periods.

    Misshapen where a table contradicts its own form; ValueError without a month.
    """
    if not months:
        raise ValueError("claims need at least one month")
    ordered = sorted(months, key=lambda m: (m.period, str(m.meta.get("cycle", ""))))
    figures = [Figures(month) for month in ordered]
    return [test(figures) for test in TESTS]
