"""Numbers of the typed tree: constants folded, units made one, sums, products and quotients with proved bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction

from evenhand.core.period import Period
from evenhand.flow.policy import numbers
from evenhand.flow.policy.arithmetic import apply
from evenhand.flow.policy.gate import Refused
from evenhand.flow.policy.measure import DAY, NUMBER, Measure, describe
from evenhand.flow.policy.tree import Node, NodeScope, Quant, Value


class NumberBuilder:
    """Makes nodes of nodes, for the sample periods `environments`. Refused says what does not go."""

    def __init__(self, environments: Sequence[Period]) -> None:
        self.environments = environments

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
        span = (shifted(low, int(days.number.lo)), shifted(high, int(days.number.hi)))
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
                raise Refused("+ - * /", f"a {a_kind(node)} stands in arithmetic", "use numbers here")

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

    def whole(self, nodes: Sequence[Node]) -> None:
        """Refuse a quotient where only a whole value can stand."""
        if any(node.op == "quotient" for node in nodes):
            raise Refused(
                "/",
                "a division by data stands only inside a rounding",
                "give it a step of its own with round = {to, mode}",
            )


def joined(nodes: Sequence[Node]) -> NodeScope:
    """The scope of something made of these."""
    scopes = {node.scope for node in nodes}
    return "member" if "member" in scopes else "household" if "household" in scopes else "const"


def a_kind(node: Node) -> str:
    return {"bool": "condition", "word": "word"}.get(node.kind, node.kind)


def shifted(day: date, days: int) -> date:
    try:
        return date.fromordinal(day.toordinal() + days)
    except (ValueError, OverflowError):
        raise Refused("+", "a date before year 1 or after 9999", "add fewer days") from None
