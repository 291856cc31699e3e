"""The English of claims in one place, so that a catalogue can take it over; and exact numbers in words."""

from __future__ import annotations

from fractions import Fraction

from evenhand.core.period import Period

TEXT = {
    "quotas": "To each family are allocated quotas for food and also for garments.",
    "curtailed": "It was curtailed …",
    "never-interrupted": "… but never interrupted.",
    "same-bowl": "Everyone gets the same bowl.",
    "covered": "Every need is covered.",
    "untested": "not tested",
    "quotas.figure": "{few} of {all}",
    "quotas.detail": "households are due {benefits}{least}.",
    "quotas.least": " (folding of small groups can hide some)",
    "quotas.short": "Fewest: {benefit} in {month}.",
    "quotas.members": "{Benefit}: granted to {few} of {all} members.",
    "quotas.none": "The policy grants no {what}.",
    "quotas.food": "food whose energy it states",
    "quotas.garments": "goods besides food",
    "curtailed.figure": "{fills} %",
    "curtailed.detail": "of the {benefit} due: {months}.",
    "curtailed.others": "{Benefit} {fills} %.",
    "curtailed.none": "No benefit of the policy is divided.",
    "interrupted.figure": "{kept} of {all}",
    "interrupted.kept": "points stayed at the floor or above it in {months}.",
    "interrupted.under": "{month}: {where}.",
    "interrupted.place": "{place} at {fill} % of its floor of {benefit}",
    "interrupted.people": "{people} people live where it was missed.",
    "interrupted.none": "The policy protects no floor, so there is nothing to compare with.",
    "bowl.figure": "{low} to {high} %",
    "bowl.one": "{low} %",
    "bowl.spread": "of the {benefit} due, between points in {month}: least at {least}, most at {most}.",
    "bowl.even": "of the {benefit} due at every point in {months}; all points stand at one level.",
    "bowl.even_mix": "of the {benefit} due in {month}: one level everywhere; households differ.",
    "bowl.worse": "{count} of {all} points stood below the rest.",
    "bowl.policy": "The policy itself grants between {low} and {high} of {benefit} to a member, by its rows.",
    "bowl.inside": "Inside a point only a household’s own check shows it.",
    "bowl.none": "No benefit of the policy is divided.",
    "covered.figure": "{kcal} kcal",
    "covered.detail": "a person a day on the rolls in {month}{others}, of {need} needed.",
    "covered.other": ", {kcal} in {month}",
    "covered.full": "Not even the full quota covers it: {kcal}.",
    "covered.quota": "The full quota would be {kcal}.",
    "covered.points": "{count} of {all} points were below it in some month.",
    "covered.none": "The policy states no energy for any benefit, or no member is declared.",
    "rest": "and {count} more",
}

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
          "November", "December")  # fmt: skip


def say(key: str, /, **values: object) -> str:
    """The sentence `key` with its values."""
    return TEXT[key].format(**values)


def period_name(period: Period, year: bool = True) -> str:
    """`May 2008` for a whole calendar month, else the period's id."""
    if period.id == f"{period.first:%Y-%m}":
        name = MONTHS[period.first.month - 1]
        return f"{name} {period.first.year}" if year else name
    return period.id


def listing(parts: list[str], limit: int = 0) -> str:
    """`a, b and c`; past `limit` (0: none) `a, b and 7 more`."""
    if limit and len(parts) > limit:
        parts = [*parts[:limit], f"{len(parts) - limit:,} more"]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def percent(share: Fraction, digits: int = 1) -> str:
    """A share in per cent, half up, but never rounded up to 100 nor down to 0; whole numbers without decimals."""
    scale = 10**digits
    exact = share * 100 * scale
    count = (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)
    if share < 1 and count >= 100 * scale:
        count = 100 * scale - 1
    if share > 0 and count == 0:
        count = 1
    whole, rest = divmod(count, scale)
    return f"{whole:,}" if rest == 0 else f"{whole:,}.{rest:0{digits}d}"


def rounded(value: Fraction) -> str:
    """A whole number for people, rounded down, with thousands separated."""
    return f"{value.numerator // value.denominator:,}"
