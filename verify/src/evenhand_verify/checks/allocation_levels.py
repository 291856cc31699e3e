"""Every point gets exactly what the level of its block says."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.fairness import check_levels
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """The same arithmetic as `evenhand-verify allocation`."""
    return check_levels(d.judged)


CHECK = Check("allocation-levels", "every point gets exactly what the level of its block says", run)
