"""Stock that came in: lots at nodes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from evenhand.core.benefit import Benefit
from evenhand.flow.network.checks import Fault, Row, unknown_benefit
from evenhand.flow.network.quantities import NotAQuantity, base_units, stocked

Matter = tuple[date | None, str, int | None]
"""Of a lot: best before, source, base units a pack (None: loose)."""
Lots = dict[tuple[str, str], Matter]
"""(lot, benefit) -> what is known of it."""


@dataclass(frozen=True)
class StockRow:
    """So many base units of a lot at a node. `row` is its row in the file."""

    row: int
    node: str
    benefit: str
    lot: str
    quantity: int


def check_stock(
    rows: Sequence[Row],
    lots: Mapping[tuple[str, str], Matter],
    benefits: Mapping[str, Benefit],
    received: Collection[tuple[str, str, str]] = (),
) -> tuple[list[StockRow], Lots, list[Fault]]:
    """The rows with something in them, the lots that are new, and what is wrong.

    A lot has one best-before day, one source and one pack, wherever it lies. `received`: (node, benefit, lot) that came in
    before: the same again is far more often a corrected list than a second delivery, and would be counted twice.
    """
    found: list[StockRow] = []
    new: Lots = {}
    faults: list[Fault] = []
    for row in rows:
        commodity, lot = row["commodity"], row["lot"]
        if commodity not in stocked(benefits):
            faults.append((row["row"], "commodity", commodity, unknown_benefit(commodity, benefits)))
            continue
        if (row["node"], commodity, lot) in received:
            text = (
                "this lot was received there already|leave the row out; a second delivery needs a lot number of its own"
            )
            faults.append((row["row"], "lot", lot, text))
            continue
        day = None if row["best_before"] is None else date.fromisoformat(row["best_before"])
        try:
            pack = _pack(row["pack"], benefits[commodity])
        except NotAQuantity as error:
            faults.append((row["row"], "pack", row["pack"], str(error)))
            continue
        matter = (day, row["source"], pack)
        known = lots.get((lot, commodity), new.get((lot, commodity)))
        if known is not None and known != matter:
            was = f"best before {known[0] or 'not known'}, from {known[1]}"
            was += "" if known[2] == pack else f", {known[2]} base units a pack" if known[2] else ", loose"
            faults.append((row["row"], "lot", lot, f"the lot is known otherwise ({was})|give another lot number"))
        elif known is None:
            new[lot, commodity] = matter
        try:
            quantity = base_units(row["quantity"], benefits[commodity])
        except NotAQuantity as error:
            faults.append((row["row"], "quantity", row["quantity"], str(error)))
            continue
        if quantity:
            found.append(StockRow(row["row"], row["node"], commodity, lot, quantity))
    return found, new, faults


def _pack(text: str | None, benefit: Benefit) -> int | None:
    """Base units a pack; NotAQuantity where it is nothing, or not whole hand-out steps: no pack could then be given out."""
    if text is None:
        return None
    pack = base_units(text, benefit)
    if not pack or pack % benefit.step_base:
        raise NotAQuantity(
            f"not a whole number of hand-out steps of {benefit.step_base} base units|correct it, or leave it empty"
        )
    return pack
