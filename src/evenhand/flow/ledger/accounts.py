"""Accounts and movements. A movement's two ends are part of it, so an entry cannot be one-sided."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.core.errors import UsageError

QUANTITY_MAX = 2**62
"""Larger quantities are a mistake; sums over a country stay far below the database's 2**63."""

KINDS: dict[str, tuple[tuple[str, ...], str]] = {
    "receipt": (("source",), "node"),
    "load": (("node",), "transit"),
    "transfer": (("node", "transit"), "transit"),
    "arrive": (("transit",), "node"),
    "loss": (("node", "transit"), "loss"),
    "write-off": (("node",), "loss"),
    "redeem": (("node",), "households"),
    "over-issue": (("node",), "households"),
}
"""Each kind of movement: the kinds of account it may come from, and the one it goes to. A `write-off` is a loss between two
cycles: the next one freezes without it."""


@dataclass(frozen=True, order=True)
class Movement:
    """`quantity` (> 0, base units) of one lot of a benefit from `source` to `target`. `ref`: what caused it, unique."""

    kind: str
    source: str
    target: str
    benefit: str
    lot: str
    quantity: int
    ref: str


def source(name: str) -> str:
    """Where goods come from before the programme has them: a donor, a mill, a purchase."""
    return f"source:{name}"


def node(name: str) -> str:
    """Stock on hand at an entry, a depot or a point."""
    return f"node:{name}"


def transit(name: str) -> str:
    """Goods on the way to node `name`."""
    return f"transit:{name}"


def households(point: str) -> str:
    """What the households of a point received."""
    return f"households:{point}"


def loss(name: str) -> str:
    """What was lost at a node or on the way to it."""
    return f"loss:{name}"


def check_movement(movement: Movement) -> None:
    """UsageError unless its kind goes between such accounts and its quantity is a whole number above zero."""
    sources, target = KINDS.get(movement.kind, ((), ""))
    ends = (movement.source.partition(":"), movement.target.partition(":"))
    if ends[0][0] not in sources or ends[1][0] != target or not ends[0][2] or not ends[1][2]:
        raise UsageError(
            f'a movement "{movement.kind}" does not go from "{movement.source}" to "{movement.target}"',
            "use one of: " + "; ".join(f"{kind} ({' or '.join(a)} to {b})" for kind, (a, b) in KINDS.items()),
        )
    quantity = movement.quantity
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 < quantity <= QUANTITY_MAX:
        raise UsageError(
            f'a movement of {quantity} of "{movement.benefit}" from "{movement.source}"',
            "a movement is a whole number of base units above zero; one back is a movement the other way",
        )
    if not movement.benefit or not movement.ref:
        raise UsageError("a movement names no benefit or no cause", "give every movement its benefit and a unique ref")
