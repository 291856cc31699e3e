"""Reading by which rule each benefit is divided when stock is short, since when, and who chose it."""

from __future__ import annotations

from evenhand.core.benefit import KINDS, Benefit
from evenhand.flow.policy.model import Chosen
from evenhand.flow.policy.sheet import Sheet, nearest

DIVISIONS = ("leximin", "proportional", "equal", "tier-strict", "vulnerable-first", "postpone", "first-come", "lottery")
"""The rules by which what is scarce is shared out (DESIGN §9). A cycle carries out those that can be checked."""

_WHY = {
    "leximin": "what is short is shared out between points",
    "none": "it is granted whole: nothing of it runs short",
    "assignment": "each is given whole to one household",
}


def read_divisions(root: Sheet, benefits: dict[str, Benefit]) -> dict[str, tuple[Chosen, ...]]:
    """How each benefit is divided when short: as its kind is, or, of what is shared out, by another rule that has a name.

    `division` is the rule, or a list of {rule, from, to, source, because}. A cycle refuses what it cannot carry out; what
    a household is due does not hang on it.
    """
    found: dict[str, tuple[Chosen, ...]] = {}
    for name, sheet in root.children("benefit"):
        if name not in benefits:
            continue
        own = benefits[name].division
        found[name] = (Chosen(own),)
        if isinstance(sheet.data.get("division"), list):
            chosen = [made for item in sheet.items("division") if (made := _dated(item, benefits[name]))]
            _check_days(sheet, chosen)
            found[name] = tuple(chosen) or found[name]
        elif "division" in sheet.data:
            rule = _rule(sheet, "division", benefits[name])
            found[name] = (Chosen(rule or own),)
    return found


def _dated(item: Sheet, benefit: Benefit) -> Chosen | None:
    item.only("rule", "from", "to", "source", "because")
    rule, span = _rule(item, "rule", benefit), item.span()
    source = item.text("source", '"the decision and its date"')
    if "from" not in item.data:
        item.fault(None, "a choice without its first day", "write from = 2008-03-01")
    return Chosen(rule, span, source, item.text("because", "", "")) if rule and source.strip() and span.start else None


def _rule(sheet: Sheet, key: str, benefit: Benefit) -> str:
    own = benefit.division
    allowed = DIVISIONS if own == "leximin" else (own,)
    rule = sheet.text(key, f'"{own}"')
    if rule in allowed:
        return rule
    if rule in (*DIVISIONS, *(division for division, _ in KINDS.values())):
        message = f'{benefit.kind}: not divided by "{rule}" ({_WHY[own]})'
        sheet.fault(key, message, f'write {key} = "{own}", or leave it out')
    elif rule:
        sheet.fault(key, f'"{rule}" is no rule of division', nearest(rule, allowed, f"use {', '.join(allowed)}"))
    return ""


def _check_days(sheet: Sheet, chosen: list[Chosen]) -> None:
    """Note two rules at one time."""
    ordered = sorted(chosen, key=lambda one: str(one.span.start))
    for one, after in zip(ordered, ordered[1:], strict=False):
        if after.span.start and one.span.holds(after.span.start):
            message = f'from {after.span.start} two rules hold: "{one.rule}" and "{after.rule}"'
            sheet.fault("division", message, "end the first with `to` on the day before")
