"""Reading benefits: what a policy grants, and what becomes of what was not had."""

from __future__ import annotations

import re

from evenhand.core.benefit import KINDS, Benefit, CarryRule
from evenhand.core.unit import UNITS, Unit
from evenhand.flow.policy.measure import unit_advice
from evenhand.flow.policy.model import Param
from evenhand.flow.policy.read_terms import LIMIT
from evenhand.flow.policy.sheet import Sheet, nearest

_CARRY = re.compile(r"(?:(carry) ([0-9]{1,3}) cycles?|(carry)|(lapse)|(lapse) at period end|(lapse) after ([0-9]{1,3}) "
                    r"(day|week|month|year|cycle)s?)\Z")  # fmt: skip
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
FOREVER = 1_000


def read_benefits(root: Sheet) -> dict[str, Benefit]:
    """The benefits, in the order written."""
    benefits: dict[str, Benefit] = {}
    for name, sheet in root.children("benefit"):
        sheet.only("kind", "unit", "step", "undersupplied", "uncollected", "parts", "energy", "prices", "division")
        kind = sheet.choice("kind", tuple(KINDS)) or "good"
        wanted = sheet.text("unit", '"kg"')
        unit = UNITS.get(wanted)
        if unit is None:
            if wanted:
                sheet.fault("unit", "not a unit that is known", unit_advice(wanted))
            unit = UNITS["g"]
        parts = sheet.integer("parts", 1, 1000, 1)
        step_base = 1
        if "step" in sheet.data:
            step = sheet.quantity("step", "500 g")
            if step and (step[0] <= 0 or (step[0] * parts).denominator != 1 or step[0] * parts >= LIMIT):
                sheet.fault(
                    "step", "the smallest hand-out is a whole number of base units above 0", 'write step = "500 g"'
                )
            elif step and step[1].dims != ((unit.dimension, 1),):
                sheet.fault("step", f"not a quantity of {unit.name}", f'write it in {unit.name}, as in "1 {unit.name}"')
            elif step:
                step_base = int(step[0] * parts)
        under = _carry(sheet, "undersupplied", "lapse")
        uncollected = _carry(sheet, "uncollected", "lapse at period end")
        benefits[name] = Benefit(
            name, sheet.text("title", "", name), kind, unit.name, parts, unit.base_per_unit * parts, step_base,  # type: ignore[arg-type]
            under, uncollected, _energy(sheet, parts, unit) if "energy" in sheet.data else None,
        )  # fmt: skip
    if not benefits:
        root.fault(
            "policy" if "policy" in root.data else None, "no benefit", "write [benefit.grain] with kind and unit"
        )
    return benefits


def read_prices(root: Sheet, benefits: dict[str, Benefit], params: dict[str, Param]) -> dict[str, str]:
    """The price list of each benefit of points: the lookup that says what a good costs in them."""
    found: dict[str, str] = {}
    for name, sheet in root.children("benefit"):
        if "prices" not in sheet.data or name not in benefits:
            continue
        wanted = sheet.text("prices", '"coupon_price"')
        benefit, prices = benefits[name], params.get(wanted)
        if benefit.kind != "points":
            message = f"a {benefit.kind} has no price list: it is not spent"
            sheet.fault("prices", message, 'write price = … under [[entitlement]], or kind = "points"')
        elif prices is None or not prices.by:
            if wanted:
                known = [param.name for param in params.values() if param.by]
                advice = nearest(wanted, known, "declare it as [lookup.NAME]")
                sheet.fault("prices", f'there is no lookup "{wanted}"', advice)
        elif prices.measure.dims != ((UNITS[benefit.unit].dimension, 1),):
            message = f'"{wanted}" is in {prices.measure.text}, and the benefit in {benefit.unit}'
            sheet.fault("prices", message, f'give the lookup unit = "{benefit.unit}"')
        else:
            found[name] = wanted
    return found


def _energy(sheet: Sheet, parts: int, unit: Unit) -> tuple[int, int] | None:
    energy = sheet.child("energy")
    energy.only("kcal", "per")
    kcal = energy.fraction("kcal", '"350"')
    per = energy.quantity("per", "100 g")
    if not energy.text("source", '"a food table"'):
        return None
    if kcal is None or per is None or kcal < 0 or per[0] <= 0:
        energy.fault(
            None,
            "kcal and the quantity that holds them are wanted",
            'write {kcal = "350", per = "100 g", source = "…"}',
        )
        return None
    if per[1].dims != ((unit.dimension, 1),):
        energy.fault("per", f"not a quantity of {unit.name}", f'write per = "100 {unit.name}"')
        return None
    each = kcal / per[0] / parts
    return each.numerator, each.denominator


def _carry(sheet: Sheet, key: str, default: str) -> CarryRule:
    text = sheet.text(key, '"carry 2 cycles"', default)
    found = _CARRY.match(text)
    if not found:
        sheet.fault(
            key, "not a rule for what was not had", 'write "carry 2 cycles", "carry", "lapse" or "lapse after 8 weeks"'
        )
        return CarryRule(0, default)
    if int(found[2] or found[7] or 1) == 0:
        sheet.fault(key, "nothing is kept for no time", 'write "lapse" where nothing is kept')
    if found[2]:
        return CarryRule(int(found[2]), text)
    if found[3]:
        return CarryRule(FOREVER, text)
    if found[7]:
        count, unit = int(found[7]), found[8]
        cycles = count if unit == "cycle" else 0
        return CarryRule(cycles, text, count * _DAYS.get(unit, 0), count * _MONTHS.get(unit, 0))
    return CarryRule(0, text)
