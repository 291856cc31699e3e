"""One household's own row: what it was due, what it got, why, and that it was counted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from fractions import Fraction

from evenhand_verify import facts, lists
from evenhand_verify.cards import Keys, derive, number_fits, read_code
from evenhand_verify.checks.left import above
from evenhand_verify.debts import rule
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.ended import outcome
from evenhand_verify.numbers import Level, ceil_div, many
from evenhand_verify.packed import Grant, Packed, Record, open_row
from evenhand_verify.result import Check, Malformed, Outcome, one_line, run_check


@dataclass
class Card:
    """A code with the folder it is looked up in, and what was found on the way."""

    disclosure: Disclosure
    keys: Keys
    roll: Packed | None = None
    supplement: lists.Supplement | None = None
    record: Record | None = None
    told: list[str] = field(default_factory=list)
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def row(self) -> Record:
        """The opened row. Malformed before it was found."""
        if self.record is None:
            raise Malformed("rolls", "the row could not be opened")
        return self.record


def _log(card: Card) -> str:
    d = card.disclosure
    return f"{len(d.entries):,} entries under the log's signature"


def _find(card: Card) -> str | list[str]:
    d = card.disclosure
    for point, roll in d.rolls.items():
        if card.keys.tag in roll.tags:
            entry = d.by_point("roll").get(point)
            if entry is None or entry.sha256 != hashlib.sha256(d.data(roll.where)).digest():
                return [f"the roll with your row is not the one that was committed, {roll.where}"]
            card.roll = roll
            card.record = open_row(roll, roll.tags.index(card.keys.tag), card.keys)
            return f"row {roll.tags.index(card.keys.tag) + 1} of {len(roll):,} at {point}, sealed for you and committed"
    for one in lists.supplements(d):
        if card.keys.tag in one.roll.tags:
            place = one.roll.tags.index(card.keys.tag)
            card.roll, card.supplement = one.roll, one
            card.record = open_row(one.roll, place, card.keys, one.number)
            return (
                f"row {place + 1} of {len(one.roll):,} on list {one.number} of {one.point}, sealed for you and logged"
            )
    return [f"no roll of {d.meta.cycle} has a row for this code, tag {card.keys.tag.hex()}"]


def _record(card: Card) -> str | list[str]:
    d, row = card.disclosure, card.row
    failures = []
    if not number_fits(row.card):
        failures.append(f'"{row.card}" is not a card number')
    if card.roll is None or row.point != card.roll.point:
        failures.append(f"the row is of point {row.point} and stands on another's roll")
    if row.policy != hashlib.sha256(d.data(d.meta.policy)).digest():
        failures.append(f"the row was made by another policy than the one published, {d.meta.policy}")
    if len({grant.benefit for grant in row.grants}) != len(row.grants):
        failures.append("a benefit stands twice in the row")
    missing = [b for b in d.policy.benefits if b not in {grant.benefit for grant in row.grants}]
    card.facts |= {"card": row.card, "point": row.point}
    card.told.append(f"card {row.card}, point {row.point}, {d.meta.programme} {d.meta.cycle}")
    note = f"; nothing of {', '.join(missing)}" if missing else ""
    return failures or f"card {row.card}, {len(row.grants)} benefits, by the published policy{note}"


def share(ladder: list[int], level: Level) -> Fraction:
    """What a level gives of a household's ladder, in base units."""
    whole = sum(ladder[: level.rungs])
    rest = ladder[level.rungs] if level.rungs < len(ladder) else 0
    return whole + Fraction(rest * level.num, level.den)


def bounds(b: Fraction, short: int, households: int) -> tuple[int, int]:
    """The least and the most whole units a household may get whose share with arrears is `b`. Where the point lacked
    `short` units for all shares and arrears together, units were taken back, one from each household in turn."""
    floor = b.numerator // b.denominator
    most = floor if b == floor else floor + 1
    least = floor - (ceil_div(short, max(1, households)) if short > 0 else 0)
    return max(0, least), max(0, most)


def _short(card: Card, benefit: str, level: Level, units: int) -> int:
    """How many units the point lacked for all shares and arrears."""
    d = card.disclosure
    key = card.row.point, benefit
    total = facts.totals(d).get(key)
    if total is None:
        return 0
    b = facts.first(d)[key].on_roll + facts.exact(facts.ladders(d).get(key), level) / facts.step(d, benefit)
    return max(0, b.numerator // b.denominator - units)


@dataclass
class Owed:
    """What earlier months owe a household of one benefit, as its row says: base units that stand on rungs of its ladder,
    steps that nobody collected and that are on the roll again, a line for each debt."""

    above: int = 0
    again: int = 0
    rungs: set[int] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


def _owed(card: Card, grant: Grant) -> Owed:
    d, found = card.disclosure, Owed()
    step = facts.step(d, grant.benefit)
    debts = {
        (debt.kind, debt.since): debt
        for debt in facts.owed(d)
        if (debt.point, debt.benefit) == (card.row.point, grant.benefit) and not debt.lapsed
    }
    for kind, since, base in grant.owed:
        debt, shown = debts.get((kind, since)), d.policy.benefit(grant.benefit).shown(base)
        if debt is None or base > debt.amount:
            found.failures.append(
                f"{grant.benefit}: your row says {shown} is owed, {kind} since {since}; nothing published"
            )
        elif debt.rung is not None:
            found.above += base
            found.rungs.add(debt.rung)
            if debt.rung > len(grant.ladder) or grant.ladder[debt.rung - 1] != base:
                found.failures.append(f"{grant.benefit}: {shown}, {kind} since {since}, do not stand on your ladder")
            found.told.append(
                f"  {shown} that a shortage did not give in {since} stand on rung {debt.rung} of your ladder"
            )
        else:
            steps = base // step if debt.offered else 0
            found.again += steps
            then = "are in this ration" if debt.offered else "wait until the goods are there"
            remedy = kind == facts.REMEDY
            why = f"a complaint brought you, since {since}," if remedy else f"were not collected in {since}"
            found.told.append(f"  {shown} that {why} {then}")
    return found


def _one(card: Card, grant: Grant) -> tuple[str, list[str]]:
    d = card.disclosure
    benefit, key = d.policy.benefit(grant.benefit), (card.row.point, grant.benefit)
    owed = _owed(card, grant)
    full = sum(grant.ladder) - owed.above
    total = facts.totals(d).get(key)
    level = Level(len(grant.ladder), 0, 1)
    if benefit.divided and key in d.case.answer.levels:
        level = d.case.answer.levels[key][0]
    elif benefit.divided and grant.ladder:
        return "", [f"no level of {grant.benefit} is published, point {card.row.point}"]
    first = Fraction(grant.carry, facts.MICRO) + owed.again
    b = first + share(grant.ladder, level) / benefit.step
    short = _short(card, grant.benefit, level, total.units) if benefit.divided and total else 0
    least, most = bounds(b, short, total.households if total else 1)
    line = (
        f"{grant.benefit}: due {benefit.shown(full)}; level of the point {level}; ration {many(grant.ration, 'unit')} "
        f"= {benefit.shown(grant.ration * benefit.step)}"
    )
    told: dict[str, object] = {
        "due_base": full,
        "level": str(level),
        "ration_steps": grant.ration,
        "carry_micro": grant.carry,
        "owed": [{"kind": kind, "since": since, "base": base} for kind, since, base in grant.owed],
        "why": [{"row": why, "because": d.policy.because(why)} for why in grant.reasons],
    }
    failures = list(owed.failures)
    if not least <= grant.ration <= most:
        right = f"{most}" if least == most else f"{least} or {most}"
        failures.append(
            f"{grant.benefit}: the row gives you {grant.ration}, the published level gives {right} "
            f"(due {benefit.shown(full)}, level {level}, arrears {grant.carry / facts.MICRO:+.6f} units)"
        )
    for why in grant.reasons:
        if d.policy.row(why) is None and why.partition(".")[0] not in d.policy.steps:
            failures.append(f'{grant.benefit}: the policy has no row "{why}", {d.meta.policy}')
    cut = facts.recuts(d).get(key)
    if cut:
        b = first + share(grant.ladder, cut.level) / benefit.step
        # Where not even what is owed first was there, few hold anything that could be taken back.
        sharers = total.households if total and cut.level.value else 1
        least, most = bounds(b, _short(card, grant.benefit, cut.level, cut.units), sharers)
        between = f"{most}" if least == most else f"{least} or {most}"
        line += f"; less came, re-cut to level {cut.level}: {between} units"
        told |= {"recut_level": str(cut.level), "recut_least": least, "recut_most": most}
    final = cut.level if cut else level
    mine = [(rung, base) for rung, base in enumerate(grant.ladder, 1) if rung not in owed.rungs]
    less = sum((above(final, rung, base) for rung, base in mine), Fraction())
    held = rule(d, grant.benefit, facts.UNDERSUPPLIED)
    if held is not None and less >= 1:
        line += f"; a shortage did not give you {benefit.shown(less.numerator // less.denominator)} ({held.text})"
    rounding = (b - grant.ration) * benefit.step
    if not cut and rounding >= 1:
        line += f"; rounding owes you {benefit.shown(rounding.numerator // rounding.denominator)}"
    card.told.append(line)
    card.told += owed.told
    card.told += [f"  because {why}: {one_line(d.policy.because(why), 200)}" for why in grant.reasons]
    shown = card.facts.setdefault("benefits", {})
    if isinstance(shown, dict):
        shown[grant.benefit] = told
    return line, failures


def _listed(card: Card, grant: Grant, one: lists.Supplement) -> list[str]:
    """A row of a supplementary list: whole steps of its level, rounded down, and no arrears."""
    benefit = card.disclosure.policy.benefit(grant.benefit)
    level = one.levels.get(grant.benefit, Level(0, 0, 1)) if benefit.divided else Level(len(grant.ladder), 0, 1)
    right = int(share(grant.ladder, level) // benefit.step)
    card.told.append(
        f"{grant.benefit}: due {benefit.shown(sum(grant.ladder))}; level of list {one.number} {level}; ration "
        f"{many(grant.ration, 'unit')} = {benefit.shown(grant.ration * benefit.step)}"
    )
    card.told += [f"  because {why}: {one_line(card.disclosure.policy.because(why), 200)}" for why in grant.reasons]
    if (grant.ration, grant.carry, grant.owed) != (right, 0, []):
        return [f"{grant.benefit}: the row gives you {grant.ration}, the level of your list gives {right}"]
    return []


def _rations(card: Card) -> str | list[str]:
    failures: list[str] = []
    for grant in card.row.grants:
        failures += _listed(card, grant, card.supplement) if card.supplement else _one(card, grant)[1]
    return failures or f"{len(card.row.grants)} rations lie within one unit of what the published level gives you"


CHECKS: tuple[Check[Card], ...] = (
    Check("card-log", "the log is whole and signed", _log),
    Check("card-row", "your row stands on a committed roll and opens with your code", _find),
    Check("card-record", "the row is of a card, this point and the published policy", _record),
    Check("card-rations", "your rations are what the published level gives you", _rations),
    Check("card-outcome", "how your row ended", outcome),
)


def check_card(code: str, d: Disclosure) -> tuple[list[Outcome], Card]:
    """Look a code up. UsageError if it was mistyped."""
    secret = read_code(code)
    try:
        meta = d.meta
    except Malformed as error:
        return [Outcome("card-log", "", [str(error)])], Card(d, Keys(b"", b"", b"", b""))
    card = Card(d, derive(secret, meta.origin, meta.programme, meta.period))
    return [run_check(check, card) for check in CHECKS], card
