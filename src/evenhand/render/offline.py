"""The page of a distribution played through without a network: what was claimed, what the reserve is for, other rules."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.render import offline_charts
from evenhand.render.grid import SYMBOLS, Col, details, figure, mark, part, table
from evenhand.render.html import Child, Html, el, join
from evenhand.render.offline_figures import Trial
from evenhand.render.offline_words import Said
from evenhand.render.page import document, masthead

PLAYED = (
    "phones", "forgot", "lost", "found_again", "stolen", "signed_by_thieves", "waited_for_a_new_phone",
    "copies", "copies_first", "copies_elsewhere", "batches", "gaps", "forged",
)  # fmt: skip


def offline_page(trial: Trial, language: str = "en") -> str:
    """The page. The same trial gives the same bytes. UsageError for a language without a catalogue."""
    said = Said(trial, language)
    say = said.say
    over = say(
        "of.over", seed=trial.seed, households=said.whole(trial.households), points=said.whole(trial.points),
        offline=said.whole(trial.offline), days=trial.days,
    )  # fmt: skip
    title = el(
        "div", el("p", over, cls="over"), el("h1", said.finding()), el("p", said.lead(), cls="lead"), cls="title"
    )
    parts = [
        title,
        part("claims", say("of.claims"), say("of.claims.aside"), _claims(said)),
        part("reserve", say("of.reserve"), say("of.reserve.aside"), _reserve(said)),
        part("rules", say("of.rules"), say("of.rules.aside"), _rules(said)),
        part("paper", say("of.paper"), None, el("p", said.without_paper())),
        part("played", say("of.played"), say("of.played.aside"), _played(said)),
    ]
    foot = [say("plan.foot"), say("draft") if said.catalogue.drafted else ""]
    body = join([
        SYMBOLS,
        el("a", say("plan.skip"), cls="skip", href="#main"),
        masthead("Evenhand", say("of.page")),
        el("main", *parts, cls="page", id="main"),
        el("footer", el("div", *[el("p", line) for line in foot if line]), cls="foot page"),
    ])  # fmt: skip
    return document(say("of.head"), body, "offline.css", language=language, rtl=said.catalogue.rtl)


def _claims(said: Said) -> Html:
    rows: list[Sequence[Child]] = []
    for check in said.trial.checks:
        word = said.say("of.holds" if check.holds else "of.not")
        verdict = el(
            "span",
            mark("m-holds" if check.holds else "m-not"),
            el("span", word),
            cls="verdict" if check.holds else "verdict verdict--not",
        )
        rows.append([said.claim(check), verdict, said.counted_of(check)])
    heads = [Col(said.say("of.claim")), Col(said.say("of.verdict"), "v"), Col(said.say("of.figure"))]
    return table(heads, rows, said.say("of.claims"), cls="table claims", hidden_caption=True)


def _reserve(said: Said) -> Html:
    say = said.say
    heads = [Col(say("of.reserve.col"))]
    heads += [Col(say(f"of.{name}"), "n") for name in ("fed", "part", "claimed", "again")]
    rows: list[Sequence[Child]] = [
        [said.permille(r.permille), *map(said.whole, (r.fed, r.part, r.claimed)), said.share(r.over_issue)]
        for r in said.trial.reserves
    ]
    words = [say(f"of.{name}") for name in ("fed", "part", "claimed")]
    drawing = offline_charts.reserves(said, say("of.reserve.title"), say("of.reserve.measure"), words)
    return join([
        figure(say("of.reserve.title"), say("of.reserve.measure"), drawing, offline_charts.key(words)),
        details(say("of.numbers"), table(heads, rows, say("of.reserve.measure"), cls="table table--tight")),
    ])  # fmt: skip


def _rules(said: Said) -> Html:
    say = said.say
    heads = [Col(say("of.rule")), Col(say("of.again"), "n"), Col(say("of.without"), "n wrap")]
    rows: list[Sequence[Child]] = [
        [say(f"of.r.{rule.name}"), said.share(rule.over_issue), said.whole(rule.without_food)]
        for rule in said.trial.rules
    ]
    title, measure = say("of.rules.title"), say("of.rules.measure")
    drawing = offline_charts.rules(said, title, measure)
    return join([
        figure(title, measure, drawing, el("p", say("of.rules.source"), cls="source")),
        table(heads, rows, say("of.rules"), hidden_caption=True),
    ])  # fmt: skip


def _played(said: Said) -> Html:
    counts = said.trial.counts
    rows = [[said.say(f"of.n.{name}"), said.whole(counts[name])] for name in PLAYED]
    heads = [Col(said.say("of.played")), Col(said.say("of.figure"), "n")]
    return table(heads, rows, said.say("of.played"), cls="table table--tight", hidden_caption=True)
