"""Take a household off the lists: announced by one person, with a reason and how the household was told; confirmed by
another when its time to object is over. It is served until then, and as long as a case on its eligibility is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from evenhand.actions.cases import INTAKES, followed
from evenhand.actions.correct import check_reason, check_registrar, lock_of
from evenhand.actions.keep_serving import keeps_being_served
from evenhand.core.errors import UsageError
from evenhand.store import Store
from evenhand.store.seals import Seals

NOTICE_DAYS = 28
NOTICE_SECONDS = NOTICE_DAYS * 86_400
ROLES = ("registrar", "approver")
"""Who announces, confirms, takes back."""

_NEWEST = """
select r.id, r.household, r.step, r.reason, r.notice, r.person, r.at, r.announcement from household_removal r
where {which} and not exists (select from household_removal later where later.household = r.household and later.id > r.id)
order by r.id
"""


@dataclass(frozen=True)
class Standing:
    """How a household stands: `listed`; `announced` and served until it is confirmed, not before `ends`; or `removed`. The
    rest is of the announcement: who, when, why, and how the household was told."""

    household: str
    stands: Literal["listed", "announced", "removed"]
    announcement: int = 0
    reason: str = ""
    notice: str = ""
    person: str = ""
    at: int = 0

    @property
    def ends(self) -> int:
        """From when on the removal may be confirmed."""
        return self.at + NOTICE_SECONDS


def standing(store: Store, household: str) -> Standing:
    """How a household stands now."""
    found = _standing(store, "r.household = %(household)s", {"household": household})
    return found[0] if found else Standing(household, "listed")


def announced(store: Store, points: frozenset[str] | None) -> list[Standing]:
    """Removals that wait for a second person, at these points (None: everywhere), the oldest first."""
    some = None if points is None else sorted(points)
    where = "r.step = 'announced' and (%(points)s::text[] is null or r.household in"
    where += " (select household from household_now h where h.household = r.household and h.point = any(%(points)s)))"
    return _standing(store, where, {"points": some})


def announce(store: Store, household: str, reason: str, notice: str, person: str) -> Standing:
    """Announce a removal, for `reason`; `notice` says how the household was told of it and of its right to object.

    UsageError for somebody who may not, no such household, one that is announced or removed already, or empty words.
    """
    with store.transaction(lock_of(household)):
        check_registrar(store, person, household, ROLES)
        check_reason(reason)
        check_reason(
            notice, "how the household was told", 'such as: --notice "letter handed over on 3 March, read out"'
        )
        before = standing(store, household)
        if before.stands != "listed":
            raise UsageError(f'household "{household}" is {before.stands} already', "see: evenhand household show")
        _write(store, household, "announced", None, reason, notice, person)
        return standing(store, household)


def confirm(store: Store, household: str, person: str) -> Standing:
    """A second person confirms: from the next freeze on the household is on no list.

    UsageError for whoever announced it, before its time to object is over, or while a case on its eligibility is open.
    """
    with store.transaction(lock_of(household)):
        check_registrar(store, person, household, ROLES)
        found = _asked(store, household, "announced")
        if _same(found.person, person):
            raise UsageError(f"{person} announced this removal and cannot confirm it", "a second person must")
        if store.clock() < found.ends:
            days = -(-(found.ends - store.clock()) // 86_400)
            raise UsageError(
                f'household "{household}" has {days} more days to object, of {NOTICE_DAYS}', "confirm it after that"
            )
        if cases := keeps_being_served(store, household):
            raise UsageError(
                f'household "{household}" goes on being served: its case on eligibility is open ({", ".join(cases)})',
                "confirm it when the case is decided for good, if it is not upheld",
            )
        _write(store, household, "confirmed", found.announcement, found.reason, "", person)
        return standing(store, household)


def take_back(store: Store, household: str, reason: str, person: str) -> Standing:
    """Withdraw an announced removal, or put a removed household back on the lists. One person may do that.

    UsageError where nothing is announced or removed, or no reason is given.
    """
    with store.transaction(lock_of(household)):
        check_registrar(store, person, household, ROLES)
        check_reason(reason)
        found = _asked(store, household, "announced", "removed")
        step = "withdrawn" if found.stands == "announced" else "restored"
        _write(store, household, step, found.announcement, reason, "", person)
        return standing(store, household)


def gone(store: Store) -> list[str]:
    """The households that a freeze leaves out: removed, and without an open case on their eligibility. Sorted."""
    removed = [one.household for one in _standing(store, "r.step = 'confirmed'", {})]
    if not removed:
        return []
    seals = Seals(store.data)
    marks = {seals.mark(household): household for household in removed}
    rows = dict(
        store.rows(
            "select reference, mark from grievance where programme = %s and mark = any(%s)",
            (store.programme.id, list(marks)),
        )
    )
    cases = followed(store, f"{INTAKES} and reference = any(%(some)s)", {"some": list(rows)}) if rows else []
    kept = {marks[bytes(rows[one.reference])] for one in cases if one.case.keeps_served({one.kind.id: one.kind})}
    return sorted(set(removed) - kept)


def _asked(store: Store, household: str, *stands: str) -> Standing:
    found = standing(store, household)
    if found.stands not in stands:
        raise UsageError(f'household "{household}" is {found.stands}', "announce its removal first, with a reason")
    return found


def _standing(store: Store, which: str, params: dict[str, object]) -> list[Standing]:
    found = []
    for number, household, step, reason, notice, person, at, announcement in store.rows(
        _NEWEST.format(which=which), params
    ):
        if step in ("withdrawn", "restored"):
            found.append(Standing(household, "listed"))
        elif step == "announced":
            found.append(Standing(household, "announced", number, reason, notice, person, at))
        else:
            first = "select reason, notice, person, at from household_removal where id = %s"
            found.append(Standing(household, "removed", announcement, *store.rows(first, (announcement,))[0]))
    return found


def _write(
    store: Store, household: str, step: str, announcement: int | None, reason: str, notice: str, person: str
) -> None:
    store.execute(
        "insert into household_removal (household, step, announcement, reason, notice, person, at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (household, step, announcement, reason.strip(), notice.strip(), person, store.clock()),
    )


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
