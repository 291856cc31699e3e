"""From expressions to the typed tree: names looked up, units and scopes checked, constants folded, bounds proved."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from evenhand.core.period import Period
from evenhand.flow.policy import numbers, syntax
from evenhand.flow.policy.arithmetic import apply
from evenhand.flow.policy.build_numbers import NumberBuilder, a_kind, shifted
from evenhand.flow.policy.gate import Refused
from evenhand.flow.policy.measure import DAY, NUMBER, PERSON, YEAR, Measure
from evenhand.flow.policy.sheet import nearest
from evenhand.flow.policy.tree import Node, Quant

Lookup = Callable[[str, str], Node]
"""Finds the node of a name in a scope; raises Refused if there is none."""


class Builder(NumberBuilder):
    """Builds expressions of one scope. `find` knows the names; `words` the lists of the categories."""

    def __init__(
        self, environments: Sequence[Period], find: Lookup, words: dict[str, tuple[str, ...]], leap: str
    ) -> None:
        super().__init__(environments)
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
            raise Refused(_shown(ast), f"a {a_kind(node)} stands where a number is wanted", "use a number here")
        return node

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
        if isinstance(ast.left, syntax.Compare):
            raise Refused("", "two comparisons in a row", "write 1 < size and size < 7, or size between 2 and 6")
        if left.kind != right.kind:
            raise Refused(
                f"{_shown(ast.left)} {ast.op} {_shown(ast.right)}",
                f"a {a_kind(left)} is compared with a {a_kind(right)}",
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
            if twice := [one for one in ast.choices if ast.choices.count(one) > 1]:
                raise Refused(_shown(twice[0]), f"{_shown(twice[0])} stands twice in the list", "name each word once")
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
        if name == "nth" and len(arguments) != 2:
            raise Refused("nth( )", "two things are wanted in the brackets", "write nth(income, 2)")
        place = _place(arguments[-1]) if name == "nth" else 0
        if len(arguments) != 1 and name != "nth":
            raise Refused(
                f"{name}( )", "one thing is wanted in the brackets", f"write {name}(…) over what each member has"
            )
        if scope == "member":
            raise Refused(
                f"{name}( )", "counts over all members stand in rules of households", "make it a step of the household"
            )
        return self.aggregate(name, arguments[0], cell, place)

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
            span = (_year(first.span[0], years[0]), shifted(_year(first.span[1], years[1]), 1))
            return self.fold("add-years", "date", [first, second], self.leap, span=span)
        assert second.span is not None
        if name == "age":
            if first.scope == "const":
                message = "the age of a day that is the same for everybody"
                raise Refused(_shown(arguments[0]), message, "write age(birth_date, period_start): the birthday first")
            years_max = max(0, second.span[1].year - first.span[0].year)
            quant = Quant(YEAR, 1, Fraction(0), Fraction(years_max))
            return self.fold("age", "number", [first, second], self.leap or "1 Mar", quant)
        low = max(0, (second.span[0] - first.span[1]).days + 1)
        high = max(0, (second.span[1] - first.span[0]).days + 1)
        return self.fold("days", "number", [first, second], quant=Quant(DAY, 1, Fraction(low), Fraction(high)))

    def aggregate(self, name: str, argument: syntax.Ast, cell: Measure | None, place: int = 0) -> Node:
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
        if name == "nth":
            quant = replace(quant, lo=min(quant.lo, Fraction(0)), hi=max(quant.hi, Fraction(0)))
        return Node(op, "number", "household", (node,), quant, data=place or None)


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
    "nth": "income",
}


def _place(ast: syntax.Ast) -> int:
    """Which one `nth( )` takes: a whole number from 1."""
    if isinstance(ast, syntax.Number) and ast.value.denominator == 1 and 1 <= ast.value <= numbers.MEMBERS_MAX:
        return int(ast.value)
    raise Refused(
        _shown(ast), "which one is wanted: a whole number from 1", "write nth(income, 2) for the second largest"
    )


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
