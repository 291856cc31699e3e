"""The policy as a page a citizen reads: what is granted to whom and why, the figures, what happens to the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from evenhand.core.benefit import Benefit
from evenhand.flow.entitlement.terms import cell_of, quantity, term_of
from evenhand.flow.policy import TestResult
from evenhand.flow.policy.model import Entitlement, Policy, Row, Step, TableRule
from evenhand.render.grid import Col, part, table
from evenhand.render.html import Child, Html, el
from evenhand.render.policy_examples import examples
from evenhand.render.policy_figures import figures
from evenhand.render.policy_frame import dated, framed
from evenhand.render.policy_said import Said
from evenhand.render.policy_words import InWords, shown_rules


def page(policy: Policy, day: date, results: Sequence[TestResult], language: str) -> str:
    """The page; `day` is the first day of a period it is in force on, `results` are those of its tests."""
    said = Said(language)
    title = InWords(policy, day, said).told(("policy", "title"), policy.title)
    main: list[Child] = list(matter(policy, day, results, language))
    foot = [said.say("draft") if said.drafted else None, said.say("own") if said.drafted else None, said.say("x.foot")]
    return framed(
        language, said.say("d.head", title=title), said.say("d.page"), said.say("d.skip"), main, foot, said.rtl
    )


def matter(policy: Policy, day: date, results: Sequence[TestResult], language: str) -> list[Html]:
    """What stands on the page, part by part; the first is the title."""
    said = Said(language)
    words = InWords(policy, day, said)
    title = words.told(("policy", "title"), policy.title)
    parts = [_title(words, title, results), _granted(words), *figures(words), _left(words), _asked(words)]
    if policy.amendments:
        parts.append(_amended(words))
    return [*parts, examples(words, results), _law(words)]


def every(said: Said, kind: str) -> str:
    """`every month`."""
    first = kind.split(" ")
    if first[0].isdigit():
        return said.say("every.days", time=said.counted("unit.week", first[0], int(first[0])))
    return said.say(f"every.{first[0]}")


def _title(words: InWords, title: str, results: Sequence[TestResult]) -> Html:
    policy, said = words.policy, words.said
    names = said.listed([_name(words, benefit) for benefit in policy.benefits.values()])
    passed = sum(1 for result in results if result.passed)
    values = sum(len(param.values) for param in policy.params.values())
    docket = [
        (said.say("d.on"), dated(words.day.isoformat())),
        (said.say("d.rules"), str(len(policy.rules))),
        (said.say("d.values"), str(values)),
        (said.say("d.sources"), str(len(policy.sources))),
        (said.say("d.tests"), said.say("d.tests.value", passed=passed, all=len(results)) if results else "0"),
    ]
    over = said.say("d.over", id=policy.id, every=every(said, policy.period_kind))
    return el(
        "div",
        el("p", over, cls="over"),
        el("h1", title),
        el("p", said.say("d.lead", list=names, every=every(said, policy.period_kind)), cls="lead"),
        el("dl", *[el("div", el("dt", name), el("dd", value)) for name, value in docket], cls="docket"),
        cls="title",
    )


def _name(words: InWords, benefit: Benefit) -> str:
    return words.told(("benefit", benefit.id, "title"), benefit.title)


def _granted(words: InWords) -> Html:
    said, seen = words.said, set[str]()
    body: list[Child] = []
    for found in words.policy.entitlements:
        benefit = words.policy.benefits[found.benefit]
        name = _name(words, benefit)
        if sum(other.benefit == found.benefit for other in words.policy.entitlements) > 1:
            name += f" ({words.title(found.name)})"
        lines: list[Child] = [el("h3", name), *_promise(words, found)]
        for rule in shown_rules(words.policy, found.amount.ast, seen):
            lines.append(_rule(words, rule))
        if found.tier is not None:
            lines.append(el("p", said.say("d.tier", formula=words.term(found.tier.ast))))
            lines += [_rule(words, rule) for rule in shown_rules(words.policy, found.tier.ast, seen)]
        for ast in (found.price, found.away):
            if ast is not None:
                lines += [_rule(words, rule) for rule in shown_rules(words.policy, ast.ast, seen)]
        body.append(el("div", *lines, cls="grant"))
    return part("granted", said.say("d.granted"), said.say("d.granted.aside"), *body, cls="body")


def _promise(words: InWords, found: Entitlement) -> list[Child]:
    """The formula, rounding, the protected part and the price, a line each."""
    said = words.said
    lines: list[Child] = [el("p", said.say("d.amount", formula=words.term(found.amount.ast)))]
    if found.round is not None:
        mode, to = said.say(f"mode.{found.round.mode}"), said.quantity(quantity(found.round.to, found.round.measure))
        lines.append(el("p", said.say("round.to", mode=mode, to=to)))
    if found.floor is not None and found.floor.share:
        lines.append(el("p", said.say("d.floor", share=said.share(found.floor.share))))
    if found.price is not None:
        formula = words.term(found.price.ast)
        away = words.term(found.away.ast) if found.away is not None else ""
        text = said.say("d.price.away", formula=formula, away=away) if away else said.say("d.price", formula=formula)
        lines.append(el("p", text))
    return lines


def _rule(words: InWords, rule: TableRule | Step) -> Html:
    said = words.said
    name = words.title(rule.name)
    rounding = None
    if rule.round is not None:
        mode, to = said.say(f"mode.{rule.round.mode}"), said.quantity(quantity(rule.round.to, rule.round.measure))
        rounding = el("p", said.say("round.to", mode=mode, to=to), cls="small soft")
    if isinstance(rule, Step):
        text = said.say("d.step", title=said.alone(name), formula=words.term(rule.expr.ast))
        return el("div", el("p", text), rounding, cls="rule")
    key = "d.member" if rule.of == "member" else "d.house"
    who = said.say("d.who" if rule.of == "member" else "d.when")
    columns = [Col(who), Col(said.say("d.reason")), Col(said.say("d.then"), "n wrap")]
    rows = [_row(words, rule, row) for row in rule.rows if row.span.holds(words.day)]
    if rule.otherwise is not None:
        rows.append(_row(words, rule, rule.otherwise))
    note = el("p", said.say(f"d.{rule.hit}"), cls="small soft") if rule.hit in ("first", "sum") else None
    caption = said.say(key, title=said.alone(name))
    return el("div", table(columns, rows, caption, cls="table why"), note, rounding, cls="rule")


def _row(words: InWords, rule: TableRule, row: Row) -> list[Child]:
    said = words.said
    when = said.say("d.otherwise") if row.when is None else words.condition(row.when.ast)
    over = None
    if row.over:
        names = [words.told((*other.path, "because"), other.because) for other in rule.rows if other.id in row.over]
        over = el("span", said.say("d.over.row", row=said.listed(names)), cls="law")
    law = words.law(row.source, row.span, (*row.path, "source")) if row.source else ""
    because = words.told((*row.path, "because"), row.because)
    then = words.term(row.then.ast)
    if isinstance(number := _plain_number(row), Fraction) and rule.measure.dims:
        then = said.quantity(quantity(number * rule.measure.scale, rule.measure))
    return [[when, over], [because, el("span", dated(law), cls="law") if law else None], then]


def _plain_number(row: Row) -> Fraction | None:
    value = getattr(row.then.ast, "value", None)
    return value if isinstance(value, Fraction) else None


def _left(words: InWords) -> Html:
    """What becomes of what was not given or not collected."""
    said = words.said
    columns = [Col(said.say("d.left.what")), Col(said.say("d.left.under")), Col(said.say("d.left.uncollected"))]
    rows: list[list[Child]] = []
    notes: list[Child] = []
    for benefit in words.policy.benefits.values():
        divided = benefit.id in words.policy.divided
        under = said.carry(benefit.undersupplied.text) if divided else said.say("d.left.none")
        rows.append([_name(words, benefit), under, said.carry(benefit.uncollected.text)])
        if divided:
            step = said.quantity(quantity(Fraction(benefit.step_base, benefit.parts), cell_of(benefit.unit)))
            notes.append(el("p", f"{_name(words, benefit)}: {said.say('d.left.round', step=step)}", cls="small"))
    made = table(columns, rows, said.say("d.left"), hidden_caption=True)
    return part("left", said.say("d.left"), said.say("d.left.aside"), made, el("div", *notes))


def _asked(words: InWords) -> Html:
    """What a programme has to know to apply it: declared inputs and the registry's own that a rule reads."""
    said, policy = words.said, words.policy
    columns = [Col(said.say("d.asked.what")), Col(said.say("d.asked.of"), "spare"), Col(said.say("d.asked.why")),
               Col(said.say("d.asked.values"))]  # fmt: skip
    rows: list[list[Child]] = []
    for name, found in policy.inputs.items():
        if found.registry and f"{name}" not in policy.text:
            continue
        if found.type == "category":
            values = said.text["list.comma"].join(said.alone(word) for word in policy.categories[found.category])
        elif found.type == "number" and isinstance(found.low, Fraction) and isinstance(found.high, Fraction):
            values = said.say("d.any.number")
            if found.high < 10**12:
                low, high = (said.quantity(quantity(value, found.measure)) for value in (found.low, found.high))
                values = said.say("d.span", low=low, high=high)
        else:
            values = said.say(f"d.any.{found.type}")
        assumed = None
        if found.assume is not None:
            because = words.told(("input", name, "because"), found.because)
            value = said.term(term_of(found.assume, found.measure))
            assumed = el("span", said.say("x.assumed", value=value, because=because), cls="law")
        rows.append([words.title(name), said.say(f"d.of.{found.of}"), said.alone(found.purpose), [values, assumed]])
    made = table(columns, rows, said.say("d.asked"), hidden_caption=True) if rows else el("p", said.say("x.none"))
    return part("asked", said.say("d.asked"), said.say("d.asked.aside"), made)


def _amended(words: InWords) -> Html:
    """What this text changes in the one it extends."""
    said = words.said
    columns = [Col(said.say("d.then")), Col(said.say("d.asked.what")), Col(said.say("d.source"))]
    rows: list[list[Child]] = [
        [said.say(f"d.amend.{found.action}"), el("code", found.target, dir="ltr"), said.alone(found.source)]
        for found in words.policy.amendments
    ]
    made = table(columns, rows, said.say("d.amended"), hidden_caption=True)
    return part("amended", said.say("d.amended"), said.say("d.amended.aside"), made)


def _law(words: InWords) -> Html:
    said, policy = words.said, words.policy
    digest = el("span", policy.sha256.hex(), cls="hash", dir="ltr")
    facts = [(said.say("x.policy"), policy.id), (said.say("x.hash"), digest)]
    listed = el("dl", *[el("div", el("dt", name), el("dd", value)) for name, value in facts], cls="known")
    return part("law", said.say("d.law"), None, listed, el("p", said.say("d.law.text")))
