"""A policy as written, read and checked for shape: what the TOML says, before any name in it is looked up."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from evenhand.core.benefit import Benefit
from evenhand.core.quantity import RoundMode
from evenhand.flow.policy.measure import Measure
from evenhand.flow.policy.positions import Path
from evenhand.flow.policy.syntax import Ast

Scope = Literal["household", "member"]
Hit = Literal["unique", "first", "sum"]


@dataclass(frozen=True)
class Span:
    """Days from `start` to `end`, both inclusive; None is open."""

    start: date | None = None
    end: date | None = None

    def holds(self, day: date) -> bool:
        """Whether `day` lies in it."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


@dataclass(frozen=True)
class Expr:
    """An expression with its text and its place in the file."""

    text: str
    ast: Ast
    path: Path


@dataclass(frozen=True)
class Input:
    """Something a programme knows of a household or member. `low` and `high` are numbers in base units or dates.

    A blank cell counts as `assume` where the policy says so, and says why (`because`).
    """

    name: str
    of: Scope
    type: Literal["category", "number", "bool", "date"]
    purpose: str
    category: str = ""
    measure: Measure | None = None
    parts: int = 1
    low: Fraction | date | None = None
    high: Fraction | date | None = None
    registry: bool = False
    assume: Fraction | bool | str | date | None = None
    because: str = ""


@dataclass(frozen=True)
class Dated:
    """One value of a parameter (base units, key () only) or of a lookup, with its days and source.

    `mores` and `others` are `each_more` and `other` by the keys before them: () for a lookup by one key.
    """

    span: Span
    rows: dict[tuple[str, ...], Fraction]
    mores: dict[tuple[str, ...], Fraction]
    others: dict[tuple[str, ...], Fraction]
    source: str
    path: Path

    def last(self, before: tuple[str, ...]) -> int:
        """The highest whole number that has a row of its own after the keys `before`."""
        return max(int(key[-1]) for key in self.rows if key[:-1] == before)


@dataclass(frozen=True)
class Param:
    """Dated values: a parameter (`by` empty) or a lookup by one or more inputs.

    `prorate`: a period in which the value changes gets each value for its days. `listed`: it goes by categories no
    household has (garments), so no rule can read it: a price list.
    """

    name: str
    by: tuple[str, ...]
    measure: Measure
    values: tuple[Dated, ...]
    path: Path
    prorate: bool = False
    listed: bool = False

    def at(self, day: date) -> Dated | None:
        """The value in force on `day`."""
        return next((value for value in self.values if value.span.holds(day)), None)


@dataclass(frozen=True)
class Rounding:
    """To a multiple of `to` (base units), by `mode`."""

    to: Fraction
    measure: Measure
    mode: RoundMode


@dataclass(frozen=True)
class Row:
    """A row of a table."""

    id: str
    span: Span
    when: Expr | None
    then: Expr
    over: tuple[str, ...]
    because: str
    source: str
    path: Path


@dataclass(frozen=True)
class TableRule:
    """A table of rules: of its rows one fits (unique), the first that fits counts (first), or all that fit (sum)."""

    name: str
    of: Scope
    measure: Measure
    hit: Hit
    rows: tuple[Row, ...]
    otherwise: Row | None
    round: Rounding | None
    path: Path


@dataclass(frozen=True)
class Step:
    """A named value on the way."""

    name: str
    of: Scope
    expr: Expr
    measure: Measure | None
    round: Rounding | None
    path: Path


@dataclass(frozen=True)
class Floor:
    """The part of an entitlement that is protected first: a share of it, rounded to whole base units."""

    share: Fraction
    mode: RoundMode


@dataclass(frozen=True)
class Entitlement:
    """What a household is due of a benefit. `price` is what it pays at home, and everywhere unless `away` says otherwise."""

    name: str
    benefit: str
    amount: Expr
    floor: Floor | None
    tier: Expr | None
    round: Rounding | None
    served: str
    price: Expr | None
    path: Path
    away: Expr | None = None

    @property
    def has_floor(self) -> bool:
        """Whether a part of it is protected before anyone gets more."""
        return self.floor is not None


@dataclass(frozen=True)
class Chosen:
    """A rule of division, the days it holds, who decided it and why; a rule without days is that of the benefit's kind, or
    nobody said since when."""

    rule: str
    span: Span = Span()
    source: str = ""
    because: str = ""


@dataclass(frozen=True)
class Case:
    """A test inside the file: a household, a day, and what must come out."""

    name: str
    on: date
    given: dict[str, object]
    members: tuple[dict[str, object], ...] | None
    expect: dict[str, object]
    because: tuple[str, ...]
    path: Path


@dataclass(frozen=True)
class Amendment:
    """One change of the text a policy extends: what it replaces, withdraws or adds, and by which law."""

    target: str
    action: Literal["replace", "withdraw", "add"]
    source: str
    path: Path


@dataclass(frozen=True)
class Clock:
    """From `start` on an office has `days` for complaints of `kind`, or a household to appeal (`appeal`); until the next one
    of its kind begins."""

    kind: str
    start: date
    days: int
    because: str


@dataclass(frozen=True)
class Policy:
    """A checked policy. `sha256` is that of the file's bytes; `declared` are all names in it, also those that are wrong.

    `presence` says what proves that a household came; `second_factor`, what it is asked for beside; `follow_up`, which share
    of those served by an exception is visited; `reissue_by_two`, that a second person confirms a replaced card;
    `prices`: the price list of a benefit of points, by benefit;
    `divisions`: how each benefit is divided when short;
    `amendments`: what this text changes in those it extends; `complaints`: how long an office has for one.
    `words`: texts for people that the policy gives in several languages, by path and language (en, fr, ar, hi);
    `titles`: what things are called, by their path: said to people instead of their names. `unproved`: tables whose rows
    are not proved to fit each household at most once (and, without `otherwise`, at least once): households were tried.
    """

    id: str
    title: str
    period_kind: str
    leap: str
    span: Span
    k: int
    reserve: Fraction
    file: str
    text: str
    sha256: bytes
    categories: dict[str, tuple[str, ...]]
    inputs: dict[str, Input]
    params: dict[str, Param]
    rules: dict[str, TableRule | Step]
    benefits: dict[str, Benefit]
    entitlements: tuple[Entitlement, ...]
    cases: tuple[Case, ...]
    sources: tuple[str, ...]
    declared: frozenset[str] = frozenset()
    lines: dict[Path, int] = field(repr=False, default_factory=dict, compare=False)
    presence: str = "coupon"
    reissue_by_two: bool = False
    second_factor: str = "none"
    follow_up: Fraction = Fraction(1, 10)
    prices: dict[str, str] = field(default_factory=dict)
    divisions: dict[str, tuple[Chosen, ...]] = field(default_factory=dict)
    amendments: tuple[Amendment, ...] = ()
    complaints: tuple[Clock, ...] = ()
    words: dict[Path, dict[str, str]] = field(repr=False, default_factory=dict, compare=False)
    titles: dict[Path, str] = field(repr=False, default_factory=dict, compare=False)
    unproved: tuple[str, ...] = field(default=(), compare=False)

    @property
    def divided(self) -> tuple[str, ...]:
        """Ids of the benefits that are divided when stock is short, in the order written."""
        return tuple(name for name, benefit in self.benefits.items() if benefit.division == "leximin")

    def division(self, benefit: str, day: date) -> Chosen | None:
        """The rule by which a benefit is divided on `day`; None where the policy says none for that day."""
        return next((chosen for chosen in self.divisions[benefit] if chosen.span.holds(day)), None)

    def line(self, path: Path) -> int:
        """The line at which `path` stands, or of what holds it."""
        return line_of(self.lines, path)


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of `path`, or of the nearest thing that holds it; 0 for the file."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 0)
