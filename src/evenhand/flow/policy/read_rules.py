"""Reading rules: tables, steps, entitlements, and the tests that stand beside them."""

from __future__ import annotations

import re
from typing import get_args

from evenhand.core.benefit import Benefit
from evenhand.core.quantity import RoundMode
from evenhand.flow.policy.measure import Measure, measure
from evenhand.flow.policy.model import (
    Entitlement,
    Expr,
    Floor,
    Rounding,
    Row,
    Span,
    Step,
    TableRule,
)  # fmt: skip
from evenhand.flow.policy.read_terms import BUILT_IN
from evenhand.flow.policy.sheet import NAME, Sheet, nearest

MODES: tuple[RoundMode, ...] = get_args(RoundMode)
MOST_ROWS = 60

_ROW = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}\Z")


def read_rules(root: Sheet, taken: set[str]) -> dict[str, TableRule | Step]:
    """Tables and steps by name, in the order written."""
    rules: dict[str, TableRule | Step] = {}
    for name, sheet in root.children("step"):
        step = _step(name, sheet)
        if _free(name, sheet, taken | set(rules)) and step:
            rules[name] = step
    for name, sheet in root.children("table"):
        table = _table(name, sheet)
        if _free(name, sheet, taken | set(rules)) and table:
            rules[name] = table
    return rules


def _free(name: str, sheet: Sheet, taken: set[str]) -> bool:
    if name in taken or name in BUILT_IN:
        sheet.fault(None, f'the name "{name}" is taken', "choose another name", name)
        return False
    return True


def _rounding(sheet: Sheet, unit: Measure | None = None) -> Rounding | None:
    """`round`; what is rounded to `1 g` in a cell of `g/day` is rounded to 1 g a day."""
    if "round" not in sheet.data:
        return None
    if not isinstance(sheet.data["round"], dict):
        sheet.fault("round", "to what, and which way?", 'write round = {to = "1 kg", mode = "floor"}')
        return None
    holder = sheet.child("round")
    holder.only("to", "mode")
    to = holder.quantity("to", "1 kg")
    mode = holder.choice("mode", MODES)
    if to is None:
        return None
    if to[0] <= 0:
        holder.fault("to", "rounding goes to a quantity above 0", 'write to = "1 kg"')
        return None
    under = unit.text.partition("/")[2] if unit else ""
    if unit and under and to[1].dims != unit.dims:
        each = measure(f"{to[1].text}/{under}")
        to = (to[0] / to[1].scale * each.scale, each) if each.dims == unit.dims else to
    return Rounding(to[0], to[1], mode)  # type: ignore[arg-type]


def _step(name: str, sheet: Sheet) -> Step | None:
    sheet.only("of", "is", "unit", "round", "because")
    of = sheet.choice("of", ("household", "member"), "household")
    expr = sheet.expr("is", "size * 2")
    unit = sheet.measure("unit", False)
    rounding = _rounding(sheet, unit)
    return Step(name, of, expr, unit, rounding, sheet.path) if expr else None  # type: ignore[arg-type]


def _table(name: str, sheet: Sheet) -> TableRule | None:
    sheet.only("of", "unit", "hit", "rows", "otherwise", "round")
    of = sheet.choice("of", ("household", "member"), "household")
    unit = sheet.measure("unit")
    hit = sheet.choice("hit", ("unique", "first", "sum"), "unique")
    items = sheet.items("rows")
    if not sheet.data.get("rows"):
        sheet.fault(None, "a table without rows", 'write rows = [{id = "a", when = "…", then = "…", because = "…"}]')
    if len(items) > MOST_ROWS:
        sheet.fault("rows", f"more than {MOST_ROWS} rows are not supported yet", "split the table, or use a lookup")
    rows = [row for item in items[:MOST_ROWS] if (row := _row(item))]
    ids = [row.id for row in rows]
    for row in rows:
        if ids.count(row.id) > 1:
            sheet.faults.add((*row.path, "id"), row.id, f'two rows are called "{row.id}"', "give each row its own id")
        for other in row.over:
            if other not in ids or other == row.id:
                sheet.faults.add((*row.path, "over"), other, f'there is no other row "{other}" to be an exception of',
                                 nearest(other, [i for i in ids if i != row.id], "name a row of this table"))  # fmt: skip
        if row.over and hit != "unique":
            sheet.faults.add(
                (*row.path, "over"), hit, f'"over" means nothing where hit = "{hit}"', 'use hit = "unique"'
            )
    _no_circle(sheet, rows)
    otherwise = None
    if "otherwise" in sheet.data:
        item = sheet.child("otherwise")
        item.only("then", "because")
        then = item.expr("then", "0")
        because = item.text("because", '"why"')
        otherwise = Row("otherwise", Span(), None, then, (), because, "", item.path) if then else None
    rounding = _rounding(sheet, unit)
    if unit is None:
        return None
    return TableRule(name, of, unit, hit, tuple(rows), otherwise, rounding, sheet.path)  # type: ignore[arg-type]


def _no_circle(sheet: Sheet, rows: list[Row]) -> None:
    """Rows that are exceptions of each other would leave none of them."""
    over = {row.id: set(row.over) for row in rows}
    for row in rows:
        reached, open_ = set[str](), list(row.over)
        while open_:
            other = open_.pop()
            if other not in reached:
                reached.add(other)
                open_ += over.get(other, ())
        if row.id in reached and row.id not in row.over:
            sheet.faults.add((*row.path, "over"), row.id, f'row "{row.id}" is an exception of its own exception',
                             "let only one of the rows be over the other")  # fmt: skip


def _row(item: Sheet) -> Row | None:
    item.only("id", "from", "to", "when", "then", "over", "because")
    name = item.text("id", '"a-short-name"')
    if name and (not _ROW.match(name) or name == "otherwise"):
        item.fault("id", f'"{name}" cannot be the id of a row', "use letters, digits, _ and -, at most 40")
    over = item.data.get("over", [])
    over = [over] if isinstance(over, str) else over
    if not isinstance(over, list) or not all(isinstance(other, str) for other in over):
        item.fault("over", "the id of a row is wanted", 'write over = "id"')
        over = []
    when, then = item.expr("when", "true"), item.expr("then", "0")
    because = item.text("because", '"why, in words a household reads"')
    if when is None or then is None:
        return None
    return Row(name, item.span(), when, then, tuple(over), because, item.text("source", "", ""), item.path)


def read_entitlements(root: Sheet, benefits: dict[str, Benefit]) -> tuple[Entitlement, ...]:
    """What households are due, in the order written."""
    found: list[Entitlement] = []
    for item in root.items("entitlement"):
        item.only("name", "benefit", "amount", "floor", "tier", "round", "served", "price")
        benefit = item.text("benefit", '"grain"')
        item.faults.declared |= {"*"} if not benefit else set()
        if benefit and benefit not in benefits:
            item.fault(
                "benefit",
                f'there is no benefit "{benefit}"',
                nearest(benefit, benefits, "declare it as [benefit.NAME]"),
            )
        name = item.text("name", '"grain"', benefit)
        item.faults.declared |= {name, benefit}
        if name and (not NAME.match(name) or name in ("household", "undecided", "size")):
            item.fault("name", f'"{name}" cannot name an entitlement', "use a-z, 0-9 and _, a letter first")
        columns = {part for other in found for part in (other.name, f"{other.name}_floor")}
        if name in columns or f"{name}_floor" in columns:
            item.fault(
                "name" if "name" in item.data else None,
                f'two entitlements are called "{name}"',
                "give each its own name",
                name,
            )
        amount = item.expr("amount", "due")
        floor = _floor(item)
        tier = item.expr("tier", "1", False)
        served = item.choice("served", ("anywhere", "home state", "home point"), "home point")
        price, away = _prices(item, served)
        if amount and benefit in benefits:
            if any(other.benefit == benefit and (other.tier or tier) for other in found):
                item.fault(
                    "tier", "tiers of a benefit with two entitlements are not supported yet", "leave the tier out"
                )
            found.append(
                Entitlement(name, benefit, amount, floor, tier, _rounding(item), served, price, item.path, away)
            )
    for name in benefits if not root.faults.found and root.data.get("entitlement") else ():
        if all(item.data.get("benefit") != name for item in root.items("entitlement")):
            message = f'no entitlement grants the benefit "{name}"'
            root.faults.add(("benefit", name), name, message, "write [[entitlement]] for it, or leave the benefit out")
    if not isinstance(root.data.get("entitlement", []), list):
        root.faults.declared.add("*")
    elif not root.data.get("entitlement"):
        root.fault(
            "policy" if "policy" in root.data else None,
            "no entitlement",
            "write [[entitlement]] with benefit and amount",
        )
    return tuple(found)


def _prices(item: Sheet, served: str) -> tuple[Expr | None, Expr | None]:
    """(the price at home, the price away from home where it is another): one formula, or {home = …, away = …}."""
    if not isinstance(item.data.get("price"), dict):
        return item.expr("price", "price", False), None
    both = item.child("price")
    both.only("home", "away")
    home, away = both.expr("home", "price_home"), both.expr("away", "price_away")
    if served == "home point":
        item.fault("price", "a price away from home, and it is served at the home point only",
                   'write served = "anywhere" or "home state", or one price')  # fmt: skip
    return home, away


def _floor(item: Sheet) -> Floor | None:
    if "floor" not in item.data:
        return None
    if not isinstance(item.data["floor"], dict):
        item.fault("floor", "which share, rounded which way?", 'write floor = {share = "3/5", round = "ceiling"}')
        return None
    holder = item.child("floor")
    holder.only("share", "round")
    share = holder.fraction("share", '"3/5"')
    if share is not None and not 0 <= share <= 1:
        holder.fault("share", "a share from 0 to 1 is wanted", 'write share = "3/5"')
        return None
    if share is not None and share.denominator > 1_000_000:
        holder.fault("share", "a share too fine to be counted exactly", "use a denominator up to 1000000")
        return None
    if "round" not in holder.data and share is not None and share.denominator != 1:
        holder.fault(None, "a fraction reaches a floor", f'write round = "ceiling", or one of {", ".join(MODES)}')
        return None
    mode = holder.choice("round", MODES, "ceiling")
    return Floor(share, mode) if share is not None else None  # type: ignore[arg-type]
