"""Allocation: who gets how much when there is not enough (DESIGN §9).

Reads the network with its stock, and the ladders that entitlements make at each point. Writes levels with their
certificate, rations in whole units with arrears, and re-cuts of points that got less than planned.
Invariant: every result is exact, and does not depend on the order of rows; no worse-off point could have had more.
"""

from evenhand.flow.allocation.check import Input, check_input
from evenhand.flow.allocation.solve import Allocation, solve, solve_input

__all__ = ["Allocation", "Input", "check_input", "solve", "solve_input"]
