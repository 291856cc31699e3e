"""One benefit from receipt to hand, summed from `movements` and `balances`. Base units throughout."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.flow.disclosure.month import Figures


@dataclass(frozen=True)
class Stock:
    """Where a benefit's stock came from and went. `balanced` is opening + received = everything it became."""

    opening: int
    received: int
    lost: int
    given: int
    from_reserve: int
    depots: int
    points: int
    rations: int

    @property
    def total(self) -> int:
        """All there was: opening and received."""
        return self.opening + self.received

    @property
    def arrived(self) -> int:
        """What stood at points at any time: all there was, less what stays in depots and what was lost."""
        return self.total - self.depots - self.lost

    @property
    def in_hands(self) -> int:
        """What households hold: rations collected and exceptions paid from the reserve."""
        return self.given + self.from_reserve

    @property
    def uncollected(self) -> int:
        """On the rolls and not handed out: not collected, contested, refused or held."""
        return max(0, self.rations - self.given)

    @property
    def spare(self) -> int:
        """At points and on no roll: the rest of the reserve and of rounding. Negative only if the tables lie."""
        return self.arrived - max(self.rations, self.given) - self.from_reserve

    @property
    def balanced(self) -> bool:
        """Whether both sides of the ledger are equal."""
        return self.total == self.in_hands + self.lost + self.depots + self.points


def stock_of(figures: Figures, benefit: str) -> Stock:
    """The stock of `benefit` over all nodes in the month."""
    tables = figures.month.tables
    kinds = dict(zip(*(tables["nodes"].column(c).to_pylist() for c in ("node", "kind")), strict=True))
    opening = depots = points = 0
    for row in tables["balances"].to_pylist():
        if row["benefit"] == benefit:
            opening += row["opening"]
            node = row["account"].partition(":")[2]
            if row["account"].startswith("node:") and kinds.get(node) == "point":
                points += row["closing"]
            else:
                depots += row["closing"]
    moved = dict.fromkeys(("receipt", "loss", "redeem", "over-issue"), 0)
    for row in tables["movements"].select(["kind", "benefit", "quantity"]).to_pylist():
        kind = "loss" if row["kind"] == "write-off" else row["kind"]
        if row["benefit"] == benefit and kind in moved:
            moved[kind] += row["quantity"]
    rations = sum(figures.ration(p, benefit) for p in figures.points)
    # What supplementary lists were promised, where it may be told; a list of few shows as given beyond the rations.
    listed = tables["supplements"].to_pylist() if "supplements" in tables else []
    step = figures.month.benefits[benefit].step_base
    rations += sum((row["rations"] or 0) * step for row in listed if row["benefit"] == benefit)
    return Stock(
        opening, moved["receipt"], moved["loss"], moved["redeem"], moved["over-issue"], depots, points, rations
    )
