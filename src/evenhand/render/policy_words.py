"""Formulas and conditions of a policy in words: `occupation is miner or heavy`, `5 kg per member x members`."""

from __future__ import annotations

from datetime import date
from typing import Any

from evenhand.flow.entitlement.explain_law import days_of, names_in, titles, told
from evenhand.flow.entitlement.terms import quantity
from evenhand.flow.policy import syntax
from evenhand.flow.policy.model import Dated, Param, Policy, Span, Step, TableRule
from evenhand.flow.policy.positions import Path
from evenhand.render.policy_said import Said

_GATHER = ("sum", "count", "any", "all", "min", "max")


class InWords:
    """Says what a policy says, in one language, on a day: dated values stand with their value of that day."""

    def __init__(self, policy: Policy, day: date, said: Said) -> None:
        self.policy = policy
        self.day = day
        self.said = said
        said.titles = titles(policy)

    def told(self, path: Path, text: str) -> str:
        """A text of the policy in this language if its author gave it, else as written."""
        return self.said.own(told(self.policy, path, text), str(path[-1]))

    def title(self, name: str) -> str:
        """What a rule, value or input is called: its title if it has one, else its name."""
        return self.said.name(name)

    def value(self, param: Param, dated: Dated | None = None) -> str:
        """The value of a parameter."""
        dated = dated or param.at(self.day)
        if dated is None:
            return self.said.text["nothing"]
        return self.said.quantity(quantity(dated.rows[()], param.measure))

    def term(self, ast: syntax.Ast, inside: bool = False) -> str:
        """A formula."""
        said = self.said
        if isinstance(ast, syntax.Number):
            return said.number(ast.value)
        if isinstance(ast, syntax.Name):
            return self._name(ast.text)
        if isinstance(ast, syntax.Sum):
            parts = [("\u2212 " if sign < 0 else "+ ") + self.term(term, True) for sign, term in ast.terms]
            text = " ".join(parts).removeprefix("+ ")
            return f"({text})" if inside else text
        if isinstance(ast, syntax.Product):
            parts = [("÷ " if power < 0 else "× ") + self.term(factor, True) for power, factor in ast.factors]
            return " ".join(parts).removeprefix("× ")
        if isinstance(ast, syntax.Call):
            return self._call(ast, inside)
        return self.condition(ast)

    def _name(self, name: str) -> str:
        param = self.policy.params.get(name)
        if param is not None and not param.by and not param.listed:
            return self.value(param)
        return self.said.alone(self.title(name))

    def _call(self, ast: syntax.Call, inside: bool) -> str:
        said, name = self.said, ast.name
        if name in ("greatest", "least"):
            return said.say(name, list=said.listed([self.term(argument) for argument in ast.arguments]))
        if name in _GATHER and len(ast.arguments) == 1:
            text = said.say(f"f.{name}", a=self.term(ast.arguments[0]))
            return f"({text})" if inside else text
        if name in ("age", "add_years", "days") and len(ast.arguments) == 2:
            return said.say(f"f.{name}", a=self.term(ast.arguments[0]), b=self.term(ast.arguments[1]))
        return said.say("f.other", name=name, list=", ".join(self.term(argument) for argument in ast.arguments))

    def condition(self, ast: syntax.Ast, inside: bool = False) -> str:
        """A condition."""
        said = self.said
        if isinstance(ast, syntax.Truth):
            return said.text["c.true" if ast.value else "c.false"]
        if isinstance(ast, syntax.Compare):
            return said.say(f"c.{ast.op}", a=self._side(ast.left), b=self._side(ast.right))
        if isinstance(ast, syntax.Within):
            return said.say("c.in", a=self._side(ast.value), list=self._either([self._side(c) for c in ast.choices]))
        if isinstance(ast, syntax.Negation):
            if isinstance(ast.part, syntax.Within) and len(ast.part.choices) == 1:
                return said.say("c.<>", a=self._side(ast.part.value), b=self._side(ast.part.choices[0]))
            if self._is_yes_or_no(ast.part):
                return f"{self.term(ast.part)}: {said.text['no']}"
            return said.say("c.not", a=self.condition(ast.part))
        if isinstance(ast, syntax.Logic):
            parts = [self.condition(part, True) for part in ast.parts]
            text = said.listed(parts) if ast.op == "and" else self._either(parts)
            return f"({text})" if inside else text
        return f"{self.term(ast)}: {said.text['yes']}" if self._is_yes_or_no(ast) else self.term(ast)

    def _is_yes_or_no(self, ast: syntax.Ast) -> bool:
        found = self.policy.inputs.get(ast.text) if isinstance(ast, syntax.Name) else None
        return found is not None and found.type == "bool"

    def _side(self, ast: syntax.Ast) -> str:
        if isinstance(ast, syntax.Word):
            return self.said.alone(ast.text)
        return self.term(ast)

    def _either(self, parts: list[str]) -> str:
        said = self.said
        if len(parts) < 2:
            return "".join(parts)
        return said.say("list.or", first=said.text["list.comma"].join(parts[:-1]), last=parts[-1])

    def law(self, source: str, span: Span, path: Path) -> str:
        """Where something is written and since when."""
        return self.said.law({**told(self.policy, path, source), **days_of(span)})


def shown_rules(policy: Policy, ast: Any, seen: set[str]) -> list[TableRule | Step]:
    """The rules a formula stands on that were not shown before, those they need after them."""
    found: list[TableRule | Step] = []
    for name in dict.fromkeys(names_in(ast)):
        rule = policy.rules.get(name)
        if rule is None or name in seen:
            continue
        seen.add(name)
        found.append(rule)
        asts = [rule.expr.ast] if isinstance(rule, Step) else [
            part.ast for row in (*rule.rows, *([rule.otherwise] if rule.otherwise else [])) for part in (row.when, row.then)
            if part is not None]  # fmt: skip
        for part in asts:
            found += shown_rules(policy, part, seen)
    return found
