"""Every file is listed, has its bytes, and nothing else lies in the folder."""

from __future__ import annotations

import hashlib

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.package import NAME
from evenhand_verify.result import Check
from evenhand_verify.schema import SCHEMAS

NEEDED = (
    "tables/README.md",
    "keys/root.vkey",
    "keys/log.vkey",
    "report/index.html",
    *(f"tables/{name}.parquet" for name in SCHEMAS),
)


def run(d: Disclosure) -> str | list[str]:
    """Hashes and sizes; missing, unlisted and strange files."""
    listed, failures = d.package.files, []
    there, strange = d.listing
    failures += [f"neither a file nor a folder, {path}" for path in strange]
    for path in sorted(there - listed.keys() - {NAME}):
        if not path.startswith("log/"):
            failures.append(f"a file that datapackage.json does not list, {path}")
    size = 0
    for path, (count, digest) in sorted(listed.items()):
        if path == NAME or path.startswith("log/"):
            failures.append(f"a file that datapackage.json cannot list, {path}")
        elif path not in there:
            failures.append(f"a listed file is missing, {path}")
        else:
            data = d.raw(path)
            size += len(data)
            if len(data) != count or hashlib.sha256(data).digest() != digest:
                failures.append(f"the bytes are not those that datapackage.json names, {path}")
    failures += [f"a file that every disclosure has is missing, {path}" for path in NEEDED if path not in listed]
    if not d.meta.policy.startswith("policy/") or d.meta.policy not in listed:
        failures.append(f"the policy that datapackage.json names is not a listed file of policy/, {d.meta.policy}")
    for path in listed:
        if path.startswith("tables/") and path not in NEEDED:
            failures.append(f"a table that no disclosure has, {path}")
    return failures or f"{len(listed):,} files, {size / 1e6:.1f} MB"


CHECK = Check("files", "every file is listed with its hash, none is missing, none is to spare", run)
