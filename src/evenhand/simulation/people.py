"""People and the households they live in, by arrays: sizes, ages and sexes with exact quotas, occupations.

Nothing loops over people. Persons of a kind are sorted by age and slots of households by the age that would suit them;
the n-th oldest person goes to the n-th slot. So the totals by age and sex are exact and families look like families.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from evenhand.simulation.chance import Chance, Flags, Ints, quotas
from evenhand.simulation.tables import AgeGroup

ADULT = 20
GAP = 16
"""Years that lie at least between a child and the older of the household's first two adults (see `_mend`)."""

SIZES = (25, 105, 240, 320, 190, 80, 28, 12)
"""Of 1,000 households, those of 1, 2, … 8 people: the example's own shape, moved to the mean asked for."""

OCCUPATIONS = (
    "miner", "heavy", "light", "worker", "student", "pupil-senior", "pupil-primary", "preschool", "infant", "home",
    "retired",
)  # fmt: skip
_CODE = {name: number for number, name in enumerate(OCCUPATIONS)}


@dataclass(frozen=True)
class People:
    """A row a person, sorted by household and place in it. `birth` counts days as date.toordinal does."""

    household: Ints
    place: Ints
    birth: Ints
    female: Flags
    occupation: Ints


def household_sizes(people: int, households: int, chance: Chance) -> Ints:
    """`households` sizes of 1..8 that sum to `people`. ValueError if that cannot be."""
    if not households <= people <= len(SIZES) * households:
        raise ValueError(f"{people} people do not fit in {households} households of 1 to {len(SIZES)}")
    counts = quotas(households, list(SIZES))
    sizes = np.repeat(np.arange(1, len(SIZES) + 1, dtype=np.int64), counts)[chance.order(households)]
    while missing := people - int(sizes.sum()):
        room = np.flatnonzero(sizes < len(SIZES)) if missing > 0 else np.flatnonzero(sizes > 1)
        chosen = room[chance.order(len(room))[: abs(missing)]]
        sizes[chosen] += 1 if missing > 0 else -1
    return sizes


def persons(people: int, ages: tuple[AgeGroup, ...], on: date, chance: Chance) -> tuple[Ints, Flags]:
    """Birth days and sexes of `people` persons alive `on`, the quotas of the table by five-year group and sex exact."""
    cells = [(group.first, female) for female in (True, False) for group in ages]
    weights = [group.female for group in ages] + [group.male for group in ages]
    births, female = [], []
    for (first, is_female), count in zip(cells, quotas(people, weights), strict=True):
        newest = date(on.year - first, on.month, on.day).toordinal()
        oldest = date(on.year - first - 5, on.month, on.day).toordinal() + 1
        births.append(oldest + chance.below(newest - oldest + 1, count))
        female.append(np.full(count, is_female))
    return np.concatenate(births), np.concatenate(female)


def ages_on(birth: Ints, on: date) -> Ints:
    """Full years of age on a day that is not 29 February."""
    days = np.array([date(on.year - years, on.month, on.day).toordinal() for years in range(120, 0, -1)])
    return len(days) - np.searchsorted(days, birth, side="left").astype(np.int64)


def families(
    sizes: Ints, province: Ints, ages: tuple[AgeGroup, ...], on: date, mines: NDArray[np.bool_], chance: Chance
) -> People:
    """Fill households of `sizes` with people; `province` is each household's, an index of `mines` (more miners)."""
    start = np.cumsum(sizes) - sizes
    household = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    place = np.arange(len(household), dtype=np.int64) - start[household]
    birth, female = persons(len(household), ages, on, chance)
    adult = _adult_slots(household, place, len(sizes), int((ages_on(birth, on) >= ADULT).sum()), chance)
    grown = ages_on(birth, on) >= ADULT
    slot_female = _sexes(
        place, adult, sizes[household], int((grown & female).sum()), int((~grown & female).sum()), chance
    )
    slot_birth = np.zeros(len(household), dtype=np.int64)
    suits = _adult_ages(household, place, adult, sizes, chance)
    for is_female in (True, False):
        _match(slot_birth, adult & (slot_female == is_female), suits, birth[grown & (female == is_female)])
    head = slot_birth[start]
    second = np.where(
        (sizes > 1) & adult[np.minimum(start + 1, len(adult) - 1)],
        slot_birth[np.minimum(start + 1, len(adult) - 1)],
        head,
    )
    # A child is best 26 years younger than the younger of the two, give or take six.
    child_suits = np.maximum(head, second)[household] + 26 * 365 + chance.below(12 * 365, len(household)) - 6 * 365
    for is_female in (True, False):
        slots = ~adult & (slot_female == is_female)
        _match(slot_birth, slots, -child_suits, birth[~grown & (female == is_female)])
        _mend(slot_birth, np.flatnonzero(slots), np.minimum(head, second)[household], chance)
    years = ages_on(slot_birth, on)
    occupation = _occupations(years, slot_female, mines[province][household], chance)
    return People(household, place, slot_birth, slot_female, occupation)


def _adult_slots(household: Ints, place: Ints, households: int, adults: int, chance: Chance) -> Flags:
    """Which slots hold adults: every first one, nearly every second one, and of the rest as many as there are adults.

    The rest go by the household first (so that some have many grown children, others many small ones)."""
    noise = (chance.below(1 << 30, households)[household] + chance.below(1 << 30, len(place))) >> 1
    first, second = place == 0, (place == 1) & ~chance.one_in(60, len(place))
    key = np.where(first, -2, np.where(second, -1, noise))
    chosen = np.zeros(len(place), dtype=np.bool_)
    chosen[np.argsort(key, kind="stable")[:adults]] = True
    return chosen


def _sexes(place: Ints, adult: Flags, size: Ints, adult_females: int, young_females: int, chance: Chance) -> Flags:
    """Which slots are women's and girls', exactly as many as there are: couples first, chance for the rest."""
    count = len(place)
    alone = size == 1
    woman_leads = np.where(alone, chance.below(1000, count) < 700, chance.below(1000, count) < 120)
    noise = chance.below(1 << 30, count)
    # The second adult is of the other sex than the first: shift the first one's choice by one slot.
    other = np.zeros(count, dtype=np.bool_)
    other[1:] = ~woman_leads[:-1]
    leads = np.where(place == 0, woman_leads, other)
    key = np.where(place <= 1, np.where(leads, -1, 1 << 31), noise)
    female = np.zeros(count, dtype=np.bool_)
    grown = np.flatnonzero(adult)
    female[grown[np.argsort(key[grown], kind="stable")[:adult_females]]] = True
    young = np.flatnonzero(~adult)
    female[young[np.argsort(noise[young], kind="stable")[:young_females]]] = True
    return female


def _adult_ages(household: Ints, place: Ints, adult: Flags, sizes: Ints, chance: Chance) -> Ints:
    """The age, in days, that would suit each adult slot: parents of small children, of grown ones, or grandparents."""
    households = len(sizes)
    adults = np.bincount(household[adult], minlength=households)
    minors = sizes - adults
    base = np.where(
        minors > 0,
        25 * 365 + chance.below(20 * 365, households),
        np.where(
            sizes <= 2,
            np.where(
                chance.one_in(250, households),
                22 * 365 + chance.below(9 * 365, households),
                52 * 365 + chance.below(32 * 365, households),
            ),
            46 * 365 + chance.below(18 * 365, households),
        ),
    )[household]
    count = len(household)
    old = np.where(minors[household] > 0, chance.below(1000, count) < 650, chance.below(1000, count) < 150)
    third = np.where(old, base + 27 * 365, 20 * 365 + chance.below(9 * 365, count))
    return np.where(place <= 1, base, third) + chance.below(5 * 365, count)


def _match(birth: Ints, slots: Flags, suits: Ints, pool: Ints) -> None:
    """Give the n-th oldest of `pool` the slot with the n-th greatest `suits`."""
    places = np.flatnonzero(slots)
    birth[places[np.argsort(-suits[places], kind="stable")]] = np.sort(pool)


def _mend(birth: Ints, slots: Ints, parent: Ints, chance: Chance) -> None:
    """Swap children who are under GAP years younger than their household's elder with others, while that helps."""
    gap = GAP * 366
    for _ in range(8):
        wrong = slots[birth[slots] - parent[slots] < gap]
        if not len(wrong):
            return
        right = slots[birth[slots] - parent[slots] >= gap]
        swaps = min(len(wrong), len(right))
        if not swaps:
            return
        a, b = wrong[:swaps], right[chance.order(len(right))[:swaps]]
        helps = (birth[b] - parent[a] >= gap) & (birth[a] - parent[b] >= gap)
        a, b = a[helps], b[helps]
        birth[a], birth[b] = birth[b], birth[a]


def _occupations(age: Ints, female: Flags, mine: Flags, chance: Chance) -> Ints:
    """What each person does, by age and sex; schooling as in 2008 (primary from 7, senior school from 11 to 16)."""
    count = len(age)
    draw = chance.below(1000, count)
    miner = np.where(mine, 70, 20)
    women = np.select(
        [draw < 40, draw < 300, draw < 460], [_CODE["heavy"], _CODE["light"], _CODE["home"]], _CODE["worker"]
    )
    men = np.select(
        [draw < miner, draw < miner + 130, draw < miner + 330],
        [_CODE["miner"], _CODE["heavy"], _CODE["light"]],
        _CODE["worker"],
    )
    works = np.where(female, women, men)
    studies = (age >= 17) & (age <= 22) & (chance.below(1000, count) < 180)
    return np.select(
        [age <= 1, age <= 6, age <= 10, age <= 16, studies, age >= np.where(female, 55, 60)],
        [_CODE[word] for word in ("infant", "preschool", "pupil-primary", "pupil-senior", "student", "retired")],
        works,
    ).astype(np.int64)
