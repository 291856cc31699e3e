"""The parts of the report about what one month owes the next, and about the rule by which stock was divided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction

from evenhand.core.benefit import Benefit
from evenhand.core.errors import UsageError
from evenhand.core.period import month
from evenhand.flow.disclosure.layout import table_path
from evenhand.flow.disclosure.month import Figures, fraction
from evenhand.flow.disclosure.naming import in_words, noun
from evenhand.flow.disclosure.wording import percent, period_name
from evenhand.render.grid import Col, details, part, table
from evenhand.render.html import Child, Html, el
from evenhand.render.sections import with_links
from evenhand.render.words import capital, say

KINDS = ("undersupplied", "uncollected", "remedy")
Key = tuple[str, str, str]
"""Kind, benefit, the month it comes from."""


def owed_part(now: Figures) -> Html | None:
    """What earlier months owed and this one leaves owed, summed over all points; None where nothing ever is."""
    before, lapsed, after, gone = (_sums(now, *wanted) for wanted in (
        ("owed", "amount"), ("owed", "lapsed"), ("left", "amount"), ("left", "lapsed"),
    ))  # fmt: skip
    keys = sorted(before.keys() | after.keys(), key=lambda key: (_place(now, key[1]), KINDS.index(key[0]), key[2]))
    rows: list[Sequence[Child]] = []
    carried = False
    for key in keys:
        kind, name, since = key
        benefit = now.month.benefits.get(name)
        if benefit is None or kind not in KINDS:
            continue
        rest = after.get(key, 0) - gone.get(key, 0)
        carried = carried or bool(rest or before.get(key))
        paid = before.get(key, 0) - lapsed.get(key, 0) - after.get(key, 0) if since != now.month.period.id else None
        ended = lapsed.get(key, 0) + gone.get(key, 0)
        rows.append(
            [capital(noun(benefit)) + ", " + say(f"owed.{kind}", month=_month(since)), _shown(benefit, before.get(key)),
             _shown(benefit, paid), _shown(benefit, ended), _shown(benefit, rest)]
        )  # fmt: skip
    if not rows:
        return None
    heads = [Col(say("owed.col.benefit"))]
    heads += [Col(say(f"owed.col.{name}"), "n spare") for name in ("before", "paid")]
    heads += [Col(say(f"owed.col.{name}"), "n") for name in ("lapsed", "rest")]
    made = _scrolled(table(heads, rows, say("owed.table"), cls="table table--tight"))
    source = with_links(say("owed.source", owed="{}", left="{}"), table_path("owed"), table_path("left"))
    below = el("p", source, cls="small soft")
    text = el("p", say("owed.text"))
    if carried:
        return part("owed", say("owed"), say("owed.aside"), made, text, below)
    return part("owed", say("owed"), say("owed.aside"), text, details(say("owed.lapsed"), made, below))


def rule_part(now: Figures) -> Html | None:
    """The rule of each benefit that is not divided by leximin, and what it costs; None where there is none."""
    rows: list[Sequence[Child]] = []
    figures = now.month.tables["division"].to_pylist()
    for row in sorted(figures, key=lambda row: (_place(now, row["benefit"]), row["rule"] == "leximin")):
        benefit = now.month.benefits.get(row["benefit"])
        if benefit is None:
            continue
        tenth = fraction(row["worst_tenth_num"], row["worst_tenth_den"], "tables/division")
        name = say("rule.compared") if row["rule"] == "leximin" else row["rule"]
        rows.append(
            [f"{capital(noun(benefit))}, {name}", f"{row['in_full']:,} / {row['points']:,}", f"{row['under_floor']:,}",
             f"{row['members_under']:,}", f"{percent(tenth)} %"]
        )  # fmt: skip
    if not rows:
        return None
    heads = [Col(say("rule.col.rule"))]
    heads += [Col(say(f"rule.col.{name}"), "n spare") for name in ("full", "under")]
    heads += [Col(say(f"rule.col.{name}"), "n") for name in ("people", "tenth")]
    source = with_links(
        say("rule.source", policy="{}", division="{}"), str(now.month.meta["policy"]), table_path("division")
    )
    made = _scrolled(table(heads, rows, say("rule.table"), cls="table table--tight"))
    return part(
        "rule", say("rule"), say("rule.aside"), made, el("p", say("rule.text")), el("p", source, cls="small soft")
    )


def _scrolled(made: Html) -> Html:
    """A wide table on a narrow page."""
    return el("div", made, cls="scroll")


def _sums(now: Figures, name: str, column: str) -> dict[Key, int]:
    found: dict[Key, int] = defaultdict(int)
    columns = (now.month.tables[name].column(c).to_pylist() for c in ("kind", "benefit", "since", column))
    for kind, benefit, since, amount in zip(*columns, strict=True):
        found[kind, benefit, since] += amount
    return dict(found)


def _place(now: Figures, benefit: str) -> int:
    names = list(now.month.benefits)
    return names.index(benefit) if benefit in names else len(names)


def _month(since: str) -> str:
    try:
        return period_name(month(since))
    except UsageError:
        return since


def _shown(benefit: Benefit, base: int | Fraction | None) -> str:
    return in_words(benefit, base) if base else "–"
