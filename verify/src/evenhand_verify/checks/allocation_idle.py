"""No supply lies idle where somebody is short."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.fairness import check_idle
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """The same arithmetic as `evenhand-verify allocation`."""
    return check_idle(d.judged)


CHECK = Check("allocation-idle", "no supply lies idle where somebody is short", run)
