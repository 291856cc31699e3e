"""`datapackage.json`: a Frictionless package that lists every file of a disclosure with its size and hash."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from evenhand.core.schema import Table
from evenhand.flow.disclosure.layout import TABLES as FOLDER
from evenhand.flow.disclosure.layout import in_package
from evenhand.flow.disclosure.tables import TABLES

META_KEYS = ("version", "origin", "programme", "cycle", "period", "policy", "k", "reserve", "generated", "demo")
"""What stands under `"evenhand"` (spec/formats.md, Disclosure)."""

_MEDIA = {
    "cbor": "application/cbor",
    "cose": "application/cose",
    "html": "text/html",
    "json": "application/json",
    "md": "text/markdown",
    "parquet": "application/vnd.apache.parquet",
    "toml": "application/toml",
    "vkey": "text/plain",
}
_FRICTIONLESS = {"text": "string", "int": "integer"}
_LICENSES = [{"name": "CC0-1.0", "path": "https://creativecommons.org/publicdomain/zero/1.0/"}]


def canonical_json(value: Any) -> bytes:
    """UTF-8, sorted keys, two spaces of indent, newline at the end. ValueError for NaN and the like."""
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2, sort_keys=True) + "\n").encode()


def datapackage(files: Mapping[str, tuple[int, bytes]], meta: Mapping[str, Any]) -> bytes:
    """The bytes of `datapackage.json`.

    `files` maps each path (relative, `/`) to (bytes, SHA-256); `meta` is what stands under `"evenhand"`.
    ValueError for a path that leaves the folder or stands for the package or the log, a hash that is not one, or
    metadata that lacks a key.
    """
    unknown = sorted(set(meta) ^ set(META_KEYS))
    if unknown:
        raise ValueError(
            f"the package's metadata must have exactly {', '.join(META_KEYS)}; look at {', '.join(unknown)}"
        )
    names: set[str] = set()
    resources = [_resource(path, *files[path], names) for path in sorted(files)]
    first = str(meta["period"]["first"])
    return canonical_json({
        "profile": "data-package",
        "name": _slug(f"evenhand-{meta['programme']}-{meta['cycle']}", set()),
        "title": f"Disclosure of {meta['programme']}, cycle {meta['cycle']}",
        "description": _description(meta),
        "licenses": _LICENSES,
        "temporal": {"start": first, "end": str(meta["period"]["last"])},
        "evenhand": dict(meta),
        "resources": resources,
    })  # fmt: skip


def _description(meta: Mapping[str, Any]) -> str:
    parts = [
        "Everything published about one distribution. evenhand-verify checks it; tables/README.md documents the tables."
    ]
    if meta["generated"]:
        parts.append("The population is generated: no real person appears.")
    if meta["demo"]:
        parts.append("Demo keys: anyone could have signed this.")
    return " ".join(parts)


def _resource(path: str, size: int, digest: bytes, names: set[str]) -> dict[str, Any]:
    parts = path.split("/")
    if not path or "\\" in path or path.startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f'"{path}" is not a relative path inside the folder')
    if not in_package(path):
        raise ValueError(f'"{path}" is not listed by the package: it would have to contain its own hash')
    if size < 0 or len(digest) != 32:
        raise ValueError(f'"{path}" needs its size and a SHA-256 of 32 bytes')
    extension = path.rpartition(".")[2] if "." in parts[-1] else ""
    resource: dict[str, Any] = {
        "name": _slug(path.rpartition(".")[0] if extension else path, names),
        "path": path,
        "bytes": size,
        "hash": f"sha256:{digest.hex()}",
        "mediatype": _MEDIA.get(extension, "application/octet-stream"),
    }
    if extension:
        resource["format"] = extension
    if parts[0] == FOLDER and len(parts) == 2 and extension == "parquet":
        name = parts[1].removesuffix(".parquet")
        if name not in TABLES:
            raise ValueError(f'"{path}" is not a table of a disclosure')
        table = TABLES[name]
        resource |= {"profile": "tabular-data-resource", "description": table.doc, "schema": frictionless_schema(table)}
    return resource


def frictionless_schema(table: Table) -> dict[str, Any]:
    """The Frictionless schema of a table. Nothing stands for a missing value but a null."""
    fields = [
        {"name": c.name, "type": _FRICTIONLESS[c.type], "description": c.doc}
        | ({"constraints": {"required": True}} if c.required else {})
        for c in table.columns
    ]
    return {"fields": fields, "primaryKey": list(table.key), "missingValues": []}


def _slug(path: str, taken: set[str]) -> str:
    """A resource name: lower case, digits, `.`, `-`, `_`; a number behind it where two paths give the same."""
    base = re.sub(r"[^a-z0-9._-]+", "-", path.lower().replace("/", ".")).strip("-.") or "file"
    name, number = base, 2
    while name in taken:
        name, number = f"{base}-{number}", number + 1
    taken.add(name)
    return name


def tables_readme() -> str:
    """`tables/README.md`: every table and column in words, made from the schemas."""
    lines = [
        "# Tables of this disclosure",
        "",
        "Parquet files, one row a key, sorted by it. `int` is a 64-bit integer, `text` is UTF-8; a column marked `?`",
        "may be empty. Tables keyed by `commodity` hold the benefits that are divided, counted in hand-out steps.",
        "Tables keyed by `benefit` hold base units (g, ml, piece, point) unless a column says steps. Shares are exact",
        "fractions of decimal texts.",
        "No table has a row about one household, and no household attribute stands below the district.",
    ]
    for table in TABLES.values():
        lines += ["", f"## {table.name}", "", table.doc, "", f"Key: {', '.join(table.key)}.", ""]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        lines += [f"| {c.name} | {c.type}{'' if c.required else '?'} | {c.doc} |" for c in table.columns]
    return "\n".join(lines) + "\n"
