"""Rows that collected at another point left by a logged release, and ended once: where they went."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any, NamedTuple

from evenhand_verify import lists
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.journal import Entry
from evenhand_verify.numbers import many
from evenhand_verify.packed import MOVED, outcomes
from evenhand_verify.result import Check, Malformed, capped

NAME = "evenhand/release/v1"


class Release(NamedTuple):
    """The rows that a device sent from one point to another."""

    entry: Entry
    source: str
    target: str
    tags: frozenset[bytes]


def mark(point: str) -> bytes:
    """What names a point in an outcome row."""
    return hashlib.sha256(b"evenhand/point/v1" + point.encode()).digest()[:16]


def own_rows_got(entry: Entry, benefit: str) -> int:
    """Steps that rows of a point's own roll and lists got, wherever it was, of what its entry `redeemed` says."""
    away, guests = (entry.steps(name).get(benefit, 0) if name in entry.totals else 0 for name in ("away", "guests"))
    return entry.steps("given").get(benefit, 0) + away - guests


def run(d: Disclosure) -> str | list[str]:
    """Every row said to have moved stands in the outcomes of the point it names and nowhere else, every row there that is on
    no roll of that point came so, each by a chain of signed releases; what they got adds up to what their points say."""
    failures: list[str] = []
    releases = _releases(d, failures)
    named = {mark(point): point for point in d.rolls}
    came: dict[bytes, list[str]] = defaultdict(list)
    for point, packed in d.redeemed.items():
        own = {*d.rolls[point].tags, *lists.listed(d, point)} if point in d.rolls else set()
        for tag in packed.tags:
            if tag not in own:
                came[tag].append(point)
    moved = 0
    for point, packed in d.redeemed.items():
        for tag, status, value in outcomes(packed):
            if status != MOVED:
                continue
            moved += 1
            target = named.get(value)
            where = f"tag {tag.hex()}, {packed.where}"
            if target is None or target == point:
                failures.append(f"a row moved to a point that is none, {where}")
            elif came.pop(tag, []) != [target]:
                failures.append(f"a row moved to {target} and did not end there, once, {where}")
            elif target not in _reached(releases, point, tag):
                failures.append(f"no signed release brought a row from {point} to {target}, {where}")
    for tag, points in sorted(came.items()):
        failures.append(f"a row ended at {' and '.join(points)} and did not move there, tag {tag.hex()}")
    failures += _sums(d, {point for one in releases for point in (one.source, one.target)})
    return capped(failures) or f"{many(moved, 'row')} ended at another point, {many(len(releases), 'release')}"


def _releases(d: Disclosure, failures: list[str]) -> list[Release]:
    found = []
    for entry in d.of_cycle("release"):
        try:
            cose = d.signed_file(entry.sha256, NAME, 10, entry.where)
            signer = d.signer(cose, "device", entry.index)
            found.append(_release(entry, cose.body, signer.name, signer.roles))
        except Malformed as error:
            failures.append(str(error))
    return found


def _release(entry: Entry, body: list[Any], device: str, roles: tuple[str, ...]) -> Release:
    number, programme, cycle, point, by, to, _, _, ranges, reserve = body
    if [programme, cycle, by] != [entry.programme, entry.cycle, device] or f"point:{point}" not in roles:
        raise Malformed(entry.where, "the release is of another cycle, or not by a device of its point")
    if not isinstance(to, str) or not to.startswith("point:") or reserve != [] or not isinstance(ranges, list):
        raise Malformed(entry.where, "the release sends no rows to another point")
    tags = []
    for pair in ranges:
        if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], bytes) and pair[0] == pair[1]):
            raise Malformed(entry.where, "the release does not name its rows one by one")
        tags.append(pair[0])
    target = to.removeprefix("point:")
    if entry.subject != f"{point}/{by}/{number}" or entry.totals != {"from": point, "to": target}:
        raise Malformed(entry.where, "the entry tells of another release")
    return Release(entry, point, target, frozenset(tags))


def _reached(releases: list[Release], home: str, tag: bytes) -> set[str]:
    """The points that releases of this row lead to."""
    found, before = {home}, 0
    while before != len(found):
        before = len(found)
        found |= {one.target for one in releases if one.source in found and tag in one.tags}
    return found


def _sums(d: Disclosure, points: set[str]) -> list[str]:
    failures: list[str] = []
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for point, entry in d.by_point("redeemed").items():
        for side, name in enumerate(("away", "guests")):
            for benefit, steps in (entry.steps(name) if name in entry.totals else {}).items():
                sums[benefit][side] += steps
                if point not in points:
                    failures.append(f"{steps} steps of {benefit} are {name} where no row moved, {entry.where}")
    for benefit, (away, guests) in sorted(sums.items()):
        if away != guests:
            failures.append(f"rows got {away} steps of {benefit} away from home and points gave {guests} to guests")
    return failures


CHECK = Check("moves", "a row that moved left by a signed release and ended once, where it went", run)
