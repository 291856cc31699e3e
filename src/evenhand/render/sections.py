"""The parts of the report made of words: claims, the counter, what data cannot show, how to check."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from shlex import quote as shell

from evenhand.flow.disclosure import layout, suppression
from evenhand.flow.disclosure.claim import Claim
from evenhand.flow.disclosure.month import Figures, Outcomes
from evenhand.flow.disclosure.naming import place_names
from evenhand.flow.disclosure.wording import percent
from evenhand.render.grid import Col, details, file_link, mark, part, table
from evenhand.render.html import Html, el
from evenhand.render.words import capital, count, say

ROWS_SHOWN = 400
"""More points than this are not listed one by one: the page stays small, and the tables hold them all."""

_VERDICTS = {
    "holds": ("m-holds", "claims.holds", ""),
    "holds except": ("m-except", "claims.holds", ""),
    "does not hold": ("m-not", "claims.not", " verdict--not"),
    "cannot be tested": ("m-open", "claims.open", " verdict--open"),
}


def claims_part(now: Figures, claims: Sequence[Claim], months: int) -> Html:
    """The claims with their verdicts; above them the notice where the population is generated."""
    notice = None
    if now.month.meta.get("generated"):
        text = el("div", el("h3", say("generated")), el("p", say("generated.text")))
        notice = el("div", mark("m-info"), text, cls="notice")
    heads = [say(f"claims.{name}") for name in ("claim", "verdict", "figure", "proof")]
    rows = [_claim(claim) for claim in claims]
    whole = el(
        "table",
        el("caption", say("claims.caption"), cls="hide"),
        el(
            "thead",
            el("tr", *[el("th", h, scope="col", role="columnheader") for h in heads], role="row"),
            role="rowgroup",
        ),
        el("tbody", *rows, role="rowgroup"),
        cls="table claims",
        role="table",
    )
    folders = say("claims.this") if months == 1 else say("claims.these", count=count(months))
    title = capital(say("claims", count=count(len(claims))))
    return part("claims", title, say("claims.aside", folders=folders), notice, whole)


def _claim(claim: Claim) -> Html:
    name, word, cls = _VERDICTS[claim.verdict]
    more = None
    if claim.verdict == "holds except":
        text = (
            say("claims.except.one") if claim.exceptions == 1 else say("claims.except", count=f"{claim.exceptions:,}")
        )
        more = el("i", text)
    verdict = el("span", mark(name), el("span", say(word), " " if more else None, more), cls=f"verdict{cls}")
    detail = claim.detail.replace(" %", "\u00a0%")
    return el(
        "tr",
        el("th", el("q", claim.sentence), scope="row", role="rowheader"),
        el("td", verdict, cls="v", role="cell"),
        el("td", el("b", claim.figure.replace(" %", "\u00a0%")), detail, role="cell"),
        el("td", *[[file_link(path), " "] for path in claim.proof], cls="file", role="cell"),
        role="row",
    )


def counter_part(now: Figures) -> Html:
    """How the rows of the rolls ended."""
    outcomes = now.month.outcomes
    if not outcomes:
        return part("counter", say("counter"), None, el("p", say("counter.none")))
    total = sum((o for o in outcomes.values()), Outcomes())
    kinds = ["redeemed", "exception", "contested", "uncollected", "refused"]
    kinds += ["held"] if total.held else []
    rows = []
    for kind in kinds:
        rows_of = getattr(total, kind)
        share = Fraction(rows_of, total.rows) if total.rows else Fraction(0)
        rows.append([say(f"counter.{kind}"), f"{rows_of:,}", percent(share)])
    whole = table(
        [Col(say("counter.how")), Col(say("counter.rows"), "n"), Col(say("counter.share"), "n")],
        rows, say("counter.table"), foot=[say("points", count=f"{len(outcomes):,}"), f"{total.rows:,}", "100"],
        hidden_caption=True,
    )  # fmt: skip
    names = place_names(now.month)
    worst = sorted(outcomes, key=lambda p: (-(_unserved(outcomes[p])), p))[:ROWS_SHOWN]
    heads = [Col(say("place.point")), Col(say("counter.rows"), "n")]
    heads += [Col(say(f"counter.col.{k}"), "n" if k in ("redeemed", "uncollected") else "n spare") for k in kinds]
    each = table(
        heads,
        [[names.get(p, p), f"{outcomes[p].rows:,}", *[f"{getattr(outcomes[p], k):,}" for k in kinds]] for p in worst],
        say("counter.every.table"), cls="table table--tight",
    )  # fmt: skip
    finding = say("counter.finding", served=f"{total.served:,}", all=f"{total.rows:,}")
    source = with_links(say("counter.source", redeemed="{}"), layout.REDEEMED + "/")
    return part(
        "counter", say("counter"), say("counter.aside"),
        el(
            "div",
            el("div", el("h3", finding), whole, el("p", source, cls="small soft"), cls="stack"),
            el("p", say("counter.text")),
            cls="pair",
        ),
        details(say("counter.every"), each),
    )  # fmt: skip


def _unserved(outcomes: Outcomes) -> Fraction:
    return 1 - Fraction(outcomes.served, outcomes.rows) if outcomes.rows else Fraction(0)


def with_links(text: str, *paths: str) -> list[str]:
    """A sentence with a link in each `{}`."""
    pieces = text.split("{}")
    made: list[str] = [pieces[0]]
    for path, piece in zip(paths, pieces[1:], strict=True):
        made += [file_link(path), piece]
    return made


def cannot_part(now: Figures) -> Html:
    """What no file of the folder can tell, and what was folded so that nobody stands alone."""
    tables, k = now.month.tables, int(now.month.meta.get("k", 20))
    keys = ("members", "ghosts", "unregistered", "stock", "coupons", "hand", "freeze", "collusion")
    items = [el("li", el("b", say(f"cannot.{key}")), " ", say(f"cannot.{key}.text")) for key in keys]
    folded = el("p", el("b", say("small")), ". ", suppression.note(tables["ladders"], tables["totals"], k))
    return part(
        "cannot", say("cannot"), None, el("p", say("cannot.intro")), el("ul", *items), folded, cls="body prose stack"
    )


def check_part(now: Figures, folder: str, root_vkey: str, log_size: int, log_root: str) -> Html:
    """The commands, the root key and where the log stood."""
    place = shell(folder.rstrip("/")) + "/"
    commands = [f"evenhand-verify {place} --root {shell(root_vkey)}", f"evenhand-verify card YOUR-CODE {place}"]
    first, _, rest = say("check.text").partition("<verified>")
    demo = el("p", say("check.demo")) if now.month.meta.get("demo") else None
    groups = " ".join(log_root[at : at + 8] for at in range(0, len(log_root), 8))
    return part(
        "check", say("check"), say("check.aside"),
        el("pre", el("code", "\n".join(commands))),
        el("p", first, el("code", "verified:"), rest), demo,
        el("p", *_code(say("check.root", key="{}"), root_vkey), cls="small soft"),
        el("p", *_code(say("check.log", size=f"{log_size:,}", root="{}"), groups), cls="small soft"),
    )  # fmt: skip


def _code(text: str, value: str) -> list[str]:
    before, _, after = text.partition("{}")
    return [before, el("span", value, cls="hash"), after]
