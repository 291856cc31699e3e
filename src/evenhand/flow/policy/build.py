"""From expressions to the typed tree: names looked up, units and scopes checked, constants folded, bounds proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from evenhand.core.period import Period
from evenhand.flow.policy import numbers, syntax
from evenhand.flow.policy.arithmetic import apply
from evenhand.flow.policy.gate import Refused
from evenhand.flow.policy.measure import DAY, NUMBER, PERSON, YEAR, Measure, describe
from evenhand.flow.policy.sheet import nearest
from evenhand.flow.policy.tree import Node, NodeScope, Quant, Value

Lookup = Callable[[str, str], Node]
"""Finds the node of a name in a scope; raises Refused if there is none."""


class Builder:
    """Builds expressions of one scope. `find` knows the names; `words` the lists of the categories."""

    def __init__(
        self, environments: Sequence[Period], find: Lookup, words: dict[str, tuple[str, ...]], leap: str
    ) -> None:
        self.environments = environments
        self.find = find
        self.words = words
        self.leap = leap

    def build(self, ast: syntax.Ast, scope: str, cell: Measure | None) -> Node:
        """The typed tree of `ast`; `cell` is the unit a bare constant takes. Refused says what is wrong."""
        if isinstance(ast, syntax.Number):
            return self.constant([ast.value] * len(self.environments), NUMBER, bare=True)
        if isinstance(ast, syntax.Truth):
            return Node("const", "bool", "const", data=(ast.value,) * len(self.environments))
        if isinstance(ast, syntax.Word):
            raise Refused(f"'{ast.text}'", "a word stands alone", "compare it: card = 'AAY'")
        if isinstance(ast, syntax.Name):
            return self.find(ast.text, scope)
        if isinstance(ast, syntax.Sum):
            return self.sum([(sign, self.build(term, scope, cell)) for sign, term in ast.terms], cell)
        if isinstance(ast, syntax.Product):
            return self.product([(power, self.build(factor, scope, cell)) for power, factor in ast.factors])
        if isinstance(ast, syntax.Compare):
            return self.compare(ast, scope)
        if isinstance(ast, syntax.Within):
            return self.within(ast, scope)
        if isinstance(ast, syntax.Logic):
            return self.fold("and" if ast.op == "and" else "or", "bool", [self.truth(p, scope) for p in ast.parts])
        if isinstance(ast, syntax.Negation):
            return self.fold("not", "bool", [self.truth(ast.part, scope)])
        return self.call(ast, scope, cell)

    # -- small makers

    def constant(self, values: Sequence[Fraction | None], measure: Measure, bare: bool = False) -> Node:
        """A number constant, with its value in each environment."""
        return Node("const", "number", "const", quant=numbers.constant(values, measure), data=tuple(values), bare=bare)

    def settle(self, node: Node, measure: Measure) -> Node:
        """A bare constant takes the unit `measure`."""
        if not node.bare:
            return node
        return self.constant([None if value is None else value * measure.scale for value in node.data], measure)

    def fold(self, op: str, kind: str, args: Sequence[Node], data: object = None, quant: Quant | None = None,
             span: tuple[date, date] | None = None) -> Node:  # fmt: skip
        """A node, computed at once where all its arguments are constants."""
        scope = joined(args)
        node = Node(op, kind, scope, tuple(args), quant, span, data=data)  # type: ignore[arg-type]
        if scope != "const":
            return node
        values: list[Value] = []
        for index, _ in enumerate(self.environments):
            given = [arg.data[index] for arg in args]
            value = apply(op, data, given)
            if value is None and op in ("quotient", "add-years", "add-days") and None not in given:
                raise Refused(op, "it cannot be computed", "look at the divisor or the date")
            values.append(value)
        if kind == "number":
            assert quant is not None
            measure = quant.measure
            return self.constant([v if isinstance(v, Fraction) else None for v in values], measure)
        return Node("const", kind, "const", span=span, data=tuple(values))  # type: ignore[arg-type]

    def truth(self, ast: syntax.Ast, scope: str) -> Node:
        """A condition."""
        node = self.build(ast, scope, None)
        if node.kind != "bool":
            raise Refused(_shown(ast), f"a {node.kind} stands where a condition is wanted", "compare it with something")
        return node

    def quantity(self, ast: syntax.Ast, scope: str, cell: Measure | None = None) -> Node:
        """A number."""
        node = self.build(ast, scope, cell)
        if node.kind != "number":
            raise Refused(_shown(ast), f"a {_a(node)} stands where a number is wanted", "use a number here")
        return node

    # -- arithmetic

    def sum(self, terms: Sequence[tuple[int, Node]], cell: Measure | None) -> Node:
        """Terms of one unit; or a date with days added."""
        if any(node.kind == "date" for _, node in terms):
            return self._moved(terms)
        self._only_numbers([node for _, node in terms])
        if all(node.bare for _, node in terms):
            rows = zip(*(node.data for _, node in terms), strict=True)
            signs = [sign for sign, _ in terms]
            values = [None if None in row else sum(s * v for s, v in zip(signs, row, strict=True)) for row in rows]
            return self.constant(values, NUMBER, bare=True)
        measure = self._common([node for _, node in terms], cell)
        settled = [(sign, self.settle(node, measure)) for sign, node in terms]
        if any(node.op == "quotient" for _, node in settled):
            return self._sum_of_quotients(settled, measure)
        quant = numbers.added([(sign, node.number) for sign, node in settled], measure)
        return self.fold("sum", "number", [node for _, node in settled], tuple(sign for sign, _ in settled), quant)

    def _moved(self, terms: Sequence[tuple[int, Node]]) -> Node:
        dates = [node for sign, node in terms if node.kind == "date" and sign > 0]
        rest = [(sign, node) for sign, node in terms if node.kind != "date"]
        if len(dates) != 1 or len(dates) + len(rest) != len(terms):
            raise Refused("-", "dates are not added or subtracted", "count the days between two dates with days(a, b)")
        days = self.sum(rest, DAY)
        days = self.settle(days, DAY)
        if days.number.measure.dims != DAY.dims or days.number.den != 1 or dates[0].span is None:
            raise Refused("+", "only whole days are added to a date", "add a whole number of days")
        low, high = dates[0].span
        span = (_shift(low, int(days.number.lo)), _shift(high, int(days.number.hi)))
        return self.fold("add-days", "date", [dates[0], days], span=span)

    def product(self, factors: Sequence[tuple[int, Node]]) -> Node:
        """A product; a divisor that depends on data makes a quotient, which only a rounding can use."""
        self._only_numbers([node for _, node in factors])
        measure = NUMBER
        for power, node in factors:
            measure = measure.times(node.number.measure, power)
        if all(node.bare for _, node in factors):
            return self.constant(self._constants(factors), NUMBER, bare=True)
        constant = self._constants([(power, node) for power, node in factors if node.scope == "const"])
        over = [node for power, node in factors if power > 0 and node.scope != "const"]
        under = [node for power, node in factors if power < 0 and node.scope != "const"]
        if not over and not under:
            return self.constant(constant, measure)
        bottoms = [node.args[1] for node in over if node.op == "quotient"] + [
            node.args[0] if node.op == "quotient" else node for node in under
        ]
        tops = [node.args[0] if node.op == "quotient" else node for node in over] + [
            node.args[1] for node in under if node.op == "quotient"
        ]
        top = self._times(tops, constant, measure)
        return self._quotient(top, self._times(bottoms, None, NUMBER), measure) if bottoms else top

    def _times(self, nodes: Sequence[Node], constant: Sequence[Fraction | None] | None, measure: Measure) -> Node:
        values = constant if constant is not None else [Fraction(1)] * len(self.environments)
        if len(nodes) == 1 and all(value == 1 for value in values):
            quant = replace(nodes[0].number, measure=measure)
            return replace(nodes[0], quant=quant)
        if not nodes:
            return self.constant(values, measure)
        quant = numbers.multiplied([node.number for node in nodes], values, measure)
        args = list(nodes) if all(value == 1 for value in values) else [*nodes, self.constant(values, NUMBER)]
        return self.fold("product", "number", args, quant=quant)

    def _constants(self, factors: Sequence[tuple[int, Node]]) -> list[Fraction | None]:
        values: list[Fraction | None] = [Fraction(1)] * len(self.environments)
        for power, node in factors:
            for index, value in enumerate(node.data):
                before = values[index]
                if value is None or before is None:
                    values[index] = None
                elif power > 0:
                    values[index] = before * value
                elif value == 0:
                    raise Refused("/ 0", "division by zero", "divide by something that is never 0")
                else:
                    values[index] = before / value
        return values

    def _quotient(self, top: Node, bottom: Node, measure: Measure) -> Node:
        if bottom.number.lo <= 0:
            raise Refused("/", "the divisor may be 0 or less", "declare its range, or write greatest(1, …) around it")
        ends = [a / b for a in (top.number.lo, top.number.hi) for b in (bottom.number.lo, bottom.number.hi)]
        quant = Quant(measure, 1, min(ends), max(ends))
        return Node("quotient", "number", joined([top, bottom]), (top, bottom), quant)

    def _sum_of_quotients(self, terms: Sequence[tuple[int, Node]], measure: Measure) -> Node:
        bottoms = [node.args[1] for _, node in terms if node.op == "quotient"]
        tops: list[tuple[int, Node]] = []
        position = 0
        for sign, node in terms:
            others = list(bottoms)
            if node.op == "quotient":
                del others[position]
                position += 1
            top = node.args[0] if node.op == "quotient" else node
            tops.append((sign, self._times([top, *others], None, measure)))
        return self._quotient(self.sum(tops, measure), self._times(bottoms, None, NUMBER), measure)

    def _only_numbers(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if node.kind != "number":
                raise Refused("+ - * /", f"a {_a(node)} stands in arithmetic", "use numbers here")

    def _common(self, nodes: Sequence[Node], cell: Measure | None) -> Measure:
        fixed = [node.number.measure for node in nodes if not node.bare]
        for other in fixed[1:]:
            if other.dims != fixed[0].dims:
                raise Refused(
                    f"{fixed[0].text} and {other.text}",
                    f"{describe(fixed[0].dims)} does not go with {describe(other.dims)}",
                    "bring both to one unit",
                )
        return cell if cell is not None and cell.dims == fixed[0].dims else fixed[0]

    def alike(self, nodes: Sequence[Node], cell: Measure | None) -> list[Node]:
        """Numbers of one unit: bare constants take it."""
        if all(node.bare for node in nodes):
            return list(nodes)
        measure = self._common(nodes, cell)
        return [self.settle(node, measure) for node in nodes]

    # -- conditions

    def compare(self, ast: syntax.Compare, scope: str) -> Node:
        """`=  <>  <  <=  >  >=` between numbers, dates, or a category and its words."""
        if isinstance(ast.right, syntax.Word) or isinstance(ast.left, syntax.Word):
            value, word = (ast.left, ast.right) if isinstance(ast.right, syntax.Word) else (ast.right, ast.left)
            if ast.op not in ("=", "<>") or isinstance(value, syntax.Word):
                raise Refused(f"{_shown(ast.left)} {ast.op}", "words have no order", "use =, <> or in")
            found = self.within(syntax.Within(value, (word,)), scope)
            return found if ast.op == "=" else self.fold("not", "bool", [found])
        left, right = self.build(ast.left, scope, None), self.build(ast.right, scope, None)
        if left.kind != right.kind:
            raise Refused(
                f"{_shown(ast.left)} {ast.op} {_shown(ast.right)}",
                f"a {_a(left)} is compared with a {_a(right)}",
                "compare like with like",
            )
        if left.kind == "word":
            if ast.op not in ("=", "<>") or left.category != right.category:
                raise Refused(
                    f"{_shown(ast.left)} {ast.op} {_shown(ast.right)}",
                    "only words of one category are compared, by = and <>",
                    "compare with a word in quotes",
                )
            same = self.fold("word-same", "bool", [left, right])
            return same if ast.op == "=" else self.fold("not", "bool", [same])
        if left.kind == "bool":
            raise Refused(
                f"{_shown(ast.left)} {ast.op}", "conditions are not compared", "write the condition itself, or not …"
            )
        if left.kind == "number":
            self.whole([left, right])
            left, right = self.alike([left, right], None)
            numbers.hull([left.number, right.number], left.number.measure)
        return self.fold("compare", "bool", [left, right], ast.op)

    def whole(self, nodes: Sequence[Node]) -> None:
        """Refuse a quotient where only a whole value can stand."""
        if any(node.op == "quotient" for node in nodes):
            raise Refused(
                "/",
                "a division by data stands only inside a rounding",
                "give it a step of its own with round = {to, mode}",
            )

    def within(self, ast: syntax.Within, scope: str) -> Node:
        """`x in (…)`."""
        value = self.build(ast.value, scope, None)
        if not ast.choices:
            raise Refused("in ()", "an empty list", "write at least one value")
        if value.kind == "word":
            words = self.words[value.category]
            for choice in ast.choices:
                text = choice.text if isinstance(choice, syntax.Word) else _shown(choice)
                if not isinstance(choice, syntax.Word) or choice.text not in words:
                    raise Refused(
                        f"'{text}'",
                        f'"{text}" is not a word of {value.category}',
                        nearest(text, words, f"use one of {', '.join(words)}"),
                    )
            chosen = frozenset(choice.text for choice in ast.choices if isinstance(choice, syntax.Word))
            return self.fold("word-in", "bool", [value], chosen)
        parts = [self.compare(syntax.Compare("=", ast.value, choice), scope) for choice in ast.choices]
        return parts[0] if len(parts) == 1 else self.fold("or", "bool", parts)

    # -- functions

    def call(self, ast: syntax.Call, scope: str, cell: Measure | None) -> Node:
        """A function."""
        name, arguments = ast.name, ast.arguments
        if name in ("greatest", "least"):
            return self.extreme(name, [self.build(argument, scope, cell) for argument in arguments], cell)
        if name in ("age", "add_years", "days"):
            if len(arguments) != 2:
                raise Refused(f"{name}( )", "two things are wanted in the brackets", _EXAMPLE[name])
            return self.of_dates(name, arguments, scope)
        if len(arguments) != 1:
            raise Refused(
                f"{name}( )", "one thing is wanted in the brackets", f"write {name}(…) over what each member has"
            )
        if scope == "member":
            raise Refused(
                f"{name}( )", "counts over all members stand in rules of households", "make it a step of the household"
            )
        return self.aggregate(name, arguments[0], cell)

    def extreme(self, name: str, nodes: Sequence[Node], cell: Measure | None) -> Node:
        """`greatest( )` and `least( )`, of numbers or of dates."""
        if len(nodes) < 2:
            raise Refused(f"{name}( )", "two values or more are wanted", f"write {name}(0, …)")
        if all(node.kind == "date" for node in nodes):
            pick = max if name == "greatest" else min
            spans = [node.span for node in nodes if node.span]
            return self.fold(name, "date", nodes, span=(pick(s[0] for s in spans), pick(s[1] for s in spans)))
        self._only_numbers(nodes)
        self.whole(nodes)
        settled = self.alike(nodes, cell)
        if all(node.bare for node in settled):
            rows = zip(*(node.data for node in settled), strict=True)
            return self.constant([apply(name, None, row) for row in rows], NUMBER, bare=True)  # type: ignore[misc]
        quants = [node.number for node in settled]
        quant = numbers.hull(quants, quants[0].measure)
        pick_number = max if name == "greatest" else min
        quant = replace(quant, lo=pick_number(q.lo for q in quants), hi=pick_number(q.hi for q in quants))
        return self.fold(name, "number", settled, quant=quant)

    def of_dates(self, name: str, arguments: Sequence[syntax.Ast], scope: str) -> Node:
        """`age`, `add_years`, `days`."""
        first = self.build(arguments[0], scope, None)
        second = self.build(arguments[1], scope, None)
        if (
            first.kind != "date"
            or first.span is None
            or (name != "add_years" and (second.kind != "date" or second.span is None))
        ):
            raise Refused(f"{name}( )", "a date is wanted in the brackets", _EXAMPLE[name])
        if name == "add_years":
            if not self.leap:
                raise Refused(
                    "add_years( )",
                    "where does a birthday of 29 February fall in a common year?",
                    'write leap = "1 Mar" or "28 Feb" under [policy]',
                )
            second = self.settle(second, YEAR)
            if second.kind != "number" or second.number.den != 1 or second.number.largest > 200:
                raise Refused("add_years( )", "a whole number of years up to 200 is wanted", _EXAMPLE[name])
            years = int(second.number.lo), int(second.number.hi)
            span = (_year(first.span[0], years[0]), _shift(_year(first.span[1], years[1]), 1))
            return self.fold("add-years", "date", [first, second], self.leap, span=span)
        assert second.span is not None
        if name == "age":
            years_max = max(0, second.span[1].year - first.span[0].year)
            quant = Quant(YEAR, 1, Fraction(0), Fraction(years_max))
            return self.fold("age", "number", [first, second], self.leap or "1 Mar", quant)
        low = max(0, (second.span[0] - first.span[1]).days + 1)
        high = max(0, (second.span[1] - first.span[0]).days + 1)
        return self.fold("days", "number", [first, second], quant=Quant(DAY, 1, Fraction(low), Fraction(high)))

    def aggregate(self, name: str, argument: syntax.Ast, cell: Measure | None) -> Node:
        """One value over the members."""
        node = self.build(argument, "member", cell)
        wants = "bool" if name in ("any", "all", "count") else "number"
        if node.kind != wants:
            raise Refused(
                _shown(argument),
                f"{name}( ) wants a {'condition' if wants == 'bool' else 'number'}",
                f"write {name}({_INSIDE[name]})",
            )
        if node.bare:
            raise Refused(
                _shown(argument), f"{name}( ) of a bare number", "write it with size, or name what each member has"
            )
        self.whole([node])
        op = f"{name}-of"
        if name in ("any", "all"):
            return Node(op, "bool", "household", (node,))
        if name == "count":
            return Node(
                op, "number", "household", (node,), Quant(PERSON, 1, Fraction(0), Fraction(numbers.MEMBERS_MAX))
            )
        quant = node.number
        if name == "sum":
            most = numbers.MEMBERS_MAX
            quant = replace(quant, lo=min(quant.lo, quant.lo * most), hi=max(quant.hi, quant.hi * most))
            numbers.check(quant.largest * quant.den, "sum( )")
        return Node(op, "number", "household", (node,), quant)


_EXAMPLE = {
    "age": "write age(birth_date, period_start)",
    "add_years": "write add_years(birth_date, 16)",
    "days": "write days(period_start, period_end)",
}
_INSIDE = {
    "any": "sex = 'f'",
    "all": "sex = 'f'",
    "count": "sex = 'f'",
    "sum": "ration",
    "min": "income",
    "max": "income",
}


def joined(nodes: Sequence[Node]) -> NodeScope:
    """The scope of something made of these."""
    scopes = {node.scope for node in nodes}
    return "member" if "member" in scopes else "household" if "household" in scopes else "const"


def _a(node: Node) -> str:
    return {"bool": "condition", "word": "word"}.get(node.kind, node.kind)


def _shift(day: date, days: int) -> date:
    try:
        return date.fromordinal(day.toordinal() + days)
    except (ValueError, OverflowError):
        raise Refused("+", "a date before year 1 or after 9999", "add fewer days") from None


def _year(day: date, years: int) -> date:
    return date(min(max(day.year + years, 1), 9999), day.month, min(day.day, 28) if day.month == 2 else day.day)


def _shown(ast: syntax.Ast) -> str:
    if isinstance(ast, syntax.Name):
        return ast.text
    if isinstance(ast, syntax.Word):
        return f"'{ast.text}'"
    if isinstance(ast, syntax.Number):
        return str(ast.value)
    if isinstance(ast, syntax.Call):
        return f"{ast.name}( )"
    return "here"
