"""The pictures of a report besides the map: months, everyone in line, and stock from receipt to hand.

Each is drawn for 360 units of width and says in its description what it shows; its numbers stand in a table beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from evenhand.flow.disclosure.month import Figures
from evenhand.flow.disclosure.naming import noun
from evenhand.flow.disclosure.stock import Stock
from evenhand.flow.disclosure.wording import percent, period_name
from evenhand.render.html import Child, Html, el, label, line, number, picture, rect
from evenhand.render.picture import Scene, Unit, steady, whole
from evenhand.render.words import capital, say

LEFT, RIGHT = 34, 356


def _axis(low: int, top: float, bottom: float, skip: int | None) -> list[Child]:
    """Lines and numbers every 20 per cent; the one beside the floor's own number is left out."""
    drawn: list[Child] = []
    for value in range(low, 101, 20):
        y = bottom - (bottom - top) * (value - low) / (100 - low)
        drawn.append(line("axis" if value else "axis axis--0", LEFT, y, RIGHT, y))
        if skip is None or abs(value - skip) > 6:
            drawn.append(label("soft end", LEFT - 6, y + 4, value))
    return drawn


def _floor(y: float, value: int) -> list[Child]:
    return [
        line("case", LEFT, y, RIGHT, y),
        line("floor", LEFT, y, RIGHT, y),
        label("must end", LEFT - 6, y + 4, value),
    ]


def months(view: Scene) -> Html:
    """Fill rate by month: the points at each level, their average, the floor."""
    top, bottom = 12.0, 236.0
    by_month = [(figures, _fills(figures, view.benefit.id)) for figures in view.history]
    by_month = [(figures, fills) for figures, fills in by_month if fills]
    lowest = min(whole(f) for _, fills in by_month for f in fills.values())
    low = 0 if lowest < 24 or (view.floor is not None and whole(view.floor) < 24) else 20

    def height(share: Fraction) -> float:
        return bottom - (bottom - top) * (float(share) * 100 - low) / (100 - low)

    floor = whole(view.floor) if view.floor is not None else None
    drawn: list[Child] = _axis(low, top, bottom, floor)
    if view.floor is not None and floor is not None:
        drawn += _floor(height(view.floor), floor)
    wide = (RIGHT - LEFT) / len(by_month)
    told = []
    for at, (figures, fills) in enumerate(by_month):
        under = sum(1 for p in fills if figures.under_floor(p, view.benefit.id))
        mean = figures.fill_of(fills, view.benefit.id) or Fraction(0)
        name, x = period_name(figures.month.period, year=False), LEFT + at * wide + 14
        drawn.append(line("mean", x - 10, height(mean), x - 2, height(mean)))
        if len(by_month) <= 4:
            drawn += _levels(view, figures, fills, x, wide - 44, height)
        else:
            best, worst = max(fills.values()), min(fills.values())
            drawn.append(rect(f"d{view.classes.of(worst)}", x, height(best) - 2, 6, height(worst) - height(best) + 4))
        short = name if len(by_month) <= 6 else name[:3]
        drawn += [label("b", x, 255, short), label("", x, 272, f"{percent(mean)}\u00a0%")]
        spread = {"low": whole(min(fills.values())), "high": whole(max(fills.values()))}
        text = say("time.desc", month=name, **spread, mean=percent(mean))
        told.append(text + (say("time.desc.under", count=under) if under else "") + ".")
    title = say("time.chart", benefit=noun(view.benefit))
    return picture("months", 360, 280, title, " ".join(told), *drawn)


def _fills(figures: Figures, benefit: str) -> dict[str, Fraction]:
    return {p: f for p in figures.points if (f := figures.fill(p, benefit)) is not None}


def _levels(
    view: Scene,
    figures: Figures,
    fills: dict[str, Fraction],
    x: float,
    room: float,
    height: Callable[[Fraction], float],
) -> list[Child]:
    """A bar for each level: bins of two per cent, so that bars do not touch; red edges where the floor was missed."""
    groups: dict[tuple[bool, int], list[Fraction]] = {}
    for point, fill in fills.items():
        groups.setdefault((figures.under_floor(point, view.benefit.id), whole(fill) // 2), []).append(fill)
    drawn: list[Child] = []
    free = 0.0
    for (under, _), group in sorted(groups.items(), key=lambda item: -max(item[1])):
        y = height(sum(group, Fraction(0)) / len(group))
        length = max(5.0, room * len(group) / len(fills))
        drawn.append(rect(f"d{view.classes.of(group[0])}", x, y - 2.5, length, 5))
        if under:
            drawn.append(rect("under", x, y - 2.5, length, 5))
        if len(group) == len(fills):
            drawn.append(label("", x, y + 18, say("time.all", count=f"{len(group):,}")))
            continue
        free = max(free, y + 4.2)
        if free - y < 16:
            words = say("time.under", count=f"{len(group):,}") if under else f"{len(group):,}"
            drawn.append(label("must halo" if under else "halo", x + length + 6, free, words))
            free += 12.5
    return drawn


def line_of_people(view: Scene) -> tuple[Html, list[tuple[int, int, bool]]]:
    """Everyone in line from the least to the most served, and its steps: (whole per cent, people, floor missed)."""
    top, bottom = 12.0, 236.0
    order = sorted(view.fills, key=lambda p: (view.fills[p], p))
    under = set(view.under)
    steps: list[list[int]] = []
    for point in order:
        value, people, missed = whole(view.fills[point]), view.figures.members.get(point, 0), int(point in under)
        if steps and steps[-1][0] == value and steps[-1][2] == missed:
            steps[-1][1] += people
        else:
            steps.append([value, people, missed])
    everyone = sum(people for _, people, _ in steps) or 1
    floor = whole(view.floor) if view.floor is not None else None
    drawn: list[Child] = _axis(0, top, bottom, floor)
    x = float(LEFT)
    for value, people, _ in steps:
        width, high = (RIGHT - LEFT) * people / everyone, (bottom - top) * value / 100
        shade = view.classes.of(Fraction(value, 100))
        drawn.append(rect(f"d{shade}", x, bottom - high, width, high))
        if width > 40:
            cls, y = ("b halo mid", bottom - high - 8) if value < 90 else (f"b mid o{shade}", bottom - high + 20)
            drawn.append(label(cls, x + width / 2, y, f"{value}\u00a0%"))
        x += width
    if floor is not None and view.floor is not None:
        drawn += _floor(bottom - (bottom - top) * float(view.floor), floor)
    level = bottom - (bottom - top) * float(view.mean)
    drawn += [line("case", LEFT, level, RIGHT, level), line("even", LEFT, level, RIGHT, level)]
    drawn += [
        label("soft", LEFT, 254, say("line.least")),
        label("soft end", RIGHT, 254, say("line.most")),
        label("soft mid", (LEFT + RIGHT) / 2, 254, say("line.people", people=f"{everyone:,}")),
    ]
    missed_share = Fraction(sum(people for _, people, missed in steps if missed), everyone)
    when = period_name(view.figures.month.period)
    told = say("line.desc", low=steps[0][0], high=steps[-1][0], mean=percent(view.mean))
    if missed_share:
        told += " " + say("line.desc.under", share=percent(missed_share, 0))
    title = say("line.chart", people=f"{everyone:,}", month=when)
    return picture("line", 360, 260, title, told, *drawn), [(v, p, bool(m)) for v, p, m in steps]


def stock_flow(view: Scene, stock: Stock, unit: Unit) -> Html:
    """From receipt to hand: bars as wide as what is left, and what leaves on the way."""
    steps: list[tuple[str, int, str, int, tuple[str, ...]]] = []
    sent = stock.total - stock.depots
    steps.append((say("stock.in"), stock.total, "stay", stock.depots, (say("stock.depots"),)))
    steps.append((say("stock.sent"), sent, "leak", stock.lost, (say("stock.lost"),)))
    if stock.spare >= 0 and stock.uncollected >= 0:
        spare = (say("stock.spare"), say("stock.spare.2"))
        steps.append((say("stock.arrived"), stock.arrived, "stay", stock.spare, spare))
        rolls = say("stock.rolls.reserve" if stock.from_reserve else "stock.rolls")
        left = (say("stock.uncollected"), say("stock.uncollected.2"))
        steps.append((rolls, stock.rations + stock.from_reserve, "stay", stock.uncollected, left))
    else:
        steps.append((say("stock.arrived"), stock.arrived, "stay", stock.points, (say("stock.left"),)))
    steps.append((say("stock.hands"), stock.in_hands, "", 0, ()))

    def size(value: int) -> float:
        return 236 * max(value, 0) / max(stock.total, 1)

    drawn: list[Child] = []
    y = 2.0
    for at, (name, value, kind, leaving, words) in enumerate(steps):
        last = at == len(steps) - 1
        shade, width = ("2" if last else "5"), size(value)
        if not last:
            following = size(steps[at + 1][1])
            drawn.append(el("path", cls="band", d=f"M1 {number(y + 28)}h{number(following)}v38h-{number(following)}z"))
            stroke = max(1.2, width - following)
            if leaving:
                middle = 1 + following + (width - following) / 2
                bend = f"M{number(middle)} {number(y + 28)}v8q0 10 10 10H252"
                drawn.append(el("path", cls=kind, stroke_width=number(min(stroke, 12)), d=bend))
            mark = "b must" if kind == "leak" and leaving else "b"
            drawn.append(label("", 258, y + 42, el("tspan", steady(view.benefit, unit, leaving), cls=mark)))
            drawn += [label("soft", 258, y + 56 + 14 * row, text) for row, text in enumerate(words)]
        drawn.append(rect(f"d{shade}", 1, y, max(width, 1), 28))
        inside = width > 210
        drawn.append(label(f"o{shade}" if inside else "halo", 9, y + 19, name))
        drawn.append(
            label(
                f"b end o{shade}" if inside else "b end halo",
                229 if inside else 248,
                y + 19,
                steady(view.benefit, unit, value),
            )
        )
        y += 66
    say_amount = {k: steady(view.benefit, unit, v) for k, v in (
        ("total", stock.total), ("depots", stock.depots), ("lost", stock.lost), ("points", stock.points),
        ("hands", stock.in_hands),
    )}  # fmt: skip
    title = say(
        "stock.chart", Benefit=capital(noun(view.benefit)), month=period_name(view.figures.month.period), unit=unit.name
    )
    return picture("flow", 360, y - 36, title, say("stock.desc", **say_amount), *drawn)


def share_bar(share: Fraction, shade: int) -> Html:
    """A bar inside a table: what there is, of all there could be. Its number stands in the cell beside it."""
    wide = f"{float(share) * 100:.1f}"
    return el(
        "svg",
        el("rect", cls="due", x=0, y=0, width=100, height=12),
        el("rect", cls=f"d{shade}", x=0, y=0, width=wide, height=12),
        cls="bar", viewBox="0 0 100 12", preserveAspectRatio="none", aria_hidden="true",
    )  # fmt: skip
