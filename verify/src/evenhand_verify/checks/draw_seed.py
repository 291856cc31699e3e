"""The seed of every tie follows from the freeze and the event."""

from __future__ import annotations

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check


def run(d: Disclosure) -> str | list[str]:
    """Computed here; a household's card can be checked against it."""
    if d.one("event", "event").index <= d.one("freeze", "freeze").index:
        return ["the event does not follow the freeze, so the seed could be chosen, log"]
    return f"{d.seed.hex()[:32]}…, from the freeze entry and the outcome"


CHECK = Check("draw-seed", "the seed of ties is fixed by freeze and event", run)
