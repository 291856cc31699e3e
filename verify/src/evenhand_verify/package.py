"""`datapackage.json` and what it says about the cycle."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, NoReturn

from evenhand_verify.result import Malformed

NAME = "datapackage.json"
_HASH = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Meta:
    """What stands under "evenhand"."""

    origin: str
    programme: str
    cycle: str
    period: str
    first: date
    last: date
    policy: str
    k: int
    reserve: Fraction
    generated: bool
    demo: bool

    @property
    def days(self) -> int:
        """How many days the period has."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Package:
    """The listed files (path -> bytes, SHA-256), the metadata, and the tables' published schemas."""

    files: dict[str, tuple[int, bytes]]
    meta: Meta
    schemas: dict[str, Any]


def _no(what: str) -> NoReturn:
    raise Malformed(NAME, what)


def _constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def parse(data: bytes) -> Any:
    """The JSON document, if these bytes are its one form (sorted keys, indent of two, newline at the end)."""
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_constant)
        again = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False).encode() + b"\n"
    except (ValueError, RecursionError, UnicodeError) as error:
        raise Malformed(NAME, f"not a JSON document ({type(error).__name__})") from error
    if again != data:
        _no("not in its one form: sorted keys, two spaces of indent, a newline at the end")
    return value


def read_package(data: bytes) -> Package:
    """Malformed unless every part is there with its type."""
    value = parse(data)
    if not isinstance(value, dict) or not isinstance(value.get("resources"), list):
        _no("there is no list of resources")
    files: dict[str, tuple[int, bytes]] = {}
    schemas: dict[str, Any] = {}
    for resource in value["resources"]:
        if not isinstance(resource, dict):
            _no("a resource is not an object")
        path, size, digest = resource.get("path"), resource.get("bytes"), resource.get("hash")
        if not isinstance(path, str) or not _is_safe(path):
            _no(f'"{path}" is not a path inside the folder')
        if path in files:
            _no(f"{path} is listed twice")
        if type(size) is not int or size < 0 or not isinstance(digest, str) or not _HASH.fullmatch(digest):
            _no(f"bytes or hash of {path} are not given as they should be")
        files[path] = size, bytes.fromhex(digest[7:])
        if "schema" in resource:
            schemas[path] = resource["schema"]
    return Package(files, _meta(value.get("evenhand")), schemas)


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    return "\\" not in path and "\0" not in path and not any(part in ("", ".", "..") for part in parts)


def _meta(value: Any) -> Meta:
    if not isinstance(value, dict) or value.get("version") != 1 or value.get("version") is True:
        _no('"evenhand" is not there, or not of version 1')
    texts = {}
    for name in ("origin", "programme", "cycle", "policy"):
        if not isinstance(value.get(name), str) or not value[name]:
            _no(f'"evenhand" does not name its {name}')
        texts[name] = value[name]
    period: Any = value.get("period")
    reserve: Any = value.get("reserve")
    k = value.get("k")
    if not isinstance(period, dict) or not isinstance(period.get("id"), str):
        _no('"evenhand" does not name its period')
    try:
        first, last = date.fromisoformat(period["first"]), date.fromisoformat(period["last"])
    except (KeyError, TypeError, ValueError):
        _no("the period's days are not dates")
    whole = isinstance(reserve, list) and len(reserve) == 2 and all(type(part) is int for part in reserve)
    if not whole or reserve[1] <= 0 or reserve[0] < 0 or type(k) is not int or k < 1 or last < first:
        _no('"evenhand" gives a reserve below 0, no k, or a period that ends before it begins')
    return Meta(
        **texts,
        period=period["id"],
        first=first,
        last=last,
        k=k,
        reserve=Fraction(reserve[0], reserve[1]),
        generated=value.get("generated") is True,
        demo=value.get("demo") is True,
    )
