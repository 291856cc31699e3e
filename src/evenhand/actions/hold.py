"""Held rows: a row of an open cycle is held with a reason and a notice, by two persons, and released by two.

A hold is a doubt about whose a row is, never a punishment. It ends with its cycle; what a held row did not get is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from evenhand.actions.cards import KEYS
from evenhand.actions.countersign import Payload, check_words, sign_first, sign_second, signers
from evenhand.actions.cycles import Cycle, find, person_signer
from evenhand.core.errors import UsageError
from evenhand.flow.cycle.countersigning import (
    HOLD_REASONS,
    committed_reason,
    hold_digest,
    hold_entry,
    hold_subject,
)  # fmt: skip
from evenhand.flow.disclosure.holds import Notice, figures
from evenhand.flow.disclosure.tables import arrow_schema
from evenhand.formats import roll
from evenhand.store import Store

NAME = "evenhand/hold/v1"
PLACE, LIFT = "place", "lift"
MAY = ("committed", "open")
"""States of a cycle in which a row may be held."""


@dataclass(frozen=True)
class Act:
    """A hold or its lift, once proposed. `confirmed_by` is "" while it waits for the second person."""

    notice: str
    act: str
    point: str
    tag: bytes
    household: str
    reason: str
    complain: str
    commitment: bytes
    digest: bytes
    proposed_by: str
    confirmed_by: str


def propose(store: Store, cycle: str, household: str, reason: str, complain: str, person: str, passphrase: str) -> Act:
    """Propose that the household's row be held, signed by a preparer. `reason`: one of HOLD_REASONS. `complain`: where the
    household can object, shown to it as it is.

    UsageError unless the cycle is committed or open, for a household without a row there, for a row that is held or was
    given to already, and for a reason that is none.
    """
    if reason not in HOLD_REASONS:
        raise UsageError(
            f'"{reason}" is no reason to hold a row',
            f"a row is held for a doubt about whose it is: {', '.join(HOLD_REASONS)}",
        )
    complain = check_words(
        complain, "a hold says where to complain", '--complain "0800 123 456, or the elders at the mill"'
    )
    person_signer(store, person, passphrase, "preparer")
    with store.transaction("cycle"):
        found = _running(store, cycle)
        tag, point = _row_of(store, found, household)
        _check_may_hold(store, cycle, household, tag, point)
        notice = _next(store, cycle)
        commitment = committed_reason(_salt(store, found, household), cycle, notice, reason)
        _propose(store, cycle, notice, PLACE, point, tag, reason, complain, commitment, person, passphrase)
    return find_act(store, cycle, notice, PLACE)


def propose_lift(store: Store, cycle: str, notice: str, person: str, passphrase: str) -> Act:
    """Propose that a held row be released, signed by a preparer. UsageError where no such hold stands."""
    person_signer(store, person, passphrase, "preparer")
    with store.transaction("cycle"):
        _running(store, cycle)
        held = find_act(store, cycle, notice, PLACE)
        if not held.confirmed_by:
            raise UsageError(f"{notice} was never confirmed: nothing is held by it", "there is nothing to lift")
        if any((one.notice, one.act) == (notice, LIFT) for one in acts(store, cycle)):
            raise UsageError(f"the lift of {notice} is proposed already", f"confirm it: evenhand hold confirm {notice}")
        _propose(
            store, cycle, notice, LIFT, held.point, held.tag, held.reason, held.complain, held.commitment, person,
            passphrase,
        )  # fmt: skip
    return find_act(store, cycle, notice, LIFT)


def confirm(store: Store, cycle: str, notice: str, person: str, passphrase: str) -> Act:
    """Confirm what waits under this notice, a hold or its lift, as the second person: it counts from now on, and the
    log says so. Where nothing waits nothing changes. UsageError for its proposer."""
    with store.transaction("cycle"):
        _running(store, cycle)
        mine = [one for one in acts(store, cycle) if one.notice == notice]
        if not mine:
            raise UsageError(f'there is no notice "{notice}" in cycle {cycle}', "see: evenhand hold list")
        one = mine[-1]
        if not one.confirmed_by:
            if one.act == PLACE:
                _check_may_hold(store, cycle, one.household, one.tag, one.point)
            digest = hold_digest(store.programme.id, cycle, notice, one.act, one.point, one.tag, one.commitment)
            if digest != one.digest:
                raise UsageError(f"{notice} is not what {one.proposed_by} signed", "find out who changed it")
            subject = hold_subject(cycle, notice, one.act)
            signed = sign_second(
                store, cycle, subject, _payload(store, cycle, notice, one.act, digest), digest, person, passphrase
            )
            store.log.append([
                hold_entry(
                    store.programme.id, cycle, notice, one.act, one.point, one.tag, one.commitment, digest, signed
                )
            ])  # fmt: skip
    store.log.publish()
    return find_act(store, cycle, notice, one.act)


def acts(store: Store, cycle: str, point: str | None = None) -> list[Act]:
    """Every hold and lift of a cycle in order, of one point or of all; those too that wait for a second person."""
    rows = store.rows(
        "select h.notice, h.act, h.point, h.tag, coalesce(r.household, ''), h.reason, h.complain, h.commitment, h.digest"
        " from hold h left join roll_row r on r.programme = h.programme and r.cycle = h.cycle and r.tag = h.tag"
        " where h.programme = %s and h.cycle = %s and (%s::text is null or h.point = %s)"
        " order by length(h.notice), h.notice, h.act desc",
        (store.programme.id, cycle, point, point),
    )
    signed = signers(store, cycle, [hold_subject(cycle, notice, act) for notice, act, *_ in rows])
    found = []
    for notice, act, at, tag, household, reason, complain, commitment, digest in rows:
        who = signed.get(hold_subject(cycle, notice, act), {})
        found.append(
            Act(
                notice, act, at, bytes(tag), household, reason, complain, bytes(commitment), bytes(digest),
                who.get("preparer", ""), who.get("approver", ""),
            )
        )  # fmt: skip
    return found


def held_now(store: Store, cycle: str, point: str | None = None) -> list[Act]:
    """The holds that stand: both signed, and not lifted by both."""
    known = [one for one in acts(store, cycle, point) if one.confirmed_by]
    lifted = {one.notice for one in known if one.act == LIFT}
    return [one for one in known if one.act == PLACE and one.notice not in lifted]


def held_values(store: Store, cycle: str) -> dict[bytes, bytes]:
    """Tag -> what stands in the outcome of a row that is held: the beginning of its reason as committed."""
    return {one.tag: one.commitment[:16] for one in held_now(store, cycle)}


def held_totals(store: Store, cycle: Cycle, outcomes: pa.Table) -> pa.Table:
    """The table `held` of a cycle at its close: notices by area and reason, nothing told of few."""
    ended = set(outcomes.filter(pa.compute.equal(outcomes["status"], roll.HELD))["tag"].to_pylist())
    areas = dict(store.rows("select node, coalesce(area, '') from node where kind = 'point'"))
    known = [one for one in acts(store, cycle.id) if one.confirmed_by]
    lifted = {one.notice for one in known if one.act == LIFT}
    notices = [
        Notice(
            areas.get(one.point, ""), one.reason, one.notice in lifted, one.tag in ended and one.notice not in lifted
        )
        for one in known
        if one.act == PLACE
    ]
    parents = {area: parent or "" for area, parent in store.rows("select pcode, parent from area")}
    rows = [row._asdict() for row in figures(notices, parents, cycle.policy().k)]
    return pa.Table.from_pylist(rows, schema=arrow_schema("held"))


def find_act(store: Store, cycle: str, notice: str, act: str) -> Act:
    """One hold or lift. UsageError if there is none such."""
    for one in acts(store, cycle):
        if (one.notice, one.act) == (notice, act):
            return one
    raise UsageError(f'there is no notice "{notice}" in cycle {cycle}', "see: evenhand hold list")


def _check_may_hold(store: Store, cycle: str, household: str, tag: bytes, point: str) -> None:
    if any(one.tag == tag for one in held_now(store, cycle, point)):
        raise UsageError(f"the row of {household} is held already", "see: evenhand hold list")
    if store.rows(
        "select from receipt where programme = %s and cycle = %s and tag = %s limit 1", (store.programme.id, cycle, tag)
    ):
        raise UsageError(f"{household} was served already", "there is nothing left to hold")


def _running(store: Store, cycle: str) -> Cycle:
    found = find(store, cycle)
    if found.state not in MAY:
        raise UsageError(
            f"cycle {cycle} is {found.state}",
            "a row is held from the commitment of its cycle to its close; what was held then is owed in the next",
        )
    return found


def _row_of(store: Store, cycle: Cycle, household: str) -> tuple[bytes, str]:
    rows = store.rows(
        "select r.tag, r.point from card_period p join roll_row r on r.programme = %s and r.cycle = %s and r.tag = p.tag"
        " where p.household = %s and p.period = %s",
        (store.programme.id, cycle.id, household, cycle.period.id),
    )
    if not rows:
        raise UsageError(f'household "{household}" has no row in {cycle.id}', "name it as in the registry")
    return bytes(rows[0][0]), rows[0][1]


def _salt(store: Store, cycle: Cycle, household: str) -> bytes:
    rows = store.rows(
        f"select salt from {KEYS} k where household = %(household)s",
        {"period": cycle.period.id, "household": household},
    )
    return bytes(rows[0][0])


def _next(store: Store, cycle: str) -> str:
    rows = store.rows(
        "select count(*) from hold where programme = %s and cycle = %s and act = 'place'", (store.programme.id, cycle)
    )
    return f"H{rows[0][0] + 1:03d}"


def _propose(
    store: Store, cycle: str, notice: str, act: str, point: str, tag: bytes, reason: str, complain: str,
    commitment: bytes, person: str, passphrase: str,
) -> None:  # fmt: skip
    digest = hold_digest(store.programme.id, cycle, notice, act, point, tag, commitment)
    store.execute(
        "insert into hold (programme, cycle, notice, act, point, tag, reason, complain, commitment, digest, at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            store.programme.id, cycle, notice, act, point, tag, reason, complain, commitment, digest, store.clock(),
        ),
    )  # fmt: skip
    subject = hold_subject(cycle, notice, act)
    sign_first(store, cycle, subject, _payload(store, cycle, notice, act, digest), digest, person, passphrase)


def _payload(store: Store, cycle: str, notice: str, act: str, digest: bytes) -> Payload:
    return lambda role: [NAME, store.programme.id, cycle, role, notice, act, digest]
