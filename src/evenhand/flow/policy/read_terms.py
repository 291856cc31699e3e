"""Reading what rules speak of: categories, inputs, parameters, lookups, benefits."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from evenhand.flow.policy.forbidden import forbidden
from evenhand.flow.policy.measure import NUMBER, Measure
from evenhand.flow.policy.model import Dated, Input, Param, Span
from evenhand.flow.policy.sheet import Sheet, exact, nearest

Words = dict[str, tuple[str, ...]]
"""Categories: the words of each."""

LIMIT = 2**62
HIGHEST = 10**12
"""Base units a number input may have where the policy declares no range."""

FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2199, 12, 31)
BUILT_IN = ("size", "household", "member", "point", "period_start", "period_end", "days_in_period", "undecided")


def read_categories(root: Sheet) -> dict[str, tuple[str, ...]]:
    """The closed lists of words. `sex` is always there."""
    categories: dict[str, tuple[str, ...]] = {"sex": ("f", "m")}
    holder = root.child("category")
    for name, words in holder.data.items():
        good = isinstance(words, list) and 0 < len(words) <= 1000 and len(set(map(str, words))) == len(words)
        if not good or not all(isinstance(word, str) and re.match(r"[^'\\\x00-\x1f]{1,64}\Z", word) for word in words):
            holder.fault(name, "a list of different words is wanted", f'write {name} = ["one", "two"]')
            continue
        for label in (name, *words):
            _refuse(holder, name, label)
        categories[name] = tuple(words)
    return categories


def _refuse(sheet: Sheet, key: str | None, text: str) -> None:
    found = forbidden(text)
    if found:
        sheet.fault(
            key,
            f'"{found[0]}" speaks of a person\'s {found[1]}; '
            "no rule may use politics, religion, ethnicity, origin or obedience",
            "leave it out: a public ration asks what a household needs, not who it is",
            text,
        )


def registry_inputs(categories: dict[str, tuple[str, ...]]) -> dict[str, Input]:
    """The fixed fields of the registry. `occupation` is known where the policy lists its words."""
    fields = {
        "birth_date": Input("birth_date", "member", "date", "age", low=FIRST_DAY, high=LAST_DAY, registry=True),
        "sex": Input("sex", "member", "category", "needs that differ by sex", category="sex", registry=True),
    }
    if "occupation" in categories:
        fields["occupation"] = Input("occupation", "member", "category", "work", category="occupation", registry=True)
    return fields


def read_inputs(root: Sheet, categories: dict[str, tuple[str, ...]]) -> dict[str, Input]:
    """The registry's fields and what the policy declares beside them."""
    inputs = registry_inputs(categories)
    for name, sheet in root.children("input"):
        sheet.only("of", "type", "category", "purpose", "unit", "range", "parts")
        if name in BUILT_IN:
            sheet.fault(None, f'"{name}" is always there and is not declared', "leave it out, or choose another name")
            continue
        purpose = sheet.text("purpose", '"what the rule needs it for"')
        for text in (name, purpose):
            _refuse(sheet, "purpose" if text is purpose else None, text)
        before = len(sheet.faults.found)
        of = sheet.choice("of", ("household", "member"))
        kind = sheet.choice("type", ("category", "number", "integer", "bool", "date"))
        category = sheet.text("category", '"card"', name) if kind == "category" else ""
        if kind == "category" and category not in categories:
            sheet.fault(
                None,
                f'there is no category "{category}"',
                nearest(category, categories, f"list its words under [category] {category}"),
                category,
            )
        known = inputs.get(name)
        if known and (known.of != of or known.type != kind):
            sheet.fault(
                None,
                f'"{name}" is a {known.type} of a {known.of} in the registry',
                "declare it so, or choose another name",
            )
        unit = (sheet.measure("unit", False) or NUMBER) if kind in ("number", "integer") else None
        parts = sheet.integer("parts", 1, 1000, 1)
        low, high = _range(sheet, kind, unit, parts)
        if len(sheet.faults.found) > before:
            inputs.pop(name, None)
            continue
        inputs[name] = Input(
            name, "member" if of == "member" else "household",
            "category" if kind == "category" else "bool" if kind == "bool" else "date" if kind == "date" else "number",
            purpose, category, unit, parts, low, high, registry=known is not None,
        )  # fmt: skip
    return inputs


def _range(
    sheet: Sheet, kind: str, unit: Measure | None, parts: int
) -> tuple[Fraction | date | None, Fraction | date | None]:
    limits = sheet.data.get("range")
    if kind == "date":
        default: tuple[object, object] = (FIRST_DAY, LAST_DAY)
    elif unit is not None:
        default = (Fraction(0), Fraction(HIGHEST))
    else:
        if limits is not None:
            sheet.fault("range", f"a {kind} has no range", "leave it out")
        return None, None
    if limits is None:
        return default  # type: ignore[return-value]
    if isinstance(limits, list) and len(limits) == 2:
        if kind == "date" and all(type(limit) is date for limit in limits) and limits[0] <= limits[1]:
            return limits[0], limits[1]
        ends = [exact(limit) for limit in limits]
        if unit is not None and ends[0] is not None and ends[1] is not None and ends[0] <= ends[1]:
            low, high = ends[0] * unit.scale, ends[1] * unit.scale
            if max(abs(low), abs(high)) * parts < LIMIT:
                return low, high
    example = "[1900-01-01, 2100-12-31]" if kind == "date" else "[0, 100000]"
    sheet.fault("range", "the lowest and the highest value are wanted", f"write range = {example}")
    return default  # type: ignore[return-value]


def read_params(root: Sheet, inputs: dict[str, Input], categories: dict[str, tuple[str, ...]]) -> dict[str, Param]:
    """Parameters and lookups by name."""
    params: dict[str, Param] = {}
    for group in ("param", "lookup"):
        for name, sheet in root.children(group):
            sheet.only("by", "unit", "values") if group == "lookup" else sheet.only("unit", "values")
            unit = sheet.measure("unit") or NUMBER
            by = _by(sheet, inputs) if group == "lookup" else ()
            values = [_dated(item, by, unit, sheet, inputs, categories) for item in sheet.items("values")]
            if not values:
                sheet.fault(
                    "values" if "values" in sheet.data else None,
                    f'"{name}" has no values',
                    "write values = [{from = 2020-01-01, value = 5}]",
                )
            whole = sorted((value for value in values if value), key=lambda value: value.span.start or date.min)
            ordered = _in_order(sheet, name, whole)
            if name in BUILT_IN or name in inputs or name in params:
                sheet.fault(None, f'the name "{name}" is taken', "choose another name", name)
            else:
                params[name] = Param(name, by, unit, ordered, sheet.path)
    return params


def _by(sheet: Sheet, inputs: dict[str, Input]) -> tuple[str, ...]:
    by = sheet.data.get("by")
    if not isinstance(by, list) or not by or not all(isinstance(key, str) for key in by) or len(by) > 3:
        sheet.fault("by" if by is not None else None, 'a lookup says "by" which inputs it goes', 'write by = ["card"]')
        return ()
    for key in by:
        if key != "size" and (key not in inputs or inputs[key].type == "date"):
            sheet.fault(
                "by",
                f'there is no input "{key}" to look up by',
                nearest(key, [*inputs, "size"], "declare it under [input]"),
                key,
            )
    return tuple(by)


def _dated(item: Sheet, by: tuple[str, ...], unit: Measure, holder: Sheet, inputs: dict[str, Input],
           categories: dict[str, tuple[str, ...]]) -> Dated | None:  # fmt: skip
    item.only("from", "to", "rows") if by else item.only("from", "to", "value")
    span = item.span()
    if span.start is None:
        if "from" not in item.data:
            item.fault(None, '"from" is missing: every value has its first day', "write from = 2013-07-05")
        return None
    source = item.text("source", '"the law and its paragraph"', holder.text("source", "", ""))
    if not source.strip():
        item.fault(None, "a value without a source", 'write source = "the law and its paragraph"')
    rows: dict[tuple[str, ...], Fraction] = {}
    more: Fraction | None = None
    other: Fraction | None = None
    if not by:
        value = item.fraction("value", "5")
        rows[()] = (value or Fraction(0)) * unit.scale
    else:
        flat = _flatten(item.child("rows"), len(by))
        numbers = {key: value * unit.scale for key, value in flat.items()}
        more, other = numbers.pop(("each_more",), None), numbers.pop(("other",), None)
        rows = numbers
        _check_keys(item.child("rows"), by, rows, more, other, inputs, categories)
    for number in (*rows.values(), more or Fraction(0), other or Fraction(0)):
        if max(abs(number.numerator), number.denominator) >= LIMIT:
            item.fault(None, "a value too large or too fine to be counted exactly", "use another unit")
    return Dated(span, rows, more, other, source, item.path)


def _flatten(sheet: Sheet, depth: int) -> dict[tuple[str, ...], Fraction]:
    if sheet.path[-1] != "rows" and not sheet.data:
        return {}
    rows: dict[tuple[str, ...], Fraction] = {}
    for key in sheet.data:
        if depth > 1 and not (key == "other" and not isinstance(sheet.data[key], dict)):
            rows.update({(key, *rest): value for rest, value in _flatten(sheet.child(key), depth - 1).items()})
            continue
        value = sheet.fraction(key, "5")
        if value is not None:
            rows[(key,)] = value
    return rows


def _check_keys(sheet: Sheet, by: tuple[str, ...], rows: dict[tuple[str, ...], Fraction], more: Fraction | None,
                other: Fraction | None, inputs: dict[str, Input], categories: Words) -> None:  # fmt: skip
    lists: list[tuple[str, ...] | None] = []
    for position, name in enumerate(by):
        found = inputs.get(name)
        words = (
            categories.get(found.category)
            if found and found.type == "category"
            else ("true", "false")
            if found and found.type == "bool"
            else None
        )
        lists.append(words)
        for key in rows:
            if words is not None and key[position] not in words:
                sheet.fault(
                    None,
                    f'"{key[position]}" is not one of the words of {name}',
                    nearest(key[position], words, f"use {', '.join(words)}"),
                    key[position],
                )
            if words is None and not re.match(r"(0|[1-9][0-9]{0,5})\Z", key[position]):
                sheet.fault(
                    None,
                    f'"{key[position]}" is not a whole number, and {name} is',
                    "write whole numbers as keys",
                    key[position],
                )
    if other is not None or not rows:
        if not rows:
            sheet.fault(None, "no rows", "write rows = {key = value, …}")
        return
    if all(words is not None for words in lists):
        missing = [key for key in itertools.product(*(words or () for words in lists)) if key not in rows]
        if missing:
            more_text = f" and {len(missing) - 1} more" if missing[1:] else ""
            sheet.fault(None, f"no value for {' / '.join(missing[0])}{more_text}",
                        "give every key a value, or write other = …", " / ".join(missing[0]))  # fmt: skip
    elif len(by) == 1 and more is not None:
        numbers = sorted(int(key[0]) for key in rows if key[0].isdigit())
        if numbers != list(range(numbers[0], numbers[0] + len(numbers))) if numbers else True:
            sheet.fault(
                None, "the numbers have a gap before each_more", "give every number from the first to the last a value"
            )
    else:
        sheet.fault(None, f"{', '.join(by)} may be a number that has no row", "write each_more = … or other = …")


def _in_order(sheet: Sheet, name: str, values: list[Dated]) -> tuple[Dated, ...]:
    """The values by their first day; one without `to` ends the day before the next. Overlaps and gaps are faults."""
    ordered: list[Dated] = []
    for position, value in enumerate(values):
        after = values[position + 1] if position + 1 < len(values) else None
        start = after.span.start if after else None
        if after is None or start is None:
            ordered.append(value)
            continue
        eve = start - timedelta(days=1)
        end = value.span.end or eve
        if end >= start or value.span.start == start:
            sheet.faults.add(
                after.path, start, f'two values of "{name}" are in force on {start}', "end the first the day before"
            )
        elif end < eve:
            gap = f'"{name}" has no value from {end + timedelta(days=1)} to {eve}'
            sheet.faults.add(after.path, start, gap, "let the values follow each other without a gap")
        ordered.append(replace(value, span=Span(value.span.start, end)))
    return tuple(ordered)
