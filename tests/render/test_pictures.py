"""Classes of colour, the tile map, and the stock picture."""

from __future__ import annotations

import re
from fractions import Fraction as F
from pathlib import Path

import pytest
from disclosure.months import FILLS, GRAIN, SHOES, benefit, country

from evenhand.flow.disclosure.month import Figures
from evenhand.render.html import Html, el, join, number
from evenhand.render.picture import classes, scene, steady, unit_for
from evenhand.render.place import Spot, arrange, outline
from evenhand.render.tilegrid import Tile, tile_grid
from evenhand.render.tilemap import tile_map
from evenhand.render.words import TEXT, count, say


def test_class_bounds_split_under_and_over_the_floor() -> None:
    found = classes([F(31, 100), F(44, 100), F(53, 100)], F(2, 5))
    assert found.bounds == (35, 40, 45, 50, 100)
    assert [found.of(F(n, 100)) for n in (31, 35, 39, 40, 45, 50, 99, 100)] == [1, 2, 2, 3, 4, 5, 5, 6]
    names = [found.name(n) for n in range(1, 7)]
    assert names == ["under 35", "35 to 39", "40 to 44", "45 to 49", "50 to 99", "100, the full ration"]


@pytest.mark.parametrize("floor", [None, F(0), F(1, 100), F(2, 5), F(99, 100), F(1)])
@pytest.mark.parametrize("fills", [[F(0)], [F(1)], [F(1, 100), F(99, 100)], [F(98, 100)], [F(999, 1000)]])
def test_class_bounds_always_rise(fills: list[F], floor: F | None) -> None:
    bounds = classes(fills, floor).bounds
    assert list(bounds) == sorted(set(bounds))
    assert bounds[0] >= 1
    assert bounds[-1] == 100


def test_a_share_just_under_all_is_not_the_full_ration() -> None:
    assert classes([F(999, 1000)], F(2, 5)).of(F(999, 1000)) == 5


def test_units_grow_with_the_amount() -> None:
    assert unit_for(GRAIN, 10_000_000).name == "tonnes"
    assert steady(GRAIN, unit_for(GRAIN, 10_000_000), 12_340_000) == "12.3"
    flour = benefit("flour", "Flour", "g", 1, 500)
    assert [unit_for(flour, n).name for n in (9_999, 10_000, 10_000_000)] == ["g", "kg", "tonnes"]
    assert unit_for(SHOES, 1200).name == "pairs"
    assert steady(SHOES, unit_for(SHOES, 1200), 1200) == "100"


def test_what_rounds_to_nothing_is_not_nothing() -> None:
    unit = unit_for(GRAIN, 10_000_000)
    assert steady(GRAIN, unit, 500) == "under 0.1"
    assert steady(GRAIN, unit, 0) == "0.0"


def test_each_point_has_one_cell_and_the_nearest_come_first() -> None:
    wishes = [(0.0, 0.0), (0.1, 0.0), (2.0, 2.0)]
    found = arrange(wishes, 3, 3)
    assert found == {0: (0, 0), 1: (1, 0), 2: (2, 2)}
    crowd = arrange([(1.0, 1.0)] * 9, 3, 3)
    assert len(set(crowd.values())) == 9


def test_the_outline_of_two_cells_has_no_edge_between_them() -> None:
    assert outline({(0, 0), (1, 0)}, 0, 0, 10).count("M") == 6


def spots(each: int) -> list[Spot]:
    return [
        Spot(f"{p}{n}", p, (40.0 - row, 120.0 + n))
        for row, p in enumerate(("North", "South Vale"))
        for n in range(each)
    ]


def tiles(places: list[Spot]) -> dict[str, Tile]:
    return {spot.point: Tile(spot.point, 50, 3, False) for spot in places}


def test_names_on_the_grid_touch_no_tile_and_no_other_name() -> None:
    places = spots(4)
    drawn = tile_grid(places, tiles(places), "t", "d")
    assert drawn is not None
    boxes = [
        tuple(map(float, m)) for m in re.findall(r'<rect class="d3" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', drawn)
    ]
    for cls, x, y, text in re.findall(r'<text class="(soft(?: end)?)" x="([\d.]+)" y="([\d.]+)">([^<]+)<', drawn):
        left = float(x) - (len(text) * 6.5 if "end" in cls else 0)
        for bx, by, size in boxes:
            apart = left + len(text) * 6.5 < bx or left > bx + size or float(y) < by or float(y) - 10 > by + size
            assert apart, text


def test_without_coordinates_the_grid_gives_way_to_blocks() -> None:
    places = [Spot(s.point, s.province, None) for s in spots(4)]
    assert tile_grid(places, tiles(places), "t", "d") is None


@pytest.mark.parametrize("each", [1, 3, 10, 24, 30])
def test_every_point_or_district_has_a_tile_and_every_missed_floor_a_mark(each: int) -> None:
    view = scene([Figures(country("2008-05", each))])
    assert view is not None
    drawn = tile_map(view)
    assert len(re.findall(r'<rect class="d[1-6]"', drawn)) == 10 * each
    assert drawn.count('class="notch"') == len(view.under)
    assert len(view.under) == 2 * (each - 1)


def test_the_scene_is_the_first_divided_benefit() -> None:
    view = scene([Figures(country(period)) for period in FILLS])
    assert view is not None
    assert view.benefit.id == "grain"
    assert view.mode == (53, 20)
    assert view.floor == F(2, 5)


def test_markup_escapes_what_is_not_markup() -> None:
    made = el("p", "a < b & c", Html("<b>x</b>"), None, ["d", 3], title='"<', cls="k", aria_hidden="true")
    assert made == '<p title="&quot;&lt;" class="k" aria-hidden="true">a &lt; b &amp; c<b>x</b>d3</p>'
    assert join([None, "<"]) == "&lt;"
    assert number(2.04) == "2"
    assert number(2.06) == "2.1"


def test_every_sentence_of_the_catalogue_is_used() -> None:
    folder = Path(__file__).parents[2] / "src" / "evenhand" / "render"
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py") if path.name != "words.py")
    made = tuple(re.findall(r"f[\"']([a-z.]+\.)\{", source))
    for key in TEXT:
        assert f'"{key}"' in source or f"'{key}'" in source or key.startswith(made), key


def test_per_cent_signs_do_not_part_from_their_number() -> None:
    assert "\u00a0%" in say("time.floor", floor=40)
    assert [count(n) for n in (0, 1, 10, 11, 1234)] == ["no", "one", "ten", "11", "1,234"]
