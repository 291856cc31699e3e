"""Inputs as columns: words to small codes, decimals to exact integers, dates within their range; anything else is unknown.

Text that cannot be read at all is a fault of the file (`fault`); blank, and a word outside its list, are unknown.
What kind of column the file has may be told (`kind`): "text", "bool", "date", "int" or "decimal P S" (digits, of them behind
the point). Then the SQL is that kind's alone, and much cheaper; "" is any kind, and means the same.
"""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from evenhand.flow.policy.model import Input, Policy

_DECIMAL = "^-?[0-9]{1,15}([.][0-9]{1,9})?$"
_DATE = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
_BLANK = "''"
_INTEGERS = "'TINYINT', 'SMALLINT', 'INT', 'INTEGER', 'BIGINT'"
_MOST = 10**15 - 1
_SMALL = 9_000  # times 10^15 is below 2^63
_WHOLE = 13  # digits before the point that a decimal column may always have
_TENS = (1, 10, 100, 1000)
_YES, _NO = "'true', 'yes'", "'false', 'no'"


def column_of(name: str) -> str:
    """The name of an input's column inside the plan."""
    return f"i_{name}"


def literal(text: str) -> str:
    """A text as SQL."""
    return "'" + text.replace("'", "''") + "'"


def day(value: date) -> str:
    """A date as SQL."""
    return f"DATE '{value.isoformat()}'"


def typed(found: Input, policy: Policy, absent: bool = False, kind: str = "") -> str:
    """The SQL of an input: a small integer, BIGINT numerator, BOOLEAN or DATE; NULL is unknown.

    A blank cell counts as what the policy assumes, if it does; `absent`: so do all, the column is not there.
    """
    if found.assume is None:
        return _typed(found, policy, kind)
    if absent:
        return _assumed(found, policy)
    blank = f'"{found.name}" IS NULL'
    if kind in ("", "text"):
        blank += f' OR CAST("{found.name}" AS VARCHAR) = {_BLANK}'
    return f"CASE WHEN {blank} THEN {_assumed(found, policy)} ELSE {_typed(found, policy, kind)} END"


def _assumed(found: Input, policy: Policy) -> str:
    """What a blank cell counts as, as SQL of the input's type."""
    value = found.assume
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f"CAST({policy.categories[found.category].index(value)} AS SMALLINT)"
    if isinstance(value, Fraction):
        return f"CAST({int(value * found.parts)} AS BIGINT)"
    return day(_date_of(value))


def _typed(found: Input, policy: Policy, kind: str) -> str:
    raw = f'"{found.name}"'
    text = f"CAST({raw} AS VARCHAR)"
    if found.type == "category":
        words = ", ".join(map(literal, policy.categories[found.category]))
        return f"CAST(nullif(list_position([{words}], {text}), 0) - 1 AS SMALLINT)"
    if found.type == "bool":
        if kind == "bool":
            return raw
        return f"CASE WHEN lower({text}) IN ({_YES}) THEN TRUE WHEN lower({text}) IN ({_NO}) THEN FALSE END"
    if found.type == "date":
        value = raw if kind == "date" else _date(raw, text)
        return _within(value, day(_date_of(found.low)), day(_date_of(found.high)))
    assert found.measure is not None and isinstance(found.low, Fraction) and isinstance(found.high, Fraction)
    return _number(found.name, found.low * found.parts, found.high * found.parts)


def _date_of(value: object) -> date:
    assert isinstance(value, date)
    return value


def _date(raw: str, text: str) -> str:
    return f"(CASE WHEN typeof({raw}) = 'DATE' OR regexp_matches({text}, '{_DATE}') THEN TRY_CAST({raw} AS DATE) END)"


def _within(value: str, low: str, high: str) -> str:
    return f"CASE WHEN {value} BETWEEN {low} AND {high} THEN {value} END"


def _counted(name: str, factor: Fraction, kind: str) -> str:
    """The integer of a decimal text times `factor`; NULL where it is none or finer than it is counted.

    64 bits do where the factor is a small whole number; columns that are numbers already are not spelled out and read.
    """
    raw, text = f'"{name}"', f'CAST("{name}" AS VARCHAR)'
    whole, part = f"split_part({text}, '.', 1)", f"rpad(split_part({text}, '.', 2), 9, '0')"
    sign = f"CASE WHEN starts_with({text}, '-') THEN -1 ELSE 1 END"
    times = factor.numerator
    if factor.denominator > 1 or times > _SMALL:
        all_of = f"(TRY_CAST({whole} AS HUGEINT) * 1000000000 + TRY_CAST({part} AS HUGEINT) * {sign}) * {times}"
        divisor = 10**9 * factor.denominator
        exact = f"CASE WHEN ({all_of}) % {divisor} = 0 THEN ({all_of}) // {divisor} END"
        return f"(CASE WHEN regexp_matches({text}, '{_DECIMAL}') THEN {exact} END)"
    rest = f"(TRY_CAST({part} AS BIGINT) * {times})"
    value = f"TRY_CAST({whole} AS BIGINT) * {times} + ({rest} // 1000000000) * {sign}"
    spelled = (
        f"CASE WHEN regexp_matches({text}, '{_DECIMAL}') THEN CASE WHEN {rest} % 1000000000 = 0 THEN {value} END END"
    )
    if kind == "text":
        return f"({spelled})"
    if kind == "int":
        return f"(CASE WHEN {raw} BETWEEN -{_MOST} AND {_MOST} THEN CAST({raw} AS BIGINT) * {times} END)"
    if kind.startswith("decimal") and times in _TENS:
        digits, behind = map(int, kind.split()[1:])
        places = _TENS.index(times)
        if behind <= places and digits - behind <= _WHOLE:
            return f"CAST(CAST({raw} AS DECIMAL({15 + places}, {places})) * {times} AS BIGINT)"
    number = f"TRY_CAST({raw} AS BIGINT)"
    cases = [f"WHEN typeof({raw}) IN ({_INTEGERS}) AND {number} BETWEEN -{_MOST} AND {_MOST} THEN {number} * {times}"]
    if times in _TENS:
        places = _TENS.index(times)
        fixed = f"TRY_CAST({raw} AS DECIMAL({15 + places}, {places}))"
        scales = ", ".join(f"'{scale})'" for scale in range(places + 1))
        exact = f"starts_with(typeof({raw}), 'DECIMAL') AND split_part(typeof({raw}), ',', 2) IN ({scales})"
        limit = 10**_WHOLE
        cases.append(f"WHEN {exact} AND {fixed} BETWEEN -{limit} AND {limit} THEN CAST({fixed} * {times} AS BIGINT)")
    return f"(CASE {' '.join(cases)} ELSE {spelled} END)"


def _number(name: str, low: Fraction, high: Fraction) -> str:
    limits = _within(f'"~{name}"', str(_up(low)), str(high.numerator // high.denominator))
    return f"CAST({limits} AS BIGINT)"


def prepared(name: str, factor: Fraction, kind: str = "") -> str:
    """The column that `typed` of a number reads: what it counts, not yet held to its range."""
    return f'{_counted(name, factor, kind)} AS "~{name}"'


def factor_of(found: Input) -> Fraction:
    """What a number of the file is multiplied by to become the integer it is counted in."""
    assert found.measure is not None
    return found.measure.scale * found.parts


def _up(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def fault(found: Input, policy: Policy, kind: str = "") -> str:
    """SQL that is true where the cell is filled and cannot be read; "" where that cannot be."""
    raw = f'"{found.name}"'
    text = f"CAST({raw} AS VARCHAR)"
    filled = f"{raw} IS NOT NULL"
    if kind in ("", "text"):
        filled += f" AND {text} <> {_BLANK}"
    if found.type in ("category", kind):
        return ""
    if found.type == "bool":
        return f"{filled} AND lower({text}) NOT IN ({_YES}, {_NO})"
    if found.type == "date":
        return f"{filled} AND {_date(raw, text)} IS NULL"
    assert found.measure is not None
    return f"{filled} AND {_counted(found.name, factor_of(found), kind)} IS NULL"


def stated_size() -> str:
    """The SQL of a household's own column `size`."""
    return _number("size", Fraction(1), Fraction(1000))


def size_fault() -> str:
    """SQL that is true where a stated size is filled and is no whole number."""
    text = 'CAST("size" AS VARCHAR)'
    return f"{text} <> '' AND NOT regexp_matches({text}, '^[0-9]{{1,9}}$')"
