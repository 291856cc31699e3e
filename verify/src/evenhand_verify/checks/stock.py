"""The ledger published is the one that was logged, with its closing stock."""

from __future__ import annotations

import hashlib
from collections import defaultdict

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """stock entry = hash of movements; closing = sum over nodes."""
    entry = d.one("stock", "stock")
    failures = []
    if hashlib.sha256(d.data("tables/movements.parquet")).digest() != entry.sha256:
        failures.append(f"the movements are not those that were logged, {entry.where}")
    closing: dict[str, int] = defaultdict(int)
    for (account, benefit), quantity in facts.books(d).closing.items():
        if account.startswith("node:"):
            closing[benefit] += quantity
    told = entry.steps("closing")
    for benefit in sorted(closing.keys() | told.keys()):
        if closing.get(benefit, 0) != told.get(benefit, 0):
            failures.append(
                f"{closing.get(benefit, 0):,} base units of {benefit} are left, {told.get(benefit, 0):,} were logged, "
                f"{entry.where}"
            )
    return failures or f"left at the close: {facts.shown(dict(closing))} in base units"


CHECK = Check("stock", "the ledger is the one logged, with the closing stock logged", run)
