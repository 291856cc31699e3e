"""The picture of a computed cycle: its map, what holds points down and what more would do, what each rule would have done.

It takes seconds to minutes and adds nothing to what is signed, so it is drawn after the computation, once, in every
language, and lies beside the private files as parts of a page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions import alternatives
from evenhand.actions.allocation_page import BLOCKS_MOST, people_of, side
from evenhand.actions.cycles import Progress, find, quiet, seed_of
from evenhand.actions.division import keep_goods, root_of
from evenhand.actions.writing import write_text
from evenhand.core.benefit import Benefit
from evenhand.core.errors import UsageError
from evenhand.flow.allocation import check_input
from evenhand.flow.allocation.bottleneck import bottlenecks
from evenhand.flow.allocation.causes import causes, chosen
from evenhand.flow.allocation.measures import Ladder, ladders_of, measure
from evenhand.flow.allocation.places import Place
from evenhand.flow.allocation.rules import LEXIMIN, got_by
from evenhand.flow.allocation.solve import solve_fully
from evenhand.flow.disclosure import layout
from evenhand.render.allocation import Shown, allocation_parts
from evenhand.render.catalogue import LANGUAGES, Catalogue
from evenhand.render.cycle_parts import Owed, fair_part, owed_part
from evenhand.render.figures import Figures
from evenhand.render.network_map import TITLES_MOST
from evenhand.store import Store

INPUT = ("nodes", "supply", "lanes", "demand")
DEGREE = 1_000_000
LARGER = {"g": "kg", "ml": "l"}
NAME = "picture-{language}.html"


def picture(store: Store, cycle: str, language: str) -> str | None:
    """The parts of the page in `language` as markup; None where they are not drawn yet."""
    root = root_of(store, cycle)
    path = None if root is None else root / "private" / NAME.format(language=language)
    return path.read_text(encoding="utf-8") if path is not None and path.exists() else None


def draw(store: Store, cycle: str, progress: Progress = quiet) -> None:
    """Draw the picture in every language. UsageError before the cycle is computed."""
    root = root_of(store, cycle)
    if root is None:
        raise UsageError(f"cycle {cycle} is not computed", "compute it first")
    at = find(store, cycle)
    policy = at.policy()
    goods = {one.id: one for one in policy.benefits.values()}
    tables = {
        name: pq.read_table(root / "public" / layout.table_path(name)) for name in (*INPUT, "places", "totals", "owed")
    }
    titles = _titles(goods)
    given = check_input({name: _titled(tables[name], titles) for name in INPUT})
    progress("drawing: the division", 0, 1)
    found, solved = solve_fully(given, None)
    progress("drawing: the division", 1, 1)
    # What holds a point down is leximin's to say: of goods that another rule divides nothing is told.
    even = {titles[b] for b in goods if (rule := policy.division(b, at.period.first)) and rule.rule == LEXIMIN}
    blocks = {n: one for n, one in bottlenecks(given, solved).items() if even.issuperset(one.commodities)}
    told = causes(
        given, found, blocks, chosen(blocks, BLOCKS_MOST), lambda done, total: progress("drawing: causes", done, total)
    )
    places = _places(tables["places"], tables["totals"])
    rules, _ = alternatives.compare(
        given, seed_of(store, cycle).hex(), lambda label, done, total: progress("drawing: rules", done, total),
        people_of(places),
    )  # fmt: skip
    ladders, got = ladders_of(given), got_by(found) | _got(root, titles)
    shown = Shown(
        given=given, places=places, got=got, ladders=ladders, measures=measure(ladders, got), causes=told,
        more_blocks=len(blocks) - len(told), rules=[side(one) for one in rules],
        rule=LEXIMIN if even else "", units={titles[b.id]: _unit(b, b.step_base) for b in goods.values()},
    )  # fmt: skip
    regions = _regions(shown, tables["places"]) if len({point for point, _ in ladders}) > TITLES_MOST else None
    keep_goods(root, policy)
    owed, under = _owed(tables["owed"], goods, titles), _people_under(shown)
    for language in LANGUAGES:
        figures = Figures(Catalogue(language))
        parts = [
            owed_part(owed, figures) or "", fair_part(shown.measures, under, shown.units, figures),
            *allocation_parts(shown, language, regions),
        ]  # fmt: skip
        write_text(root / "private" / NAME.format(language=language), "".join(parts))


def _titles(goods: Mapping[str, Benefit]) -> dict[str, str]:
    """Id -> title, where titles tell benefits apart."""
    named = [one.title for one in goods.values()]
    return {id_: one.title if named.count(one.title) == 1 else id_ for id_, one in goods.items()}


def _unit(good: Benefit, base: int) -> tuple[str, Fraction]:
    """The unit a page of many points speaks in, and how many of it so many base units are."""
    each = Fraction(base, good.base_per_unit)
    return (LARGER[good.unit], each / 1000) if good.unit in LARGER else (good.unit, each)


def _got(root: Path, titles: Mapping[str, str]) -> dict[tuple[str, str], Fraction]:
    """What each point gets of each good, in steps, by whatever rule divided it."""
    rows = pq.read_table(root / "public" / layout.table_path("levels")).to_pylist()
    return {
        (row["point"], titles[row["commodity"]]): Fraction(int(row["quantity_num"]), int(row["quantity_den"]))
        for row in rows
    }


def _titled(table: pa.Table, titles: Mapping[str, str]) -> pa.Table:
    """The same rows with commodities by their titles: what the page calls them."""
    if "commodity" not in table.column_names:
        return table
    at = table.column_names.index("commodity")
    names = pa.array([titles.get(one, one) for one in table["commodity"].to_pylist()], pa.string())
    return table.set_column(at, "commodity", names)


def _owed(table: pa.Table, goods: Mapping[str, Benefit], titles: Mapping[str, str]) -> list[Owed]:
    """What earlier months owe over all points, by good and kind."""
    names = ("amount", "offered", "lapsed")
    sums = table.group_by(["benefit", "kind"]).aggregate([(name, "sum") for name in names]).to_pylist()
    found = []
    for row in sorted(sums, key=lambda row: (row["benefit"], row["kind"])):
        good = goods.get(row["benefit"])
        if good is not None and row["amount_sum"]:
            unit, each = _unit(good, 1)
            found.append(Owed(titles[good.id], unit, row["kind"], *(row[f"{name}_sum"] * each for name in names)))
    return found


def _people_under(shown: Shown) -> dict[str, int | None]:
    """Good -> people at points that stay under their floor."""
    found: dict[str, int | None] = {}
    for (point, good), ladder in shown.ladders.items():
        if ladder.due and shown.got[point, good] < ladder.floor:
            before, here = found.get(good, 0), shown.places[point].people
            found[good] = None if before is None or here is None else before + here
    return found


def _places(table: pa.Table, totals: pa.Table) -> dict[str, Place]:
    people: dict[str, int] = {}
    for row in totals.select(["point", "members"]).to_pylist():
        people[row["point"]] = max(row["members"] or 0, people.get(row["point"], 0))
    found = {}
    for row in table.to_pylist():
        north, east = row["latitude_microdegrees"], row["longitude_microdegrees"]
        at = None if north is None or east is None else (north / DEGREE, east / DEGREE)
        found[row["node"]] = Place(
            row["name"] or row["node"], row["area_name"] or row["area"], people.get(row["node"]), at
        )
    return found


def _regions(shown: Shown, table: pa.Table) -> Shown:
    """The same by area, or by province where areas are too many for a map too: what is due and given there in all."""
    rows = {row["node"]: row for row in table.to_pylist()}
    for names in (("area", "area_name"), ("province", "province_name")):
        of = {node: row[names[0]] or row["node"] for node, row in rows.items()}
        if len({of[point] for point, _ in shown.ladders}) <= TITLES_MOST:
            break
    due: dict[tuple[str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    got: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    members: dict[str, list[str]] = defaultdict(list)
    for (point, good), ladder in shown.ladders.items():
        for rung, quantity in ladder.rungs:
            due[of[point], good][rung] += quantity
        got[of[point], good] += shown.got[point, good]
    for point in {point for point, _ in shown.ladders}:
        members[of[point]].append(point)
    ladders = {pair: Ladder(tuple(sorted(rungs.items()))) for pair, rungs in due.items()}
    places = {
        region: Place(
            rows[points[0]][names[1]] or region, "", sum(shown.places[point].people or 0 for point in points),
            _middle([at for point in points if (at := shown.places[point].position) is not None]),
        )
        for region, points in members.items()
    }  # fmt: skip
    others = {node: one for node, one in shown.places.items() if node not in of or of[node] not in places}
    return replace(
        shown, ladders=ladders, got=dict(got), places=places | others, measures=measure(ladders, got), causes=()
    )


def _middle(found: list[tuple[float, float]]) -> tuple[float, float] | None:
    return (sum(at[0] for at in found) / len(found), sum(at[1] for at in found) / len(found)) if found else None
