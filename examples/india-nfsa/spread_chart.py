"""The picture of `spread.py`: the worst-off tenth of districts month by month, as it was and as it could have been."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from spread import Spread

WIDTH, HEIGHT, LEFT, RIGHT, GAP = 760, 300, 44, 744, 44
STYLE = """
text{font:13px "Noto Sans",system-ui,sans-serif;fill:#1a1e1c}.soft{fill:#4a514d}.b{font-weight:700}.end{text-anchor:end}
.paper{fill:#fdfdfb}.axis{stroke:#d9d8d0;fill:none}.zero{stroke:#1a1e1c;fill:none}.band{fill:#b1ccda;opacity:.55}
.real{stroke:#a01a20;stroke-width:2.5;fill:none}.even{stroke:#1a1e1c;stroke-width:2.5;fill:none}
.country{stroke:#4a514d;stroke-width:1.5;stroke-dasharray:5 3;fill:none}
@media(prefers-color-scheme:dark){text{fill:#eceee9}.soft{fill:#a9b1ab}.paper{fill:#141816}.axis{stroke:#353b37}
.zero,.even{stroke:#eceee9}.band{fill:#5d7eb3}.real{stroke:#ff9d94}.country{stroke:#a9b1ab}}
"""
KEY = (
    ("even", "worst-off tenth, the same grain shared evenly in each state"),
    ("country", "shared evenly in the country"),
    ("real", "worst-off tenth, as it was"),
    ("band", "the middle eight tenths, as they were"),
)


def chart(rows: Sequence[Spread]) -> str:
    """An SVG of its own: a panel for each good, shares of what was allocated by month. Months that are missing are gaps."""
    goods = sorted({row.good for row in rows})
    months = sorted({row.month for row in rows})
    first = _number(months[0]) if months else 0
    span = max(1, (_number(months[-1]) - first) if months else 1)

    def x(month: str) -> float:
        return LEFT + (RIGHT - LEFT) * (_number(month) - first) / span

    high = 64 + len(goods) * (HEIGHT + GAP) + 16
    drawn = [f'<rect class="paper" width="{WIDTH}" height="{high}"/>']
    for place, (kind, words) in enumerate(KEY):
        at, line = 12 + 440 * (place % 2), 20 + 24 * (place // 2)
        mark = (
            f'<path class="{kind}" d="M{at} {line - 4}h28"/>'
            if kind != "band"
            else f'<rect class="band" x="{at}" y="{line - 10}" width="28" height="12"/>'
        )
        drawn.append(f'{mark}<text x="{at + 36}" y="{line}">{words}</text>')
    for panel, good in enumerate(goods):
        top = 64 + panel * (HEIGHT + GAP) + 28
        drawn += _panel(good, [row for row in rows if row.good == good], top, HEIGHT - 28, x, months)
    title = "Share of the allocation that districts distributed, worst-off tenth, real and evenly shared"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" role="img" aria-label="{title}">'
        f"<title>{title}</title><style>{STYLE}</style>{''.join(drawn)}</svg>\n"
    )


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1


def _panel(
    good: str, rows: Sequence[Spread], top: int, tall: int, x: Callable[[str], float], months: Sequence[str]
) -> list[str]:
    def y(share: Fraction) -> float:
        return top + tall * (1 - float(min(share, 1)))

    drawn = [f'<text class="b" x="12" y="{top - 12}">{good.capitalize()}, % of what was allocated</text>']
    for tenth in range(0, 11, 2):
        at = top + tall * (1 - tenth / 10)
        drawn.append(f'<path class="{"axis" if tenth else "zero"}" d="M{LEFT} {at:.1f}H{RIGHT}"/>')
        drawn.append(f'<text class="soft end" x="{LEFT - 6}" y="{at + 4:.1f}">{tenth * 10}</text>')
    for run in _runs(rows):
        up = "L".join(f"{x(r.month):.1f} {y(r.high):.1f}" for r in run)
        down = "L".join(f"{x(r.month):.1f} {y(r.low):.1f}" for r in reversed(run))
        drawn.append(f'<path class="band" d="M{up}L{down}z"/>')
        for kind, share in (("country", "country"), ("real", "real"), ("even", "even")):
            path = "L".join(f"{x(r.month):.1f} {y(getattr(r, share)):.1f}" for r in run)
            drawn.append(f'<path class="{kind}" d="M{path}"/>')
    for year in sorted({month[:4] for month in months}):
        start = max(f"{year}-01", months[0])
        drawn.append(f'<text class="soft" x="{x(start):.1f}" y="{top + tall + 18}">{year}</text>')
    return drawn


def _runs(rows: Sequence[Spread]) -> list[list[Spread]]:
    """Months one after another without a gap."""
    runs: list[list[Spread]] = []
    for row in rows:
        if runs and _number(row.month) == _number(runs[-1][-1].month) + 1:
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs
