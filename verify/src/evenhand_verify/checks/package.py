"""`datapackage.json` is in its one form, and its schemas are those of the tables."""

from __future__ import annotations

from datetime import date, timedelta

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check
from evenhand_verify.schema import SCHEMAS

TYPES = {"int": "integer", "text": "string"}


def run(d: Disclosure) -> str | list[str]:
    """Parse strictly; compare the published schemas; k and reserve as in the policy."""
    failures = []
    for name, schema in SCHEMAS.items():
        published = d.package.schemas.get(f"tables/{name}.parquet")
        fields = published.get("fields") if isinstance(published, dict) else None
        found = [(f.get("name"), f.get("type")) for f in fields or [] if isinstance(f, dict)]
        if found != [(column, TYPES[kind.rstrip("?")]) for column, kind in schema.columns]:
            failures.append(f"the schema is not that of the table, tables/{name}.parquet")
    if d.policy.k != d.meta.k:
        failures.append(f"k is {d.meta.k} and the policy says {d.policy.k}, datapackage.json")
    if d.policy.reserve != d.meta.reserve:
        failures.append(f"the reserve is {d.meta.reserve} and the policy says {d.policy.reserve}, datapackage.json")
    meta = d.meta
    period = meta.cycle.partition("/")[0]
    if period != meta.period:
        failures.append(f"the cycle {meta.cycle} is not one of the period {meta.period}, datapackage.json")
    kind = d.policy.period
    if not _is_period(kind, meta.period, meta.first, meta.last):
        failures.append(f"{meta.first} to {meta.last} is not the {kind} {meta.period}, datapackage.json")
    people = "a generated population" if meta.generated else "a registered population"
    return failures or f"{meta.programme} {meta.cycle}, {meta.first} to {meta.last}, {people}"


def _is_period(kind: str, name: str, first: date, last: date) -> bool:
    """A month must be the whole one of its name, and a week seven days from Monday; other kinds name their own days."""
    after = last + timedelta(days=1)
    if kind == "month":
        whole = first.day == 1 and after.day == 1 and (last - first).days < 31
        return whole and name == f"{first.year:04d}-{first.month:02d}"
    if kind == "week":
        return first.weekday() == 0 and (last - first).days == 6
    return True


CHECK = Check("package", "datapackage.json is canonical and says what the policy says", run)
