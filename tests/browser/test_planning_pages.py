"""Months ahead, baskets, trips and waybills in a real browser: nothing wider than the screen, nothing from any host."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from allocation.networks import valley

from evenhand.actions.allocation_page import allocation_page
from evenhand.actions.alternatives import compare
from evenhand.core.benefit import Benefit, CarryRule
from evenhand.flow.allocation import check_input
from evenhand.flow.allocation.basket import Basket, Need, best
from evenhand.flow.allocation.bottleneck import bottlenecks
from evenhand.flow.allocation.causes import causes, chosen
from evenhand.flow.allocation.horizon import Late, Month, Pipeline, delayed, outlook
from evenhand.flow.allocation.horizon_tables import PLANNED, Measure, Plan, Seen
from evenhand.flow.allocation.places import Place
from evenhand.flow.allocation.rules import got_by
from evenhand.flow.allocation.solve import solve_fully
from evenhand.flow.dispatch.roads import Roads
from evenhand.flow.dispatch.trip_check import check_trips
from evenhand.flow.dispatch.trips import Depot, Lorry, Problem, Stop, Visit, one_lorry_a_point
from evenhand.render.basket import basket_page
from evenhand.render.horizon import horizon_page
from evenhand.render.trips import trips_page
from evenhand.render.waybills import Line, Papers, Waybill, waybills_page

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium and no google-chrome on this machine")
F = Fraction


def months_ahead() -> str:
    rows = tuple(Month(f"2026-{m:02}", F(950), F(1500 if m == 9 else 700), F(1, 50), F(200)) for m in range(1, 13))
    pipelines = tuple(Pipeline(name, "Ryanggang", F(1200), rows) for name in ("rice", "maize meal, enriched"))
    late = [Late(2, F(1, 2), "2026-09")]
    seen = [
        Seen(scenario, outlook(one))
        for pipeline in pipelines
        for scenario, one in ((PLANNED, pipeline), ("the September ship late", delayed(pipeline, late)))
    ]
    return horizon_page(seen, Plan(pipelines, {p.commodity: Measure("t", 1) for p in pipelines}))


def basket() -> str:
    foods = {"Soya-fortified maize meal": {"Energy(kcal)": F(390), "RiboflavinB2(mg)": F(3, 10)},
             "Beans": {"Energy(kcal)": F(335), "RiboflavinB2(mg)": F(1)}}  # fmt: skip
    needs = [Need("Energy(kcal)", F(2100)), Need("RiboflavinB2(mg)", F(14, 10))]
    prices = {("Port", food): F(at) for food, at in zip(foods, (900, 800), strict=True)}
    case = Basket(foods, needs, {"Jubb al-Jarrah": 17_000}, prices, [("Port", "Jubb al-Jarrah", F(566))])
    return basket_page(best(case, F(6000)), case, F(6000))


def trips() -> str:
    places = {"Hamhung": (F(399, 10), F(1275, 10)), "Alder": (F(40), F(127)), "Birch": (F(397, 10), F(128))}
    stops = [Stop(name, "Hamhung", 4_000, 3600 * 7) for name in ("Alder", "Birch")]
    problem = Problem(
        {"Hamhung": Depot("Hamhung")}, stops, [Lorry("large-truck", "Hamhung", 2, 9_000, 3_150)], Roads(places)
    )
    visits = [Visit("Hamhung", 1, "large-truck-1", 1, n, name, 4_000) for n, name in enumerate(("Alder", "Birch"), 1)]
    return trips_page(problem, check_trips(problem, visits, "trips.csv"), one_lorry_a_point(problem), {})


def waybills() -> str:
    rule = CarryRule(0, "")
    grain = Benefit("grain", "Soya-fortified maize meal", "good", "kg", 1, 1000, 500, rule, rule)
    ends = ("L1", "Depot of the province (D01)", "Alder (P00001)")
    bill = Waybill("2008-03/1-W00001", *ends, (Line(grain, 43_210, 100),), "WAYBILL:" + "A" * 380)
    return waybills_page(Papers("relief", "2008-03/1", "example.org/log", [bill, bill]))


def allocation() -> str:
    given = check_input(valley().tables())
    found, solved = solve_fully(given)
    blocks = bottlenecks(given, solved)
    places = {
        node: Place(f"{node} in Ryanggang", "Ryanggang", 100_000, (40.0 + at / 3, 127.0 + at % 2))
        for at, node in enumerate(given.nodes.to_pylist())
    }
    rules, _ = compare(given, "", lambda label, done, total: None)
    why = causes(given, found, blocks, chosen(blocks, 8))
    return allocation_page(given, got_by(found), places, why, len(blocks), "leximin", [], rules, rules[:2], "t", "ar")


PAGES = {"allocation": allocation, "horizon": months_ahead, "basket": basket, "trips": trips, "waybills": waybills}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_the_page_fits_and_is_whole(browser: Any, tmp_path: Path, name: str, width: int) -> None:
    path = tmp_path / "index.html"
    path.write_text(PAGES[name](), "utf-8")
    page = browser.new_page(viewport={"width": width, "height": 800})
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("h1").count() == 1
    assert asked == [path.as_uri()]
    assert said == []
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids))
    page.close()
