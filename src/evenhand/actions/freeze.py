"""Freeze: snapshots of registry, policy, stock and network by content hash, signed, and their hashes in the log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

import pyarrow as pa
import pyarrow.compute as pc

from evenhand.actions.cards import KEYS
from evenhand.actions.cycles import (
    Cycle,
    Progress,
    advance,
    cycles_before,
    detail_of,
    done_before,
    find,
    person_signer,
    quiet,
    step_due,
)  # fmt: skip
from evenhand.actions.moving import moves
from evenhand.actions.paying import remedies_after
from evenhand.actions.removal import gone
from evenhand.actions.stock import ON_HAND, steps_of
from evenhand.core.benefit import Benefit
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.flow.allocation.rules import LEXIMIN
from evenhand.flow.cycle.owing import OWED_SCHEMA
from evenhand.flow.cycle.ruling import UNPROVED
from evenhand.flow.policy import Policy
from evenhand.formats import cbor, cose
from evenhand.formats.entry import Entry
from evenhand.store import Store


def freeze(
    store: Store, cycle: str, person: str, passphrase: str, event: str, progress: Progress = quiet
) -> dict[str, str]:
    """Freeze `cycle`: the attempt's only one. `event` names the public event still to come that will seed the draw.

    Returns the hashes of the snapshots. UsageError if the cycle before is not closed, a household has no card for the
    period, or the policy asks for what this version does not do; InputError naming every point under k households.
    """
    signer = person_signer(store, person, passphrase, "preparer")
    if done_before(store, cycle, "frozen"):
        return _snapshots_of(store, cycle)
    with store.transaction("cycle"):
        due = step_due(store, cycle, "frozen")
        if due is None:
            return _snapshots_of(store, cycle)
        off = gone(store)
        _check_may_freeze(store, due, event, off)
        upto = store.rows("select coalesce(max(id), 0) from movement where programme = %s", (store.programme.id,))[0][0]
        hashes = {"policy": due.policy_sha256.hex()}
        owed, remedies_to = _owed(store, due, person)
        tables = [*_tables(store, due, upto, off), ("owed", owed)]
        for number, (name, table) in enumerate(tables):
            progress("freezing", number, len(tables))
            hashes[name] = store.snapshots.put(table)
        progress("freezing", len(tables), len(tables))
        raw = {name: bytes.fromhex(value) for name, value in sorted(hashes.items())}
        signed = cose.sign1(["evenhand/freeze/v1", store.programme.id, cycle, raw, event], signer)
        store.execute(
            'insert into "freeze" (programme, cycle, cose, snapshots, event, person) values (%s, %s, %s, %s, %s, %s)',
            (store.programme.id, cycle, signed, json.dumps(hashes, sort_keys=True), event, person),
        )
        totals: dict[str, cbor.Value] = {"snapshot": {**raw}, "event": event}
        store.log.append([Entry("freeze", store.programme.id, cycle, "freeze", sha256(signed).digest(), totals)])
        advance(store, cycle, "frozen", person, {"movements_to": upto, "remedies_to": remedies_to})
    store.log.publish()
    return hashes


def _snapshots_of(store: Store, cycle: str) -> dict[str, str]:
    rows = store.rows('select snapshots from "freeze" where programme = %s and cycle = %s', (store.programme.id, cycle))
    return dict(rows[0][0])


def _check_may_freeze(store: Store, cycle: Cycle, event: str, off: Sequence[str]) -> None:
    if not event.strip():
        raise UsageError(
            "the freeze names no public event", 'say which: --event "dice thrown in the town hall on 3 March"'
        )
    for name, state in cycles_before(store, cycle.id)[-1:]:
        if state not in ("closed", "published"):
            raise UsageError(f"cycle {name} is {state}", f"close it first: evenhand cycle close {name}")
    policy = cycle.policy()
    for benefit in policy.benefits.values():
        if benefit.division == "assignment":
            raise UsageError(f'"{benefit.id}" is a home: homes cannot be divided yet', "leave it out of this policy")
        _check_rule(policy, benefit, cycle)
    named = {"off": list(off), "k": policy.k, "period": cycle.period.id}
    if not store.rows("select from household h where h.household <> all(%(off)s) limit 1", named):
        raise UsageError("no household is registered", "run: evenhand import households FILE.csv")
    bare = store.rows(
        f"select count(*), min(h.household) from household h left join {KEYS} c on c.household = h.household"
        " where c.household is null and h.household <> all(%(off)s)",
        named,
    )[0]
    if bare[0]:
        carded = store.rows("select 1 from card where household = %s", (bare[1],))
        raise UsageError(
            f"{bare[0]} households have no card for {cycle.period.id}, among them {bare[1]}",
            f"run: evenhand card {'renew' if carded else 'issue'} {cycle.period.id}",
        )
    small = store.rows(
        "select point, count(*) from household_now h where h.household <> all(%(off)s)"
        " group by point having count(*) < %(k)s order by point",
        named,
    )
    if small:
        raise InputError(
            Problem(
                "households", 0, "point", point,
                f"the point has {count} households, fewer than k = {policy.k}: its figures would tell of single families",
                "join it to a neighbouring point, or change k in the policy",
            )
            for point, count in small
        )  # fmt: skip


def _check_rule(policy: Policy, benefit: Benefit, cycle: Cycle) -> None:
    """UsageError unless a cycle can divide by the rule that the policy chose, and everybody can see who chose it."""
    chosen = policy.division(benefit.id, cycle.period.first)
    if chosen is None:
        raise UsageError(
            f'"{benefit.id}": no rule of division is in force on {cycle.period.first}',
            "let one begin on that day or before, or leave division out: leximin then",
        )
    if chosen.rule in UNPROVED:
        raise UsageError(
            f'"{benefit.id}": a cycle cannot divide by "{chosen.rule}": {UNPROVED[chosen.rule]}',
            'choose another rule, such as "tier-strict"; evenhand allocate --compare shows what each would do',
        )
    if chosen.rule not in (benefit.division, LEXIMIN) and not chosen.source:
        raise UsageError(
            f'"{benefit.id}": division by "{chosen.rule}" is a choice, and the policy does not say since when and by whom',
            f'write division = [{{rule = "{chosen.rule}", from = {cycle.period.first}, source = "…", because = "…"}}]',
        )


def _inputs(policy: Policy, scope: str, table: str) -> str:
    """SQL of the columns that the policy asks for beyond the registry's own, as texts. Input names are plain ASCII."""
    names = [name for name, found in policy.inputs.items() if found.of == scope and not found.registry]
    return "".join(f", {table}.inputs->>'{name}' as \"{name}\"" for name in names)


def _tables(store: Store, cycle: Cycle, upto: int, off: Sequence[str]) -> list[tuple[str, pa.Table]]:
    """The snapshots but the policy and what is owed: (name, table), each in a fixed order."""
    households, members = people(store, cycle, off=off)
    return [
        ("households", households),
        ("members", members),
        ("moves", moves(store, cycle, households)),
        ("nodes", store.copy_out(NODES)),
        ("lanes", store.copy_out(LANES)),
        (
            "stock",
            store.copy_out(ON_HAND, {"programme": store.programme.id, "upto": upto}).drop_columns(["best_before"]),
        ),
        ("carry", _carry(store, cycle)),
    ]


def people(
    store: Store, cycle: Cycle, only: Sequence[str] | None = None, off: Sequence[str] = ()
) -> tuple[pa.Table, pa.Table]:
    """Households with their card and tag of the cycle's period, and members, with what the policy asks of them, as they are
    corrected; of all who are registered but those `off` the lists, or of the households `only` among them."""
    policy = cycle.policy()
    named = {"period": cycle.period.id, "off": list(off), "only": None if only is None else list(only)}
    which = "where h.household <> all(%(off)s)" + (" and h.household = any(%(only)s)" if only is not None else "")
    households = store.copy_out(
        f"select h.point, h.household, k.number as card, c.tag{_inputs(policy, 'household', 'h')} from household_now h"
        f" join {KEYS} c on c.household = h.household"
        f" join card k on k.household = c.household and k.epoch = c.epoch {which} order by h.point, h.household",
        named,
    )
    members = store.copy_out(
        f"select h.point, m.household, m.member, m.birth_date, m.sex, m.occupation{_inputs(policy, 'member', 'm')}"
        f" from member_now m join household_now h on h.household = m.household {which}"
        " order by h.point, m.household, m.member",
        named,
    )
    return households, members


NODES = """
select n.node, n.kind, n.name, coalesce(n.area, '') as area, coalesce(a.name, '') as area_name,
  coalesce(p.pcode, a.pcode, '') as province, coalesce(p.name, a.name, '') as province_name,
  n.latitude_microdegrees, n.longitude_microdegrees
from node n left join area a on a.pcode = n.area left join area p on p.pcode = a.parent and p.level > 0 order by n.node
"""

LANES = """
select lane, source, target, commodity, capacity_base, cost from (
  select distinct on (lane) * from lane_version order by lane, id desc
) newest where open order by lane
"""

CARRY_SCHEMA = pa.schema([("household", pa.string()), ("benefit", pa.string()), ("carry_micro", pa.int64())])


def _carry(store: Store, cycle: Cycle) -> pa.Table:
    """Rounding arrears as the cycle before left them, in millionths of a step of today; none before the first."""
    for name, _state in cycles_before(store, cycle.id)[-1:]:
        found = store.snapshots.table(detail_of(store, name, "closed")["carry"])
        before, now = (steps_of(policy.benefits.values()) for policy in (find(store, name).policy(), cycle.policy()))
        changed = {b: (step, now[b]) for b, step in before.items() if now.get(b, step) != step}
        for benefit, (old, new) in changed.items():
            mine = pc.equal(found["benefit"], benefit)
            values = [v * old // new for v in found["carry_micro"].filter(mine).to_pylist()]
            converted = pc.replace_with_mask(
                found["carry_micro"].combine_chunks(), mine.combine_chunks(), pa.array(values, pa.int64())
            )
            found = found.set_column(2, "carry_micro", converted)
        return found
    return CARRY_SCHEMA.empty_table()


def _owed(store: Store, cycle: Cycle, person: str) -> tuple[pa.Table, int]:
    """What the cycle before left owed by household, with the remedies of complaints since its freeze, and the last entry of
    a case that was read. Nothing before the first: its remedies wait for the second."""
    for name, _state in cycles_before(store, cycle.id)[-1:]:
        after, since = detail_of(store, name, "frozen").get("remedies_to", 0), find(store, name).period.id
        given, upto = remedies_after(store, after, since, cycle.id, person)
        found = pa.concat_tables([store.snapshots.table(detail_of(store, name, "closed")["owed"]), given])
        return found.sort_by([(column, "ascending") for column in OWED_SCHEMA.names[:4]]), upto
    return OWED_SCHEMA.empty_table(), 0
