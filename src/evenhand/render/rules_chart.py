"""What each rule would do, as small pictures of one shape: how many points get at least so much of what is due."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.flow.allocation.measures import CURVE
from evenhand.render.html import Html, el, label, line, number, picture

LEFT, RIGHT, TOP, BOTTOM = 30.0, 226.0, 22.0, 104.0


def fill_curve(name: str, heading: str, title: str, told: str, curve: Sequence[int], base: Sequence[int]) -> Html:
    """One rule: `curve` counts points with a fill of at least 0, 10, … 100 %, `base` the same of leximin."""
    most = max(base[0], 1)

    def points(counts: Sequence[int]) -> str:
        places = [
            (LEFT + (RIGHT - LEFT) * share / 100, BOTTOM - (BOTTOM - TOP) * count / most)
            for share, count in zip(CURVE, counts, strict=True)
        ]
        return "L".join(f"{number(x)} {number(y)}" for x, y in places)

    drawn = [
        line("axis", LEFT, TOP, RIGHT, TOP),
        el("path", cls="band", d=f"M{number(LEFT)} {number(BOTTOM)}L{points(curve)}L{number(RIGHT)} {number(BOTTOM)}z"),
        el("path", cls="mean", d=f"M{points(base)}"),
        line("axis axis--0", LEFT, BOTTOM, RIGHT, BOTTOM),
        label("b", 0, 12, heading),
        label("soft end", LEFT - 5, TOP + 5, most),
        label("soft end", LEFT - 5, BOTTOM + 1, 0),
    ]
    drawn += [
        label("soft mid", LEFT + (RIGHT - LEFT) * share / 100, BOTTOM + 15, share if share < 100 else "100 %")
        for share in (0, 50, 100)
    ]
    return picture(name, 240, 126, title, told, *drawn)
