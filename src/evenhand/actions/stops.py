"""What has not left yet of a cycle's waybills, as depots.csv and stops.csv: what trips are planned from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

import pyarrow as pa

from evenhand.actions.cycles import find
from evenhand.actions.noting import sent_of
from evenhand.actions.opening import LINES
from evenhand.actions.stock import steps_of
from evenhand.actions.writing import write_csv
from evenhand.core.benefit import Benefit
from evenhand.core.errors import UsageError
from evenhand.core.unit import unit_named
from evenhand.store import Store

GRAMS = {"mass": Fraction(1), "volume": Fraction(1)}
"""Grams a base unit of what is measured so: of a volume as much as water."""


def write_stops(
    store: Store, cycle: str, weights: Mapping[str, Fraction], out: Path, everything: bool
) -> tuple[int, int]:
    """Write depots.csv and stops.csv to `out`, loads in whole kilograms rounded up: (depots, stops).

    What has not left its node, or `everything` (where the lorries have yet to be planned for what was loaded on paper).
    `weights`: benefit -> kilograms a unit, for what is neither weighed nor measured by volume. UsageError where one is
    missing, or nothing waits.
    """
    policy = find(store, cycle).policy()
    rows = store.rows(LINES, {"programme": store.programme.id, "cycle": cycle})
    gone = {} if everything else sent_of(store, cycle, steps_of(policy.benefits.values()))
    grams: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for waybill, _, source, target, benefit, steps in rows:
        if (waybill, benefit) not in gone:
            grams[source, target] += steps * _grams(policy.benefits[benefit], weights)
    if not grams:
        raise UsageError(
            f"nothing of {cycle} waits to leave", "give --all for every waybill, or commit the cycle first"
        )
    places = {
        row[0]: row[1:] for row in store.rows("select node, latitude_microdegrees, longitude_microdegrees from node")
    }
    depots = sorted({source for source, _ in grams})
    write_csv(out / "depots.csv", _table({"depot": depots}, [places[name] for name in depots]))
    pairs = sorted(grams)
    columns = {
        "point": [target for _, target in pairs],
        "depot": [source for source, _ in pairs],
        "load": [-(-grams[pair] // 1000) for pair in pairs],
    }
    write_csv(out / "stops.csv", _table(columns, [places[target] for _, target in pairs]))
    return len(depots), len(pairs)


def unweighed(benefits: Iterable[Benefit]) -> list[Benefit]:
    """What is neither weighed nor measured by volume: somebody has to say what one of it weighs."""
    return [b for b in benefits if b.division == "leximin" and unit_named(b.unit).dimension not in GRAMS]


def _grams(benefit: Benefit, weights: Mapping[str, Fraction]) -> Fraction:
    """Grams a hand-out step."""
    if benefit.id in weights:
        return weights[benefit.id] * 1000 * Fraction(benefit.step_base, benefit.base_per_unit)
    dimension = unit_named(benefit.unit).dimension
    if dimension not in GRAMS:
        raise UsageError(
            f'what "{benefit.id}" weighs is not known',
            f"say it: --weight {benefit.id}=KG, the kilograms of one {benefit.unit}",
        )
    return GRAMS[dimension] * Fraction(benefit.step_base, benefit.parts)


def _table(columns: Mapping[str, list[object]], places: list[tuple[int | None, int | None]]) -> pa.Table:
    shown = [["" if cell is None else _degrees(cell) for cell in place] for place in places]
    return pa.table({**columns, "latitude": [place[0] for place in shown], "longitude": [place[1] for place in shown]})


def _degrees(micro: int) -> str:
    whole, rest = divmod(abs(micro), 1_000_000)
    return f"{'-' if micro < 0 else ''}{whole}.{rest:06}"
