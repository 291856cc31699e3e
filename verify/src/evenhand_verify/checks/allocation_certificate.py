"""Every node stands in one known block of the allocation."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.fairness import check_certificate
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """The same arithmetic as `evenhand-verify allocation`."""
    return check_certificate(d.judged)


CHECK = Check("allocation-certificate", "every node stands in one known block of the allocation", run)
