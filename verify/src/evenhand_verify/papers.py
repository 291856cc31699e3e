"""Signed papers about goods on their way: transfers between points, lanes that closed, goods received notes."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.journal import Entry
from evenhand_verify.result import Malformed
from evenhand_verify.signatures import Cose


class Transfer(NamedTuple):
    """Steps by benefit that left a point (or were on the way to it) for another; received is None where it counted later."""

    entry: Entry
    cose: Cose
    number: int
    source: str
    target: str
    on_the_way: bool
    lines: dict[str, tuple[int, int | None]]
    reason: str


class Closing(NamedTuple):
    """Lanes that closed, and (waybill, lane, benefit, steps) put on waybills or (below zero) taken off them."""

    entry: Entry
    cose: Cose
    lanes: tuple[str, ...]
    reason: str
    lines: tuple[tuple[str, str, str, int], ...]


class Note(NamedTuple):
    """(waybill, benefit, sent, received, damaged, missing, reason) of everything that came to a node."""

    entry: Entry
    cose: Cose
    node: str
    lines: tuple[tuple[str, str, int, int, int, int, str], ...]


def _body(d: Disclosure, entry: Entry, name: str, length: int) -> tuple[Cose, list[Any]]:
    cose = d.signed_file(entry.sha256, f"evenhand/{name}/v1", length, entry.where)
    if cose.body[:2] != [entry.programme, entry.cycle]:
        raise Malformed(cose.where, f"the {name} is of another programme or cycle")
    return cose, cose.body[2:]


def _typed(rows: Any, kinds: tuple[type | tuple[type, ...], ...], where: str) -> list[Any]:
    """Rows with cells of these types, never a truth value for a number."""
    if not isinstance(rows, list):
        raise Malformed(where, "its lines are no list")
    for row in rows:
        if not isinstance(row, list) or len(row) != len(kinds):
            raise Malformed(where, "a line has another number of parts than it should")
        if any(not isinstance(cell, kind) or isinstance(cell, bool) for cell, kind in zip(row, kinds, strict=True)):
            raise Malformed(where, "a part of a line has another type than it should")
    return rows


def _transfers(d: Disclosure) -> list[Transfer]:
    found = []
    for entry in d.of_cycle("transfer"):
        cose, body = _body(d, entry, "transfer", 8)
        number, source, target, way, lines, reason = body
        right = type(number) is int and isinstance(source, str) and isinstance(target, str) and isinstance(reason, str)
        if not right or type(way) is not bool:
            raise Malformed(cose.where, "a part of the transfer has another type than it should")
        rows = _typed(lines, (str, int, (int, type(None))), cose.where)
        if len({row[0] for row in rows}) != len(rows):
            raise Malformed(cose.where, "a benefit stands twice")
        found.append(Transfer(entry, cose, number, source, target, way, {b: (n, came) for b, n, came in rows}, reason))
    return found


def _closings(d: Disclosure) -> list[Closing]:
    found = []
    for entry in d.of_cycle("closing"):
        cose, body = _body(d, entry, "closing", 6)
        number, lanes, reason, lines = body
        if type(number) is not int or not isinstance(reason, str) or not isinstance(lanes, list):
            raise Malformed(cose.where, "a part of the closing has another type than it should")
        if not all(isinstance(lane, str) for lane in lanes):
            raise Malformed(cose.where, "a lane is not named by a text")
        rows = _typed(lines, (str, str, str, int), cose.where)
        found.append(Closing(entry, cose, tuple(lanes), reason, tuple(tuple(row) for row in rows)))
    return found


def _notes(d: Disclosure) -> list[Note]:
    found = []
    for entry in d.of_cycle("goods-received"):
        cose, body = _body(d, entry, "goods-received", 4)
        rows = _typed(body[1], (str, str, int, int, int, int, str), cose.where)
        if body[0] != entry.subject:
            raise Malformed(cose.where, f"the note is of another node than {entry.where}")
        found.append(Note(entry, cose, entry.subject, tuple(tuple(row) for row in rows)))
    return found


def transfers(d: Disclosure) -> list[Transfer]:
    """This cycle's transfers in the order of the log."""
    return d.once("papers.transfers", lambda: _transfers(d))


def closings(d: Disclosure) -> list[Closing]:
    """This cycle's closings of lanes in the order of the log."""
    return d.once("papers.closings", lambda: _closings(d))


def notes(d: Disclosure) -> list[Note]:
    """This cycle's goods received notes in the order of the log."""
    return d.once("papers.notes", lambda: _notes(d))


def changed(d: Disclosure) -> dict[facts.Key, int]:
    """Steps by (lane, benefit) that closings put on or took off."""
    found: dict[facts.Key, int] = defaultdict(int)
    for closing in closings(d):
        for _, lane, benefit, steps in closing.lines:
            found[lane, benefit] += steps
    return found


def after_count(d: Disclosure, point: str, benefit: str, counted: int | None) -> tuple[int, int]:
    """Steps of a benefit that transfers brought a point after its count (log index; None: it never counted) and that is
    why it holds more than it counted, and steps that left its stock before."""
    late = early = 0
    for one in transfers(d):
        steps, received = one.lines.get(benefit, (0, None))
        if one.target == point and received is not None and counted is not None and one.entry.index > counted:
            late += received
        if one.source == point and not one.on_the_way and (counted is None or one.entry.index < counted):
            early += steps
    return late, early
