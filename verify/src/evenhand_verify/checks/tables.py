"""Every table has exactly the columns, types and order that the specification gives it."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, Malformed
from evenhand_verify.schema import SCHEMAS


def run(d: Disclosure) -> str | list[str]:
    """Read every table."""
    failures, rows = [], 0
    for name in SCHEMAS:
        try:
            rows += len(d.table(name))
        except Malformed as error:
            failures.append(str(error))
    return failures or f"{len(SCHEMAS)} tables, {rows:,} rows"


CHECK = Check("tables", "every table has its columns and types, sorted, no row twice", run)
