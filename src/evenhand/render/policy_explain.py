"""Why a household is due what it is due, as a page for the family and as text for a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from evenhand.render.grid import Col, mark, part, table
from evenhand.render.html import Child, Html, el
from evenhand.render.policy_frame import dated, framed
from evenhand.render.policy_said import Said, plain

Explanation = Mapping[str, Any]


def spoken(explanation: Explanation, language: str) -> dict[str, Any]:
    """The explanation with the sentence of each entitlement in one language: what `--format json` prints."""
    said = _speaker(explanation, language)
    entitlements = [{**due, "sentence": plain(said.sentence(due))} for due in explanation["entitlements"]]
    return {**explanation, "language": language, "entitlements": entitlements}


def _speaker(explanation: Explanation, language: str) -> Said:
    said = Said(language)
    said.titles = explanation["titles"]
    return said


def document(explanation: Explanation, language: str) -> str:
    """The same as the text of one JSON document."""
    return json.dumps(spoken(explanation, language), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def text(explanation: Explanation, language: str) -> str:
    """For a terminal: a line an entitlement, and under it the rows that decided."""
    said = _speaker(explanation, language)
    lines = [said.say("x.title", period=said.period(explanation["period"])), _over(said, explanation), ""]
    for due in explanation["entitlements"]:
        lines.append(f"{said.titled(due)}: {said.sentence(due)}")
        for whom, why, amount in _rows(said, explanation, due):
            lines.append(f"  {whom}: {why[0]} ({amount})" + (f"; {why[1]}" if why[1] else ""))
        lines += [f"  {line}" for line in _notes(said, due)]
    lines += ["", f"{explanation['policy']['id']}, SHA-256 {explanation['policy']['sha256']}"]
    if said.drafted:
        lines.append(said.say("draft"))
    return "\n".join(lines) + "\n"


def page(explanation: Explanation, language: str) -> str:
    """The page."""
    said = _speaker(explanation, language)
    period = said.period(explanation["period"])
    open_ones = [said.titled(due) for due in explanation["entitlements"] if due["amount"] is None]
    lead = said.say("x.lead.open", names=said.listed(open_ones)) if open_ones else said.say("x.lead")
    title = el("div", el("p", _over(said, explanation), cls="over"), el("h1", said.say("x.title", period=period)),
               el("p", lead, cls="lead"), cls="title")  # fmt: skip
    dues = explanation["entitlements"]
    lines = el("ul", *[_line(said, due) for due in dues], cls="ration", role="list")
    worked = [_worked(said, explanation, due) for due in dues if _rows(said, explanation, due) or due["amount"] is None]
    main: list[Child] = [title, part("due", said.say("x.due"), None, lines)]
    if worked:
        main.append(part("how", said.say("x.how"), None, *worked, cls="body stack worked"))
    main += [_short(said, dues), _known(said, explanation), _law(said, explanation)]
    foot = [said.say("draft") if said.drafted else None, said.say("own") if said.drafted else None, said.say("x.foot")]
    return framed(
        language, said.say("x.head", period=period), said.say("x.page"), said.say("x.skip"), main, foot, said.rtl
    )


def _over(said: Said, explanation: Explanation) -> str:
    size = explanation["size"]
    if size is None:
        return said.say("x.over.unknown", household=explanation["household"])
    return said.say(
        "x.over", household=explanation["household"], members=said.counted("unit.person", str(size), int(size))
    )


def _line(said: Said, due: Mapping[str, Any]) -> Html:
    """One ration line: what, why in a sentence, how much."""
    amount = said.quantity(due["amount"]) if due["amount"] is not None else None
    what = el("div", el("b", said.titled(due)), el("span", dated(said.sentence(due))), cls="what")
    if amount is None:
        open_word = el("p", mark("m-open"), el("span", said.say("x.undecided")), cls="qty open")
        return el("li", what, open_word, cls="none")
    return el("li", what, el("p", amount, cls="qty"), cls="none" if due["amount_base"] == 0 else None)


def _rows(said: Said, explanation: Explanation, due: Mapping[str, Any]) -> list[tuple[str, tuple[str, str], str]]:
    """(for whom, (why, where it is written), how much) of every row and step that had a say."""
    found = []
    for rule in due["rules"]:
        for hit in rule["hits"]:
            whom = said.whom(hit["members"], explanation["size"])
            value, filled = said.term(hit["value"]), said.term(hit["filled"])
            if rule["kind"] == "step":
                why = said.say("x.step", rule=said.name(rule["rule"]))
                entries = list(rule["params"])
            else:
                title = said.own(hit, "title") or said.own(rule, "title")
                why, entries = said.own(hit, "because"), [hit, *hit["params"]]
                why = said.say("titled", title=title, text=why) if title else why
            if rule.get("round") and filled != value:
                step = rule["round"]
                mode = said.say(f"mode.{step['mode']}")
                value = f"{said.say('rounded', before=filled, mode=mode, to=said.quantity(step['to']))} = {value}"
            elif filled != value:
                value = f"{filled} = {value}"
            law = "; ".join(said.laws(entries))
            found.append((whom, (why, law), value))
    return found


def _notes(said: Said, due: Mapping[str, Any]) -> list[str]:
    """What else is to be said: the sum, rounding, the protected part, whose turn it is."""
    notes = []
    if due.get("rounded"):
        step = due["rounded"]
        mode = said.say(f"mode.{step['mode']}")
        notes.append(said.say("rounded", before=said.term(step["before"]), mode=mode, to=said.quantity(step["to"])))
    if due.get("floor") and due["floor_base"]:
        share = said.share(Fraction(due["floor"]["share"]))
        notes.append(said.say("x.floor", value=said.quantity(due["floor"]["value"]), share=share))
    if due.get("price") and due["amount_base"]:
        total = Fraction(due["price"]["total"]["value"])
        price, all_of_it = said.quantity(due["price"]["each"]), said.quantity(due["price"]["total"])
        notes.append(said.say("x.price", price=price, total=all_of_it) if total else said.say("x.free"))
    if due.get("tier") and due["tier"]["value"] is not None:
        reasons = [said.own(hit, "because") for rule in due["tier"]["rules"] for hit in rule["hits"]]
        reasons = [reason for reason in reasons if reason]
        key = "x.tier.why" if reasons else "x.tier"
        notes.append(said.say(key, tier=due["tier"]["value"], because="; ".join(reasons)))
    return notes


def _worked(said: Said, explanation: Explanation, due: Mapping[str, Any]) -> Html:
    """How one amount was worked out: the rows that decided, the sum, what follows of it."""
    columns = [Col(said.say("x.whom")), Col(said.say("x.because")), Col(said.say("x.amount"), "n wrap")]
    rows: list[list[Child]] = []
    for whom, (why, law), amount in _rows(said, explanation, due):
        rows.append([whom, [why, el("span", dated(law), cls="law") if law else None], amount])
    filled = said.term(due["formula"]["filled"])
    shown = said.quantity(due["amount"]) if due["amount"] is not None else said.say("x.undecided")
    foot: list[Child] = ["", filled if filled != shown else "", shown]
    caption = said.say("x.how.of", title=said.titled(due))
    made = table(columns, rows, caption, foot=foot, cls="table why") if rows else el("h3", caption)
    lines = [el("p", line, cls="small") for line in _notes(said, due)]
    missing = el("p", said.missing(due["missing"]), cls="must") if due["amount"] is None else None
    return el("div", made, missing, *lines, cls="made")


def _short(said: Said, dues: list[Mapping[str, Any]]) -> Html:
    """What becomes of what is not had. The same words for several goods are said once."""
    groups: dict[tuple[str, str], list[str]] = {}
    for due in dues:
        groups.setdefault((due["undersupplied"], due["uncollected"]), []).append(said.titled(due))
    body: list[Child] = [el("p", said.say("x.short.text"))]
    for (under, uncollected), names in groups.items():
        name = el("b", said.listed(list(dict.fromkeys(names)))) if len(groups) > 1 else None
        lines = [said.say("x.under", rule=said.carry(under)), said.say("x.uncollected", rule=said.carry(uncollected))]
        body.append(el("div", name, *[el("p", line) for line in lines]))
    return part("short", said.say("x.short"), None, *body)


def _known(said: Said, explanation: Explanation) -> Html:
    """What was read of the household and its members."""

    def shown(inputs: list[Mapping[str, Any]]) -> Child:
        listed: list[Child] = []
        for found in inputs:
            unknown = found["value"]["is"] == "unknown"
            value = found.get("written") or said.term(found["value"])
            sure = el("i", f" ({said.say('unknown')})", cls="must") if unknown else None
            if found.get("assumed"):
                value = said.say("x.assumed", value=value, because=said.own(found, "because"))
            listed.append(el("div", el("dt", said.name(found["name"])), el("dd", said.alone(value), sure)))
        return el("dl", *listed, cls="known") if listed else said.say("unknown")

    rows: list[list[Child]] = []
    if explanation["inputs"]:
        rows.append([said.say("household"), shown(explanation["inputs"])])
    rows += [[said.say("member", member=found["member"]), shown(found["inputs"])]
             for found in explanation["members"] if found["inputs"]]  # fmt: skip
    if not rows:
        return part("known", said.say("x.known"), said.say("x.known.aside"), el("p", said.say("x.none")))
    made = table([Col(said.say("x.whom")), Col(said.say("x.value"))], rows, said.say("x.known"), hidden_caption=True)
    return part("known", said.say("x.known"), said.say("x.known.aside"), made)


def _law(said: Said, explanation: Explanation) -> Html:
    policy, period = explanation["policy"], explanation["period"]
    span = said.say("period.span", first=period["first"], last=period["last"])
    facts = [(said.say("x.policy"), f"{said.own(policy, 'title')} ({policy['id']})"), (said.say("x.period"), span),
             (said.say("x.hash"), el("span", policy["sha256"], cls="hash", dir="ltr"))]  # fmt: skip
    listed = el("dl", *[el("div", el("dt", name), el("dd", value)) for name, value in facts], cls="known")
    return part("law", said.say("x.law"), None, listed)
