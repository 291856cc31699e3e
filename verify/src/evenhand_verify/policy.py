"""The policy of a cycle, as far as the checker reads it: benefits, steps, tables, params, entitlements."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from evenhand_verify.result import Malformed

UNITS: dict[str, int] = {
    "g": 1, "kg": 1000, "t": 1_000_000, "ml": 1, "l": 1000, "L": 1000, "m3": 1_000_000, "piece": 1, "pair": 1,
    "loaf": 1, "set": 1, "coupon": 1, "point": 1, "oz": 1, "lb": 16, "floz": 1, "pint": 20, "dm2": 1, "m2": 100,
    "kcal": 1, "penny": 1, "shilling": 12,
    "Wh": 1, "kWh": 1000, "MWh": 1_000_000, "cent": 1, "INR": 100,
    "USD": 100, "EUR": 100, "GBP": 100, "EGP": 100, "CUP": 100, "KPW": 100,
}  # fmt: skip
DIVIDED = ("good", "service")
_QUANTITY = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?|[0-9]+/[0-9]+)\s+([A-Za-z0-9]+)\s*")


@dataclass(frozen=True)
class Benefit:
    """A benefit: whether it is divided when short, and base units a hand-out step."""

    id: str
    divided: bool
    parts: int
    step: int
    unit: str = ""

    def shown(self, base: int | Fraction) -> str:
        """A quantity of base units in the benefit's unit, exactly."""
        value = Fraction(base) / (UNITS.get(self.unit, 1) * self.parts)
        scaled = value * 10**6
        if scaled.denominator != 1:
            whole, part = value.numerator // value.denominator, value % 1
            return f"{whole:,} {part} {self.unit}" if whole else f"{part} {self.unit}"
        whole, rest = divmod(int(scaled), 10**6)
        return f"{whole:,}" + (f".{rest:06d}".rstrip("0") if rest else "") + f" {self.unit}"


class Policy:
    """A policy file as read."""

    def __init__(self, where: str, data: dict[str, Any]) -> None:
        self.where = where
        self.data = data
        self.id = str(_dict(data.get("policy"), where).get("id", ""))
        self.period = str(_dict(data.get("policy"), where).get("period", "month"))
        benefits = _dict(data.get("benefit"), where)
        self.benefits = {name: _benefit(where, name, _dict(value, where)) for name, value in benefits.items()}
        self.tables = {name: _dict(value, where) for name, value in _dict(data.get("table", {}), where).items()}
        self.steps = {name: _dict(value, where) for name, value in _dict(data.get("step", {}), where).items()}
        self.params = {name: _dict(value, where) for name, value in _dict(data.get("param", {}), where).items()}
        self.entitlements = [_dict(value, where) for value in _list(data.get("entitlement"), where)]

    @property
    def k(self) -> Any:
        """The fewest households a point may have."""
        return _dict(self.data.get("policy"), self.where).get("k", 20)

    @property
    def reserve(self) -> Fraction:
        """What is kept at every point for exceptions, as a share of what is due."""
        return exact_fraction(_dict(self.data.get("policy"), self.where).get("reserve", 0), self.where)

    def benefit(self, name: str) -> Benefit:
        """A benefit by id."""
        if name not in self.benefits:
            raise Malformed(self.where, f'the policy has no benefit "{name}"')
        return self.benefits[name]

    @property
    def divided(self) -> list[str]:
        """The benefits that are divided when short, in the policy's order."""
        return [name for name, benefit in self.benefits.items() if benefit.divided]

    def row(self, name: str) -> dict[str, Any] | None:
        """The row `TABLE.ROW`, or None if there is none."""
        table, _, row = name.partition(".")
        rule = self.tables.get(table)
        if rule is None:
            return None
        if row == "otherwise":
            found = rule.get("otherwise")
            return found if isinstance(found, dict) else None
        rows = rule.get("rows")
        for item in rows if isinstance(rows, list) else []:
            if isinstance(item, dict) and item.get("id") == row:
                return item
        return None

    def because(self, name: str) -> str:
        """Why a row grants what it grants, in the policy's words: its English where it is written in several languages."""
        row = self.row(name)
        words = row.get("because", "") if row else ""
        if isinstance(words, dict):
            words = words.get("en") or next(iter(words.values()), "")
        return str(words)


def read_policy(data: bytes, where: str) -> Policy:
    """Malformed unless the file is TOML with the parts every policy has."""
    try:
        value = tomllib.loads(data.decode("utf-8"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Malformed(where, f"not a policy file: {error}") from error
    return Policy(where, value)


def _dict(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(where, "a part of the policy is missing or of another type")
    return value


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise Malformed(where, "a part of the policy is missing or of another type")
    return value


def exact_fraction(value: Any, where: str) -> Fraction:
    try:
        if isinstance(value, (int, str, Decimal)) and not isinstance(value, bool):
            return Fraction(value)
    except (ValueError, ZeroDivisionError):
        pass
    raise Malformed(where, f'"{value}" is not a number')


def _benefit(where: str, name: str, data: dict[str, Any]) -> Benefit:
    parts = data.get("parts", 1)
    if type(parts) is not int or parts < 1:
        raise Malformed(where, f'"{name}" is counted in {parts} parts')
    step = Fraction(1)
    if "step" in data:
        found = _QUANTITY.fullmatch(str(data["step"]))
        if not found or found[2] not in UNITS:
            raise Malformed(where, f'the step of "{name}" is not a quantity')
        step = exact_fraction(found[1], where) * UNITS[found[2]] * parts
    if step <= 0 or step.denominator != 1:
        raise Malformed(where, f'the step of "{name}" is not a whole number of base units')
    return Benefit(name, data.get("kind") in DIVIDED, parts, int(step), str(data.get("unit", "")))
