"""The public report of a cycle: one self-contained page. The same months and facts give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evenhand.flow.disclosure.claim import Claim
from evenhand.flow.disclosure.month import Figures, Month
from evenhand.flow.disclosure.naming import noun
from evenhand.flow.disclosure.wording import percent, period_name
from evenhand.render import ledgers, pictures, sections
from evenhand.render.grid import SYMBOLS, address, short_hash
from evenhand.render.html import Child, Html, el, join
from evenhand.render.owed import owed_part, rule_part
from evenhand.render.page import document, masthead
from evenhand.render.picture import Scene, scene
from evenhand.render.words import capital, count, say


@dataclass(frozen=True)
class ReportFacts:
    """What the page says of its log and checks. `log_size` and `log_root` (hex) are those before this page was made:
    the entry that publishes it cannot stand in it. `checks` is (passed, failed) where somebody ran them. `folder` is
    the disclosure folder's name as commands write it, `previous` that of the month before if it lies beside it.
    """

    log_size: int
    log_root: str
    root_vkey: str
    folder: str
    previous: str = ""
    state: str = "closed"
    checks: tuple[int, int] | None = None
    witnesses: int = 0


def report(month: Month, history: Sequence[Month], claims: Sequence[Claim], facts: ReportFacts) -> str:
    """The page for `month`. `history` are the months up to it, with or without `month` itself; the claims are theirs.

    Misshapen where a table contradicts its own form.
    """
    before = sorted((m for m in history if m.period < month.period), key=lambda m: m.period)
    months = [Figures(m) for m in (*before, month)]
    view = scene(months)
    now = months[-1]
    parts: list[Child] = [_title(now, view, facts), sections.claims_part(now, claims, len(months))]
    if view is not None:
        parts += [pictures.place_part(view), pictures.time_part(view), ledgers.stock_part(view)]
    parts += [
        rule_part(now),
        sections.counter_part(now),
        owed_part(now),
        sections.cannot_part(now),
        sections.check_part(now, facts.folder, facts.root_vkey, facts.log_size, facts.log_root),
    ]
    name = period_name(month.period)
    body = join([
        SYMBOLS,
        el("a", say("skip"), cls="skip", href="#main"),
        masthead(say("brand"), say("page")),
        el("main", *parts, cls="page", id="main"),
        _foot(month, before[-1] if before else None, facts.previous),
    ])  # fmt: skip
    return document(say("head.title", month=name), body)


def _title(now: Figures, view: Scene | None, facts: ReportFacts) -> Html:
    month = now.month
    households = f"{sum(now.households.get(p, 0) for p in now.points):,}"
    numbers = {"households": households, "points": f"{len(now.points):,}"}
    if view is None:
        lead = say("lead.none", **numbers)
    else:
        full = view.mean == 1
        lead = say("lead.full" if full else "lead", **numbers, fill=percent(view.mean), benefit=noun(view.benefit))
        under = len(view.under)
        if under:
            key = "lead.under.one" if under == 1 else "lead.under"
            lead += " " + say(key, count=capital(count(under)), benefit=noun(view.benefit))
    generated = say("docket.population.generated" if month.meta.get("generated") else "docket.population.real")
    checks = say("docket.checks.none")
    if facts.checks is not None:
        checks = say("docket.checks.value", passed=f"{facts.checks[0]:,}", failed=f"{facts.checks[1]:,}")
    witnesses = (
        say("docket.witnesses.value", count=facts.witnesses) if facts.witnesses else say("docket.witnesses.none")
    )
    log = say("docket.log.value", size=f"{facts.log_size:,}", root=short_hash(facts.log_root))
    docket = [
        (say("docket.population"), generated),
        (say("docket.state"), facts.state),
        (say("docket.checks"), el("a", checks, href="#check")),
        (say("docket.witnesses"), witnesses),
        (say("docket.log"), log),
    ]
    return el(
        "div",
        el("p", say("over", programme=month.meta["programme"], cycle=month.meta["cycle"]), cls="over"),
        el("h1", say("title", month=period_name(month.period))),
        el("p", lead, cls="lead"),
        el("dl", *[el("div", el("dt", name), el("dd", value)) for name, value in docket], cls="docket"),
        cls="title",
    )


def _foot(month: Month, before: Month | None, previous: str) -> Html:
    links = [el("li", el("a", say("foot.package"), href="../datapackage.json"))]
    if before is not None and previous:
        name = say("foot.previous", month=period_name(before.period))
        links.append(el("li", el("a", name, href=f"../../{address(previous)}/report/index.html")))
    policy = address(str(month.meta["policy"]))
    links.append(el("li", el("a", say("foot.policy"), href=f"../{policy}")))
    links.append(el("li", el("a", say("foot.tables"), href="../tables/README.md")))
    return el("footer", el("div", el("ul", *links), el("p", say("foot.hosts"))), cls="foot page")
