"""Commit: staged files are put in place, read again and hashed again; then the log is extended and signed.

A crash leaves one of three states, and each resumes: files staged, files in place, database committed with a log still to
be signed.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.approve import certified_keys, check_staged, staged_digest
from evenhand.actions.cycles import Progress, advance, check_enrolled, place, quiet, staging, step_due
from evenhand.actions.recuts import roll_rations
from evenhand.core.errors import UsageError
from evenhand.flow.card import roll_entries
from evenhand.formats import cbor, cose, roll
from evenhand.formats.cose import Signer
from evenhand.store import Store


def commit(store: Store, cycle: str, person: str, progress: Progress = quiet, forged: Signer | None = None) -> int:
    """Commit `cycle`: from now on its coupons are valid. Returns the number of rolls. UsageError if a file was changed or
    the two approvals are not signatures of two certified persons. `forged`: as for `approve`, the demo's lie."""
    check_enrolled(store, person)
    with store.transaction("cycle"):
        if step_due(store, cycle, "committed") is not None:
            _put_in_place(store, cycle)
            files = check_staged(store, cycle, place(store, cycle))
            _check_approvals(store, cycle, files, forged)
            _insert(store, cycle, person, progress)
    store.log.publish()
    return int(
        store.rows("select count(*) from roll where programme = %s and cycle = %s", (store.programme.id, cycle))[0][0]
    )


def _put_in_place(store: Store, cycle: str) -> None:
    staged, final = staging(store, cycle), place(store, cycle)
    if staged.exists() and not final.exists():
        final.parent.mkdir(parents=True, exist_ok=True)
        staged.rename(final)
    if not final.exists():
        raise UsageError(f"the computed files of {cycle} are gone", "void it with a reason and draft the period again")


def _check_approvals(store: Store, cycle: str, files: dict[str, bytes], forged: Signer | None) -> None:
    """Both signatures once more: rows of the database alone are nobody's word."""
    digest = staged_digest(store, cycle, files)
    rows = store.rows(
        "select role, person, digest, cose from approval where programme = %s and cycle = %s order by role",
        (store.programme.id, cycle),
    )
    if [row[0] for row in rows] != ["approver", "preparer"] or any(bytes(row[2]) != digest for row in rows):
        raise UsageError(f"cycle {cycle} is not signed twice over these files", "void it with a reason")
    keys = certified_keys(store)
    for role, person, _, data in rows:
        key = keys.get((person, role))
        if role == "approver" and forged is not None:
            key = forged.public_key
        wanted = ["evenhand/approval/v1", store.programme.id, cycle, role, digest]
        if key is None or not _is_signed(bytes(data), wanted, key):
            raise UsageError(
                f"the approval of {cycle} as {role} is not a signature of {person}, certified for it",
                "somebody wrote into the database: find out who, and void the cycle with a reason",
            )
    if rows[0][1] == rows[1][1]:
        raise UsageError(f"{rows[0][1]} signed cycle {cycle} twice", "void it with a reason: two persons are needed")


def _is_signed(data: bytes, wanted: list[cbor.Value], key: bytes) -> bool:
    try:
        signed = cose.parse(data)
        return signed.array() == wanted and cose.verify(signed, key)
    except cose.CoseError:
        return False


def _insert(store: Store, cycle: str, person: str, progress: Progress) -> None:
    root, programme = place(store, cycle), store.programme.id
    rows = pq.read_table(root / "private" / "rows.parquet")
    packed_rolls: dict[str, roll.Packed] = {}
    paths = sorted((root / "public" / "rolls").iterdir())
    for number, path in enumerate(paths):
        progress("committing rolls", number, len(paths))
        packed = roll.unpack(path.read_bytes())
        packed_rolls[packed.point] = packed
    progress("committing rolls", len(paths), len(paths))
    entries = roll_entries(rows, packed_rolls)
    rolls = [(point, entry.sha256, len(packed_rolls[point])) for point, entry in sorted(entries.items())]
    points, digests, counts = zip(*rolls, strict=True)
    same = {"programme": [programme] * len(rolls), "cycle": [cycle] * len(rolls)}
    store.copy_in("roll", pa.table({**same, "point": points, "sha256": digests, "rows": pa.array(counts, pa.int32())}))
    store.copy_in("roll_row", roll_rows(rows, programme, cycle))
    store.copy_in("waybill", _waybills(store, cycle))
    store.log.append([entries[point] for point in sorted(entries)])
    advance(store, cycle, "committed", person)


def roll_rows(rows: pa.Table, programme: str, cycle: str) -> pa.Table:
    """Rows of the table `roll_row`, one a household: its rations in steps in the order its benefits stand in the roll."""
    wide = roll_rations(rows)
    return pa.table(
        {
            "programme": pa.array([programme] * len(wide)),
            "cycle": pa.array([cycle] * len(wide)),
            "tag": wide["tag"],
            "point": wide["point"],
            "household": wide["household"],
            "rations": wide["ration_steps_list"],
        }
    )


def _waybills(store: Store, cycle: str) -> pa.Table:
    """Rows of the table `waybill`: the published waybills with where their lanes begin and end."""
    tables = place(store, cycle) / "public" / "tables"
    bills, lanes = pq.read_table(tables / "waybills.parquet"), pq.read_table(tables / "lanes.parquet")
    joined = bills.join(lanes.select(["lane", "from", "to"]), "lane").sort_by("waybill")
    return pa.table(
        {
            "programme": pa.array([store.programme.id] * len(joined), pa.string()),
            "cycle": pa.array([cycle] * len(joined), pa.string()),
            "waybill": joined["waybill"],
            "lane": joined["lane"],
            "source": joined["from"],
            "target": joined["to"],
            "benefit": joined["commodity"],
            "steps": joined["quantity"],
        }
    )
