"""What holds points down, in a sentence: the right lanes, the right people, and a lift that comes true."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest
from allocation.networks import networks, valley
from allocation.reference import Tiny
from allocation.test_coupling import port, run, write
from hypothesis import given, settings

from evenhand.core.errors import InputError, UsageError
from evenhand.flow.allocation import check_input, solve_input
from evenhand.flow.allocation.bottleneck import bottlenecks
from evenhand.flow.allocation.causes import Cause, causes, chosen
from evenhand.flow.allocation.explain import dues, quantities, relax
from evenhand.flow.allocation.places import Place, read_places
from evenhand.flow.allocation.rules import divide_by, got_by
from evenhand.flow.allocation.scenario import changed, unit_of
from evenhand.flow.allocation.solve import solve_fully
from evenhand.flow.network.cells import rows_of
from evenhand.render.catalogue import LANGUAGES, Catalogue
from evenhand.render.causes import cause_words
from evenhand.render.figures import Figures


def hills() -> Tiny:
    """Lanes of 20 and 21 lead to Hyesan, which feeds Kapsan and Pochon of Ryanggang, due 50 each; 300 wait at the port, and
    Sinpo, due 100, has a lane without a limit."""
    return Tiny(
        {"Port": "entry", "Hyesan": "depot", "Kapsan": "point", "Pochon": "point", "Sinpo": "point"},
        {("Port", "rice"): 300},
        [
            ("one", "Port", "Hyesan", "", 20),
            ("two", "Port", "Hyesan", "", 21),
            ("k", "Hyesan", "Kapsan", "", None),
            ("p", "Hyesan", "Pochon", "", None),
            ("s", "Port", "Sinpo", "", None),
        ],
        {("Kapsan", "rice", 1): 50, ("Pochon", "rice", 1): 50, ("Sinpo", "rice", 1): 100},
    )


PLACES = {
    "Port": Place("Port"),
    "Hyesan": Place("Hyesan"),
    "Kapsan": Place("Kapsan", "Ryanggang", 112_000),
    "Pochon": Place("Pochon", "Ryanggang", 100_000),
    "Sinpo": Place("Sinpo", "South Hamgyong", 150_000),
}


def found(tiny: Tiny) -> list[Cause]:
    network = check_input(tiny.tables())
    allocation, solved = solve_fully(network)
    blocks = bottlenecks(network, solved)
    return causes(network, allocation, blocks, chosen(blocks, 8))


def words(tiny: Tiny, language: str = "en", unit: str = "") -> list[str]:
    due = dues(check_input(tiny.tables()))
    return [cause_words(one, PLACES, due, Figures(Catalogue(language), unit)) for one in found(tiny)]


def test_the_sentence_of_the_two_lanes_into_hyesan() -> None:
    (said,) = words(hills(), unit="t")
    assert said.replace("\u00a0", " ") == (
        "The points of Ryanggang are at 41 % of the rice due because the two lanes into Hyesan are full; 59 t more there "
        "would lift 212,000 people to 100 %."
    )


def test_part_of_an_area_is_counted_and_one_point_is_named() -> None:
    tiny = hills()
    del tiny.demand["Pochon", "rice", 1]
    assert words(tiny)[0].startswith("Kapsan is at 82\u00a0% of the rice due")
    tiny = hills()
    tiny.nodes["Samjiyon"] = "point"
    tiny.demand["Samjiyon", "rice", 1] = 5
    tiny.supply["Samjiyon", "rice"] = 5
    places = {**PLACES, "Samjiyon": Place("Samjiyon", "Ryanggang", 1)}
    due = dues(check_input(tiny.tables()))
    (cause,) = found(tiny)
    assert cause_words(cause, places, due, Figures(Catalogue("en"))).startswith("2 points of Ryanggang are at")


def test_all_the_stock_there_is_and_nothing_that_reaches() -> None:
    tiny = hills()
    tiny.supply = {("Port", "rice"): 30}
    assert (
        "because all the stock there is, 30, is used; 170 more there would lift 362,000 people to 41–100\u00a0%"
        in words(tiny)[0]
    )
    tiny = hills()
    tiny.supply = {}
    assert words(tiny)[0].endswith("because neither stock nor a lane reaches it.")


def test_without_people_points_are_counted() -> None:
    due = dues(check_input(hills().tables()))
    (cause,) = found(hills())
    bare = {name: replace(place, people=None, area="") for name, place in PLACES.items()}
    said = cause_words(cause, bare, due, Figures(Catalogue("en")))
    assert said.startswith("2 points are at 41") and "would lift 2 points to 100" in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(language: str) -> None:
    (said,) = words(hills(), language, "t")
    assert all(part in said for part in ("Ryanggang", "Hyesan", "41", "100", "59"))


@settings(max_examples=25, deadline=None)
@given(networks())
def test_a_lift_is_what_adding_exactly_that_much_gives(tiny: Tiny) -> None:
    network = check_input(tiny.tables())
    before = {pair: quantity for pair, (_, quantity) in quantities(solve_input(network)).items()}
    due = dues(network)
    for cause in found(tiny):
        assert all(cause.fill_least <= before[pair] / due[pair] <= cause.fill_most < 1 for pair in cause.short)
        if cause.lift is None:
            continue
        wider = network
        for limit, more in cause.lift.added:
            wider = relax(wider, limit, more)
        after = {pair: quantity for pair, (_, quantity) in quantities(solve_input(wider)).items()}
        assert {pair for pair in cause.short if after[pair] > before[pair]} == set(cause.lift.lifted)
        assert min(after[pair] / due[pair] for pair in cause.lift.lifted) == cause.lift.fill_least
        assert {pair for pair, quantity in after.items() if quantity < before[pair]} == set(cause.lift.lowered)


def places_csv(*rows: dict[str, str]) -> dict[str, Place]:
    return read_places(rows_of("places.csv", rows), ["Alder", "Birch"])


def test_places_are_read_and_what_is_wrong_is_named() -> None:
    read = places_csv({"node": "Alder", "people": "12", "latitude": "-41.5", "longitude": "128"})
    assert read == {"Alder": Place("Alder", "", 12, (-41.5, 128.0)), "Birch": Place("Birch")}
    wrong = [
        {"node": "Cedar"}, {"node": "Alder", "people": "many"}, {"node": "Alder"},
        {"node": "Birch", "latitude": "91", "longitude": "1"},
    ]  # fmt: skip
    with pytest.raises(InputError) as refused:
        places_csv(*wrong)
    assert [(p.row, p.field) for p in refused.value.problems] == [
        (1, "node"),
        (2, "people"),
        (3, "node"),
        (4, "latitude"),
    ]
    with pytest.raises(InputError):
        places_csv({"node": "Alder", "latitude": "1"})


def test_the_order_of_registration_is_the_callers() -> None:
    tiny = valley(stock=7)
    ids = got_by(divide_by(check_input(tiny.tables()), "first-come"))
    assert ids["Birch", "grain"] == 6 and ids["Cedar", "grain"] == 0
    tables = tiny.tables() | {"order": pa.table({"point": ["Cedar"]})}
    assert got_by(divide_by(check_input(tables), "first-come"))["Cedar", "grain"] == 7


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_map_causes_rules_and_changes(language: str, tmp_path: Path, monkeypatch, capsys) -> None:
    folder = write(hills().tables(), tmp_path / "in")
    (folder / "places.csv").write_text(
        "node,name,area,people,latitude,longitude\nPort,<Port>,,,39,127\nHyesan,,,,41.4,128.2\n"
        "Kapsan,,Ryanggang,112000,41.1,128.3\nPochon,,Ryanggang,100000,41.5,128.4\nSinpo,,,150000,40,128.2\n"
    )
    options = ("--page", "--compare", "--what-if", "lane one closed", "--unit", "t", "--language", language)
    assert run(monkeypatch, folder, "--out", tmp_path / "out", *options) == 0
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert 'class="leak lane"' in page and "lane one closed" in page and "first-come" in page
    assert "<Port>" not in page and "http" not in page.replace("http-equiv", "")
    assert f'lang="{language}"' in page and ('dir="rtl"' in page) == (language == "ar")
    (row,) = csv.DictReader((tmp_path / "out" / "causes.csv").open(encoding="utf-8"))
    assert (row["people"], row["fill_least"], row["more"]) == ("212000", "41/100", "59")
    compared = list(csv.DictReader((tmp_path / "out" / "compare.csv").open(encoding="utf-8")))
    assert {row["people_under_floor"] for row in compared if row["rule"] == "leximin"} == {"212000"}
    first = (tmp_path / "out" / "index.html").read_bytes()
    assert run(monkeypatch, folder, "--out", tmp_path / "out", *options) == 0
    assert (tmp_path / "out" / "index.html").read_bytes() == first


def test_explain_says_the_sentence_of_the_points_block(tmp_path: Path, monkeypatch, capsys) -> None:
    folder = write(hills().tables(), tmp_path / "in")
    assert run(monkeypatch, folder, "--out", tmp_path / "out", "--explain", "Kapsan", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["causes"] == [
        "2 points are at 41\u00a0% of the rice due because the two lanes into Hyesan are full; 59 more there would lift "
        "2 points to 100\u00a0%."
    ]
    assert run(monkeypatch, folder, "--out", tmp_path / "out", "--page", "--language", "xx") == 2


def test_shared_lanes_are_causes_too(tmp_path: Path, monkeypatch, capsys) -> None:
    folder = write(port(shared=30).tables(), tmp_path / "in")
    assert run(monkeypatch, folder, "--out", tmp_path / "out", "--explain", "Alder:rice", "--page") == 0
    assert "because the lane into Alder is full" in capsys.readouterr().out
    assert Fraction(next(csv.DictReader((tmp_path / "out" / "causes.csv").open()))["fill_least"]) == Fraction(1, 3)


def test_a_unit_behind_a_number_is_the_one_meant_or_refused() -> None:
    network = check_input(hills().tables())
    for sentence in ("stock rice@Port +500t", "stock rice@Port +500 t", "lane one capacity 20t; stock rice@Port +500"):
        assert unit_of([sentence]) == "t" == unit_of([sentence], "t")
        assert changed(network, sentence).supply_quantity.tolist() == [800]
    assert unit_of(["lane one closed", "lane one capacity none", "demand Kapsan rice 1 +5"]) == ""
    for sentences, unit in ((["stock rice@Port +500kg"], "t"), (["stock rice@Port +5t", "stock rice@Port +5kg"], "")):
        with pytest.raises(UsageError, match="another unit"):
            unit_of(sentences, unit)


def test_where_shares_and_levels_differ_in_order_the_rung_is_told() -> None:
    tiny = hills()
    tiny.supply = {("Port", "rice"): 41 + 60}
    tiny.demand["Sinpo", "rice", 2] = 300  # 60 of 400: a lower share than 41 of 100, and a higher level
    assert words(tiny)[0].startswith("The points of Ryanggang are at 41\u00a0% of the rice due because")
    assert "Sinpo is at 15\u00a0% of the rice due, 60\u00a0% of rung 1, because" in words(tiny)[1]
