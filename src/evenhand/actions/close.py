"""Close: every row ends, every device's head is signed by both sides, the ledger balances, or the cycle stays open."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.cycles import (
    Cycle,
    Progress,
    Tamper,
    advance,
    check_enrolled,
    cycles_before,
    detail_of,
    done_before,
    honest,
    place,
    quiet,
    seed_of,
    step_due,
)  # fmt: skip
from evenhand.actions.freeze import CARRY_SCHEMA
from evenhand.actions.grievance_totals import since_last_close, totals
from evenhand.actions.heads import signed_heads
from evenhand.actions.hold import held_totals, held_values
from evenhand.actions.recuts import file_name, recut_rows
from evenhand.actions.releases import custody_of
from evenhand.actions.stock import append_movements, movements_of, read_stock, steps_of
from evenhand.actions.supplement_rows import listed_rows, promised_totals
from evenhand.core.errors import UsageError
from evenhand.flow.cycle.leaving import Left, leave
from evenhand.flow.ledger import Movement, balances, given
from evenhand.flow.redemption import (
    Receipt,
    Settlement,
    pack_outcomes,
    read_many,
    redeemed_entry,
    settle,
)  # fmt: skip
from evenhand.flow.redemption.merge import Pool
from evenhand.flow.redemption.moving import away_and_guests
from evenhand.flow.redemption.outcome import STATUS_NAMES, HeadRow
from evenhand.formats.entry import Entry
from evenhand.formats.roll import HELD, MOVED
from evenhand.store import Store


def close(
    store: Store,
    cycle: str,
    person: str,
    progress: Progress = quiet,
    pool: Pool | None = None,
    tamper: Tamper = honest,
    unclosed: Collection[str] = (),
) -> dict[str, int]:
    """Close `cycle`. Returns how many rows ended in which way. `unclosed`: devices that are lost with receipts nobody has
    seen, published as such. UsageError if goods are still on the way, a device's chain
    has a gap that nobody explained, or an account would go below zero; then nothing is changed."""
    check_enrolled(store, person)
    if done_before(store, cycle, "closed"):
        return dict(detail_of(store, cycle, "closed")["ended"])
    with store.transaction("cycle"):
        due = step_due(store, cycle, "closed")
        if due is None:
            return dict(detail_of(store, cycle, "closed")["ended"])
        progress("closing", 0, 5)
        receipts = read_receipts(store, cycle, pool)
        settlement = settle(
            final_rolls(store, cycle), tuple(due.policy().benefits), receipts, reserves(store, cycle),
            custody_of(store, cycle), held_values(store, cycle),
        )  # fmt: skip
        progress("closing", 1, 5)
        after = _ledger(store, due, settlement)
        progress("closing", 2, 5)
        heads = signed_heads(store, cycle, receipts, unclosed)
        progress("closing", 3, 5)
        ended = _outcomes(store, due, settlement, heads, tamper)
        progress("closing", 4, 5)
        rows = _final_rows(store, cycle)
        silent = {point for point, found in heads.items() if any(len(row) > 3 for row in found)}
        left = _left(store, due, pa.concat_tables([rows, *listed_rows(store, cycle, _ROW)]), settlement, silent)
        beyond: Counter[str] = Counter()
        for item in settlement.beyond:
            beyond[item.benefit] += item.steps
        detail = {
            "ended": ended,
            "carry": store.snapshots.put(_carry_after(rows)), "balances": store.snapshots.put(after),
            "owed": store.snapshots.put(left.debts), "left": store.snapshots.put(left.sums),
            "contested": len(settlement.contested), "beyond": dict(beyond),
            "refused_receipts": len(settlement.refused),
            "held": store.snapshots.put(held_totals(store, due, settlement.outcomes)),
            "supplements": store.snapshots.put(promised_totals(store, due)),
        }  # fmt: skip
        told = totals(store, since_last_close(store), due.policy().k)
        detail["grievances"] = store.snapshots.put(told)
        advance(store, cycle, "closed", person, detail)
        progress("closing", 5, 5)
    store.log.publish()
    return ended


def read_receipts(store: Store, cycle: str, pool: Pool | None = None, point: str | None = None) -> list[Receipt]:
    """Every receipt of the cycle, of one point or of all, by device and sequence. Their signatures were checked when they
    came in."""
    here = " and point = %(point)s and device in (select name from certificate where %(role)s = any(roles))"
    rows = store.copy_out(
        "select raw from receipt where programme = %(programme)s and cycle = %(cycle)s"
        f"{'' if point is None else here} order by device, sequence, hash",
        {"programme": store.programme.id, "cycle": cycle, "point": point, "role": f"point:{point}"},
    )
    found = read_many(rows["raw"].to_pylist(), None, pool)
    receipts = [receipt for receipt, _ in found if isinstance(receipt, Receipt)]
    if len(receipts) != len(found):
        raise UsageError(
            f"{len(found) - len(receipts)} stored receipts of {cycle} can no longer be read",
            "somebody changed the database: restore it from its backup, and have the devices send again",
        )
    return receipts


def final_rolls(store: Store, cycle: str, point: str | None = None) -> pa.Table:
    """tag, point, rations of every row, after any re-cut, and whether it came on a supplementary list; of one point or
    of all."""
    return store.copy_out(
        "select r.tag, r.point, coalesce(c.rations, r.rations) as rations, r.supplement <> '' as listed from roll_row r"
        " left join recut_row c on c.programme = r.programme and c.cycle = r.cycle and c.tag = r.tag"
        " where r.programme = %s and r.cycle = %s and (%s::text is null or r.point = %s) order by r.point, r.tag",
        (store.programme.id, cycle, point, point),
    )


def reserves(store: Store, cycle: str) -> dict[tuple[str, str], int]:
    """(point, benefit) -> steps of its reserve: as planned, or as the re-cut left it."""
    totals = pq.read_table(place(store, cycle) / "public" / "tables" / "totals.parquet").to_pylist()
    found = {(row["point"], row["benefit"]): row["reserve"] for row in totals}
    for point, benefit, counted, units in store.rows(
        "select point, benefit, counted, units from recut where programme = %s and cycle = %s",
        (store.programme.id, cycle),
    ):
        found[point, benefit] = counted - units
    return found


def _ledger(store: Store, cycle: Cycle, settlement: Settlement) -> pa.Table:
    """Append movements of what was given; the balances, which prove that nothing is lost or still on the way."""
    steps = steps_of(cycle.policy().benefits.values())
    stock = read_stock(store)
    append_movements(store, cycle.id, given(stock, settlement.given, settlement.over_issue, steps, cycle.id))
    return balances(*ledger_of(store, cycle.id), closed=True)


def ledger_of(store: Store, cycle: str) -> tuple[dict[tuple[str, str], int], list[Movement]]:
    """Opening balances of a cycle (the closing ones of the cycle before) and its movements in order. Goods received
    from outside belong to the cycle that froze after they came."""
    opening: dict[tuple[str, str], int] = {}
    after = 0
    for before, _state in cycles_before(store, cycle)[-1:]:
        after = detail_of(store, before, "frozen")["movements_to"]
        for row in store.snapshots.table(detail_of(store, before, "closed")["balances"]).to_pylist():
            if row["closing"]:
                opening[row["account"], row["benefit"]] = row["closing"]
    upto = detail_of(store, cycle, "frozen")["movements_to"]
    return opening, movements_of(store, cycle, after, upto)


def _outcomes(
    store: Store,
    cycle: Cycle,
    settlement: Settlement,
    heads: Mapping[str, list[HeadRow]],
    tamper: Tamper,
) -> dict[str, int]:
    programme = store.programme.id
    packed = tamper("outcomes", pack_outcomes(settlement.outcomes, programme, cycle.id))
    entries: list[Entry] = []
    given_by_point, away, guests = map(_by_point, (settlement.given, *away_and_guests(settlement.moved)))
    for point, file in packed.items():
        entries.append(
            redeemed_entry(
                file, given_by_point.get(point, {}), heads.get(point, []), away.get(point, {}), guests.get(point, {})
            )
        )
    folder = place(store, cycle.id) / "closed" / "redeemed"
    folder.mkdir(parents=True, exist_ok=True)
    for point, file in packed.items():
        (folder / f"{file_name(point)}.cbor").write_bytes(file.encode())
    # A row that moved stands in the database once: where it ended.
    table = settlement.outcomes.filter(pc.not_equal(settlement.outcomes["status"], MOVED))
    count = len(table)
    store.copy_in(
        "outcome",
        pa.table(
            {
                "programme": pa.array([programme] * count, pa.string()),
                "cycle": pa.array([cycle.id] * count, pa.string()),
                "tag": table["tag"], "point": table["point"], "status": table["status"], "value": table["value"],
            }
        ),
    )  # fmt: skip
    store.log.append(entries)
    statuses = Counter(table["status"].to_pylist())
    return {name: statuses[status] for status, name in STATUS_NAMES.items()}


def _by_point(steps: Mapping[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (point, benefit), quantity in steps.items():
        found.setdefault(point, {})[benefit] = quantity
    return found


_ROW = ("point", "household", "tag", "benefit", "ladder", "ration_steps", "offered_steps", "carry_after")


def _final_rows(store: Store, cycle: str) -> pa.Table:
    """The rows of the rolls, as computed or as a re-cut left them."""
    rows = pq.read_table(place(store, cycle) / "private" / "rows.parquet", columns=list(_ROW))
    cut = recut_rows(store, cycle)
    if cut is None:
        return rows
    others = pc.invert(pc.is_in(rows["point"], pc.unique(cut["point"])))
    return pa.concat_tables([rows.filter(others), cut.select(rows.column_names)])


def _left(store: Store, cycle: Cycle, rows: pa.Table, settlement: Settlement, silent: Collection[str]) -> Left:
    """What this cycle leaves undersupplied and uncollected."""
    root = place(store, cycle.id)
    tables = {name: pq.read_table(root / "private" / f"{name}.parquet") for name in ("debts", "on_roll")}
    public = ("ladders", "owed", "levels")
    tables |= {name: pq.read_table(root / "public" / "tables" / f"{name}.parquet") for name in public}
    level = ("rungs", "num", "den")
    levels = {(r["point"], r["commodity"]): tuple(int(r[n]) for n in level) for r in tables["levels"].to_pylist()}
    for point, benefit, *found in store.rows(
        "select point, benefit, rungs, num, den from recut where programme = %s and cycle = %s",
        (store.programme.id, cycle.id),
    ):
        levels[point, benefit] = tuple(map(int, found))
    seed, tables["rows"] = seed_of(store, cycle.id), rows
    ended = settlement.outcomes
    held = ended.filter(pc.equal(ended["status"], HELD))["tag"].to_pylist()
    return leave(cycle.policy(), cycle.period.id, tables, levels, settlement.left, silent, seed, held)  # type: ignore[arg-type]


def _carry_after(rows: pa.Table) -> pa.Table:
    """Rounding arrears that the next cycle reads. Zeros are left out."""
    rows = rows.filter(pc.not_equal(rows["carry_after"], 0)).sort_by(
        [("household", "ascending"), ("benefit", "ascending")]
    )
    return pa.table([rows["household"], rows["benefit"], rows["carry_after"]], schema=CARRY_SCHEMA)
