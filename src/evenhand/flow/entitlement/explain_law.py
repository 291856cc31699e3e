"""What a rule says of itself: its words in the languages of its author, its dates, its values and their sources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from evenhand.core.period import Period
from evenhand.flow.entitlement.terms import quantity
from evenhand.flow.policy import syntax
from evenhand.flow.policy.arithmetic import look_up
from evenhand.flow.policy.model import Param, Policy, Row, Span
from evenhand.flow.policy.names import parts_of
from evenhand.flow.policy.positions import Path
from evenhand.flow.policy.tree import Value

KeysOf = Callable[[Param], "Sequence[Value] | None"]

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
    """Why a row is there: its title, words, source and days."""
    return {**titled(policy, row.path), **told(policy, (*row.path, "because"), row.because),
            **told(policy, (*row.path, "source"), row.source),
            **days_of(row.span)}  # fmt: skip


def dated_values(policy: Policy, period: Period, ast: object, keys_of: KeysOf) -> list[dict[str, Any]]:
    """Dated values a formula reads: what they are in the period, since when, and where it is written.

    Of a prorated one that changes within the period, each with its `days`. `keys_of`: the keys of a lookup, if known.
    """
    found = []
    for name in dict.fromkeys(names_in(ast)):
        param = policy.params.get(name)
        parts = parts_of(param, period) if param else []
        for dated, days in parts:
            assert param is not None
            own = (*dated.path, "source")
            path = own if own in policy.words else (*param.path, "source")
            entry: dict[str, Any] = {"name": name, **titled(policy, param.path), **told(policy, path, dated.source),
                                     **days_of(dated.span)}  # fmt: skip
            if param.by:
                entry["by"] = list(param.by)
            keys = keys_of(param)
            value = look_up(dated, keys) if keys is not None and None not in keys else None
            if value is not None:
                entry["value"] = quantity(value, param.measure)
            if len(parts) > 1:
                entry["days"] = days
            found.append(entry)
    return found


def titled(policy: Policy, path: Path) -> dict[str, Any]:
    """What something is called in words, as `title` (and `title_in`); empty where the policy does not say."""
    text = policy.titles.get(path)
    return told(policy, (*path, "title"), text) if text else {}


def titles(policy: Policy) -> dict[str, dict[str, Any]]:
    """The titles of all names a formula can have."""
    paths = {name: ("input", name) for name in policy.inputs}
    paths |= {name: one.path for name, one in policy.params.items()}  # type: ignore[misc]
    paths |= {name: one.path for name, one in policy.rules.items()}  # type: ignore[misc]
    return {name: told_ for name, path in paths.items() if (told_ := titled(policy, path))}


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
