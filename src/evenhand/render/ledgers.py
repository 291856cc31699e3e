"""The part of the report about stock: from receipt to hand, and the ledger of every benefit."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.core.benefit import Benefit
from evenhand.flow.disclosure.layout import table_path
from evenhand.flow.disclosure.naming import noun
from evenhand.flow.disclosure.stock import Stock, stock_of
from evenhand.flow.disclosure.wording import period_name
from evenhand.render import charts
from evenhand.render.grid import Col, details, figure, part, table
from evenhand.render.html import Child, Html, el
from evenhand.render.picture import Scene, Unit, amount, steady, unit_for
from evenhand.render.sections import with_links
from evenhand.render.words import capital, say


def stock_part(view: Scene) -> Html:
    """From receipt to hand: the flow of the benefit shown, its ledger, and the ledger of every benefit."""
    benefit, stock = view.benefit, stock_of(view.figures, view.benefit.id)
    unit = unit_for(benefit, stock.total)

    def shown(value: int) -> str:
        return f"{amount(benefit, unit, value)} {'t' if unit.name == 'tonnes' else unit.name}"

    finding = say("stock.finding", total=shown(stock.total), hands=shown(stock.in_hands))
    picture = figure(finding, say("stock.measure", unit=unit.name), charts.stock_flow(view, stock, unit))
    sources = with_links(
        say("stock.source", movements="{}", balances="{}"), table_path("movements"), table_path("balances")
    )
    closing = say("stock.next", rest=shown(stock.depots + stock.points))
    gap: Child = None
    if not stock.balanced:
        rest = stock.total - stock.in_hands - stock.lost - stock.depots - stock.points
        gap = el("p", say("stock.unbalanced", gap=shown(abs(rest))), cls="must")
    ledger = el(
        "div", *_ledger(view, stock, unit), gap, el("p", sources, " ", closing, cls="small soft"), cls="stack",
    )  # fmt: skip
    aside = say("stock.aside", Benefit=capital(noun(benefit)), unit=unit.name)
    both = el("div", picture, ledger, cls="pair")
    return part("stock", say("stock"), aside, both, details(say("stock.every"), _ledgers(view)))


def _ledger(view: Scene, stock: Stock, unit: Unit) -> list[Html]:
    def cells(key: str, value: int) -> list[Child]:
        return [say(f"stock.{key}"), steady(view.benefit, unit, value)]

    month = period_name(view.figures.month.period, year=False)
    sub = say("stock.ledger.unit", Benefit=capital(noun(view.benefit)), unit=unit.name)
    short = "t" if unit.name == "tonnes" else unit.name
    into = [cells("opening", stock.opening), cells("received", stock.received)]
    out = [cells("given", stock.given)]
    out += [cells("exceptions", stock.from_reserve)] if stock.from_reserve else []
    out += [cells("loss", stock.lost), cells("on.depots", stock.depots), cells("on.points", stock.points)]
    left = stock.in_hands + stock.lost + stock.depots + stock.points
    return [
        table([Col(say("stock.col.in")), Col(short, "n")], into, say("stock.ledger", month=month), sub,
              cells("col.in", stock.total)),
        table(
            [Col(say("stock.col.out")), Col(short, "n")], out, say("stock.col.out"), foot=cells("col.out", left),
            hidden_caption=True,
        ),
    ]  # fmt: skip


def _ledgers(view: Scene) -> Html:
    rows: list[Sequence[Child]] = []
    for benefit in view.figures.month.benefits.values():
        stock = stock_of(view.figures, benefit.id)
        if stock.total or stock.in_hands:
            rows.append(_ledger_row(benefit, stock))
    names = ("opening", "received", "given", "lost", "left")
    heads = [Col(say("time.benefit")), *[Col(say(f"stock.col.{n}"), "n") for n in names]]
    return table(heads, rows, say("stock.every"), cls="table table--tight")


def _ledger_row(benefit: Benefit, stock: Stock) -> list[Child]:
    unit = unit_for(benefit, stock.total)
    values = (stock.opening, stock.received, stock.in_hands, stock.lost, stock.depots + stock.points)
    return [f"{benefit.title}, {unit.name}", *[steady(benefit, unit, value) for value in values]]
