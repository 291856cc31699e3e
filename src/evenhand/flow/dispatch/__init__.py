"""Dispatch: which whole steps go over which lane, and the waybills that say so (DESIGN §9).

Reads the network, whole-step supply, and the units every point is to receive. Writes loads by lane and waybills.
Invariant: loads are whole, respect supply and capacities, and bring as much as any loads could, at the least cost.
"""

from evenhand.flow.dispatch.route import Routed, route
from evenhand.flow.dispatch.waybill import waybills

__all__ = ["Routed", "route", "waybills"]
