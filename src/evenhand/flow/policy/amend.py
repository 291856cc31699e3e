"""A policy that extends another: `[[amend]]` replaces, withdraws or adds by path, each time with its source.

Works on trees that remember where everything stands, so that a fault in an amended rule is told in the file it is
written in. The base is never changed silently: what it has already can only be amended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from evenhand.flow.policy.model import Amendment
from evenhand.flow.policy.places import Node, copied, grown, keys_of
from evenhand.flow.policy.positions import Path
from evenhand.flow.policy.sheet import Faults, Sheet, nearest

ACTIONS: tuple[Literal["replace", "withdraw", "add"], ...] = ("replace", "withdraw", "add")
GROUPS = ("category", "input", "benefit", "param", "lookup", "step", "table")
OWN = (
    "id", "title", "from", "to", "k", "reserve", "presence", "reissue", "second_factor", "follow_up", "law", "note",
    "source",
)  # fmt: skip
"""What an amending text says of itself under [policy]; the rest is the base's, and amended like everything else."""

Tree = dict[str, Node]


@dataclass(frozen=True)
class _Change:
    amendment: Amendment
    target: tuple[str, ...]
    given: Node | None


def amended(base: Tree, own: Tree, faults: Faults) -> tuple[Tree, tuple[Amendment, ...]]:
    """The base with what the amending text adds and changes. Faults are noted in `faults` (of the amending text)."""
    result: Tree = {key: copied(node) for key, node in base.items() if key not in ("test", "extends", "amend")}
    _head(result, own, faults)
    for group in GROUPS:
        _group(result, own, group, faults)
    for key in ("entitlement", "complaint", "test"):
        if key in own and isinstance(own[key].value, list):
            held = result.setdefault(key, Node([], own[key].place))
            if isinstance(held.value, list):
                held.value.extend(own[key].value)
        elif key in own:
            result[key] = own[key]
    for key, node in own.items():
        if key not in (*GROUPS, "policy", "entitlement", "complaint", "test", "extends", "amend"):
            result[key] = node
    changes = _changes(own, faults)
    for change in changes:
        _apply(result, change, faults)
    return result, tuple(change.amendment for change in changes)


def _head(result: Tree, own: Tree, faults: Faults) -> None:
    head, mine = result.get("policy"), own.get("policy")
    if mine is None or not isinstance(mine.value, dict) or head is None or not isinstance(head.value, dict):
        faults.add(("policy",), None, "[policy] is missing", 'write [policy] with an id of its own: id = "…"')
        return
    named = mine.value.get("id")
    if named is not None and "id" in head.value and named.value == head.value["id"].value:
        faults.add(("policy", "id"), named.value, "the same id as the policy it extends", "give it an id of its own")
    for key, node in mine.value.items():
        same = key in head.value and head.value[key].value == node.value
        if key in OWN:
            head.value[key] = node
        elif not same:
            faults.add(("policy", key), node.value, f'"{key}" is the base\'s to say',
                       f'change it by [[amend]] target = "policy.{key}"')  # fmt: skip
    if "from" not in head.value and (starts := _starts(result)):
        head.value["from"] = Node(min(starts), head.place)
    if named is None:
        faults.add(("policy",), None, '"id" is missing', 'write id = "…", another than the base\'s')


def _starts(tree: Tree) -> list[date]:
    """The first days of all values: what amends a text is not in force before it."""
    values = [_child(node, "values") for group in ("param", "lookup") for node in _named(tree.get(group))]
    items = [item for value in values for item in _nodes(value) if isinstance(item.value, dict)]
    days = [item.value["from"].value for item in items if "from" in item.value]
    return [day for day in days if type(day) is date]


def _named(group: Node | None) -> list[Node]:
    return list(group.value.values()) if group is not None and isinstance(group.value, dict) else []


def _group(result: Tree, own: Tree, group: str, faults: Faults) -> None:
    mine = own.get(group)
    if mine is None:
        return
    held = result.setdefault(group, Node({}, mine.place))
    if not isinstance(mine.value, dict) or not isinstance(held.value, dict):
        result[group] = mine
        return
    for name, node in mine.value.items():
        if name in held.value:
            faults.add((group, name), name, f'the text it extends has {group} "{name}" already',
                       f'change it by [[amend]] target = "{group}.{name}…", or choose another name')  # fmt: skip
        else:
            held.value[name] = node


def _changes(own: Tree, faults: Faults) -> list[_Change]:
    listed = own.get("amend")
    items = grown(listed) if listed is not None else []
    found: list[_Change] = []
    for sheet, node in zip(Sheet(faults, (), {"amend": items}).items("amend"), _nodes(listed), strict=False):
        sheet.only("target", "action", "with", "because")
        target = sheet.text("target", '"entitlement.grain.price"')
        wanted = sheet.choice("action", ACTIONS)
        action = next((one for one in ACTIONS if one == wanted), ACTIONS[0])
        source = sheet.text("source", '"the law that changes it"')
        given = node.value.get("with") if isinstance(node.value, dict) else None
        if action == "withdraw" and given is not None:
            sheet.fault("with", "what is withdrawn has no new text", 'leave "with" out, or write action = "replace"')
        elif action != "withdraw" and given is None:
            sheet.fault(None, '"with" is missing: the new text', "write with = …")
            continue
        if not target or not source:
            continue
        parts = tuple(part.strip() for part in target.split("."))
        change = _Change(Amendment(target, action, source, (*sheet.path, "target")), parts, given)
        clash = next((other for other in found if _overlap(_whole(other), _whole(change))), None)
        if clash:
            sheet.fault("target", f'"{target}" is amended twice (also by "{clash.amendment.target}")',
                        "put both changes into one [[amend]]")  # fmt: skip
        else:
            found.append(change)
    return found


def _nodes(listed: Node | None) -> list[Node]:
    return listed.value if listed is not None and isinstance(listed.value, list) else []


def _whole(change: _Change) -> tuple[str, ...]:
    """The path a change is about: of something added to a list, with the name of what is added."""
    parts = tuple(part for part in change.target if part != "rows" or change.target[0] != "table")
    names = keys_of(change.given)[:1] if change.amendment.action == "add" and change.given is not None else []
    return (*parts, *names)


def _overlap(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    short = min(len(one), len(other))
    return one[:short] == other[:short]


def _apply(result: Tree, change: _Change, faults: Faults) -> None:
    path, target, action = change.amendment.path, change.target, change.amendment.action
    if target[0] not in (*GROUPS, "policy", "entitlement") or len(target) < 2:
        faults.add(path, change.amendment.target, "not a path into a policy",
                   f'begin with {", ".join(GROUPS)}, policy or entitlement, as in "table.due.aay.then"')  # fmt: skip
        return
    holder: Node = Node(dict(result), 0)
    sourced: Node | None = None
    for depth, part in enumerate(target[:-1]):
        step = _child(holder, part)
        if step is None:
            _unknown(faults, path, holder, target, depth)
            return
        holder = step
        if isinstance(step.value, dict) and {"id", "from", "amount"} & set(step.value):
            sourced = step
    last = target[-1]
    found = _child(holder, last)
    if action == "add":
        done = _add(holder, found, last, change, faults)
    elif found is None:
        _unknown(faults, path, holder, target, len(target) - 1)
        return
    else:
        done = _change(target, holder, found, change.given if action == "replace" else None)
    if done is not None and isinstance(done.value, dict) and {"id", "from", "amount"} & set(done.value):
        if "source" in done.value:
            return
        sourced = done
    if sourced is not None and last != "source":
        place = change.given.place if change.given is not None else sourced.place
        sourced.value["source"] = Node(change.amendment.source, place)


def _child(holder: Node, part: str) -> Node | None:
    """What is called `part` in a table or list: a key; a row, value or entitlement by its name; a row of a table."""
    if isinstance(holder.value, dict):
        found = holder.value.get(part)
        rows = holder.value.get("rows")
        if found is None and rows is not None and isinstance(rows.value, list):
            return _child(rows, part)
        return found
    if isinstance(holder.value, list):
        return next((node for node in holder.value if part in keys_of(node)), None)
    return None


def _change(target: tuple[str, ...], holder: Node, found: Node, given: Node | None) -> Node | None:
    """Put `given` in the place of `found`, or take it out."""
    where: Any = holder.value
    made = copied(given) if given is not None else None
    if isinstance(where, dict) and target[-1] not in where:
        where = where["rows"].value
    if isinstance(where, list):
        at = next(number for number, node in enumerate(where) if node is found)
        where[at : at + 1] = [] if made is None else [made]
    elif made is None:
        where.pop(target[-1])
    else:
        where[target[-1]] = made
    return made


def _add(holder: Node, where: Node | None, last: str, change: _Change, faults: Faults) -> Node | None:
    path, given = change.amendment.path, change.given
    assert given is not None
    if where is not None and isinstance(where.value, list):
        news = given.value if isinstance(given.value, list) else [given]
        for node in news:
            names = keys_of(node)
            if any(name in keys_of(other) for other in where.value for name in names):
                faults.add(path, names[0], f'"{change.amendment.target}" has "{names[0]}" already',
                           'write action = "replace" and its path')  # fmt: skip
                return None
            where.value.append(copied(node))
        return where.value[-1] if len(news) == 1 else None
    if where is not None:
        faults.add(path, change.amendment.target, "it is there already", 'write action = "replace"')
        return None
    if not isinstance(holder.value, dict):
        faults.add(path, last, "nothing is added inside a single value", "add to the list or table that holds it")
        return None
    made = copied(given)
    holder.value[last] = made
    return made


def _unknown(faults: Faults, path: Path, holder: Node, target: tuple[str, ...], depth: int) -> None:
    known: list[str] = []
    if isinstance(holder.value, dict):
        known = list(holder.value)
        rows = holder.value.get("rows")
        known += [name for node in _nodes(rows) for name in keys_of(node)]
    elif isinstance(holder.value, list):
        known = [name for node in holder.value for name in keys_of(node)]
    shown = f"use one of {', '.join(known[:8])}" if known else "look at the text it extends"
    said = ".".join(target[: depth + 1])
    faults.add(path, target[depth], f'the text it extends has no "{said}"', nearest(target[depth], known, shown))
