"""No coupon stands on two rolls."""

from __future__ import annotations

from evenhand_verify import lists
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, capped


def run(d: Disclosure) -> str | list[str]:
    """Tags are unique over all rolls (within one they are strictly sorted)."""
    owner: dict[bytes, str] = {}
    failures = []
    named = [*d.rolls.items(), *((f"{one.point}, list {one.number}", one.roll) for one in lists.supplements(d))]
    for name, roll in named:
        for tag in roll.tags:
            other = owner.setdefault(tag, name)
            if other is not name:
                failures.append(f"the tag {tag.hex()} stands on the rolls of {other} and {name}, {roll.where}")
    return capped(failures) or f"{len(owner):,} tags, each on one roll"


CHECK = Check("tags-unique", "no tag stands on two rolls", run)
