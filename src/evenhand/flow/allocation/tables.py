"""Schemas of the tables that the allocation reads and writes (DESIGN §12; `spec/tables.json` has the same names)."""

from __future__ import annotations

from evenhand.core.schema import Column, Table

ID_LENGTH = 64
LARGEST = 2**63 - 1

NODES = Table(
    "nodes",
    (
        Column("node", "text", "id of the node"),
        Column("kind", "text", "what it is", choices=("entry", "depot", "point")),
    ),
    ("node",),
    "Places goods pass through; points hand out.",
)

SUPPLY = Table(
    "supply",
    (
        Column("node", "text", "where the stock lies", references=("nodes", "node")),
        Column("commodity", "text", "what lies there"),
        Column("quantity", "int", "how much may be divided", minimum=0),
    ),
    ("node", "commodity"),
    "Stock that may be divided.",
)

LANES = Table(
    "lanes",
    (
        Column("lane", "text", "id of the lane"),
        Column("from", "text", "where it begins", references=("nodes", "node")),
        Column("to", "text", "where it ends", references=("nodes", "node")),
        Column("commodity", "text", "the only commodity it carries; empty: every one", required=False),
        Column("capacity", "int", "of each commodity for itself; empty: no limit", required=False, minimum=0),
        Column("cost", "int", "of one unit", minimum=0),
    ),
    ("lane",),
    "Ways goods can go, in one direction.",
)

DEMAND = Table(
    "demand",
    (
        Column("point", "text", "the point whose ladder it is", references=("nodes", "node")),
        Column("commodity", "text", "of what"),
        Column("rung", "int", "1 is served first; a number left out is an empty rung", minimum=1),
        Column("quantity", "int", "what all households of the rung are due", minimum=0),
    ),
    ("point", "commodity", "rung"),
    "The ladder of each (point, commodity).",
)

HANDLING = Table(
    "handling",
    (
        Column("node", "text", "the node that can handle only so much", references=("nodes", "node")),
        Column("capacity", "int", "of all commodities together, counted in one unit", minimum=0),
    ),
    ("node",),
    "What a node can send on and hand out of all commodities together. Optional.",
)

BUNDLES = Table(
    "bundles",
    (
        Column("bundle", "text", "id of the bundle"),
        Column("commodity", "text", "a part of it: a point has one level over all parts"),
    ),
    ("commodity",),
    "Commodities that are worth what the scarcest of them is. Optional.",
)

SHARED = Table(
    "shared",
    (
        Column("lane", "text", "a lane that several commodities share"),
        Column("capacity", "int", "of all commodities together, counted in one unit", minimum=0),
    ),
    ("lane",),
    "What a lane can carry of all commodities together. Optional.",
)

FUEL = Table(
    "fuel",
    (
        Column("node", "text", "the depot whose lorries burn it", references=("nodes", "node")),
        Column("litres", "int", "what it has", minimum=0),
    ),
    ("node",),
    "Fuel for the lanes that leave a depot. Optional; needs `burn`.",
)

BURN = Table(
    "burn",
    (
        Column("lane", "text", "the lane"),
        Column("litres", "int", "burnt there and back", minimum=0),
        Column("per", "int", "to carry so many units", minimum=1),
    ),
    ("lane",),
    "What a lane burns: every lane that leaves a depot of `fuel` has a row. Optional.",
)

SPLIT = Table(
    "split",
    (
        Column("lane", "text", "a shared lane, or one that burns limited fuel"),
        Column("commodity", "text", "a commodity it may carry"),
        Column("capacity", "int", "how much of it the lane may carry", minimum=0),
    ),
    ("lane", "commodity"),
    "How shared capacity and fuel were divided: the levels are exact for this division.",
)

ORDER = Table(
    "order",
    (Column("point", "text", "points in the order in which they came", references=("nodes", "node")),),
    ("point",),
    "What the rule first-come serves in turn. Optional: for comparing, leximin does not read it.",
)

INPUT = (NODES, SUPPLY, LANES, DEMAND, HANDLING, BUNDLES, SHARED, FUEL, BURN, ORDER)
"""What `check_input` reads, in the order in which tables refer to each other."""

OPTIONAL = ("handling", "bundles", "shared", "fuel", "burn", "order")
"""Tables that may be left out."""

LEVELS = Table(
    "levels",
    (
        Column("point", "text", "the point"),
        Column("commodity", "text", "the commodity"),
        Column("rungs", "int", "complete rungs of the block it stands in"),
        Column("num", "text", "numerator of the part of the next rung, 0 <= num < den"),
        Column("den", "text", "denominator of it"),
        Column("quantity_num", "text", "what the point gets, numerator in lowest terms"),
        Column("quantity_den", "text", "denominator of it"),
    ),
    ("point", "commodity"),
    "The level and the quantity of every (point, commodity) that has a ladder.",
)

FLOWS = Table(
    "flows",
    (
        Column("lane", "text", "the lane"),
        Column("commodity", "text", "what it carries"),
        Column("quantity_num", "text", "how much, numerator in lowest terms; lanes that carry nothing are left out"),
        Column("quantity_den", "text", "denominator of it"),
    ),
    ("lane", "commodity"),
    "One routing that gives every point its quantity.",
)

BLOCKS = Table(
    "blocks",
    (
        Column("block", "int", "number of the block, poorest first within a commodity"),
        Column("rungs", "int", "complete rungs"),
        Column("num", "text", "numerator of the part of the next rung"),
        Column("den", "text", "denominator of it"),
    ),
    ("block",),
    "Levels of the blocks.",
)

CERTIFICATE = Table(
    "certificate",
    (
        Column("node", "text", "the node"),
        Column("commodity", "text", "the commodity; empty: the node's handling capacity", required=False),
        Column("block", "int", "the block in which the node stands for this commodity"),
    ),
    ("node", "commodity"),
    "The block of every (node, commodity), and of every handling capacity that may bind.",
)
