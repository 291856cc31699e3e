"""Why one household is due what it is due: the rows that decided, as data with a version.

Made by the exact arithmetic of the typed tree (flow/policy/evaluate), from the same rows that the engine computes with.
The engine never runs here; a test compares the amounts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from evenhand.core.period import Period
from evenhand.core.unit import UNITS
from evenhand.flow.entitlement.explain_law import dated_values, law, names_in, titled, titles, told
from evenhand.flow.entitlement.plan import program_for
from evenhand.flow.entitlement.terms import Term, Terms, cell_of, quantity, term_of
from evenhand.flow.policy import syntax
from evenhand.flow.policy.evaluate import Due, Given, Household
from evenhand.flow.policy.measure import Measure
from evenhand.flow.policy.model import Input, Policy, Rounding, Row
from evenhand.flow.policy.tree import TypedEntitlement, TypedRow, TypedStep, TypedTable

FORMAT = "evenhand-explanation/1"
MEMBERS_NAMED = 20
"""Members named where something of them is missing; the rest are counted."""


@dataclass
class Facts:
    """What is known of the household. `people` are the keys of its members; `unread` cells outside lists or ranges."""

    household: str
    given: Given
    members: Sequence[Given] | None = None
    people: Sequence[str] = ()
    unread: dict[str, str] = field(default_factory=dict)
    unread_members: Sequence[dict[str, str]] = ()


def explain(policy: Policy, period: Period, facts: Facts) -> dict[str, Any]:
    """The explanation of everything `facts.household` is due in `period`; UsageError if the policy is not in force."""
    program = program_for(policy, period)
    household = Household(program, facts.given, facts.members)
    due = household.due()
    explainer = _Explainer(policy, period, household, facts)
    return {
        "format": FORMAT,
        "policy": {"id": policy.id, **told(policy, ("policy", "title"), policy.title), "sha256": policy.sha256.hex()},
        "period": {"id": period.id, "kind": policy.period_kind, "first": period.first.isoformat(),
                   "last": period.last.isoformat(), "days": period.days},
        "household": facts.household,
        "size": len(facts.members) if facts.members is not None else _whole(facts.given.get("size")),
        "inputs": explainer.inputs("household", facts.given, facts.unread),
        "members": [
            {"member": person, "inputs": explainer.inputs("member", given, unread)}
            for person, given, unread in zip(
                facts.people, facts.members or (), facts.unread_members or [{}] * len(facts.people), strict=True
            )
        ],
        "titles": titles(policy),
        "entitlements": [explainer.entitlement(found, due[found.rule.name]) for found in program.entitlements],
    }  # fmt: skip


def _whole(value: object) -> int | None:
    return int(value) if isinstance(value, Fraction) else None


class _Explainer:
    def __init__(self, policy: Policy, period: Period, household: Household, facts: Facts) -> None:
        self.policy = policy
        self.period = period
        self.household = household
        self.facts = facts
        self.terms = Terms(household)
        self.rules = household.program.rules

    def inputs(self, of: str, given: Given, unread: dict[str, str]) -> list[dict[str, Any]]:
        """The inputs of the household or of a member: what was read, or what stood there and could not be used."""
        shown = []
        for name, found in self.policy.inputs.items():
            if found.of != of or (name not in given and name not in unread):
                if found.of == of and found.assume is not None:
                    shown.append({"name": name, "value": self._input(found, found.assume), "assumed": True,
                                  **told(self.policy, ("input", name, "because"), found.because)})  # fmt: skip
                continue
            term = {"is": "unknown", "name": name} if name in unread else self._input(found, given.get(name))
            shown.append({"name": name, "value": term, **({"written": unread[name]} if name in unread else {})})
        return shown

    def _input(self, found: Input, value: object) -> Term:
        return term_of(value, found.measure)  # type: ignore[arg-type]

    # -- what is due

    def entitlement(self, found: TypedEntitlement, due: Due) -> dict[str, Any]:
        """One entitlement: its amount and everything it was made of."""
        rule = found.rule
        benefit = self.policy.benefits[rule.benefit]
        cell = cell_of(benefit.unit)
        reached = list(dict.fromkeys(self._reached(rule.amount.ast)))
        tiers = (
            [name for name in dict.fromkeys(self._reached(rule.tier.ast)) if name not in reached] if rule.tier else []
        )
        out: dict[str, Any] = {
            "name": rule.name, "benefit": benefit.id, **told(self.policy, ("benefit", benefit.id, "title"), benefit.title),
            **{f"entitlement_{key}": text for key, text in titled(self.policy, rule.path).items()},
            "shared": sum(other.benefit == rule.benefit for other in self.policy.entitlements) > 1,
            "unit": benefit.unit, "parts": benefit.parts,
            "amount_base": due.amount, "decided": due.amount is not None,
            "amount": None if due.amount is None else quantity(Fraction(due.amount, benefit.parts), cell),
            "formula": {"text": rule.amount.text, "filled": self.terms.filled(rule.amount.ast, None, cell)},
            "reasons": list(due.reasons), "rules": [self._rule(name) for name in reached],
            "undersupplied": benefit.undersupplied.text, "uncollected": benefit.uncollected.text,
        }  # fmt: skip
        if due.amount is None:
            out["missing"] = self._missing(due.missing)
        if rule.round is not None:
            out["rounded"] = self._rounded(rule.round, self.household.value(found.plain))
        if rule.floor is not None and due.floor is not None:
            share = Fraction(rule.floor.share)
            out["floor_base"] = due.floor
            out["floor"] = {"share": str(share), "mode": rule.floor.mode,
                            "value": quantity(Fraction(due.floor, benefit.parts), cell)}  # fmt: skip
        if rule.price is not None and due.amount is not None:
            out["price"] = self.price(rule.price.ast, Fraction(due.amount, benefit.parts))
        if rule.tier is not None:
            out["tier"] = {"value": due.tier, "text": rule.tier.text, "rules": [self._rule(name) for name in tiers]}
        return out

    def price(self, ast: syntax.Ast, amount: Fraction) -> dict[str, Any] | None:
        """What the household pays at home: for one unit, and `total` for all of it; None where that is not known."""
        each = self.terms.value(ast, None, None)
        if each["is"] != "quantity" or not each["unit"]:
            return None
        total = Fraction(each["value"]) * amount
        shown = total / UNITS[each["unit"]].base_per_unit
        in_all = {"is": "quantity", "value": str(total), "shown": str(shown), "unit": each["unit"], "per": []}
        return {"each": each, "total": in_all}

    def _rounded(self, rounding: Rounding, before: object) -> dict[str, Any]:
        return {"to": quantity(rounding.to, rounding.measure), "mode": rounding.mode,
                "before": term_of(before, rounding.measure)}  # type: ignore[arg-type]  # fmt: skip

    def _missing(self, name: str) -> dict[str, Any]:
        """The input for want of which nothing was decided, and whose it is."""
        found = self.policy.inputs.get(name)
        whose: list[str] = []
        if found is not None and found.of == "member":
            unread = self.facts.unread_members or [{}] * len(self.facts.people)
            from_members = zip(self.facts.people, self.facts.members or (), unread, strict=True)
            whose = [person for person, given, cells in from_members if given.get(name) is None or name in cells]
        written = {self.facts.unread[name]} if name in self.facts.unread else set()
        written |= {unread[name] for unread in self.facts.unread_members if name in unread}
        return {"input": name, "members": whose[:MEMBERS_NAMED], "more": max(0, len(whose) - MEMBERS_NAMED),
                "written": sorted(written)[:5]}  # fmt: skip

    # -- rules

    def _reached(self, ast: object) -> Iterator[str]:
        """Rules a formula stands on that had a say, in the order they are needed."""
        for name in names_in(ast):
            typed = self.rules.get(name)
            if typed is None:
                continue
            for part in self._parts(typed):
                yield from self._reached(part)
            yield name

    def _parts(self, typed: TypedTable | TypedStep) -> Iterator[object]:
        if isinstance(typed, TypedStep):
            yield typed.rule.expr.ast
            return
        for row in self._hit(typed):
            yield row.then.ast
            if row.when is not None:
                yield row.when.ast

    def _hit(self, typed: TypedTable) -> list[Row]:
        bits = 0
        for person in self._people(typed):
            bits |= self.household.rule(typed.rule.name, person)[1]
        return [row for at, row in enumerate(_all_rows(typed)) if bits >> at & 1]

    def _people(self, typed: TypedTable | TypedStep) -> list[int | None]:
        return list(range(len(self.household.members or ()))) if typed.rule.of == "member" else [None]

    def _rule(self, name: str) -> dict[str, Any]:
        typed = self.rules[name]
        return self._table(typed) if isinstance(typed, TypedTable) else self._step(typed)

    def _step(self, typed: TypedStep) -> dict[str, Any]:
        rule = typed.rule
        hits = self._grouped(typed, None, rule.expr.ast, rule.measure)
        out: dict[str, Any] = {"rule": rule.name, "kind": "step", "of": rule.of, "text": rule.expr.text, "hits": hits,
               "params": self._params(rule.expr.ast, None), **titled(self.policy, rule.path)}  # fmt: skip
        if rule.round is not None:
            out["round"] = {"to": quantity(rule.round.to, rule.round.measure), "mode": rule.round.mode}
        return out

    def _table(self, typed: TypedTable) -> dict[str, Any]:
        rule = typed.rule
        hits: list[dict[str, Any]] = []
        for at, row in enumerate(_all_rows(typed)):
            groups = self._grouped(typed, at, row.then.ast, rule.measure)
            for group in groups:
                person = group.pop("at")
                group |= {"row": f"{rule.name}.{row.id}", "then": row.then.text,
                          "when": row.when.text if row.when is not None else "", "read": self._read(row, person),
                          "params": self._params(row.then.ast, person), **law(self.policy, row)}  # fmt: skip
            hits += groups
        out: dict[str, Any] = {"rule": rule.name, "kind": "table", "of": rule.of, "hit": rule.hit, "hits": hits,
                               **titled(self.policy, rule.path)}  # fmt: skip
        undecided = self._undecided(typed)
        if undecided:
            out["undecided"] = undecided
        if rule.round is not None:
            out["round"] = {"to": quantity(rule.round.to, rule.round.measure), "mode": rule.round.mode}
        return out

    def _params(self, ast: syntax.Ast, person: int | None) -> list[dict[str, Any]]:
        return dated_values(self.policy, self.period, ast, lambda param: self.terms.keys(param, person))

    def _grouped(self, typed: TypedTable | TypedStep, at: int | None, ast: syntax.Ast,
                 cell: Measure | None) -> list[dict[str, Any]]:  # fmt: skip
        """Who a row (or a step) counted for: members with the same formula and value together."""
        groups: list[dict[str, Any]] = []
        for person in self._people(typed):
            value, bits = self.household.rule(typed.rule.name, person)
            if at is not None and not bits >> at & 1:
                continue
            filled = self.terms.filled(ast, person, cell)
            result = self._value(typed, value, cell)
            same = next((group for group in groups if group["filled"] == filled and group["value"] == result), None)
            if same is None:
                same = {"filled": filled, "value": result, "members": None if person is None else []}
                if at is not None:
                    same["at"] = person
                groups.append(same)
            if person is not None:
                same["members"].append(self.facts.people[person])
        return groups

    def _value(self, typed: TypedTable | TypedStep, value: object, cell: Measure | None) -> Term:
        node_unit = typed.value.measure if isinstance(typed, TypedTable) else None
        if isinstance(typed, TypedStep) and typed.node.kind == "number":
            node_unit = typed.node.number.measure
        return term_of(value, node_unit, cell)  # type: ignore[arg-type]

    def _read(self, row: Row, member: int | None) -> list[dict[str, Any]]:
        """What the row's condition looked at, and what it saw (of the first member of the group)."""
        if row.when is None:
            return []
        names = [name for name in dict.fromkeys(names_in(row.when.ast)) if name in self.policy.inputs or name == "size"]
        outer = set(names_in(row.when.ast, gathered=False))
        return [{"name": name, "value": self.terms.value(syntax.Name(name), member, None)}
                for name in names if name in outer]  # fmt: skip

    def _undecided(self, typed: TypedTable) -> dict[str, Any] | None:
        """Members (or the household) the table could not decide for, and which rows fit or could fit."""
        open_for = [person for person in self._people(typed) if self.household.rule(typed.rule.name, person)[0] is None]
        if not open_for:
            return None
        fits = self.household.fits(typed, open_for[0])
        rows = [self._state(row, fit) for row, fit in zip(typed.rows, fits, strict=True) if fit is not False]
        people = [self.facts.people[person] for person in open_for if person is not None]
        return {"members": people[:MEMBERS_NAMED] if typed.rule.of == "member" else None, "rows": rows}

    def _state(self, row: TypedRow, fit: object) -> dict[str, Any]:
        return {"row": row.row.id, "when": row.row.when.text if row.row.when else "",
                **told(self.policy, (*row.row.path, "because"), row.row.because),
                "fits": "unknown" if fit is None else "yes"}  # fmt: skip


def _all_rows(typed: TypedTable) -> list[Row]:
    """Rows by the position their bit has; `otherwise` last."""
    return [*typed.rule.rows, *([typed.rule.otherwise] if typed.rule.otherwise else [])]
