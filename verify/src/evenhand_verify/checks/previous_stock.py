"""The cycle opens with what the one before closed with."""

from __future__ import annotations

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """Opening of every account = its closing in the folder before."""
    if d.previous is None:
        return "not asked (--previous)"
    then, now = facts.books(d.previous).closing, facts.books(d).opening
    failures = []
    for key in sorted(then.keys() | now.keys()):
        if then.get(key, 0) != now.get(key, 0):
            failures.append(
                f"closed with {then.get(key, 0):,} and opens with {now.get(key, 0):,}, account {key[0]}, {key[1]}"
            )
    return capped(failures) or f"{len(now):,} accounts open as they closed in {d.previous.meta.cycle}"


CHECK = Check("previous-stock", "every account opens with what it held when the cycle before closed", run)
