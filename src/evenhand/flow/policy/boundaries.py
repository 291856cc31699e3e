"""Comparisons in the rules of a policy, and households on each side of them: one step of one input apart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from evenhand.flow.policy import syntax
from evenhand.flow.policy.evaluate import Household
from evenhand.flow.policy.families import Family, changed, grid, on_grid, place_of
from evenhand.flow.policy.gate import Refused
from evenhand.flow.policy.model import Input
from evenhand.flow.policy.names import Broken, KnownNames
from evenhand.flow.policy.tree import Node, Program, TypedStep, TypedTable
from evenhand.flow.policy.trials import Seen, look

_OVER = ("sum", "any", "all", "count", "min", "max", "nth")


@dataclass(frozen=True)
class Comparison:
    """A comparison of numbers or dates in a rule: `where` is `TABLE.ROW` or the step, `text` how it reads.

    `whole` is the condition (or step) it stands in.
    """

    where: str
    text: str
    node: Node
    whole: Node


def comparisons(program: Program) -> Iterator[Comparison]:
    """Every comparison that data can decide, of rules in force in the first period."""
    names = KnownNames(program)
    for name, typed in program.rules.items():
        for where, ast, whole in _conditions(name, typed):
            for found, scope in _compared(ast, typed.rule.of):
                try:
                    node = names.builder.compare(found, scope)
                except (Refused, Broken):
                    continue
                if node.op == "compare" and node.args[0].kind in ("number", "date"):
                    yield Comparison(where, shown(found), node, whole)


def _conditions(name: str, typed: TypedTable | TypedStep) -> Iterator[tuple[str, syntax.Ast, Node]]:
    if isinstance(typed, TypedStep):
        yield name, typed.rule.expr.ast, typed.node
        return
    for row in typed.rows:
        if 0 in row.in_force and row.row.when is not None:
            yield f"{name}.{row.row.id}", row.row.when.ast, row.when


def _compared(ast: object, scope: str) -> Iterator[tuple[syntax.Compare, str]]:
    if isinstance(ast, syntax.Compare):
        yield ast, scope
    if isinstance(ast, syntax.Call) and ast.name in _OVER:
        scope = "member"
    parts: Iterable[object] = ast if isinstance(ast, (tuple, list)) else vars(ast).values() if hasattr(
        ast, "__dataclass_fields__") else ()  # fmt: skip
    for part in parts:
        yield from _compared(part, scope)


def readable(program: Program, comparison: Comparison) -> list[Input | None]:
    """The numbers and dates that a comparison depends on, those it names first; None stands for the size."""
    seen = Seen()
    look(program, comparison.node, seen)
    inputs = [program.policy.inputs[name] for name in (*seen.member, *seen.household)]
    return [one for one in inputs if one.type in ("number", "date")] + ([None] if seen.size else [])


def truth(program: Program, comparison: Comparison, family: Family, member: int = 0) -> object:
    """Whether it holds for a household; None if that is not known."""
    return _value(program, comparison.node, family, member)


def holds(program: Program, comparison: Comparison, family: Family) -> bool:
    """Whether all that a comparison stands in holds for a household (and its first member)."""
    return _value(program, comparison.whole, family, 0) is True


def matters(program: Program, comparison: Comparison, one: Family, other: Family, member: int = 0) -> bool:
    """Whether what the comparison stands in is another for two households too."""
    values = [_value(program, comparison.whole, family, member) for family in (one, other)]
    return values[0] != values[1]


def _value(program: Program, node: Node, family: Family, member: int) -> object:
    if node.scope != "member":
        return Household(program, *family).value(node)
    return Household(program, *family).value(node, member) if family[1] else None


def at_edge(program: Program, comparison: Comparison, family: Family, strict: bool) -> set[bool]:
    """The sides of a comparison at whose edge a household stands: one step of one input more or less changes it.

    `strict`: and changes the condition it stands in.
    """
    sides: set[bool] = set()
    people = range(len(family[1] or ())) if comparison.node.scope == "member" else range(1)
    for member in people:
        now = truth(program, comparison, family, member)
        if not isinstance(now, bool) or now in sides:
            continue
        for one in readable(program, comparison):
            place = place_of(one, family, member)
            low, high = grid(one)
            near = [place + step for step in (-1, 1) if low <= place + step <= high] if place is not None else []
            moved = [changed(family, one, on_grid(one, step), member) for step in near]
            if any(truth(program, comparison, other, member) is (not now)
                   and (not strict or matters(program, comparison, family, other, member)) for other in moved):  # fmt: skip
                sides.add(now)
                break
    return sides


def both_sides(program: Program, comparison: Comparison, family: Family) -> tuple[Input | None, Family, Family] | None:
    """(the input, two households one step of it apart between which the comparison changes); None if none changes it."""
    for one in readable(program, comparison):
        low, high = grid(one)
        place = place_of(one, family)
        marks = sorted({low, high, *([place] if place is not None and low <= place <= high else [])})
        held = [truth(program, comparison, changed(family, one, on_grid(one, mark))) for mark in marks]
        pairs = zip(zip(marks, held, strict=True), zip(marks[1:], held[1:], strict=True), strict=False)
        for (below, first), (above, last) in pairs:
            if first is last or first is None or last is None:
                continue
            while above - below > 1:
                middle = (below + above) // 2
                if truth(program, comparison, changed(family, one, on_grid(one, middle))) is first:
                    below = middle
                else:
                    above = middle
            return one, changed(family, one, on_grid(one, below)), changed(family, one, on_grid(one, above))
    return None


def shown(ast: syntax.Ast, inside: bool = False) -> str:
    """An expression as it is written."""
    if isinstance(ast, syntax.Name):
        return ast.text
    if isinstance(ast, syntax.Word):
        return f"'{ast.text}'"
    if isinstance(ast, syntax.Number):
        return str(ast.value) if ast.value.denominator == 1 else f"{float(Fraction(ast.value)):g}"
    if isinstance(ast, syntax.Sum):
        text = " ".join(f"{'-' if sign < 0 else '+'} {shown(term, True)}" for sign, term in ast.terms).removeprefix(
            "+ "
        )
        return f"({text})" if inside else text
    if isinstance(ast, syntax.Product):
        factors = (f"{'/' if power < 0 else '*'} {shown(factor, True)}" for power, factor in ast.factors)
        return " ".join(factors).removeprefix("* ")
    if isinstance(ast, syntax.Call):
        return f"{ast.name}({', '.join(shown(argument) for argument in ast.arguments)})"
    if isinstance(ast, syntax.Compare):
        return f"{shown(ast.left)} {ast.op} {shown(ast.right)}"
    if isinstance(ast, syntax.Logic):
        text = f" {ast.op} ".join(shown(part, True) for part in ast.parts)
        return f"({text})" if inside else text
    return "…"
