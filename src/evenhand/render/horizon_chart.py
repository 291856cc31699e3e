"""The picture of months ahead: what may be given by when, full rations, and the taut string between them."""

from __future__ import annotations

from fractions import Fraction

from evenhand.flow.allocation.horizon import Outlook
from evenhand.render.horizon_words import Ahead
from evenhand.render.html import Child, Html, el, label, line, number, picture

LEFT, RIGHT, TOP, BOTTOM = 44.0, 356.0, 14.0, 216.0


def ticks(highest: Fraction) -> list[Fraction]:
    """Four to six round steps from 0 to `highest` or just above it."""
    if highest <= 0:
        return [Fraction(0), Fraction(1)]
    step = Fraction(1)
    while step * 5 < highest:
        step *= 10
    while step * 5 >= highest * 10:
        step /= 10
    for part in (Fraction(1, 5), Fraction(1, 2), Fraction(1)):
        if step * part * 5 >= highest:
            step *= part
            break
    return [step * n for n in range(-(-highest // step) + 1)]


def curves(ahead: Ahead, name: str, outlook: Outlook, title: str, description: str) -> Html:
    """Cumulative supply as steps, full rations as a line that turns red where nothing carries it, the taut string."""
    months = outlook.pipeline.months
    wide = (RIGHT - LEFT) / len(months)
    scale = ticks(max(*outlook.supply, *outlook.full, Fraction(0)))
    high = scale[-1]

    def y(value: Fraction) -> float:
        return BOTTOM - (BOTTOM - TOP) * float(max(value, Fraction(0)) / high)

    drawn: list[Child] = []
    for value in scale:
        drawn.append(line("axis" if value else "axis axis--0", LEFT, y(value), RIGHT, y(value)))
        drawn.append(label("soft end", LEFT - 6, y(value) + 4, ahead.bare(value)))
    steps = "".join(f"V{number(y(s))}H{number(LEFT + (t + 1) * wide)}" for t, s in enumerate(outlook.supply))
    drawn.append(el("path", cls="band", d=f"M{number(LEFT)} {number(BOTTOM)}{steps}V{number(BOTTOM)}z"))
    drawn.append(el("path", cls="limit", d=f"M{number(LEFT)} {number(y(outlook.supply[0]))}{steps}"))
    drawn += _full(outlook, wide, y)
    corners = "".join(f"L{number(LEFT + (t + 1) * wide)} {number(y(s))}" for t, s in enumerate(outlook.string))
    string = f"M{number(LEFT)} {number(BOTTOM)}{corners}"
    drawn += [el("path", cls="case", d=string), el("path", cls="string", d=string)]
    drawn += _months(ahead, outlook, wide)
    return picture(name, 360, 256, title, description, *drawn)


def _full(outlook: Outlook, wide: float, y: object) -> list[Child]:
    """Full rations: soft as long as they are carried, red from where they cross what is there."""
    assert callable(y)
    points = [(LEFT, float(BOTTOM))]
    points += [(LEFT + (t + 1) * wide, float(y(f))) for t, f in enumerate(outlook.full)]
    cut = outlook.breaks
    if cut is None:
        return [_line("full", points)]
    before = outlook.full[cut - 1] if cut else Fraction(0)
    due = outlook.full[cut] - before
    part = min(max((outlook.supply[cut] - before) / due, Fraction(0)), Fraction(1)) if due else Fraction(1)
    (x0, y0), (x1, y1) = points[cut], points[cut + 1]
    cross = (x0 + (x1 - x0) * float(part), y0 + (y1 - y0) * float(part))
    mark = el("circle", cls="notch", cx=number(cross[0]), cy=number(cross[1]), r=5)
    return [_line("full", [*points[: cut + 1], cross]), _line("broken", [cross, *points[cut + 1 :]]), mark]


def _line(cls: str, points: list[tuple[float, float]]) -> Html:
    return el("path", cls=cls, d="M" + "L".join(f"{number(a)} {number(b)}" for a, b in points))


def _months(ahead: Ahead, outlook: Outlook, wide: float) -> list[Child]:
    drawn: list[Child] = []
    every = max(1, -(-30 // int(wide + 1)))
    year = ""
    for t, month in enumerate(outlook.pipeline.months):
        if t % every:
            continue
        x = LEFT + (t + 0.5) * wide
        drawn.append(
            label("must mid" if t == outlook.breaks else "mid", x, BOTTOM + 17, ahead.short_month(month.month))
        )
        if month.month[:4] != year:
            year = month.month[:4]
            drawn.append(label("soft mid", x, BOTTOM + 33, year))
    return drawn
