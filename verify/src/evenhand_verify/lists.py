"""Supplementary lists and held rows: what two persons signed while the cycle was open."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from evenhand_verify import cbor, facts
from evenhand_verify.allocation import level
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.journal import Certificate, Entry
from evenhand_verify.numbers import Level
from evenhand_verify.packed import Packed, read_packed
from evenhand_verify.result import Malformed

ROLES = ("preparer", "approver")
Promised = dict[facts.Key, int | None]
"""(point, benefit) -> steps promised by lists; None where they are too few to tell."""


class Supplement(NamedTuple):
    """An entry `supplement`: the list's number and point, the level of everybody on it by benefit, its roll file."""

    entry: Entry
    number: str
    point: str
    levels: dict[str, Level]
    roll: Packed


class Hold(NamedTuple):
    """An entry `hold`: its notice, `place` or `lift`, and the row."""

    entry: Entry
    notice: str
    act: str
    point: str
    tag: bytes


def path_of(number: str) -> str:
    """Where the roll file of a list stands."""
    return f"supplements/{number}.cbor"


def _number(entry: Entry, ending: str = "") -> str:
    start = f"{entry.cycle}-"
    number = entry.subject.removeprefix(start).removesuffix(ending)
    if entry.subject != f"{start}{number}{ending}" or not number.isascii() or not number.isalnum():
        raise Malformed(entry.where, "it is not called by its cycle and number")
    return number


def _supplements(d: Disclosure) -> list[Supplement]:
    found = []
    for entry in d.of_cycle("supplement"):
        number, point = _number(entry), entry.part("point", str)
        path = path_of(number)
        packed = read_packed(d.data(path), path)
        if hashlib.sha256(d.data(path)).digest() != entry.sha256:
            raise Malformed(path, "the list is not the one that was logged")
        if (packed.programme, packed.cycle, packed.point) != (entry.programme, entry.cycle, point):
            raise Malformed(path, "the file is of another programme, cycle or point")
        levels = {}
        for row in entry.part("levels", list):
            if not (isinstance(row, list) and len(row) == 4 and isinstance(row[0], str)):
                raise Malformed(entry.where, "a level that is none")
            levels[row[0]] = level(entry.where, *row[1:])
        found.append(Supplement(entry, number, point, levels, packed))
    return found


def _holds(d: Disclosure) -> list[Hold]:
    found = []
    for entry in d.of_cycle("hold"):
        act, tag = entry.part("act", str), entry.part("tag", bytes)
        if act not in ("place", "lift") or len(tag) != 16:
            raise Malformed(entry.where, "neither a hold nor a lift of a row")
        notice = _number(entry, "-lift" if act == "lift" else "")
        found.append(Hold(entry, notice, act, entry.part("point", str), tag))
    return found


def supplements(d: Disclosure) -> list[Supplement]:
    """This cycle's supplementary lists in the order of the log."""
    return d.once("lists.supplements", lambda: _supplements(d))


def holds(d: Disclosure) -> list[Hold]:
    """This cycle's holds and lifts in the order of the log."""
    return d.once("lists.holds", lambda: _holds(d))


def listed(d: Disclosure, point: str) -> list[bytes]:
    """The tags of a point's lists."""
    return [tag for one in supplements(d) if one.point == point for tag in one.roll.tags]


def two_signed(d: Disclosure, entry: Entry, name: str, named: list[Any], digest: bytes) -> list[str]:
    """What is wrong with the two signatures under an entry. `named`: what a payload says between role and digest."""
    failures, people = [], dict[str, Certificate]()
    if entry.part("digest", bytes) != digest:
        failures.append(f"the digest is not that of what was logged, {entry.where}")
    files = entry.part("signed", dict)
    if sorted(map(str, files)) != sorted(ROLES):
        return [*failures, f"not signed by a preparer and an approver, {entry.where}"]
    for role in ROLES:
        if not isinstance(files[role], bytes):
            return [*failures, f"a signature that is not named by its hash, {entry.where}"]
        try:
            cose = d.signed_file(files[role], name, len(named) + 4, entry.where)
            person = people[role] = d.signer(cose, "person", entry.index)
        except Malformed as error:
            failures.append(str(error))
            continue
        if cose.body != [entry.programme, entry.cycle, role, *named, digest]:
            failures.append(f"the {role} signed something else, {cose.where} ({entry.where})")
        if role not in person.roles:
            failures.append(f'"{person.name}" is not certified as {role}, {entry.where}')
    if len(people) == len(ROLES):
        first, second = people["preparer"], people["approver"]
        if first.name == second.name or first.public_key == second.public_key:
            failures.insert(0, f'one person signed twice: "{first.name}", {entry.where}')
    return failures


def supplement_digest(one: Supplement) -> bytes:
    """What both persons sign under a list."""
    entry = one.entry
    said = [entry.programme, entry.cycle, one.number, entry.sha256, one.point, entry.totals["levels"]]
    return hashlib.sha256(cbor.encode([*said, entry.part("reason", str)])).digest()


def hold_digest(one: Hold) -> bytes:
    """What both persons sign under a hold or a lift."""
    entry = one.entry
    said = [entry.programme, entry.cycle, one.notice, one.act, one.point, one.tag, entry.sha256]
    return hashlib.sha256(cbor.encode(said)).digest()


def promised(d: Disclosure) -> Promised:
    """The steps in the table `supplements`."""
    return {
        (point, benefit): steps for point, benefit, steps in d.table("supplements").rows("point", "benefit", "rations")
    }


def most(d: Disclosure, key: facts.Key) -> int | None:
    """Steps that lists can have promised at most: what is told of them, else the whole reserve. None where too few are told
    of what is granted whole: that has no reserve, and no bound."""
    told = promised(d)
    steps = told.get(key, 0)
    if steps is None and d.policy.benefit(key[1]).divided:
        return reserve(d, key)
    return steps


def reserve(d: Disclosure, key: facts.Key) -> int:
    """The reserve of a point, after its re-cut."""
    cut, total = facts.recuts(d).get(key), facts.totals(d).get(key)
    return cut.reserve if cut else total.reserve if total else 0
