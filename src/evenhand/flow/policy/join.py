"""A policy of several texts as one: written out whole, with the texts it is made of below it as comments.

So one file holds what was decided and what it was made of, one hash covers both, and whoever reads policies (also the
checker) reads one that stands by itself. When it is loaded, the texts are put together again and must give the same.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from evenhand.core.errors import InputError, Problem, input_error
from evenhand.flow.policy.amend import amended
from evenhand.flow.policy.model import Amendment
from evenhand.flow.policy.places import Node, grown, placed, places
from evenhand.flow.policy.positions import Place
from evenhand.flow.policy.reading import read_toml
from evenhand.flow.policy.sheet import Faults

MARK = "#=== "
_LINE = "#| "
_NAME = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,99}/){0,4}[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
MOST_TEXTS = 8

Text = tuple[str, str]
"""A text with its name."""


def extended(text: str, file: str) -> str | None:
    """The file a policy's text extends, as written; None if it stands by itself. InputError if that is no plain name."""
    if "extends" not in text or text.startswith(MARK):
        return None
    data, faults = read_toml(text, file)
    if "extends" not in data:
        return None
    name = data["extends"]
    if not isinstance(name, str) or not _NAME.match(name) or not name.endswith(".toml"):
        faults.add(("extends",), name, "not the name of a policy in the same folder",
                   'write extends = "nfsa.toml": no "..", no path from the root; copy the text beside this one')  # fmt: skip
        raise InputError(faults.found)
    return name


def join(texts: Sequence[Text], file: str = "") -> str:
    """The policy that these texts make together, the amending one first; `file` is its name in messages.

    InputError with every fault in how they are put together.
    """
    tree, _, _ = _compose(texts, file or texts[0][0])
    named = " extends ".join(name for name, _ in texts)
    parts = [
        f"{MARK}{len(texts)} texts: {named}",
        "# Written out whole; the texts it is made of follow as comments.",
        "",
    ]
    parts += _written(tree)
    for name, text in texts:
        parts += [f"{MARK}{name}", *(f"{_LINE}{line}" for line in text.split("\n"))]
    return "\n".join([*parts, f"{MARK}end", ""])


def parted(text: str) -> list[Text] | None:
    """The texts a policy is made of, the amending one first; None if it is one text by itself."""
    if not text.startswith(MARK):
        return None
    found: list[tuple[str, list[str]]] = []
    for line in text.split("\n")[1:]:
        if line.startswith(MARK):
            found.append((line.removeprefix(MARK), []))
        elif found and line.startswith(_LINE):
            found[-1][1].append(line.removeprefix(_LINE))
    return [(name, "\n".join(lines)) for name, lines in found if name != "end"]


def read_joined(text: str, texts: Sequence[Text], file: str) -> tuple[dict[str, Any], Faults, tuple[Amendment, ...]]:
    """The data of a policy of several texts, its faults so far, and what is amended. InputError if they do not agree."""
    whole, _ = read_toml(text, file)
    if not 2 <= len(texts) <= MOST_TEXTS:
        raise input_error(file, 1, "", None, f"a policy of {len(texts)} texts", f"2 to {MOST_TEXTS} are joined")
    tree, faults, amendments = _compose(texts, file)
    data = grown(tree)
    if data != whole:
        raise input_error(file, 1, "", None, "what is written out is not what the texts below it make together",
                          "join them again from the texts themselves")  # fmt: skip
    return data, faults, amendments


def _compose(texts: Sequence[Text], file: str) -> tuple[Node, Faults, tuple[Amendment, ...]]:
    """The tree of all texts together, a Faults that knows all their places, and the amendments, oldest first."""
    folder = posixpath.dirname(file)
    problems: list[Problem] = []
    told = Faults(file, {}, texts[0][1])
    result: dict[str, Node] | None = None
    amendments: tuple[Amendment, ...] = ()
    for number, (name, text) in reversed(list(enumerate(texts))):
        first = number == 0
        shown = "" if first else posixpath.join(folder, name)
        data, faults = read_toml(text, file if first else shown, shown)
        faults.texts[shown] = told.texts[shown] = text.split("\n")
        own = placed(data, faults.lines).value
        if result is None:
            if "amend" in data:
                faults.add(("amend",), None, "nothing to amend: this text extends no other", 'write extends = "…"')
            result = own
        else:
            result, more = amended(result, own, faults)
            amendments += more
        problems += faults.found
    if problems:
        raise InputError(problems)
    assert result is not None
    tree = Node(result, 0)
    told.lines = {(): Place(1, 1), **places(tree)}
    return tree, told, amendments


# -- writing


def _written(tree: Node) -> list[str]:
    """The tree as TOML: a header a table, everything below it on one line."""
    lines: list[str] = []
    data = grown(tree)
    plain = {key: value for key, value in data.items() if not isinstance(value, (dict, list))}
    lines += [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, held in data.items():
        if key in ("policy", "category", "input") and isinstance(held, dict):
            lines += [f"[{key}]", *(f"{_key(name)} = {_value(value)}" for name, value in held.items()), ""]
        elif held == {}:
            lines += [f"[{_key(key)}]", ""]
        elif isinstance(held, dict):
            for name, inner in held.items():
                body = inner.items() if isinstance(inner, dict) else ()
                lines += [f"[{_key(key)}.{_key(name)}]", *(f"{_key(k)} = {_value(v)}" for k, v in body), ""]
        elif isinstance(held, list) and held and all(isinstance(item, dict) for item in held):
            for item in held:
                lines += [f"[[{_key(key)}]]", *(f"{_key(name)} = {_value(value)}" for name, value in item.items()), ""]
        elif isinstance(held, list):
            lines.insert(0, f"{_key(key)} = {_value(held)}")
    return lines


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value).lower() if value.is_finite() else "nan"
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + "}"
    return str(value)
