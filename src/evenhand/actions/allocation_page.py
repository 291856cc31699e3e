"""The page of an allocation, and what holds points down in words: what `evenhand allocate` shows besides its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pyarrow as pa

from evenhand.actions.alternatives import Alternative
from evenhand.core.errors import InputError, Problem
from evenhand.flow.allocation import Allocation, Input
from evenhand.flow.allocation import places as place_tables
from evenhand.flow.allocation.bottleneck import Block
from evenhand.flow.allocation.causes import Cause, cause_table, causes, chosen
from evenhand.flow.allocation.explain import Pair
from evenhand.flow.allocation.joint import Gap
from evenhand.flow.allocation.measures import Ladder, ladders_of, measure
from evenhand.flow.allocation.places import Place, read_places
from evenhand.flow.network.cells import rows_of
from evenhand.render import allocation as drawn
from evenhand.render.allocation_sides import Side
from evenhand.render.catalogue import Catalogue
from evenhand.render.causes import cause_words
from evenhand.render.figures import Figures

BLOCKS_MOST = 8
"""So many blocks are explained on a page, from the lowest: each takes a division or a few."""


@dataclass(frozen=True)
class Sharing:
    """How shared lanes and fuel were divided: in so many rounds of solving. `proven`: nothing shared stood in the way, so
    this is the best there is. `gap`: how far off the exact answer is, None where that is not known."""

    rounds: int
    proven: bool
    gap: Gap | None


def places_of(table: pa.Table | None, file: str, nodes: Sequence[str]) -> dict[str, Place]:
    """The places of a network: `table` is places.csv, None where there is none. InputError with everything wrong."""
    if table is None:
        return read_places([], nodes)
    known = (*place_tables.COLUMNS, *place_tables.OPTIONAL)
    wrong = [name for name in table.column_names if name not in known or table.column_names.count(name) > 1]
    missing = [name for name in place_tables.COLUMNS if name not in table.column_names]
    if wrong or missing:
        listed = ", ".join(known)
        raise InputError(
            [
                Problem(file, 0, name, "", "this column is not known, or stands twice", f"keep {listed}")
                for name in wrong
            ]
            + [Problem(file, 0, name, "", "this column is missing", f"give {listed}") for name in missing]
        )
    cells = [{name: "" if v is None else str(v) for name, v in row.items()} for row in table.to_pylist()]
    return read_places(rows_of(file, cells), nodes)


def explained_blocks(
    given: Input,
    found: Allocation,
    blocks: Mapping[int, Block],
    wanted: Sequence[int],
    step: Callable[[str, int, int], None],
) -> list[Cause]:
    """The causes of the blocks `wanted`, or of the lowest where there are none."""
    numbers = wanted or chosen(blocks, BLOCKS_MOST)
    return causes(given, found, blocks, numbers, lambda done, total: step("causes", done, total))


def causes_told(
    found: Sequence[Cause], places: Mapping[str, Place], given: Input, language: str, unit: str
) -> tuple[list[str], pa.Table]:
    """Each cause as a sentence, and the table `causes`."""
    due = {pair: ladder.due for pair, ladder in ladders_of(given).items()}
    figures = Figures(Catalogue(language), unit)
    words = [cause_words(cause, places, due, figures) for cause in found]
    return words, cause_table(list(found), words, places)


def people_of(places: Mapping[str, Place]) -> dict[str, int | None] | None:
    """People by node; None where nothing is known of any."""
    people = {node: place.people for node, place in places.items()}
    return people if any(number is not None for number in people.values()) else None


def sharing_words(sharing: Sharing | None) -> list[tuple[str, dict[str, str]]]:
    """The sentences of the page about shared lanes and fuel, as keys of the catalogue with their values."""
    if sharing is None:
        return []
    if sharing.proven:
        return [("al.split.proven", {}), ("al.leximin", {})]
    if sharing.gap is None:
        return [("al.split", {}), ("al.split.open", {})]
    worst = {"exact": f"{sharing.gap.exact_worst:.3f}", "here": f"{sharing.gap.worst:.3f}"}
    return [("al.split", {}), ("al.split.gap", worst)]


def allocation_page(
    given: Input,
    got: Mapping[Pair, Fraction],
    places: Mapping[str, Place],
    found: Sequence[Cause],
    blocks: int,
    rule: str,
    sharing: Sequence[tuple[str, Mapping[str, str]]],
    rules: Sequence[Alternative],
    scenarios: Sequence[Alternative],
    unit: str,
    language: str,
) -> str:
    """The page as text; `blocks` is how many blocks are short in all."""
    ladders: dict[Pair, Ladder] = ladders_of(given)
    return drawn.allocation_page(
        drawn.Shown(
            given=given,
            places=places,
            got=got,
            ladders=ladders,
            measures=measure(ladders, got),
            causes=found,
            more_blocks=blocks - len(found),
            rule=rule,
            sharing=sharing,
            rules=[side(one) for one in rules],
            scenarios=[side(one) for one in scenarios],
            unit=unit,
        ),
        language,
    )


def side(one: Alternative) -> Side:
    """An alternative as the page shows it."""
    return Side(**{name: getattr(one, name) for name in Side.__dataclass_fields__})
