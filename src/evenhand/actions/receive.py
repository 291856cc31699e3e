"""Receive: what was counted at a depot or point after its lorries came. A point that got less is re-cut at once, before
its first household, by the same pure function a phone without a network uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evenhand.actions.counting import Batch, Counts
from evenhand.actions.cycles import Progress, find, quiet
from evenhand.actions.opening import Bill
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.store import Store


@dataclass(frozen=True)
class Received:
    """What a batch of counts did: nodes counted now, nodes known already, points re-cut."""

    counted: tuple[str, ...]
    known: tuple[str, ...]
    recut: tuple[str, ...]


def receive(store: Store, cycle: str, counts: Counts, file: str = "counts", progress: Progress = quiet) -> Received:
    """Enter the counts of nodes in an open cycle, all or none. The same count again changes nothing.

    Every benefit on the way to a node must be counted (0 if none came). InputError for an unknown node or benefit, a
    count that differs from one entered before, more than can have come, or a point that has begun to hand out.
    """
    with store.transaction("cycle"):
        found = find(store, cycle)
        if found.state != "open":
            raise UsageError(f"cycle {cycle} is {found.state}, not open", f"see: evenhand cycle show {cycle}")
        work = Batch(store, found, file)
        fresh = work.check(counts)
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
