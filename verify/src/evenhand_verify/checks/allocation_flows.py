"""Flows keep to lanes, capacities and supply, and nothing comes from nowhere."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.fairness import check_flows
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """The same arithmetic as `evenhand-verify allocation`."""
    return check_flows(d.judged)


CHECK = Check("allocation-flows", "flows keep to lanes, capacities and supply, and nothing comes from nowhere", run)
