"""Allocation: who gets how much when there is not enough (DESIGN §9).

Reads the network with its stock, and the ladders that entitlements make at each point. Writes levels with their
certificate, rations in whole units with arrears, and re-cuts of points that got less than planned.
Invariant: every result is exact, and does not depend on the order of rows; no worse-off point could have had more.
"""

from evenhand.flow.allocation.acyclic import without_cycles
from evenhand.flow.allocation.check import Input, check_input
from evenhand.flow.allocation.divide import Groups, Rations, Rows, divide
from evenhand.flow.allocation.recut import Recut, new_level, split_at
from evenhand.flow.allocation.rungs import Folded, cells_plan, demand, fold, ladder_plan, rows_plan
from evenhand.flow.allocation.solve import Allocation, solve, solve_input

__all__ = [
    "Allocation",
    "Folded",
    "Groups",
    "Input",
    "Rations",
    "Recut",
    "Rows",
    "cells_plan",
    "check_input",
    "demand",
    "divide",
    "fold",
    "ladder_plan",
    "new_level",
    "rows_plan",
    "solve",
    "solve_input",
    "split_at",
    "without_cycles",
]
