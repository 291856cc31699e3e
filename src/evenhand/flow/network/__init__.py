"""Network: areas, entry points, depots, points, lanes, and the stock that lies in them.

Reads rows of text as an import found them, and what is registered already. Writes typed rows to add, or everything that
is wrong with them. Invariant: a lane joins two registered nodes and points away from a point never; a quantity is whole
base units of a benefit that the policy knows.
"""

from evenhand.flow.network.checks import Checked, check_areas, check_lanes, check_nodes
from evenhand.flow.network.stock import Lots, Matter, StockRow, check_stock
from evenhand.flow.network.tables import AREAS, DEPOTS, LANES, POINTS, STOCK

__all__ = [
    "AREAS", "DEPOTS", "LANES", "POINTS", "STOCK", "Checked", "Lots", "Matter", "StockRow", "check_areas", "check_lanes",
    "check_nodes", "check_stock",
]  # fmt: skip
