"""Receive: what was counted at a depot or point after its lorries came. A point that got less is re-cut at once, before
its first household, by the same pure function a phone without a network uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from evenhand.actions.counting import Batch, Counts
from evenhand.actions.cycles import Progress, find, quiet
from evenhand.actions.noting import Came, LineKey, Notes
from evenhand.actions.opening import Bill, packs_of_cycle, transfer_number, waybills_of
from evenhand.actions.signing import Officer
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.store import Store


@dataclass(frozen=True)
class Received:
    """What a batch of counts did: nodes counted now, nodes known already, points re-cut."""

    counted: tuple[str, ...]
    known: tuple[str, ...]
    recut: tuple[str, ...]


def receive(
    store: Store,
    cycle: str,
    counts: Counts,
    file: str = "counts",
    progress: Progress = quiet,
    signed: Mapping[str, bytes] = MappingProxyType({}),
    officer: Officer | None = None,
) -> Received:
    """Enter the counts of nodes in an open cycle, all or none. The same count again changes nothing.

    Every benefit on the way to a node must be counted (0 if none came). `signed`: the counts of points as their own phones
    signed them (COSE `evenhand/count/v1`); `officer` signs for those whose phone cannot. InputError for an unknown node or
    benefit, a count that differs from one entered before or from what was signed, more than can have come, or a point that
    has begun to hand out.
    """
    return _receive(store, cycle, counts, {}, signed, file, progress, officer)


def receive_notes(
    store: Store,
    cycle: str,
    notes: Mapping[LineKey, Came],
    file: str = "notes",
    progress: Progress = quiet,
    signed: Mapping[str, bytes] = MappingProxyType({}),
    officer: Officer | None = None,
) -> Received:
    """The same by goods received notes: every line of every waybill that came to a node, with what is damaged or missing
    and why. A node's count is then what lay there and what came. InputError as for `receive`, for a line that is not on a
    waybill, and for damage or loss without a reason."""
    policy = find(store, cycle).policy()
    packs, lines = packs_of_cycle(store, cycle, policy), lines_to(store, cycle)
    problems: list[Problem] = []
    by_node: dict[str, dict[LineKey, Came]] = {}
    for key, came in notes.items():
        if key not in lines:
            message = f"no waybill or transfer of {cycle} has this number and carries {key[1]}"
            problems.append(Problem(file, came.row, "waybill", key[0], message, "see: evenhand cycle show"))
        elif came.packs and key[1] not in packs:
            message = f"{key[1]} does not come in packs"
            problems.append(Problem(file, came.row, "packs", str(came.packs), message, "count it in steps"))
        else:
            whole = replace(came, packs=0, steps=came.steps + came.packs * packs.get(key[1], 0))
            by_node.setdefault(lines[key], {})[key] = whole
    if problems:
        raise InputError(problems)
    return _receive(store, cycle, {name: {} for name in by_node}, by_node, signed, file, progress, officer)


def _receive(
    store: Store,
    cycle: str,
    counts: Counts,
    notes: Mapping[str, Notes],
    signed: Mapping[str, bytes],
    file: str,
    progress: Progress,
    officer: Officer | None,
) -> Received:
    with store.transaction("cycle"):
        found = find(store, cycle)
        if found.state != "open":
            raise UsageError(f"cycle {cycle} is {found.state}, not open", f"see: evenhand cycle show {cycle}")
        work = Batch(store, found, file, notes, signed, officer)
        fresh = work.check(counts)
        _same_notes(store, cycle, {name: notes[name] for name in notes if name not in fresh}, file)
        kinds = dict(store.rows("select node, kind from node"))
        order = sorted(fresh, key=lambda name: (kinds[name] == "point", _legs(name, work.bills), name))
        for number, name in enumerate(order):
            progress("counting in", number, len(order))
            work.enter(name, counts[name], kinds[name] == "point")
        progress("counting in", len(order), len(order))
        work.write()
    store.log.publish()
    known = tuple(sorted(set(counts) - set(fresh)))
    return Received(tuple(sorted(fresh)), known, tuple(sorted({cut[0] for cut in work.cuts})))


def _same_notes(store: Store, cycle: str, known: Mapping[str, Notes], file: str) -> None:
    """InputError where a note that was entered before is now another one."""
    rows = store.rows(
        "select waybill, benefit, received, damaged, reason from goods_received where programme = %s and cycle = %s",
        (store.programme.id, cycle),
    )
    before = {(row[0], row[1]): tuple(row[2:]) for row in rows}
    problems = [
        Problem(
            file,
            came.row,
            "waybill",
            key[0],
            f"node {name} was counted otherwise before",
            "a count stands; correct it next cycle",
        )
        for name, lines in known.items()
        for key, came in lines.items()
        if before.get(key) != (came.steps, came.damaged, came.reason)
    ]
    if problems:
        raise InputError(problems)


def lines_to(store: Store, cycle: str) -> dict[LineKey, str]:
    """(waybill or number of a transfer, benefit) -> the node it goes to, of all that is still to be counted in there."""
    found = {(bill[0], bill[3]): bill[2] for bill in waybills_of(store, cycle)}
    for number, benefit, target in store.rows(
        "select number, benefit, target from transfer where programme = %s and cycle = %s and received is null",
        (store.programme.id, cycle),
    ):
        found[transfer_number(cycle, number), benefit] = target
    return found


def _legs(name: str, bills: Sequence[Bill]) -> int:
    """How many lanes goods pass before they reach a node: a depot is counted in before those it sends on to."""
    reached, legs = {name}, 0
    while before := {bill[1] for bill in bills if bill[2] in reached} - reached:
        reached, legs = reached | before, legs + 1
    return legs


def counts_from_rows(rows: Sequence[Mapping[str, str]], file: str) -> dict[str, dict[str, int]]:
    """Counts from the rows of a CSV with node, commodity, steps. InputError naming row and field."""
    counts: dict[str, dict[str, int]] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, 1):
        name, benefit, text = (row.get("node") or "", row.get("commodity") or "", (row.get("steps") or "").strip())
        if not (text.isascii() and text.isdigit() and len(text) <= 18):
            problems.append(
                Problem(file, number, "steps", text, "not a whole number of steps", "count whole hand-out steps")
            )
        elif benefit in counts.setdefault(name, {}):
            problems.append(Problem(file, number, "commodity", benefit, f"stands twice for {name}", "leave one out"))
        else:
            counts[name][benefit] = int(text)
    if problems:
        raise InputError(problems)
    return counts
