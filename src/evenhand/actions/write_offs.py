"""Write off stock that is there no more: one person proposes it with a reason, another confirms, and only then goods move.

What an open cycle has promised stays: else its households' receipts could ask for more than the ledger has, and the cycle
would never close. It is written off once the cycle has closed.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from evenhand.actions.cycles import detail_of, find, state_of, under_way
from evenhand.actions.moved_rows import promised
from evenhand.actions.opening import waybills_of
from evenhand.actions.stock import append_movements, on_hand_at
from evenhand.core.benefit import Benefit
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.flow.ledger import Movement, loss, node
from evenhand.flow.network.quantities import NotAQuantity, base_units
from evenhand.store import Store

REASON_LENGTH = 200
MOST = 1000
"""So many proposals are looked at when one is answered."""


@dataclass(frozen=True)
class WriteOff:
    """A proposal and what became of it: `step` is `proposed` while it waits, else the answer. `quantity`: base units."""

    id: int
    step: str
    node: str
    benefit: str
    lot: str
    quantity: int
    reason: str
    person: str
    second: str
    at: int


def propose_write_off(
    store: Store, person: str, node_id: str, benefit: Benefit, lot: str, quantity: str, reason: str
) -> None:
    """Ask that so much of a lot at a node be written off. `quantity` as people write it: `40 kg`, or base units.

    InputError naming the field: more than lies there and is not promised, no reason, no quantity.
    """
    with store.transaction("cycle"):
        problems = []
        if not reason.strip() or len(reason) > REASON_LENGTH or not reason.isprintable():
            message = f"a reason of 1 to {REASON_LENGTH} plain letters"
            problems.append(Problem("", 0, "reason", reason[:40], message, "say what happened to the goods"))
        base = 0
        try:
            base = base_units(quantity.strip(), benefit)
            if not base:
                problems.append(Problem("", 0, "quantity", quantity, "nothing", "say how much, such as 40 kg"))
        except NotAQuantity as error:
            message, _, remedy = str(error).partition("|")
            problems.append(Problem("", 0, "quantity", quantity[:40], message, remedy or "say how much, such as 40 kg"))
        if base:
            problems += _split(store, node_id, benefit, lot, base)[1]
        if problems:
            raise InputError(problems)
        _insert(
            store, WriteOff(0, "proposed", node_id, benefit.id, lot, base, reason.strip(), person, "", 0), None, None
        )


def answer_write_off(store: Store, person: str, proposal: int, benefit: Benefit, confirmed: bool) -> None:
    """A second person confirms a proposal (the goods leave the ledger) or declines it; who proposed it takes it back.

    UsageError for one that was answered already, a confirmation by its proposer, or where less is there by now.
    """
    with store.transaction("cycle"):
        found = next((one for one in write_offs(store, None, waiting=True, limit=MOST) if one.id == proposal), None)
        if found is None:
            raise UsageError("this write-off was answered already", "see what became of it")
        mine = found.person.strip().casefold() == person.strip().casefold()
        if mine and confirmed:
            raise UsageError(f"{person} proposed this and cannot confirm it", "a second person must")
        if not confirmed:
            _insert(store, found, "withdrawn" if mine else "declined", "" if mine else person)
            return
        (inside, later), problems = _split(store, found.node, benefit, found.lot, found.quantity)
        if problems:
            raise UsageError(problems[0].message, problems[0].remedy)
        cycle = under_way(store) if inside else None
        _insert(store, found, "confirmed", person, cycle)
        ends = (node(found.node), loss(found.node), found.benefit, found.lot)
        ref = f"write-off/{found.id}/{found.benefit}/{found.lot}"
        if inside:
            append_movements(store, cycle, [Movement("loss", *ends, inside, ref)])
        if later:
            append_movements(store, None, [Movement("write-off", *ends, later, f"{ref}/next")])


def write_offs(store: Store, nodes: Set[str] | None, *, waiting: bool, limit: int = 50) -> list[WriteOff]:
    """Proposals at these nodes (None: everywhere) that wait, the oldest first, or those answered, the newest first."""
    rows = store.rows(
        "select p.id, coalesce(a.step, p.step), p.node, p.benefit, p.lot, p.quantity, p.reason, p.person,"
        " coalesce(a.second, ''), coalesce(a.at, p.at) from write_off p left join write_off a on a.proposal = p.id"
        " where p.programme = %(programme)s and p.step = 'proposed' and (a.id is null) = %(waiting)s"
        " and (%(nodes)s::text[] is null or p.node = any(%(nodes)s))"
        f" order by coalesce(a.id, 0) desc, p.id {'asc' if waiting else 'desc'} limit %(limit)s",
        {
            "programme": store.programme.id, "waiting": waiting, "limit": limit,
            "nodes": None if nodes is None else sorted(nodes),
        },
    )  # fmt: skip
    return [WriteOff(*row) for row in rows]


def _insert(store: Store, one: WriteOff, step: str | None, second: str | None, cycle: str | None = None) -> None:
    store.execute(
        "insert into write_off (programme, step, node, benefit, lot, quantity, reason, person, second, proposal, cycle, at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            store.programme.id, step or one.step, one.node, one.benefit, one.lot, one.quantity, one.reason, one.person,
            second or "", one.id or None, cycle, store.clock(),
        ),
    )  # fmt: skip


def _split(store: Store, node_id: str, benefit: Benefit, lot: str, base: int) -> tuple[tuple[int, int], list[Problem]]:
    """(base units that the cycle under way loses, those that the next one freezes without), and what speaks against it."""
    here = [row for row in on_hand_at(store, [node(node_id)]) if row[1] == benefit.id]
    of_lot = sum(row[4] for row in here if row[2] == lot)
    if base > of_lot:
        message = f"only {of_lot} base units of lot {lot} lie there"
        return (0, 0), [Problem("", 0, "quantity", str(base), message, "write off what is missing of this lot")]
    free, later = _free(store, node_id, benefit, sum(row[4] for row in here))
    inside = min(base, free)
    if base - inside > later:
        message = f"{base - inside - later} base units of it are promised to the cycle under way"
        remedy = "write off less now, and the rest once the cycle has closed"
        return (0, 0), [Problem("", 0, "quantity", str(base), message, remedy)]
    return (inside, base - inside), []


def _free(store: Store, node_id: str, benefit: Benefit, total: int) -> tuple[int, int]:
    """Of what lies there, base units that the cycle under way can lose, and those that came after its freeze. Until it is
    open, all that lay there at the freeze is spoken for."""
    cycle = under_way(store)
    if cycle is None:
        return 0, total
    since = detail_of(store, cycle, "frozen")["movements_to"]
    later = store.rows(
        "select coalesce(sum(case when target = %(at)s then quantity else -quantity end), 0)::bigint from movement"
        " where programme = %(programme)s and cycle is null and id > %(since)s and benefit = %(benefit)s"
        " and %(at)s in (source, target)",
        {"programme": store.programme.id, "since": since, "benefit": benefit.id, "at": node(node_id)},
    )[0][0]
    if state_of(store, cycle) != "open":
        return 0, later
    promised = _promised(store, cycle, node_id, benefit.id) * benefit.step_base
    return max(0, total - later - promised), later


def _promised(store: Store, cycle: str, node_id: str, benefit: str) -> int:
    """Steps that a point's households were promised; 0 at a depot, and at a point that will still count and be re-cut."""
    at = (store.programme.id, cycle, node_id)
    counted = store.rows("select 1 from count where programme = %s and cycle = %s and point = %s", at)
    begun = store.rows("select 1 from receipt where programme = %s and cycle = %s and point = %s limit 1", at)
    if not counted and not begun and any(bill[2] == node_id for bill in waybills_of(store, cycle)):
        return 0
    return promised(store, find(store, cycle)).get((node_id, benefit), 0)
