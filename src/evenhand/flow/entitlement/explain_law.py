"""What a rule says of itself: its words in the languages of its author, its dates, its values and their sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from evenhand.flow.entitlement.terms import quantity
from evenhand.flow.policy import syntax
from evenhand.flow.policy.model import Policy, Row, Span
from evenhand.flow.policy.positions import Path

_OVER_MEMBERS = ("sum", "any", "all", "count", "min", "max")


def told(policy: Policy, path: Path, text: str) -> dict[str, Any]:
    """A text of the policy under its key; beside it, as KEY_in, what its author wrote in each language."""
    key = str(path[-1])
    words = policy.words.get(path)
    return {key: text, **({f"{key}_in": dict(words)} if words else {})}


def days_of(span: Span) -> dict[str, str | None]:
    """First and last day, None where open."""
    return {"from": span.start.isoformat() if span.start else None, "to": span.end.isoformat() if span.end else None}


def law(policy: Policy, row: Row) -> dict[str, Any]:
    """Why a row is there: its words, source and days."""
    return {**told(policy, (*row.path, "because"), row.because), **told(policy, (*row.path, "source"), row.source),
            **days_of(row.span)}  # fmt: skip


def dated_values(policy: Policy, day: date, ast: object) -> list[dict[str, Any]]:
    """Dated values a formula reads: what they are on `day`, since when, and where it is written."""
    found = []
    for name in dict.fromkeys(names_in(ast)):
        param = policy.params.get(name)
        dated = param.at(day) if param else None
        if param is None or dated is None:
            continue
        own = (*dated.path, "source")
        path = own if own in policy.words else (*param.path, "source")
        entry: dict[str, Any] = {"name": name, **told(policy, path, dated.source), **days_of(dated.span)}
        if param.by:
            entry["by"] = list(param.by)
        else:
            entry["value"] = quantity(dated.rows[()], param.measure)
        found.append(entry)
    return found


def names_in(ast: object, gathered: bool = True) -> Iterator[str]:
    """The names in a formula, in the order written; without those inside sum any all count min max if not `gathered`."""
    if isinstance(ast, syntax.Name):
        yield ast.text
    if isinstance(ast, syntax.Call) and not gathered and ast.name in _OVER_MEMBERS:
        return
    for value in vars(ast).values() if hasattr(ast, "__dataclass_fields__") else ():
        for part in value if isinstance(value, tuple) else (value,):
            inner = part[1] if isinstance(part, tuple) and len(part) == 2 else part
            if hasattr(inner, "__dataclass_fields__"):
                yield from names_in(inner, gathered)
