"""Lanes from better to worse served blocks are full, the other way empty."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.fairness import check_order
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """The same arithmetic as `evenhand-verify allocation`."""
    return check_order(d.judged)


CHECK = Check("allocation-order", "lanes from better to worse served blocks are full, the other way empty", run)
