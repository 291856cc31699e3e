"""What `evenhand allocate` says of explanations and alternatives: as data, and side by side as text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evenhand.actions.allocation_page import Sharing
    from evenhand.actions.alternatives import Alternative
    from evenhand.flow.allocation.bottleneck import Limit
    from evenhand.flow.allocation.explain import Explanation
    from evenhand.flow.allocation.measures import Measures


def side_by_side(found: Sequence[Alternative], base: str) -> list[str]:
    """A block of lines for each commodity: figures down, alternatives across, the narrowest table that holds them.

    `base` is what `more` and `less` are counted against.
    """
    from evenhand.actions.alternatives import decimal
    from evenhand.flow.allocation.explain import number, percent

    done = [one for one in found if not one.refused]
    lines = [f"{one.name}: {one.words}" for one in found]
    lines += [f"{one.name} is left out: {one.refused}" for one in found if one.refused]
    figures: list[tuple[str, Callable[[Measures], str]]] = [
        ("worst level", lambda m: "all in full" if m.worst is None else decimal(m.worst, 3)),
        ("  at", lambda m: m.worst_point or "-"),
        ("under rung 1", lambda m: str(m.under_floor)),
        ("  lacking", lambda m: number(m.floor_gap)),
        ("served in full", lambda m: str(m.in_full)),
        ("given out", lambda m: number(m.given)),
        ("worst-off tenth", lambda m: percent(m.worst_tenth)),
        ("Gini of fill", lambda m: decimal(m.gini, 3)),
    ]
    commodities = sorted({m.commodity for one in done for m in one.measures})
    for commodity in commodities:
        rows = [[commodity, *(one.name for one in done)]]
        places = [{m.commodity: n for n, m in enumerate(one.measures)}.get(commodity) for one in done]
        for title, figure in figures:
            rows.append(
                [
                    title,
                    *(
                        "-" if place is None else figure(one.measures[place])
                        for one, place in zip(done, places, strict=True)
                    ),
                ]
            )
        for share in (20, 50, 80):
            rows.append(
                [
                    f"fill {share} % or more",
                    *(
                        "-" if place is None else str(one.measures[place].curve[share // 10])
                        for one, place in zip(done, places, strict=True)
                    ),
                ]
            )
        for title, counts in ((f"more than {base}", "raised"), (f"less than {base}", "lowered")):
            rows.append(
                [
                    title,
                    *(
                        "-" if place is None else str(getattr(one, counts)[place])
                        for one, place in zip(done, places, strict=True)
                    ),
                ]
            )
        lines += ["", *_aligned(rows)]
    return lines


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]).rstrip()
        for row in rows
    ]


def alternative(one: Alternative) -> dict[str, object]:
    """An alternative as data: sums and shares rounded to six decimals, the worst level exact."""
    from evenhand.actions.alternatives import decimal

    return {
        "name": one.name,
        "words": one.words,
        "refused": one.refused or None,
        "commodities": [
            {
                "commodity": m.commodity,
                "points": m.ladders,
                "due": str(m.due),
                "given": decimal(m.given),
                "in_full": m.in_full,
                "under_floor": m.under_floor,
                "floor_gap": decimal(m.floor_gap),
                "worst": None if m.worst is None else level(m.worst) | {"point": m.worst_point},
                "worst_tenth": decimal(m.worst_tenth),
                "gini": decimal(m.gini),
                "curve": list(m.curve),
                "raised": raised,
                "lowered": lowered,
            }
            for m, raised, lowered in zip(one.measures, one.raised, one.lowered, strict=True)
        ],
    }


def sharing_words(sharing: Sharing) -> str:
    """How shared lanes and fuel were divided, and how far that is from the exact answer."""
    gap = sharing.gap
    if sharing.proven:
        return "nothing shared stands in the way: this is the exact answer"
    said = f"divided by splitting shared lanes and fuel, {sharing.rounds} rounds; the levels are exact for this split; "
    if gap is None:
        return said + "how far it is from the exact answer is not known (that is worked out on small networks only)"
    if not gap.place:
        return (
            said + f"so is the split: on networks this small the exact answer is known, its worst level {gap.worst:.4f}"
        )
    said += f"on networks this small the exact answer is known: its worst level is {gap.exact_worst:.4f}, here "
    said += f"{gap.worst:.4f}, gap {max(0.0, gap.exact_worst - gap.worst):.4f}"
    if gap.place > 1:
        said += f"; the first level that differs is number {gap.place} from the lowest: "
        said += f"{gap.level:.4f}, exact {gap.exact:.4f}"
    return said


def shared(sharing: Sharing) -> dict[str, object]:
    """The same as data: levels rounded to six decimals."""
    gap = sharing.gap
    return {
        "rounds": sharing.rounds,
        "proven": sharing.proven,
        "gap": None
        if gap is None
        else {
            "worst": round(gap.worst, 6),
            "exact_worst": round(gap.exact_worst, 6),
            "first_different": gap.place or None,
            "level": round(gap.level, 6),
            "exact_level": round(gap.exact, 6),
        },
    }


def level(value: Fraction) -> dict[str, object]:
    """A level as in the tables."""
    return {"rungs": int(value), "num": str((value % 1).numerator), "den": str((value % 1).denominator)}


def _quantity(value: Fraction) -> dict[str, str]:
    return {"num": str(value.numerator), "den": str(value.denominator)}


def explained(one: Explanation) -> dict[str, object]:
    """An explanation as data: numbers beyond 64 bits as texts, as in the tables."""
    block = one.block
    return {
        "point": one.point,
        "commodity": one.commodity,
        "level": level(one.level),
        "quantity": _quantity(one.quantity),
        "due": str(one.due),
        "words": one.lines(),
        "block": None
        if block is None
        else {
            "number": block.number,
            "points": block.points,
            "all_stock": block.all_stock,
            "limits": [_limit(limit) for limit in block.limits],
            "next_level": level(block.next_level),
            "more": str(block.more),
        },
        "reliefs": [
            {
                "limit": _limit(relief.limit),
                "more": str(relief.more),
                "level": level(relief.level),
                "quantity": _quantity(relief.quantity),
                "lifted": relief.lifted,
                "lowered": relief.lowered,
            }
            for relief in one.reliefs
        ],
    }


def _limit(limit: Limit) -> dict[str, str]:
    return {"kind": limit.kind, "name": limit.name, "commodity": limit.commodity, "quantity": str(limit.quantity)}
