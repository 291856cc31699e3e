"""TOML as a tree whose every part knows where it stands, so that texts can be put together and still be told apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from evenhand.flow.policy.positions import Path


@dataclass
class Node:
    """A table (dict of nodes), a list of nodes, or a plain value; `place` is its line."""

    value: Any
    place: int

    def __eq__(self, other: object) -> bool:
        """By value: where it stands does not matter."""
        return isinstance(other, Node) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


def placed(data: object, lines: Mapping[Path, int], path: Path = (), above: int = 0) -> Node:
    """The tree of what tomllib read, with the places the scanner found."""
    place = lines.get(path, above)
    if isinstance(data, dict):
        return Node({key: placed(value, lines, (*path, key), place) for key, value in data.items()}, place)
    if isinstance(data, list):
        return Node([placed(item, lines, (*path, index), place) for index, item in enumerate(data)], place)
    return Node(data, place)


def grown(node: Node) -> Any:
    """The plain data of a tree."""
    if isinstance(node.value, dict):
        return {key: grown(inner) for key, inner in node.value.items()}
    if isinstance(node.value, list):
        return [grown(inner) for inner in node.value]
    return node.value


def places(node: Node, path: Path = ()) -> dict[Path, int]:
    """The place of every part."""
    found: dict[Path, int] = {path: node.place} if path else {}
    items = node.value.items() if isinstance(node.value, dict) else enumerate(node.value) if isinstance(
        node.value, list) else ()  # fmt: skip
    for key, inner in items:
        found |= places(inner, (*path, key))
    return found


def copied(node: Node) -> Node:
    """A tree of its own."""
    if isinstance(node.value, dict):
        return Node({key: copied(inner) for key, inner in node.value.items()}, node.place)
    if isinstance(node.value, list):
        return Node([copied(inner) for inner in node.value], node.place)
    return Node(node.value, node.place)


def keys_of(node: Node | None) -> list[str]:
    """What an element of a list is called in a path: a row's id, an entitlement's name, a value's first day, a word."""
    if node is None:
        return []
    if isinstance(node.value, str):
        return [node.value]
    if not isinstance(node.value, dict):
        return []
    for key in ("id", "name", "benefit", "from"):
        inner = node.value.get(key)
        if inner is not None:
            return [inner.value.isoformat() if isinstance(inner.value, date) else str(inner.value)]
    return []
