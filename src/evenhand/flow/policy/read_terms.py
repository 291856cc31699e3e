"""Reading what rules speak of: categories, inputs, parameters, lookups, benefits."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from evenhand.flow.policy.forbidden import forbidden
from evenhand.flow.policy.gate import WORDS
from evenhand.flow.policy.lookup_keys import check_keys, flatten
from evenhand.flow.policy.measure import NUMBER, Measure, exact
from evenhand.flow.policy.model import Dated, Input, Param, Span
from evenhand.flow.policy.sheet import Sheet, nearest

Words = dict[str, tuple[str, ...]]
"""Categories: the words of each."""

LIMIT = 2**62
HIGHEST = 10**12
"""Base units a number input may have where the policy declares no range."""

FIRST_DAY, LAST_DAY = date(1850, 1, 1), date(2199, 12, 31)
BUILT_IN = ("size", "household", "member", "point", "period_start", "period_end", "days_in_period", "undecided",
            *WORDS)  # fmt: skip


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
        if unseen := [word for word in words if word != word.strip() or re.search("[\u00ad\u200b\u2060\ufeff]", word)]:
            holder.fault(
                name, "a word with a space at its end, or with what cannot be seen", "write it again", unseen[0]
            )
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
        sheet.only("of", "type", "category", "purpose", "unit", "range", "parts", "assume", "because")
        if sheet.broken:
            inputs.pop(name, None)
            continue
        if name in BUILT_IN:
            sheet.fault(None, f'"{name}" is always there and is not declared', "leave it out, or choose another name")
            continue
        purpose = sheet.text("purpose", '"what the rule needs it for"')
        title = sheet.data.get("title", "")
        for key, text in ((None, name), ("purpose", purpose), *(
            ("title", one) for one in (title.values() if isinstance(title, dict) else [title]) if isinstance(one, str)
        )):  # fmt: skip
            _refuse(sheet, key, text)
        before = len(sheet.faults.found)
        of = sheet.choice("of", ("household", "member"))
        kind = sheet.choice("type", ("category", "number", "integer", "bool", "date"))
        category = sheet.text("category", '"card"', name) if kind == "category" else ""
        if kind == "category" and category not in categories and category in root.child("category").data:
            inputs.pop(name, None)
            continue
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
        _of_its_kind(sheet, kind)
        if len(sheet.faults.found) > before:
            inputs.pop(name, None)
            continue
        inputs[name] = Input(
            name, "member" if of == "member" else "household",
            "category" if kind == "category" else "bool" if kind == "bool" else "date" if kind == "date" else "number",
            purpose, category, unit, parts, low, high, registry=known is not None,
        )  # fmt: skip
        if "assume" in sheet.data:
            inputs[name] = replace(inputs[name], assume=_assumed(sheet, inputs[name], categories),
                                   because=sheet.text("because", '"why a blank cell counts as this"'))  # fmt: skip
        elif "because" in sheet.data:
            sheet.fault("because", "it gives the reason of an assume, and there is none", "write assume = … beside it")
    return inputs


def _of_its_kind(sheet: Sheet, kind: str) -> None:
    """Note what only inputs of another type have."""
    counted = kind in ("number", "integer")
    for key, fits in (("category", kind == "category"), ("unit", counted), ("parts", counted)):
        if key in sheet.data and not fits:
            sheet.fault(key, f"a {kind} has no {key}", "leave it out")


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


def _assumed(sheet: Sheet, found: Input, categories: Words) -> Fraction | bool | str | date | None:
    """What a blank cell counts as, in base units; it must be a value the input can have."""
    value = sheet.data["assume"]
    number = exact(value)
    if found.type == "bool" and isinstance(value, bool):
        return value
    if found.type == "category" and isinstance(value, str) and value in categories.get(found.category, ()):
        return value
    if found.type == "date" and type(value) is date:
        assert isinstance(found.low, date) and isinstance(found.high, date)
        if found.low <= value <= found.high:
            return value
    if found.type == "number" and found.measure and number is not None:
        assert isinstance(found.low, Fraction) and isinstance(found.high, Fraction)
        scaled = number * found.measure.scale
        if found.low <= scaled <= found.high and (scaled * found.parts).denominator == 1:
            return scaled
    kind = {"category": f"a word of {found.category}", "bool": "true or false"}.get(found.type, f"a {found.type}")
    sheet.fault("assume", f"what a blank cell counts as is {kind} inside the input's range", "mend it, or leave it out")
    return None


def read_params(root: Sheet, inputs: dict[str, Input], categories: dict[str, tuple[str, ...]]) -> dict[str, Param]:
    """Parameters and lookups by name."""
    params: dict[str, Param] = {}
    declared = root.data.get("input")
    root.faults.inputs = set(declared) if isinstance(declared, dict) else set()
    for group in ("param", "lookup"):
        for name, sheet in root.children(group):
            known = ("unit", "values", "prorate")
            sheet.only("by", *known) if group == "lookup" else sheet.only(*known)
            known_unit = sheet.measure("unit")
            unit = known_unit or NUMBER
            by = _by(sheet, inputs, categories) if group == "lookup" else ()
            if any(key in root.faults.inputs and key not in inputs for key in by):
                continue
            prorate = sheet.choice("prorate", ("days",), "") == "days"
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
            elif known_unit is not None and ordered:
                listed = any(key in categories and key not in inputs and key not in root.faults.inputs for key in by)
                params[name] = Param(name, by, unit, ordered, sheet.path, prorate, listed)
    return params


def _by(sheet: Sheet, inputs: dict[str, Input], categories: Words) -> tuple[str, ...]:
    by = sheet.data.get("by")
    if not isinstance(by, list) or not by or not all(isinstance(key, str) for key in by) or len(by) > 3:
        sheet.fault("by" if by is not None else None, 'a lookup says "by" which inputs it goes', 'write by = ["card"]')
        return ()
    if twice := next((key for key in by if by.count(key) > 1), None):
        sheet.fault("by", f'it goes by "{twice}" twice', "name each input once", twice)
    for key in by:
        raw = sheet.faults.inputs
        if key in raw and key not in inputs:
            continue
        if key != "size" and (inputs[key].type == "date" if key in inputs else key not in categories):
            sheet.fault(
                "by",
                f'there is no input "{key}" to look up by',
                nearest(
                    key, [name for name in [*inputs, *categories, "size"] if name != key], "declare it under [input]"
                ),
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
    mores: dict[tuple[str, ...], Fraction] = {}
    others: dict[tuple[str, ...], Fraction] = {}
    if not by:
        value = item.fraction("value", "5")
        rows[()] = (value or Fraction(0)) * unit.scale
    else:
        flat = flatten(item.child("rows"), len(by))
        numbers = {key: value * unit.scale for key, value in flat.items()}
        counted = {key[:-1] for key in numbers if key[-1].isdigit()}
        mores = {key[:-1]: value for key, value in numbers.items() if key[-1] == "each_more" and key[:-1] in counted}
        worded = {key[:-1] for key in numbers if key[-1] == "each_more"} - counted
        others = {key[:-1]: value for key, value in numbers.items() if key[-1] == "other"}
        rows = {key: value for key, value in numbers.items() if key[-1] not in ("each_more", "other")}
        check_keys(item.child("rows"), by, rows, mores, others, inputs, categories)
        mores = {key: value for key, value in mores.items() if all(k[-1].isdigit() for k in rows if k[:-1] == key)}
        if worded:
            message = "each_more goes on from the last number, and there is none"
            item.child("rows").fault(None, message, "give the numbers before it a value, or write other = …")
    for number in (*rows.values(), *mores.values(), *others.values()):
        if max(abs(number.numerator), number.denominator) >= LIMIT:
            item.fault(None, "a value too large or too fine to be counted exactly", "use another unit")
    return Dated(span, rows, mores, others, source, item.path)


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
            end = eve  # told once: what reads it in the gap is not wrong for that
        ordered.append(replace(value, span=Span(value.span.start, end)))
    return tuple(ordered)
