"""Reading the tests that stand beside the rules: households given, and what must come out for them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from evenhand.core.benefit import Benefit
from evenhand.core.unit import UNITS
from evenhand.flow.policy.measure import PERSON, exact
from evenhand.flow.policy.model import Case, Entitlement, Input
from evenhand.flow.policy.numbers import MEMBERS_MAX
from evenhand.flow.policy.sheet import Sheet, nearest


def read_cases(root: Sheet, inputs: dict[str, Input], entitlements: tuple[Entitlement, ...],
               categories: dict[str, tuple[str, ...]], benefits: dict[str, Benefit]) -> tuple[Case, ...]:  # fmt: skip
    """The tests of the file."""
    cases: list[Case] = []
    names: set[str] = set()
    for item in root.items("test"):
        item.only("name", "on", "given", "members", "expect", "because")
        name = item.text("name", '"family of four"')
        if name in names:
            item.fault("name", f'two tests are called "{name}"', "give each test its own name")
        names.add(name)
        on = item.day("on")
        if on is None and "on" not in item.data:
            item.fault(None, '"on" is missing', "write on = 2024-01-01")
        declared = set(root.child("input").data)
        given = _given(item.child("given"), inputs, "household", declared)
        members = None
        if "members" in item.data:
            members = tuple(_given(member, inputs, "member", declared) for member in item.items("members"))
        expect = _expected(item, entitlements, benefits)
        if "undecided" not in expect and "undecided" not in expect.values():
            for sheet in (item.child("given"), *(item.items("members") if "members" in item.data else ())):
                _known_words(sheet, inputs, categories)
        because = item.data.get("because", [])
        known = _rows(root)
        if not isinstance(because, list) or not all(isinstance(row, str) for row in because):
            item.fault("because", "a list of rows is wanted", 'write because = ["due.aay"]')
            because = []
        for row in because:
            if row not in known:
                item.fault("because", f'there is no row "{row}"', nearest(row, known, "write TABLE.ROW"), row)
        if on is not None:
            cases.append(Case(name, on, given, members, expect, tuple(because), item.path))
    return tuple(cases)


def _rows(root: Sheet) -> set[str]:
    """`TABLE.ROW` of every row that is written, also of those that are wrong."""
    found: set[str] = set()
    for name, sheet in root.children("table"):
        rows = sheet.data.get("rows")
        ids = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        found |= {f"{name}.{row}" for row in [*ids, *(["otherwise"] if "otherwise" in sheet.data else [])]}
    return found


def _known_words(sheet: Sheet, inputs: dict[str, Input], categories: dict[str, tuple[str, ...]]) -> None:
    """A word outside its list is unknown: a test that means it expects "undecided"."""
    for key, value in sheet.data.items():
        words = categories.get(inputs[key].category, ()) if key in inputs and inputs[key].type == "category" else ()
        number = exact(value)
        if key == "size" and number is not None and not 1 <= number <= MEMBERS_MAX:
            advice = f"write a size from 1 to {MEMBERS_MAX}, or expect undecided"
            sheet.fault(key, "no household has this size", advice)
        if words and isinstance(value, str) and value not in words:
            advice = nearest(value, words, f"use one of {', '.join(words)}, or expect undecided")
            sheet.fault(key, f'"{value}" is not a word of {inputs[key].category}', advice)


def _given(sheet: Sheet, inputs: dict[str, Input], of: str, declared: set[str]) -> dict[str, object]:
    given: dict[str, object] = {}
    known = [name for name, found in inputs.items() if found.of == of] + (["size"] if of == "household" else [])
    for key, value in sheet.data.items():
        if key not in known and key in declared and key not in inputs:
            continue
        if key not in known:
            sheet.fault(
                key, f'there is no input "{key}" of a {of}', nearest(key, known, "declare it under [input]"), key
            )
            continue
        found = inputs.get(key)
        given[key] = _value(sheet, key, value, found)
    return given


def _value(sheet: Sheet, key: str, value: object, found: Input | None) -> object:
    """A given value in base units; None (unknown) for a number, date or word outside its range or list."""
    if found is None or found.type == "number":
        number = sheet.fraction(key, "4") if not (isinstance(value, str) and " " in value) else None
        if isinstance(value, str) and " " in value:
            scaled = sheet.quantity(key, "4 kg")
            number = scaled[0] if scaled else None
            own = found.measure if found and found.measure else PERSON
            if scaled and scaled[1].dims != own.dims:
                sheet.fault(key, f"not a quantity of {own.text}", f"write it in {own.text}")
        elif number is not None and found and found.measure:
            number *= found.measure.scale
        parts = found.parts if found else 1
        if number is not None and (number * parts).denominator != 1:
            sheet.fault(key, "finer than it is counted", "give whole base units, or declare parts", value)
        return number
    if found.type == "bool" and isinstance(value, bool):
        return value
    if found.type == "date" and type(value) is date:
        return value
    if found.type == "category" and isinstance(value, str):
        return value
    sheet.fault(key, f"a {found.type} is wanted", "see [input]", value)
    return None


def _expected(item: Sheet, entitlements: tuple[Entitlement, ...], benefits: dict[str, Benefit]) -> dict[str, object]:
    sheet = item.child("expect")
    expect: dict[str, object] = {}
    units = {e.name: benefits[e.benefit] for e in entitlements}
    units |= {f"{e.name}_floor": benefits[e.benefit] for e in entitlements if e.floor}
    units |= {e.benefit: benefits[e.benefit] for e in entitlements}
    tiers = [f"{e.name}_tier" for e in entitlements if e.tier]
    prices = {f"{e.name}_price{end}": benefits[e.benefit] for e in entitlements if e.price for end in ("", "_away")}
    written = item.faults.declared
    wrong = {f"{name}{end}" for name in written for end in ("", "_floor", "_tier", "_price", "_price_away")}
    if not sheet.data and "because" not in item.data:
        item.fault(None, "a test that expects nothing", 'write expect = {grain = "35 kg"}')
    for key, value in sheet.data.items():
        known = [*units, *tiers, *prices, "undecided"]
        if key not in known and (key in wrong or "*" in written):
            continue
        if key not in known:
            sheet.fault(
                key, f'there is no entitlement "{key}"', nearest(key, known, f"use one of {', '.join(known)}"), key
            )
        elif value == "undecided" or (key == "undecided" and isinstance(value, str)):
            expect[key] = value
        elif key == "undecided":
            sheet.fault(key, "the input that is missing is wanted, as text", 'write undecided = "rent"')
        elif key in tiers:
            expect[key] = Fraction(sheet.integer(key, 1, 100, 1))
        elif key in prices:
            expect[key] = _expected_price(sheet, key, value, prices[key])
        else:
            expect[key] = _expected_amount(sheet, key, value, units[key])
    return expect


def _expected_price(sheet: Sheet, key: str, value: object, benefit: Benefit) -> object:
    """A price in hundredths for a base unit of the benefit, with the dimension of its money."""
    if isinstance(value, (int, Decimal)) and value == 0:
        return Fraction(0)
    found = sheet.quantity(key, f"3 INR/{benefit.unit}")
    unit = UNITS[benefit.unit]
    if found is None:
        return None
    if (unit.dimension, -1) not in found[1].dims:
        sheet.fault(key, f"not a price for a {benefit.unit}", f'write "3 INR/{benefit.unit}"')
        return None
    return found[0], next((name for name, _ in found[1].dims if name.startswith("money")), "")


def _expected_amount(sheet: Sheet, key: str, value: object, benefit: Benefit) -> object:
    if isinstance(value, (int, Decimal)):
        if value == 0:
            return Fraction(0)
        sheet.fault(key, "a quantity is wanted", f'write its unit, as in "35 {benefit.unit}"', value)
        return None
    quantity = sheet.quantity(key, f"35 {benefit.unit}")
    if quantity is None:
        return None
    if quantity[1].dims != ((UNITS[benefit.unit].dimension, 1),):
        sheet.fault(key, f"not a quantity of {benefit.unit}", f'write "35 {benefit.unit}"')
        return None
    return quantity[0]
