"""My ration: due, where, when, why less than usual, what is kept, the months before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse

from evenhand.actions.my_ration import Debt, Grant, Month, my_months
from evenhand.actions.removal import standing
from evenhand.core.benefit import CarryRule
from evenhand.core.period import month
from evenhand.flow.cycle.owing import UNCOLLECTED, UNDERSUPPLIED
from evenhand.flow.disclosure.naming import name_of
from evenhand.flow.policy import Policy
from evenhand.flow.redemption.outcome import STATUS_NAMES
from evenhand.formats import roll
from evenhand.render.catalogue import Catalogue
from evenhand.render.figures import Figures
from evenhand.render.hold_words import TEXT as HELD
from evenhand.render.point_paper import reasons, shown
from evenhand.render.point_words import TEXT
from evenhand.store import Store
from evenhand.web.language import catalogue_of
from evenhand.web.my.pictures import of_benefit
from evenhand.web.my.seat import own_page, page

MISSED = STATUS_NAMES[roll.UNCOLLECTED]


@own_page("GET")
def ration(request: HttpRequest, store: Store, household: str) -> HttpResponse:
    """The newest month, and those before it."""
    months, stands = my_months(store, household), standing(store, household)
    removal = {
        "stands": stands.stands, "reason": stands.reason,
        "day": datetime.fromtimestamp(stands.ends, ZoneInfo(store.programme.zone)).strftime("%Y-%m-%d"),
    }  # fmt: skip
    if not months:
        return page(request, "my/none.html", {"removal": removal})
    now, said = months[0], catalogue_of(request)
    place = store.rows("select name from node where node = %s", (now.point,))
    name = (place[0][0] if place else "") or now.point
    goods = [_good(now, grant, said) for grant in now.grants]
    titles = {one.benefit.id: title_of(now.policy, one.benefit.id, said) for one in now.grants}
    short = {
        g.benefit.id: (g.planned if g.counted is None else g.counted) / g.due
        for g in now.grants
        if g.due and g.planned is not None
    }
    less = any(g.due is not None and g.ration - g.again + g.benefit.step_base <= g.due for g in now.grants)
    return page(request, "my/ration.html", {
        "removal": removal, "held": HELD[said.language].get(now.held, now.held),
        "doubt": HELD[said.language]["doubt"], "month": month_name(now.period, said), "point": name,
        "goods": goods, "less": less,
        "when": _when(now), "why": reasons(short, now.cuts or {}, now.everywhere or {}, titles, now.policy.benefits, said),
        "how": [found for grant in now.grants if (found := _how(now, grant, said))],
        "kept": list(_kept(now, said)), "before": _before(months[1:], said),
        "said": TEXT[said.language], "bring": TEXT[said.language]["bring"].format(month=month_name(now.period, said)),
    })  # fmt: skip


def month_name(period: str, said: Catalogue) -> str:
    """`March 2008`."""
    first = month(period).first
    return said.say("period.month", month=said.text["months"].split("|")[first.month - 1], year=str(first.year))


def title_of(policy: Policy, name: str, said: Catalogue) -> str:
    """What a benefit is called in the reader's language, as far as the policy says."""
    own = policy.words.get(("benefit", name, "title"), {})
    return own.get(said.language) or name_of(policy.benefits[name])


def _when(now: Month) -> str:
    """A key of the catalogue: whether it can be collected."""
    if now.held and not now.given:
        return "held"
    if now.state in ("closed", "published"):
        return "missed" if now.ended == MISSED else "given" if now.given else "over"
    if not now.given:
        return now.state
    return "given" if all(now.given.get(g.benefit.id, 0) >= g.ration for g in now.grants) else "part"


def _good(now: Month, grant: Grant, said: Catalogue) -> dict[str, Any]:
    amount, _, unit = shown(grant.benefit, grant.ration, said).partition("\u00a0")
    full = grant.due is not None and grant.ration >= grant.due
    due = "" if grant.due is None else said.say("my.due", due=shown(grant.benefit, grant.due, said))
    return {
        "picture": of_benefit(grant.benefit.id), "title": title_of(now.policy, grant.benefit.id, said),
        "amount": amount, "unit": unit, "below": said.say("my.all") if full else due, "none": not grant.ration,
    }  # fmt: skip


def _how(now: Month, grant: Grant, said: Catalogue) -> dict[str, Any] | None:
    """The steps from what is due to what is handed out, of a good that is shared out."""
    if grant.due is None or grant.planned is None:
        return None
    figures, benefit = Figures(said), grant.benefit
    steps = [(said.say("my.how.due"), shown(benefit, grant.due, said))]
    for key, exact in (("point", grant.planned), ("cut", grant.counted)):
        if exact is not None and (exact < grant.due or key == "cut"):
            share = figures.percent(exact / grant.due) if grant.due else "0"
            steps.append((said.say(f"my.how.{key}", share=share), _exact(grant, exact, said)))
    if grant.again:
        steps.append((said.say("my.how.again"), shown(benefit, grant.again, said)))
    return {
        "title": title_of(now.policy, benefit.id, said), "steps": steps,
        "get": said.say("my.how.get", step=shown(benefit, benefit.step_base, said)),
        "amount": shown(benefit, grant.ration, said), "due": shown(benefit, grant.due, said),
        "rows": [_because(now.policy, name, words, said) for name, words in grant.rows],
    }  # fmt: skip


def _exact(grant: Grant, base: Fraction, said: Catalogue) -> str:
    """To a whole gram or millilitre: an exact third is no amount anybody carries."""
    return shown(grant.benefit, (2 * base + 1) // 2, said)


def _because(policy: Policy, name: str, words: str, said: Catalogue) -> str:
    table, _, row = name.rpartition(".")
    found = [told for path, told in policy.words.items() if path[-1:] == ("because",) and path[:2] == ("table", table)]
    return next(
        (told[said.language] for told in found if words in told.values() and said.language in told), words or row
    )


def _kept(now: Month, said: Catalogue) -> Iterator[tuple[str, str, str]]:
    """(why, how much, how long kept), kind by kind: they are never one sum."""
    for g in now.grants:
        if g.kept >= 1:
            yield said.say("my.kept.rounding"), _much(now, g, int(g.kept), said), said.say("my.keep.ever")
    for g in now.grants:
        share = g.planned if g.counted is None else g.counted
        if g.due is not None and share is not None and (lacking := int(g.due - share)) > 0:
            why = said.say("my.kept.from", why=said.say("my.kept.undersupplied"), month=month_name(now.period, said))
            yield why, _much(now, g, lacking, said), _keep(g.benefit.undersupplied, said)
        if now.ended == MISSED and g.ration:
            why = said.say("my.kept.from", why=said.say("my.kept.uncollected"), month=month_name(now.period, said))
            yield why, _much(now, g, g.ration, said), _keep(g.benefit.uncollected, said)
    for debt in now.debts:
        title = title_of(now.policy, debt.benefit.id, said)
        why = said.say("my.kept.from", why=said.say(f"my.kept.{debt.kind}"), month=month_name(debt.since, said))
        yield why, f"{title}: {said.alone(shown(debt.benefit, debt.amount, said))}", _until(debt, said)


def _much(now: Month, grant: Grant, base: int, said: Catalogue) -> str:
    return f"{title_of(now.policy, grant.benefit.id, said)}: {said.alone(shown(grant.benefit, base, said))}"


def _until(debt: Debt, said: Catalogue) -> str:
    if debt.lapsed:
        return said.say("my.keep.no")
    rules = {UNDERSUPPLIED: debt.benefit.undersupplied, UNCOLLECTED: debt.benefit.uncollected}
    return _keep(rules[debt.kind], said) if debt.kind in rules else said.say("my.keep.ever")


def _keep(rule: CarryRule, said: Catalogue) -> str:
    figures = Figures(said)
    if rule.cycles or rule.months:
        return figures.counted("my.keep.cycles", rule.cycles or rule.months)
    return figures.counted("my.keep.days", rule.days) if rule.days else said.say("my.keep.no")


def _before(months: list[Month], said: Catalogue) -> list[dict[str, Any]]:
    """A table a good: month, due, got."""
    tables: dict[str, dict[str, Any]] = {}
    for one in months:
        for grant in one.grants:
            name = grant.benefit.id
            table = tables.setdefault(name, {"title": title_of(one.policy, name, said), "rows": []})
            got = one.given.get(name, 0)
            known = one.state in ("closed", "published") or got
            table["rows"].append((
                month_name(one.period, said), "" if grant.due is None else shown(grant.benefit, grant.due, said),
                shown(grant.benefit, got, said) if known else said.say("my.before.unknown"),
            ))  # fmt: skip
    return list(tables.values())
