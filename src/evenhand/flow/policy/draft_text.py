"""Drafts of tests as text: what the policy gives, marked for a person to confirm."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from evenhand.core.benefit import Benefit
from evenhand.core.unit import UNITS
from evenhand.flow.policy import scenes
from evenhand.flow.policy.model import Policy

MARK = "draft: "
NOTE = 'computed, not confirmed: read it against the law, then take this note and "draft: " out'


@dataclass(frozen=True)
class Draft:
    """A test that is missing: its name, household, and what the policy gives it."""

    name: str
    on: date
    given: dict[str, object]
    members: tuple[dict[str, object], ...] | None
    expect: dict[str, str]
    because: tuple[str, ...]


def quantity(amount: int, benefit: Benefit) -> str:
    """Base units (of 1/parts) in the benefit's unit, exactly: `35 kg`."""
    value = Fraction(amount, benefit.parts) / UNITS[benefit.unit].base_per_unit
    return f"{scenes.decimal(value)} {benefit.unit}"


def written(policy: Policy, found: Iterable[Draft]) -> str:
    """Drafts as TOML, to be read against the law and then put into the policy's file."""
    lines = ["# Drafts: what the policy does now. Read each against the law before you keep it.", ""]
    for draft in found:
        lines += ["[[test]]", f"name = {json.dumps(draft.name, ensure_ascii=False)}", f"note = {json.dumps(NOTE)}",
                  f"on = {draft.on.isoformat()}"]  # fmt: skip
        if draft.given:
            lines.append(f"given = {scenes.inline(policy, draft.given)}")
        if draft.members is not None:
            lines.append(f"members = [{', '.join(scenes.inline(policy, member) for member in draft.members)}]")
        amounts = ", ".join(f'{name} = "{value}"' for name, value in draft.expect.items())
        lines.append(f"expect = {{{amounts}}}")
        if draft.because:
            lines.append(f"because = [{', '.join(json.dumps(row) for row in draft.because)}]")
        lines.append("")
    return "\n".join(lines)
