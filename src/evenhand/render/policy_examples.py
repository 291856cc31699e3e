"""The tests of a policy as worked examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from evenhand.flow.entitlement.terms import cell_of, quantity
from evenhand.flow.policy import TestResult
from evenhand.flow.policy.model import Case, TableRule
from evenhand.render.grid import part
from evenhand.render.html import Child, Html, el
from evenhand.render.policy_frame import dated
from evenhand.render.policy_words import InWords


def examples(words: InWords, results: Sequence[TestResult]) -> Html:
    """The part with every test: who, on which day, what is due, and whether it comes out so."""
    said = words.said
    body: list[Child] = [
        _example(words, case, result) for case, result in zip(words.policy.cases, results, strict=True)
    ] or [el("p", said.say("d.example.none"))]
    return part("examples", said.say("d.examples"), said.say("d.examples.aside"), *body, cls="body")


def _example(words: InWords, case: Case, result: TestResult) -> Html:
    said = words.said
    on = el("p", dated(said.say("d.example.on", date=case.on)), cls="small soft")
    lines: list[Child] = [el("h3", said.alone(case.name)), on]
    if case.given:
        lines.append(el("p", said.text["household"], ": ", _given(words, case.given)))
    members = case.members or ()
    lines += [el("p", said.say("member", member=at), ": ", _given(words, given)) for at, given in enumerate(members, 1)]
    due = [said.alone(text) for key, value in case.expect.items() if (text := _due(words, key, value))]
    if due:
        lines.append(el("p", el("b", said.say("d.example.due"), ": ", said.text["list.comma"].join(due))))
    reasons = [_because(words, name) for name in case.because]
    if reasons:
        lines.append(el("p", said.say("d.because", list="; ".join(dict.fromkeys(reasons))), cls="small"))
    if not result.passed:
        lines.append(el("p", said.say("d.example.fails", why="; ".join(result.failures)), cls="must"))
    return el("div", *lines, cls="example")


def _given(words: InWords, given: Mapping[str, object]) -> Html:
    """Inputs as they stand: `birth date 1970-05-02, occupation miner`."""
    shown = []
    for name, value in given.items():
        found = words.policy.inputs.get(name)
        if isinstance(value, bool):
            text = words.said.text["yes" if value else "no"]
        elif isinstance(value, Fraction):
            text = words.said.quantity(quantity(value, found.measure if found else None))
        elif isinstance(value, date):
            text = value.isoformat()
        else:
            text = words.said.text["unknown"] if value is None else str(value)
        shown.append(words.said.alone(f"{words.title(name)} {words.said.alone(text)}"))
    return dated(words.said.text["list.comma"].join(shown))


def _due(words: InWords, key: str, value: object) -> str:
    """One expected amount: `Grain 55.8 kg`."""
    said, policy = words.said, words.policy
    if key == "undecided":
        return ""
    base = key.removesuffix("_floor").removesuffix("_tier") if key not in policy.benefits else key
    found = next((e for e in policy.entitlements if key == e.name or base == e.name), None)
    benefit = policy.benefits.get(found.benefit if found else key)
    if benefit is None:
        return ""
    title = words.told(("benefit", benefit.id, "title"), benefit.title)
    if found is not None and sum(other.benefit == benefit.id for other in policy.entitlements) > 1:
        title += f" ({words.title(found.name)})"
    if value == "undecided":
        return f"{title}: {said.say('x.undecided')}"
    if not isinstance(value, Fraction) or (key != base and key.endswith(("_floor", "_tier"))):
        return ""
    return f"{title}: {said.quantity(quantity(value, cell_of(benefit.unit)))}"


def _because(words: InWords, name: str) -> str:
    table, _, row = name.partition(".")
    rule = words.policy.rules.get(table)
    for found in (*rule.rows, rule.otherwise) if isinstance(rule, TableRule) else ():
        if found is not None and found.id == row:
            return words.told((*found.path, "because"), found.because)
    return name
