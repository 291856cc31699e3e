"""The typed tree as SQL: integers only, a guard for the unknown at every operation that would skip it (DESIGN §6).

Numbers are integer numerators over the denominator of their type. Nothing here comes from the policy's text but names
checked against a pattern, numbers, and words written as literals at the inputs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from math import lcm, prod

from evenhand.core.quantity import RoundMode
from evenhand.flow.entitlement.ages import as_dates
from evenhand.flow.entitlement.inputs import column_of, day
from evenhand.flow.entitlement.layers import HOUSEHOLD, MEMBER, Layers, Sql, integer, joined
from evenhand.flow.policy.arithmetic import key_text
from evenhand.flow.policy.model import Dated
from evenhand.flow.policy.numbers import MEMBERS_MAX, ratio_parts
from evenhand.flow.policy.tree import AGGREGATES, Node, Program

UNKNOWN = Sql("CAST(NULL AS BIGINT)", 0, True)

Reader = Callable[[str, str], Sql]
"""Gives the column of a rule's value, in the scope that reads it."""


class Emitter:
    """Writes expressions of one program into layers. `rule` writes rules (see rules.py)."""

    def __init__(self, program: Program, layers: Layers, rule: Reader, size: Callable[[], Sql]) -> None:
        self.program = program
        self.layers = layers
        self.rule = rule
        self.size = size
        self.used: set[str] = set()

    def emit(self, node: Node, scope: str) -> Sql:
        """The SQL of `node` as read in `scope`; numbers as numerators over the node's own denominator."""
        if node.op == "const":
            return self._constant(node)
        if node.op == "input":
            self.used.add(str(node.data))
            name = Sql(column_of(str(node.data)), 0, True)
            return self.layers.fetch(name) if scope == MEMBER and node.scope == HOUSEHOLD else name
        if node.op == "size":
            return self.layers.fetch(self.size()) if scope == MEMBER else self.size()
        if node.op == "rule":
            return self.rule(str(node.data), scope)
        if node.op == "raw":
            held: Sql = node.data
            return held
        if node.op in AGGREGATES:
            return self._aggregate(node)
        method: Callable[[Node, str], Sql] = getattr(self, "_" + node.op.replace("-", "_"))
        return method(node, scope)

    def scaled(self, node: Node, den: int, scope: str) -> Sql:
        """A number over the denominator `den`, a multiple of its own."""
        if node.op == "const":
            value = node.data[0]
            return UNKNOWN if value is None else integer(int(value * den))
        sql = self.emit(node, scope)
        factor = den // node.number.den
        return sql if factor == 1 else Sql(f"({sql.text} * {factor})", sql.layer)

    def atom(self, sql: Sql, scope: str) -> Sql:
        """`sql` in a form that can be written more than once."""
        return self.layers.column(scope, sql)

    def _constant(self, node: Node) -> Sql:
        value = node.data[0]
        if node.kind == "number":
            return UNKNOWN if value is None else integer(int(value * node.number.den))
        if node.kind == "date":
            return Sql("CAST(NULL AS DATE)" if value is None else day(value), 0, True)
        return Sql("CAST(NULL AS BOOLEAN)" if value is None else str(bool(value)).upper(), 0, True)

    # -- numbers

    def _sum(self, node: Node, scope: str) -> Sql:
        terms: list[Sql] = []
        for sign, arg in zip(node.data, node.args, strict=True):
            term = self.scaled(arg, node.number.den, scope)
            terms.append(term if sign > 0 else Sql(f"(-{term.text})", term.layer))
        return joined(terms, "+")

    def _product(self, node: Node, scope: str) -> Sql:
        data = [arg for arg in node.args if arg.op != "const"]
        values = [arg.data[0] for arg in node.args if arg.op == "const"]
        if None in values:
            return UNKNOWN
        coefficient = prod(values, start=Fraction(1)) / prod(arg.number.den for arg in data)
        factors = [self.emit(arg, scope) for arg in data]
        factor = coefficient * node.number.den
        assert factor.denominator == 1
        if factor != 1:
            factors.append(integer(int(factor)))
        return joined(factors, "*")

    def _round(self, node: Node, scope: str) -> Sql:
        to, mode = node.data
        inner = node.args[0]
        a, b, top, bottom = ratio_parts(inner, to)
        numerator = self.emit(top, scope)
        divisor = self.emit(bottom, scope) if bottom else None
        upper = Sql(f"({numerator.text} * {a})", numerator.layer) if a != 1 else numerator
        under = integer(b) if divisor is None else Sql(f"({divisor.text} * {b})", divisor.layer) if b != 1 else divisor
        smallest = int(bottom.number.lo * bottom.number.den * b) if bottom else b
        most = int(top.number.largest * top.number.den * a)
        steps = self.divide(upper, under, mode, top.number.lo < 0, most // max(smallest, 1) + 2, scope)
        factor = int(to * node.number.den)
        return steps if factor == 1 else Sql(f"({steps.text} * {factor})", steps.layer)

    def divide(self, top: Sql, bottom: Sql, mode: RoundMode, negative: bool, shift: int, scope: str) -> Sql:
        """top / bottom (> 0) as an integer by `mode`, written with whole division only. `shift` >= |top / bottom| + 1."""
        n, d = self.atom(top, scope), self.atom(bottom, scope)
        layer = max(n.layer, d.layer)

        def floor(numerator: str, divisor: str) -> str:
            if not negative:
                return f"(({numerator}) // ({divisor}))"
            return f"((({numerator}) + {shift} * ({divisor})) // ({divisor}) - {shift})"

        x, y = n.text, d.text
        low = floor(x, y)
        up = floor(f"{x} + {y} - 1", y)
        half_up = floor(f"2 * {x} + {y}", f"2 * {y}")
        half_down = floor(f"2 * {x} + {y} - 1", f"2 * {y}")
        even = f"(2 * {x} + {y}) % (2 * {y}) = 0 AND {half_up} % 2 <> 0"
        text = {
            "floor": low,
            "ceiling": up,
            "toward-zero": _signed(x, negative, low, up),
            "away-from-zero": _signed(x, negative, up, low),
            "half-up": _signed(x, negative, half_up, half_down),
            "half-down": _signed(x, negative, half_down, half_up),
            "half-even": f"(CASE WHEN {even} THEN {half_up} - 1 ELSE {half_up} END)",
        }[mode]
        return Sql(text, layer)

    def _extreme(self, node: Node, scope: str) -> Sql:
        if node.kind == "number":
            parts = [self.scaled(arg, node.number.den, scope) for arg in node.args]
        else:
            parts = [self.emit(arg, scope) for arg in node.args]
        atoms = [self.atom(part, scope) for part in parts]
        data = [part.text for part, arg in zip(atoms, node.args, strict=True) if arg.op != "const"]
        guard = " OR ".join(f"{text} IS NULL" for text in data)
        listed = ", ".join(part.text for part in atoms)
        return Sql(f"(CASE WHEN {guard} THEN NULL ELSE {node.op}({listed}) END)", max(part.layer for part in atoms))

    _greatest = _extreme
    _least = _extreme

    def _lookup(self, node: Node, scope: str) -> Sql:
        dated: Dated | None = node.data[0]
        if dated is None:
            return UNKNOWN
        keys = [self.atom(self.emit(arg, scope), scope) for arg in node.args]
        den = node.number.den
        cases = [f"WHEN {' OR '.join(f'{key.text} IS NULL' for key in keys)} THEN NULL"]
        for row, value in dated.rows.items():
            tests = [self._key(arg, key, text) for arg, key, text in zip(node.args, keys, row, strict=True)]
            if None not in tests:
                cases.append(f"WHEN {' AND '.join(str(test) for test in tests)} THEN {integer(int(value * den)).text}")
        for before, more in dated.mores.items():
            last, each = dated.last(before), node.args[-1].number.den
            start = int(dated.rows[(*before, str(last))] * den)
            wanted = [*self._before(node, keys, before), f"{keys[-1].text} > {last * each}"]
            above = f"{integer(start).text} + ({keys[-1].text} // {each} - {last}) * {int(more * den)}"
            cases.append(f"WHEN {' AND '.join(wanted)} THEN {above}")
        for before in sorted(dated.others, key=len, reverse=True):
            if before:
                given = integer(int(dated.others[before] * den)).text
                cases.append(f"WHEN {' AND '.join(self._before(node, keys, before))} THEN {given}")
        other = integer(int(dated.others[()] * den)).text if () in dated.others else "NULL"
        return Sql(f"(CASE {' '.join(cases)} ELSE {other} END)", max(key.layer for key in keys))

    def _before(self, node: Node, keys: Sequence[Sql], before: tuple[str, ...]) -> list[str]:
        """Tests that the first keys are these."""
        tests = [self._key(arg, key, text) for arg, key, text in zip(node.args, keys, before, strict=False)]
        return [test or "FALSE" for test in tests]

    def _key(self, arg: Node, key: Sql, text: str) -> str | None:
        if arg.kind == "word":
            return f"{key.text} = {self.program.policy.categories[arg.category].index(text)}"
        if arg.kind == "bool":
            return f"{key.text} = {text.upper()}" if text in (key_text(True), key_text(False)) else None
        return f"{key.text} = {int(text) * arg.number.den}"

    # -- conditions

    def _compare(self, node: Node, scope: str) -> Sql:
        left, right = node.args
        aged = as_dates(node)
        if aged is not None:
            birth = self.atom(self.emit(aged[0], scope), scope)
            return Sql(aged[1].replace("{}", birth.text), birth.layer)
        if left.kind == "date":
            a, b = self.emit(left, scope), self.emit(right, scope)
        else:
            den = lcm(left.number.den, right.number.den)
            a, b = self.scaled(left, den, scope), self.scaled(right, den, scope)
        return Sql(f"({a.text} {node.data} {b.text})", max(a.layer, b.layer))

    def _word_in(self, node: Node, scope: str) -> Sql:
        value = self.emit(node.args[0], scope)
        words = self.program.policy.categories[node.args[0].category]
        codes = ", ".join(str(code) for code, word in enumerate(words) if word in node.data)
        return Sql(f"({value.text} IN ({codes}))", value.layer)

    def _word_same(self, node: Node, scope: str) -> Sql:
        a, b = (self.emit(arg, scope) for arg in node.args)
        return Sql(f"({a.text} = {b.text})", max(a.layer, b.layer))

    def _and(self, node: Node, scope: str) -> Sql:
        return joined([self.emit(arg, scope) for arg in node.args], "AND")

    def _or(self, node: Node, scope: str) -> Sql:
        return joined([self.emit(arg, scope) for arg in node.args], "OR")

    def _not(self, node: Node, scope: str) -> Sql:
        part = self.emit(node.args[0], scope)
        return Sql(f"(NOT {part.text})", part.layer)

    # -- members

    def _aggregate(self, node: Node) -> Sql:
        value = self.emit(node.args[0], MEMBER)
        whole = "count({}) = count(*)"
        text = {
            "sum-of": f"CASE WHEN {whole} AND count(*) <= {MEMBERS_MAX} THEN CAST(sum({{}}) AS BIGINT) END",
            "count-of": f"CASE WHEN {whole} AND count(*) <= {MEMBERS_MAX} THEN count(*) FILTER (WHERE {{}}) END",
            "any-of": f"CASE WHEN bool_or({{}}) THEN TRUE WHEN {whole} THEN FALSE END",
            "all-of": f"CASE WHEN NOT bool_and({{}}) THEN FALSE WHEN {whole} THEN TRUE END",
            "min-of": f"CASE WHEN {whole} THEN min({{}}) END",
            "max-of": f"CASE WHEN {whole} THEN max({{}}) END",
            "nth-of": f"CASE WHEN {whole} THEN coalesce(list_reverse_sort(list({{}}))[{node.data}], 0) END",
        }[node.op]
        return self.layers.gather(value, text)

    # -- dates

    def _age(self, node: Node, scope: str) -> Sql:
        birth, on = (self.atom(self.emit(arg, scope), scope) for arg in node.args)
        born = f"(month({birth.text}) * 100 + day({birth.text}))"
        fixed = node.args[1].data[0] if node.args[1].op == "const" else None
        if node.data == "28 Feb":
            common = _common(f"year({on.text})") if fixed is None else str(not _leap(fixed.year)).upper()
            born = f"(CASE WHEN {born} = 229 AND {common} THEN 228 ELSE {born} END)"
        if isinstance(fixed, date):
            reached, year = str(fixed.month * 100 + fixed.day), str(fixed.year)
        else:
            reached, year = f"(month({on.text}) * 100 + day({on.text}))", f"year({on.text})"
        years = f"{year} - year({birth.text}) - (CASE WHEN {reached} < {born} THEN 1 ELSE 0 END)"
        text = f"(CASE WHEN {birth.text} >= {on.text} THEN CAST(0 AS BIGINT) ELSE CAST({years} AS BIGINT) END)"
        unknown = f"{birth.text} IS NULL OR {on.text} IS NULL" if fixed is None else f"{birth.text} IS NULL"
        return Sql(f"(CASE WHEN {unknown} THEN NULL ELSE {text} END)", max(birth.layer, on.layer))

    def _add_years(self, node: Node, scope: str) -> Sql:
        start = self.atom(self.emit(node.args[0], scope), scope)
        more = self.atom(self.emit(node.args[1], scope), scope)
        year = f"year({start.text}) + {more.text}"
        leap_day = f"month({start.text}) = 2 AND day({start.text}) = 29 AND {_common(f'({year})')}"
        place = "3, 1" if node.data == "1 Mar" else "2, 28"
        text = (
            f"(CASE WHEN {start.text} IS NULL OR {more.text} IS NULL THEN NULL "
            f"WHEN {leap_day} THEN make_date({year}, {place}) "
            f"ELSE make_date({year}, month({start.text}), day({start.text})) END)"
        )
        return Sql(text, max(start.layer, more.layer))

    def _add_days(self, node: Node, scope: str) -> Sql:
        start, more = self.emit(node.args[0], scope), self.emit(node.args[1], scope)
        return Sql(f"({start.text} + CAST({more.text} AS INTEGER))", max(start.layer, more.layer))

    def _days(self, node: Node, scope: str) -> Sql:
        first, last = (self.atom(self.emit(arg, scope), scope) for arg in node.args)
        text = f"(CASE WHEN {last.text} < {first.text} THEN 0 ELSE date_diff('day', {first.text}, {last.text}) + 1 END)"
        return Sql(text, max(first.layer, last.layer))


def _signed(value: str, negative: bool, above: str, below: str) -> str:
    return f"(CASE WHEN {value} >= 0 THEN {above} ELSE {below} END)" if negative else above


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _common(year: str) -> str:
    return f"({year} % 4 <> 0 OR ({year} % 100 = 0 AND {year} % 400 <> 0))"
