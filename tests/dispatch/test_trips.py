"""Trips: the check by hand, the search against all plans, the sheet that a dispatcher changes."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from fractions import Fraction
from itertools import permutations
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evenhand.cli.trips import app
from evenhand.core.errors import AnswerIsNo, InputError
from evenhand.flow.dispatch.roads import Roads, great_circle
from evenhand.flow.dispatch.trip_check import check_trips, clock
from evenhand.flow.dispatch.trips import FUEL_A_LITRE, Depot, Lorry, Problem, Stop, Visit, one_lorry_a_point

HOUR = 3600
NAMES = {"Depot": 0, "Alder": 10, "Birch": 20, "Cedar": 30}


def road() -> Roads:
    """A straight road at 60 km/h."""
    return Roads({}, {(a, b): (abs(x - y) * 1000, None) for a, x in NAMES.items() for b, y in NAMES.items()},
                 kilometres_an_hour=60)  # fmt: skip


def villages(load: int = 2, lorry: Lorry | None = None, **hours: int) -> Problem:
    stops = [Stop(name, "Depot", load, **hours) for name in ("Alder", "Birch", "Cedar")]
    lorries = [lorry or Lorry("truck", "Depot", 1, 4, 2500)]
    return Problem({"Depot": Depot("Depot", loading=600)}, stops, lorries, road())


GOOD = [
    Visit("Depot", 1, "truck-1", 1, 1, "Birch", 2),
    Visit("Depot", 1, "truck-1", 1, 2, "Cedar", 2),
    Visit("Depot", 1, "truck-1", 2, 1, "Alder", 2),
]


def test_the_worked_numbers() -> None:
    naive = one_lorry_a_point(villages())
    assert (naive[0], Fraction(naive[1], FUEL_A_LITRE)) == (120_000, 30)
    done = check_trips(villages(), GOOD, "trips.csv")
    assert done.faults == ()
    assert (done.metres, Fraction(done.fuel, FUEL_A_LITRE)) == (80_000, 20)
    (run,) = done.runs
    # 10 minutes of loading, 20 to Birch, 10 to Cedar, 30 home; 10 of loading, 10 to Alder, 10 home.
    assert [begin // 60 for begin in run.begins] == [30, 40, 90]
    assert run.home == 100 * 60


def faults(problem: Problem, visits: list[Visit]) -> list[tuple[int, str]]:
    rows = {visit: at for at, visit in enumerate(visits, 1)}
    return [(fault.row, fault.field) for fault in check_trips(problem, visits, "trips.csv", rows).faults]


def test_every_kind_of_fault_is_found_where_it_stands() -> None:
    def changed(at: int, **values: object) -> list[Visit]:
        fields = {name: getattr(GOOD[at], name) for name in Visit.__dataclass_fields__} | values
        return [*GOOD[:at], Visit(**fields), *GOOD[at + 1 :]]  # type: ignore[arg-type]

    assert faults(villages(), GOOD[:2]) == [(0, "point")]
    assert faults(villages(), changed(0, load=1)) == [(0, "point")]
    assert faults(villages(), changed(2, trip=1, stop=3)) == [(1, "load")]
    assert faults(villages(), changed(1, stop=1)) == [(2, "stop")]
    assert faults(villages(), changed(2, day=2)) == [(3, "day")]
    assert faults(villages(), changed(2, lorry="truck-2")) == [(3, "lorry")]
    assert faults(villages(), changed(2, lorry="truck-01")) == [(3, "lorry")]
    assert faults(villages(), changed(2, point="Elm")) == [(0, "point"), (3, "point")]
    assert faults(villages(), changed(2, depot="Yard")) == [(0, "point"), (3, "lorry"), (3, "point")]
    assert faults(villages(closes=35 * 60), GOOD) == [(2, "point"), (3, "point")]
    assert faults(villages(lorry=Lorry("truck", "Depot", 1, 4, 2500, ends=99 * 60)), GOOD) == [(3, "lorry")]
    assert faults(villages(opens=HOUR), GOOD) == []


def test_an_early_lorry_waits() -> None:
    (run,) = check_trips(villages(opens=HOUR, service=300), GOOD, "trips.csv").runs
    assert [begin // 60 for begin in run.begins] == [60, 75, 130]


def test_great_circles() -> None:
    quarter = great_circle((Fraction(0), Fraction(0)), (Fraction(0), Fraction(90)))
    assert quarter == 10_007_558
    assert great_circle((Fraction(39), Fraction(125)), (Fraction(39), Fraction(125))) == 0
    roads = Roads(
        {"A": (Fraction(0), Fraction(0)), "B": (Fraction(0), Fraction(90))}, {("A", "C"): (5, 7)}, Fraction(2)
    )
    assert roads.way("A", "B")[0] == roads.way("B", "A")[0] == 2 * quarter
    assert roads.way("C", "A") == (5, 7)
    assert not roads.known("B", "C")


def test_clocks() -> None:
    assert [clock(s) for s in (0, 59, 60, 86_340, 86_400, 90_000)] == [
        "00:00", "00:01", "00:01", "23:59", "24:00", "01:00 1 days later",
    ]  # fmt: skip


def write(folder: Path, **tables: str) -> None:
    given = {
        "depots": "depot,loading\nDepot,10\n",
        "stops": "point,depot,load\nAlder,Depot,2\nBirch,Depot,2\nCedar,Depot,2\n",
        "lorries": "lorry,depot,number,load,fuel\ntruck,Depot,1,4,25\n",
        "roads": "from,to,km\n"
        + "".join(f"{a},{b},{abs(NAMES[a] - NAMES[b])}\n" for a in NAMES for b in NAMES if a < b),
        **tables,
    }
    for name, text in given.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")


def run(*arguments: str | Path) -> tuple[dict[str, object], BaseException | None]:
    done = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    if isinstance(done.exception, InputError):
        raise done.exception
    found: dict[str, object] = json.loads(done.stdout)
    return found, done.exception


def test_faulty_tables_are_refused_with_everything_that_is_wrong(tmp_path: Path) -> None:
    write(
        tmp_path,
        stops="point,depot,load,opens,closes\nAlder,Yard,2,,\nAlder,Depot,x,,\nDepot,Depot,1,,\nBirch,Depot,1,9:00,25:00\n"
        "Birch,Depot,1,,\n",
        lorries="lorry,depot,number,load,fuel\ntruck,Depot,1.5,4,28.555\n",
    )
    with pytest.raises(InputError) as caught:
        run("check", tmp_path, sheet(tmp_path, []))
    assert {(p.row, p.field) for p in caught.value.problems} == {
        (1, "depot"), (2, "load"), (3, "point"), (4, "closes"), (5, "point"), (1, "number"), (1, "fuel"),
    }  # fmt: skip
    write(tmp_path, roads="from,to,km\nDepot,Alder,1\n")
    with pytest.raises(InputError, match="1 problem") as caught:
        run("check", tmp_path, sheet(tmp_path, []))
    assert "the way from" in caught.value.problems[0].message
    write(tmp_path, stops="point,depot,load\nAlder,Depot,999999999999\n")
    with pytest.raises(InputError) as caught:
        run("check", tmp_path, sheet(tmp_path, []))
    assert "250000000000 lorry loads" in caught.value.problems[0].message


def sheet(folder: Path, visits: list[Visit]) -> Path:
    path = folder / "sheet.csv"
    lines = ["depot,day,lorry,trip,stop,point,load"]
    lines += [f"{v.depot},{v.day},{v.lorry},{v.trip},{v.stop},{v.point},{v.load}" for v in visits]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_changed_sheet_is_worked_out_again_without_the_search(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyvrp", None)
    write(tmp_path)
    found, error = run("check", tmp_path, sheet(tmp_path, GOOD), "--out", tmp_path / "out", "--speed", "60")
    assert error is None
    assert found["litres"] == "20"
    page = (tmp_path / "out/index.html").read_text("utf-8")
    assert "<h1>These trips burn 20 litres, 33\u00a0% less than one lorry a point</h1>" in page
    found, error = run("check", tmp_path, sheet(tmp_path, GOOD[:1]))
    assert isinstance(error, AnswerIsNo)
    assert str(found["finding"]).startswith("These trips cannot be driven")
    assert len(found["faults"]) == 2  # type: ignore[arg-type]


def test_the_search_finds_the_best_of_all_plans(tmp_path: Path) -> None:
    pytest.importorskip("pyvrp", reason="PyVRP is not installed (extra trips)")
    places = {"D": (39.0, 125.0), "A": (39.2, 125.1), "B": (39.1, 125.4), "C": (38.8, 125.3), "E": (38.9, 124.8)}
    lines = [f"{n},D,1,{a},{b}" for n, (a, b) in places.items() if n != "D"]
    write(
        tmp_path,
        depots="depot,latitude,longitude\nD,39,125\n",
        stops="point,depot,load,latitude,longitude\n" + "\n".join(lines) + "\n",
        lorries="lorry,depot,number,load,fuel\ntruck,D,1,2,25\n",
    )
    (tmp_path / "roads.csv").unlink()
    found, error = run("plan", tmp_path, "--out", tmp_path / "out", "--iterations", "200", "--speed", "90")
    assert error is None
    degrees = {name: (Fraction(str(a)), Fraction(str(b))) for name, (a, b) in places.items()}
    roads = Roads(degrees)

    def long(a: str, b: str) -> int:
        return sum(roads.way(*leg)[0] for leg in (("D", a), (a, b), (b, "D")))

    assert found["metres"] == min(long(a, b) + long(c, e) for a, b, c, e in permutations("ABCE"))
    first = (tmp_path / "out/trips.csv").read_bytes()
    run("plan", tmp_path, "--out", tmp_path / "out", "--iterations", "200", "--speed", "90")
    assert (tmp_path / "out/trips.csv").read_bytes() == first
    again, error = run("check", tmp_path, tmp_path / "out/trips.csv", "--speed", "90")
    assert error is None
    assert again["metres"] == found["metres"]


def test_large_loads_are_split_and_what_nobody_can_bring_is_named(tmp_path: Path) -> None:
    pytest.importorskip("pyvrp", reason="PyVRP is not installed (extra trips)")
    late = "point,depot,load,closes\nAlder,Depot,9,\nBirch,Depot,0,\nCedar,Depot,3,00:30\n"
    write(tmp_path, stops=late)
    found, error = run("plan", tmp_path, "--out", tmp_path / "out", "--iterations", "100", "--speed", "60")
    assert isinstance(error, AnswerIsNo)
    assert found["unserved"] == {"Cedar": 3}
    with (tmp_path / "out/trips.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sorted(int(row["load"]) for row in rows) == [1, 4, 4]
    write(tmp_path, lorries="lorry,depot,number,load,fuel\ntruck,Depot,0,4,25\n")
    found, error = run("plan", tmp_path, "--out", tmp_path / "out")
    assert set(found["unserved"]) == {"Alder", "Birch", "Cedar"}  # type: ignore[call-overload]


def test_days_and_lorries_share_the_work(tmp_path: Path) -> None:
    pytest.importorskip("pyvrp", reason="PyVRP is not installed (extra trips)")
    write(tmp_path, lorries="lorry,depot,number,load,fuel,starts,ends\ntruck,Depot,1,2,25,06:00,07:15\n")
    found, error = run(
        "plan", tmp_path, "--out", tmp_path / "out", "--iterations", "100", "--speed", "60", "--days", "3"
    )
    assert error is None
    assert found["faults"] == []
    with (tmp_path / "out/trips.csv").open(encoding="utf-8") as file:
        assert {row["day"] for row in csv.DictReader(file)} == {"1", "2", "3"}
    found, error = run("plan", tmp_path, "--out", tmp_path / "out", "--iterations", "100", "--speed", "60")
    assert isinstance(error, AnswerIsNo)


def test_load_lists_are_printed_for_each_lorry_with_its_map_and_the_same_each_time(tmp_path: Path) -> None:
    pytest.importorskip("typst", reason="typst is not installed (extra paper)")
    lines = "".join(f"{name},Depot,2,39.{n},125\n" for n, name in enumerate(("Alder", "Birch", "Cedar"), 1))
    depots = "depot,latitude,longitude\nDepot,39,125\n"
    write(tmp_path, depots=depots, stops="point,depot,load,latitude,longitude\n" + lines)
    made = []
    for out in (tmp_path / "a", tmp_path / "b"):
        words = ("--out", out, "--speed", "60", "--lists", "ar")
        found, error = run("check", tmp_path, sheet(tmp_path, GOOD), *words)
        assert error is None
        assert str(out / "lists.pdf") in found["files"]  # type: ignore[operator]
        made.append((out / "lists.pdf").read_bytes())
    assert made[0].startswith(b"%PDF-")
    assert made[0] == made[1]


def test_a_point_may_be_served_by_two_depots_each_with_its_own_load(tmp_path: Path) -> None:
    write(
        tmp_path,
        depots="depot\nDepot\nAlder\n",
        stops="point,depot,load\nBirch,Depot,2\nBirch,Alder,1\n",
        lorries="lorry,depot,number,load,fuel\ntruck,Depot,1,4,25\ntruck,Alder,1,4,25\n",
    )
    both = [Visit("Depot", 1, "truck-1", 1, 1, "Birch", 2), Visit("Alder", 1, "truck-1", 1, 1, "Birch", 1)]
    found, error = run("check", tmp_path, sheet(tmp_path, both))
    assert (found["faults"], error) == ([], None)
    found, error = run("check", tmp_path, sheet(tmp_path, [both[0], replace(both[1], load=2)]))
    assert "gets 2 from Alder, is due 1" in str(found["faults"])
