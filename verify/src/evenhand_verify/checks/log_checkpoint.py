"""The log's checkpoint carries one signature, by the log key, and names the origin."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """Strictly one form; origin and key names agree."""
    point, origin = d.checkpoint, d.meta.origin
    failures = []
    named = (
        ("checkpoint", point.origin, origin), ("log key", d.log_key.name, origin),
        ("root key", d.root_key.name, f"{origin}/root"),
    )  # fmt: skip
    for what, name, wanted in named:
        if name != wanted:
            failures.append(
                f'the {what} is called "{name}" where the package\'s origin wants "{wanted}", log/checkpoint'
            )
    return failures or f"{point.size:,} entries, root {point.root.hex()[:16]}…, 0 witnesses: one view"


CHECK = Check("log-checkpoint", "the checkpoint is signed by the log key, by nobody else, for this origin", run)
