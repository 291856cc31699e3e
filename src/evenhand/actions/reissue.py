"""Reissue: a lost card or slip is replaced, and cards are renewed for months to come. Either way there is a new secret, the
next epoch, and from a period on the old coupons are on no roll. Nothing is deleted: who asked, why and when stand there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evenhand.actions.card_paper import JOURNAL, Printed, print_batches
from evenhand.actions.cards import Paper, Secrets, check_periods, keep
from evenhand.actions.cycles import Progress, find, quiet, signer_of
from evenhand.actions.importing import policy_in_force
from evenhand.core.errors import UsageError
from evenhand.core.period import month, month_after
from evenhand.flow.card import replace
from evenhand.flow.cycle.states import ORDER
from evenhand.formats import code
from evenhand.render.sheets import Run
from evenhand.store import Store

NEWEST = "select distinct on (household) household, number, epoch from card"
RENEWED = "renewed"


@dataclass(frozen=True)
class People:
    """Who asks for a replacement, and who confirms it: names with the passphrases of their keys. `second` may be nobody."""

    person: str
    passphrase: str
    second: str = ""
    second_passphrase: str = ""

    def check(self, store: Store) -> None:
        """UsageError unless both are enrolled, hold their keys, and are two where the policy in force asks for two."""
        policy = policy_in_force(store)
        if policy is not None and policy.reissue_by_two and not self.second:
            raise UsageError("the policy asks for two persons", "let another one confirm it: --second NAME")
        if self.second and self.second.strip().casefold() == self.person.strip().casefold():
            raise UsageError(f"{self.person} asks for this and cannot confirm it", "a second person must confirm")
        signer_of(store, self.person, self.passphrase)
        if self.second:
            signer_of(store, self.second, self.second_passphrase)


@dataclass(frozen=True)
class Reissued:
    """A replaced card: its number, the epoch it is now, the months its new coupons are for, and the sheets."""

    household: str
    number: str
    epoch: int
    periods: tuple[str, ...]
    printed: Printed


def first_open_period(store: Store) -> str | None:
    """The first period whose tags are not fixed yet: the month after the newest frozen cycle; None before any was."""
    rows = store.rows("select cycle from cycle where programme = %s", (store.programme.id,))
    cycles = [find(store, name) for (name,) in rows]
    fixed = [cycle.period for cycle in cycles if cycle.state in ORDER[ORDER.index("frozen") :]]
    return month_after(max(fixed)).id if fixed else None


def household_of(store: Store, household: str, card: str) -> str:
    """The household meant: by its id, or by its card's number. UsageError if there is no such."""
    if bool(household) == bool(card):
        raise UsageError("name the household or its card", "give one of --household and --card")
    if card:
        try:
            number = code.check_card_number(card)
        except code.CodeError as error:
            raise UsageError(f'"{card}": {error}', "read the number again") from error
        found = store.rows("select household from card where number = %s", (number,))
        if not found:
            raise UsageError(f'there is no card "{card}"', "read the number again, or give --household")
        return str(found[0][0])
    if not store.rows("select 1 from household where household = %s", (household,)):
        raise UsageError(f'no household "{household}" is registered', "give its id as in the register, or its card")
    if not store.rows("select 1 from card where household = %s", (household,)):
        raise UsageError(f'household "{household}" has no card', "run: evenhand card issue PERIOD…")
    return household


def reissue(
    store: Store,
    household: str,
    reason: str,
    people: People,
    periods: Sequence[str],
    secrets: Secrets,
    out: Path,
    run: Run,
) -> Reissued:
    """Replace a household's card, coupons and slip, in every month whose tags are not fixed yet; write the sheets to `out`.

    `periods`: the months to print; none: those that its coupons were printed for. The number stays, so that a card found
    later is known to be the old one. UsageError without a reason, for a period that is frozen, or if no month is left.
    """
    if not reason.strip():
        raise UsageError("no reason is given", 'say why, such as: --reason "lost at the market"')
    people.check(store)
    start = first_open_period(store)
    known = [row[0] for row in store.rows(
        "select distinct period from card_period where household = %s order by period", (household,)
    )]  # fmt: skip
    wanted = _from(check_periods(periods), start) if periods else [one for one in known if one >= (start or one)]
    if not wanted:
        raise UsageError(
            f'no coupons of household "{household}" are printed for {start} or later',
            f"name the months to print: --period {start}",
        )

    def again(households: Sequence[str]) -> Paper:
        # From the first open period, not from the first printed one: the lost coupons must not serve in between.
        return _next_epoch(store, households, wanted, start or wanted[0], secrets, reason.strip(), people)

    point = store.rows("select point from household_now where household = %s", (household,))[0][0]
    printed = print_batches(store, [(household, point)], again, f"reissue {household}", out, run)
    number, epoch = _newest(store, [household])[household]
    return Reissued(household, number, epoch, tuple(wanted), printed)


def renew(
    store: Store,
    periods: Sequence[str],
    people: People,
    secrets: Secrets,
    out: Path,
    run: Run,
    progress: Progress = quiet,
    points: Sequence[str] | None = None,
) -> Printed:
    """New papers for every household (of `points`, None: all) whose newest card has not coupons for all of `periods`: their
    secrets are with the families alone, so new coupons need new ones. An interrupted run goes on with the same `out`.

    UsageError for a period that is frozen, and if every card has them already.
    """
    people.check(store)
    names = _from(check_periods(periods), first_open_period(store))
    lacking = (
        f"select h.household, h.point from ({NEWEST} order by household, epoch desc) k"
        " join household_now h on h.household = k.household where (select count(*) from card_period p"
        " where p.household = k.household and p.epoch = k.epoch and p.period = any(%(periods)s)) < %(many)s"
        " and (%(points)s::text[] is null or h.point = any(%(points)s))"
    )
    params = {"periods": names, "many": len(names), "points": None if points is None else list(points)}
    waiting = store.rows(f"{lacking} order by h.point, h.serial", params)

    def again(households: Sequence[str]) -> Paper | None:
        some = {**params, "some": list(households)}
        still = {row[0] for row in store.rows(f"{lacking} and h.household = any(%(some)s)", some)}
        left = [one for one in households if one in still]
        return _next_epoch(store, left, names, names[0], secrets, RENEWED, people) if left else None

    if not waiting and not (out / JOURNAL).exists():
        raise UsageError(f"every card has coupons for {', '.join(names)}", "name later months")
    return print_batches(store, waiting, again, f"renew {' '.join(names)} {run.stock}", out, run, progress)


def _from(periods: list[str], start: str | None) -> list[str]:
    early = [one for one in periods if start is not None and one < start]
    if early:
        raise UsageError(
            f"the tags of {early[0]} are fixed already", f"a replacement counts from {start}: name that month or later"
        )
    return sorted(month(one).id for one in periods)


def _next_epoch(
    store: Store,
    households: Sequence[str],
    periods: Sequence[str],
    start: str,
    secrets: Secrets,
    reason: str,
    people: People,
) -> Paper:
    with store.transaction("cycle"):  # nobody freezes a cycle in the meantime
        _from([start], first_open_period(store))
        newest = _newest(store, households)
    drawn = secrets(households)
    issued = replace(
        households, [newest[one][0] for one in households], [newest[one][1] + 1 for one in households], drawn,
        store.programme.origin, store.programme.id, periods,
    )  # fmt: skip
    return keep(store, issued, drawn, start, reason, people.person, people.second)


def _newest(store: Store, households: Sequence[str]) -> dict[str, tuple[str, int]]:
    """(number, epoch) of the newest card of each household."""
    rows = store.rows(f"{NEWEST} where household = any(%s) order by household, epoch desc", (list(households),))
    return {household: (number, epoch) for household, number, epoch in rows}
