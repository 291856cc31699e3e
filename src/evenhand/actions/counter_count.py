"""A count made on the phone that holds a point: what came, signed there, and re-cut here by the same rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evenhand.actions.counter_state import recut_of
from evenhand.actions.cycles import find
from evenhand.actions.holding import points_held
from evenhand.actions.noting import REASON_LENGTH, Came, LineKey, sent_of
from evenhand.actions.receive import lines_to, receive, receive_notes
from evenhand.actions.stock import read_stock, steps_of
from evenhand.core.errors import InputError, UsageError
from evenhand.flow.ledger import node
from evenhand.flow.redemption import Device
from evenhand.formats import cbor, cose
from evenhand.store import Store

COUNT = "evenhand/count/v1"
SHORT = "less than was sent"
"""The reason of a loss where the clerk wrote none."""
MAX = 2**53


@dataclass(frozen=True)
class CountedIn:
    """What stands now: steps counted by benefit, and the re-cut as its log entry lists it."""

    counted: dict[str, int]
    recut: list[cbor.Value]


def count_in(
    store: Store, device: Device, cycle: str, point: str, signed: bytes, lines: Sequence[cbor.Value]
) -> CountedIn:
    """Enter a count that the holder of `point` signed. `lines` as spec/counter-api.md says: damage and reasons go to the
    goods received note, where what came can be told from what lay there. The same count again changes nothing; UsageError
    for another one, or for one that is not of this phone, point and cycle; InputError as for `receive`."""
    if point not in points_held(store, device.name):
        raise UsageError(
            f'device "{device.name}" does not hold point "{point}"',
            "ask the officer which phone holds it",
            "not-holder",
        )
    counted = _counted(store, device, cycle, point, signed)
    damaged = _damage(lines)
    if _stands(store, cycle, point) is None:
        notes = _note(store, cycle, point, counted, damaged)
        try:
            if notes:
                receive_notes(store, cycle, notes, "count", signed={point: signed})
            else:
                receive(store, cycle, {point: counted}, "count", signed={point: signed})
        except InputError:
            # Sent twice at once, the second finds the goods of the first in stock: what stands then decides.
            if _stands(store, cycle, point) is None:
                raise
    if _stands(store, cycle, point) != counted:
        raise UsageError(f"{point} was counted in otherwise before", "a count stands: ask the officer", "counted")
    return CountedIn(counted, recut_of(store, cycle, point))


def _stands(store: Store, cycle: str, point: str) -> dict[str, int] | None:
    rows = store.rows(
        "select counted from count where programme = %s and cycle = %s and point = %s",
        (store.programme.id, cycle, point),
    )
    return dict(rows[0][0]) if rows else None


def _counted(store: Store, device: Device, cycle: str, point: str, signed: bytes) -> dict[str, int]:
    wrong = UsageError("this is no count of this phone, point and cycle", "count in again on the phone")
    try:
        found = cose.parse(signed)
        fields = found.array()
    except cose.CoseError as error:
        raise wrong from error
    if fields[:4] != [COUNT, store.programme.id, cycle, point] or not cose.verify(found, device.public_key):
        raise wrong
    counted = fields[4] if len(fields) == 5 else None
    if not isinstance(counted, dict) or not all(isinstance(b, str) and _whole(n) for b, n in counted.items()):
        raise wrong
    return dict(sorted(counted.items()))  # type: ignore[arg-type]


def _damage(lines: Sequence[cbor.Value]) -> dict[str, tuple[int, str]]:
    """Benefit -> steps damaged, and why; the lot stands with the reason."""
    found: dict[str, tuple[int, str]] = {}
    for line in lines:
        right = isinstance(line, list) and len(line) == 7
        if not right or not all(isinstance(line[at], str) for at in (0, 1, 2, 6)) or not all(map(_whole, line[3:6])):
            raise UsageError("a line of the count is none", "update the app")
        _, benefit, lot, _, _, damaged, reason = line
        steps, words = found.get(benefit, (0, ""))
        told = ", ".join(filter(None, (reason.strip(), lot.strip() and f"lot {lot.strip()}" if damaged else "")))
        words = "; ".join(filter(None, (words, "".join(c for c in told if c.isprintable()))))
        found[benefit] = steps + damaged, words[:REASON_LENGTH]
    return found


def _note(
    store: Store, cycle: str, point: str, counted: Mapping[str, int], damaged: Mapping[str, tuple[int, str]]
) -> dict[LineKey, Came]:
    """The goods received note that a count makes, line by line in the order of the waybills. None where the count finds
    less than lay there before, or more than was sent: a count alone can say that, or nothing can."""
    steps = steps_of(find(store, cycle).policy().benefits.values())
    stock, sent = read_stock(store), sent_of(store, cycle, steps)
    made: dict[LineKey, Came] = {}
    by_benefit: dict[str, list[LineKey]] = {}
    for key, target in sorted(lines_to(store, cycle).items()):
        if target == point:
            by_benefit.setdefault(key[1], []).append(key)
    for benefit, total in counted.items():
        if benefit not in steps:
            return {}
        rest = total - stock.total(node(point), benefit) // steps[benefit]
        broken, reason = damaged.get(benefit, (0, ""))
        for key in by_benefit.get(benefit, ()):
            came = min(max(rest, 0), sent.get(key, 0))
            lost = min(broken, sent.get(key, 0) - came)
            rest, broken = rest - came, broken - lost
            made[key] = Came(0, 0, came, lost, (reason or SHORT) if came < sent.get(key, 0) else "")
        if rest:
            return {}
    return made if {key[1] for key in made} >= set(by_benefit) else {}


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < MAX
