"""Publish: the disclosure folder of a closed cycle, written beside its place and renamed when it is whole.

Order (DESIGN §7): tables, rolls, claims, report, datapackage, publish entry, checkpoint.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.cards import KEYS
from evenhand.actions.claims import read_month
from evenhand.actions.close import ledger_of
from evenhand.actions.countersign import confirmed_files
from evenhand.actions.cycles import (
    Cycle,
    Progress,
    Tamper,
    advance,
    check_enrolled,
    cycles_before,
    detail_of,
    find,
    honest,
    place,
    quiet,
    step_due,
)  # fmt: skip
from evenhand.actions.supplement_rows import write_lists
from evenhand.core.errors import UsageError
from evenhand.flow.disclosure import layout
from evenhand.flow.disclosure.claim import claims_json
from evenhand.flow.disclosure.claims import claims
from evenhand.flow.disclosure.package import canonical_json, datapackage, tables_readme
from evenhand.flow.disclosure.tables import shape
from evenhand.flow.ledger import aggregate, balances
from evenhand.formats import parquet, roll, tlog
from evenhand.formats.entry import Entry, decode
from evenhand.render.report import ReportFacts, report
from evenhand.store import Store

COUNTED = ("received", "decided", "in_time", "upheld")


def publish(
    store: Store,
    cycle: str,
    person: str,
    out: Path | None = None,
    progress: Progress = quiet,
    tamper: Tamper = honest,
) -> Path:
    """Publish `cycle` below `out` (default: the data folder's `disclosures/`): `out`/2008-03. Returns that folder.

    Earlier months that lie there too go into the report's charts and claims. Published again beside the same months, the
    same bytes come out.
    UsageError if the folder holds something else.
    """
    check_enrolled(store, person)
    found = find(store, cycle)
    folder = (out or store.data / "disclosures") / found.period.id
    whole = (folder / layout.DATAPACKAGE).exists()
    if folder.exists() and not whole:
        raise UsageError(f"{folder} holds something else", "choose another --out")
    if step_due(store, cycle, "published") is None and out is None and whole:
        return folder
    earlier = _earlier(store, cycle, folder.parent)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    meta = _write_matter(store, found, part, progress, tamper)
    progress("publishing: claims and report", 0, 1)
    _write_report(store, part, earlier, meta)
    files = {
        path.relative_to(part).as_posix(): (path.stat().st_size, sha256(path.read_bytes()).digest())
        for path in sorted(part.rglob("*"))
        if path.is_file()
    }
    package = datapackage(files, meta)
    (part / layout.DATAPACKAGE).write_bytes(package)
    _write_log(store, cycle, person, part, package, [path.name for path in earlier])
    progress("publishing: claims and report", 1, 1)
    if folder.exists():
        shutil.rmtree(folder)
    part.rename(folder)
    return folder


def _write_matter(store: Store, cycle: Cycle, part: Path, progress: Progress, tamper: Tamper) -> dict[str, Any]:
    """Everything but report, package and log. Returns what stands under "evenhand" in the package."""
    root, policy = place(store, cycle.id), cycle.policy()
    for name in ("policy", "tables", "rolls"):
        shutil.copytree(root / "public" / name, part / name)
    shutil.copytree(root / "closed" / "redeemed", part / layout.REDEEMED)
    _lie_about_rolls(store, cycle, part, tamper)
    opening, movements = ledger_of(store, cycle.id)
    moved = aggregate(movements)
    tables = {
        "movements": tamper("movements", moved),
        "balances": balances(opening, movements, closed=True),
        "recut": _recut(store, cycle.id),
        "left": store.snapshots.table(detail_of(store, cycle.id, "closed")["left"]),
        **{
            name: store.snapshots.table(detail_of(store, cycle.id, "closed")[name])
            for name in ("supplements", "held", "grievances")
        },
    }
    write_lists(store, cycle.id, part / layout.SUPPLEMENTS, tamper)
    for name, table in tables.items():
        parquet.write(shape(name, table), part / layout.table_path(name))
    (part / layout.TABLES_README).write_text(tables_readme(), encoding="utf-8")
    (part / layout.SIGNED).mkdir()
    signed = _signed(store, cycle.id)
    for number, data in enumerate(signed):
        progress("publishing: signatures", number, len(signed))
        (part / layout.SIGNED / f"{sha256(data).hexdigest()}.cose").write_bytes(data)
    (part / "keys").mkdir()
    (part / layout.ROOT_VKEY).write_text(store.keys.root_vkey.line() + "\n", encoding="utf-8")
    (part / layout.LOG_VKEY).write_text(store.keys.log_vkey.line() + "\n", encoding="utf-8")
    name = next((part / layout.POLICY).iterdir()).name
    return {
        "version": 1,
        "origin": store.programme.origin,
        "programme": store.programme.id,
        "cycle": cycle.id,
        "period": {
            "id": cycle.period.id,
            "first": cycle.period.first.isoformat(),
            "last": cycle.period.last.isoformat(),
        },
        "policy": f"{layout.POLICY}/{name}",
        "k": policy.k,
        "reserve": [policy.reserve.numerator, policy.reserve.denominator],
        "generated": store.programme.demo,
        "demo": store.programme.demo,
    }


def _lie_about_rolls(store: Store, cycle: Cycle, part: Path, tamper: Tamper) -> None:
    """The demo's lie `swap` changes a roll after its commitment; without a lie nothing happens here."""
    if tamper is honest:
        return
    paths = sorted((part / layout.ROLLS).iterdir())
    rolls = {packed.point: packed for packed in (roll.unpack(path.read_bytes()) for path in paths)}
    keys = {
        bytes(tag): (bytes(salt), bytes(key))
        for tag, salt, key in store.rows(f"select tag, salt, seal_key from {KEYS} k", {"period": cycle.period.id})
    }
    for point, packed in _rolls_of(tamper("rolls", (rolls, keys))).items():
        if packed != rolls[point]:
            (part / layout.point_file(layout.ROLLS, point)).write_bytes(packed.encode())


def _rolls_of(data: Any) -> dict[str, roll.Packed]:
    """What the hook gives back: the rolls alone, or what it was given where it told no lie."""
    return dict(data[0] if isinstance(data, tuple) else data)


def _signed(store: Store, cycle: str) -> list[bytes]:
    """Every COSE file the log speaks of: all certificates, and this cycle's freeze, approvals, counts and heads."""
    at = (store.programme.id, cycle)
    queries = (
        ('select cose from "freeze" where programme = %s and cycle = %s', at),
        ("select cose from approval where programme = %s and cycle = %s order by role", at),
        ("select cose from count where programme = %s and cycle = %s and cose <> '' order by point", at),
        ("select cose from statement where programme = %s and cycle = %s order by sha256", at),
    )
    entries = list(map(decode, store.log.entries()[: _log_size(store, cycle)]))
    logged = {entry.sha256 for entry in entries if entry.kind in ("key", "holder")}
    closed: list[Any] = [entry.totals["heads"] for entry in entries if (entry.kind, entry.cycle) == ("redeemed", cycle)]
    ends = {
        tuple(head[:3]) for heads in closed for head in heads
    }  # a device that gave on another day had an earlier one
    heads = [
        bytes(cose)
        for device, receipts, last, *coses in store.rows(
            "select device, receipts, hash, device_cose, server_cose from head where programme = %s and cycle = %s", at
        )
        for cose in coses
        if cose and (device, receipts, None if last is None else bytes(last)) in ends
    ]
    certificates = [
        bytes(row[0])
        for row in store.rows(
            "select cose from (select sha256, cose from certificate union all select sha256(cose), cose from holding"
            " where replaces <> '') papers order by sha256"
        )
    ]
    known = [cose for cose in certificates if sha256(cose).digest() in logged]  # those of later people come next time
    return [
        *known,
        *heads,
        *confirmed_files(store, cycle),
        *(bytes(row[0]) for query, params in queries for row in store.rows(query, params)),
    ]


def _log_size(store: Store, cycle: str) -> int:
    """How many entries the log had before this cycle's last three, from `stock` on, whenever this is asked."""
    rows = store.rows(
        "select coalesce(min(index) filter (where cycle = %s and kind = 'stock'), count(*)) from log_entry", (cycle,)
    )
    return int(rows[0][0])


def _recut(store: Store, cycle: str) -> pa.Table:
    return store.copy_out(
        "select point, benefit, counted, reserve, carry_micro, rungs, num, den, units from recut"
        " where programme = %s and cycle = %s order by point, benefit",
        (store.programme.id, cycle),
    )


def _write_report(store: Store, part: Path, earlier: Sequence[Path], meta: Mapping[str, Any]) -> None:
    """Claims and report, read from what was just written and from nothing else. The package is made after them, so the
    month is read with a package of its own matter first."""
    (part / layout.DATAPACKAGE).write_bytes(canonical_json({"evenhand": dict(meta)}))
    month = read_month(part)
    (part / layout.DATAPACKAGE).unlink()
    history = [*(read_month(path) for path in earlier), month]
    (part / "report").mkdir()
    tested = claims(history)
    (part / layout.CLAIMS).write_bytes(claims_json(tested))
    facts = _facts(store, str(meta["cycle"]), part, [path.name for path in earlier])
    (part / layout.REPORT).write_text(report(month, history, tested, facts), encoding="utf-8")


def _earlier(store: Store, cycle: str, out: Path) -> list[Path]:
    """The disclosures of the programme's earlier months that lie in `out`, in order. Published again, those it was
    published with, so that the same bytes come out; UsageError if one of them does not lie there."""
    folders = [out / find(store, name).period.id for name, _ in cycles_before(store, cycle)]
    there = [folder for folder in folders if (folder / layout.DATAPACKAGE).exists()]
    names = detail_of(store, cycle, "published").get("earlier")
    if names is None:
        return there
    missing = sorted(set(names) - {folder.name for folder in there})
    if missing:
        raise UsageError(
            f"cycle {cycle} was published with {', '.join(missing)} before it, which does not lie in {out}",
            "publish those months there first, or copy the folders that were published",
        )
    return [folder for folder in there if folder.name in names]


def _facts(store: Store, cycle: str, part: Path, earlier: list[str]) -> ReportFacts:
    """What the report says of the log: as it stood before the report, whenever it is written."""
    size = _log_size(store, cycle)
    entries = store.log.entries()[:size]
    root = tlog.root_hash([tlog.leaf_hash(entry) for entry in entries])
    folder = part.name.removeprefix(".").removesuffix(".part")
    previous = earlier[-1] if earlier else ""
    return ReportFacts(size, root.hex(), store.keys.root_vkey.line(), folder, previous)


def _write_log(store: Store, cycle: str, person: str, part: Path, package: bytes, earlier: list[str]) -> None:
    """The last three entries, the state, and the log as of them."""
    programme = store.programme.id
    moved = sha256((part / layout.table_path("movements")).read_bytes()).digest()
    closing: dict[str, int] = {}
    for row in _read(part, "balances").to_pylist():
        if row["account"].startswith("node:"):
            closing[row["benefit"]] = closing.get(row["benefit"], 0) + row["closing"]
    told = _read(part, "grievances").to_pylist()
    sums = {name: count for name in COUNTED if (count := sum(row[name] or 0 for row in told))}
    complaints = sha256((part / layout.table_path("grievances")).read_bytes()).digest()
    with store.transaction("cycle"):
        due = step_due(store, cycle, "published") is not None
        store.log.append(
            [
                Entry("stock", programme, cycle, "stock", moved, {"closing": dict(sorted(closing.items()))}),
                Entry("grievance-totals", programme, cycle, "grievances", complaints, {"sums": sums}),
                Entry("publish", programme, cycle, "publish", sha256(package).digest()),
            ]
        )
        if due:
            advance(store, cycle, "published", person, {"earlier": earlier})
    store.log.publish()
    # The first checkpoint that holds the publish entry: published again later, the same log comes out.
    size, signed = store.rows(
        "select size, note from checkpoint where size > (select index from log_entry where programme = %s and cycle = %s"
        " and kind = 'publish') order by size limit 1",
        (programme, cycle),
    )[0]
    for path, data in tlog.tiles(store.log.entries()[:size]).items():
        target = part / layout.LOG / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    (part / layout.CHECKPOINT).write_text(signed, encoding="utf-8")


def _read(part: Path, name: str) -> pa.Table:
    return pq.read_table(part / layout.table_path(name))
