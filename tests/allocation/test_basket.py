"""Food baskets: exact answers with their proof, what contradicts, figures that cannot be true, the published WFP case."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import pytest
from allocation import wfp
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.linear_solver import pywraplp
from typer.testing import CliRunner

from evenhand.cli.basket import app
from evenhand.core.errors import AnswerIsNo, InputError, UsageError
from evenhand.flow.allocation.basket import Basket, Need, best, cheapest, delivered, swap
from evenhand.flow.allocation.linear import Row, minimise, proved

F = Fraction
published = pytest.mark.skipif(not wfp.FOLDER.is_dir(), reason="the WFP case is not on this machine")


@published
def test_the_published_cost_of_the_wfp_case() -> None:
    found = cheapest(wfp.syria())
    assert round(float(found.cost), 1) == 7915.7
    assert found.covered == 1
    assert "carbohydrate energy >= 16 x protein" in dict(found.binding)


@published
def test_the_published_slack_of_the_wfp_case_at_a_budget_of_6000() -> None:
    case = wfp.syria()
    found = best(case, F(6000))
    assert round(float(found.covered), 3) == 0.758
    assert found.cost == 6000
    assert found.covered == 6000 / cheapest(case).cost  # the best basket is the cheapest one, scaled


@published
def test_the_known_defect_of_the_published_table_is_found(tmp_path: Path) -> None:
    case = wfp.syria()
    names = [need.nutrient for need in case.needs]
    lines = [",".join(["food", *names])]
    lines += [",".join([food, *[str(float(a[n])) for n in names]]) for food, a in case.foods.items()]
    write(tmp_path, foods="\n".join(lines) + "\n", prices="node,food,price\n", needs="nutrient,least\nProtein(g),1\n")
    done = CliRunner().invoke(app, ["check", str(tmp_path), "--json"])
    assert isinstance(done.exception, AnswerIsNo)
    (problem,) = json.loads(done.stdout)["problems"]
    assert "Soya-fortified sorghum grits" in problem
    assert 'field "Protein(g)"' in problem


FOODS = "food,Energy(kcal),Protein(g)\nmaize,350,10\nrice,360,7\nbeans,335,20\n"


def write(folder: Path, **tables: str) -> None:
    given = {
        "foods": FOODS,
        "needs": "nutrient,least,most\nEnergy(kcal),2100,\nProtein(g),50,\n",
        "people": "node,people\nAlder,1000\n",
        "prices": "node,food,price\nPort,maize,300\nPort,rice,575\nAlder,beans,900\n",
        "lanes": "from,to,cost\nPort,Depot,10\nDepot,Alder,15\n",
        **tables,
    }
    for name, text in given.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")


def run(folder: Path, *more: str) -> dict[str, object]:
    done = CliRunner().invoke(app, ["plan", str(folder), "--out", str(folder / "out"), "--json", *more])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_the_cheapest_basket_by_hand(tmp_path: Path) -> None:
    # Maize alone: 600 g hold 2100 kcal and 60 g of protein. 600 g x 1000 people at 300 + 25 a tonne.
    write(tmp_path)
    found = run(tmp_path)
    assert found["grams"] == {"maize": "600"}
    assert found["cost"] == "195"
    assert found["binding"] == ["Energy(kcal)"]
    assert "maize,Alder,Port,600000,325" in (tmp_path / "out/sources.csv").read_text("utf-8")


def test_the_best_basket_for_half_the_money_covers_half(tmp_path: Path) -> None:
    write(tmp_path)
    assert run(tmp_path, "--budget", "97.5")["covered"] == "1/2"
    assert run(tmp_path, "--budget", "1000")["covered"] == "1"


def test_a_limit_turns_to_the_next_food(tmp_path: Path) -> None:
    # 300 g of maize leave 1050 kcal and 20 g of protein to rice and beans: all of it rice is 291.7 g and 20.4 g.
    write(tmp_path, limits="food,least,most\nmaize,0,300\n")
    found = run(tmp_path)
    assert found["grams"] == {"maize": "300", "rice": "875/3"}


def test_rice_for_maize_by_energy() -> None:
    case = Basket({"maize": {"E": F(350), "P": F(10)}, "rice": {"E": F(360), "P": F(7)}}, [], {}, {})
    grams, change = swap(case, "maize", F(360), "rice", "E")
    assert grams == 350
    assert change == {"E": 0, "P": F(-23, 2)}


def test_needs_that_contradict_are_named(tmp_path: Path) -> None:
    write(tmp_path, needs="nutrient,least,most\nEnergy(kcal),2100,\nProtein(g),50,55\n", limits="food,most\nrice,0\n")
    with pytest.raises(UsageError, match=r"Energy\(kcal\), most Protein\(g\), most rice"):
        run(tmp_path)


def test_faults_are_told_together_and_impossible_foods_refused(tmp_path: Path) -> None:
    write(tmp_path, needs="nutrient,least,most\nZinc,1,\nProtein(g),5,4\n", people="node,people\nAlder,1.5\n")
    with pytest.raises(InputError) as caught:
        run(tmp_path)
    assert {(p.row, p.field) for p in caught.value.problems} == {(1, "nutrient"), (2, "most"), (1, "people")}
    write(tmp_path, foods=FOODS.replace("360,7", "360,360").replace("335,", "3350,"))
    with pytest.raises(InputError) as caught:
        run(tmp_path)
    assert {(p.row, p.field) for p in caught.value.problems} == {(2, "Protein(g)"), (3, "Energy(kcal)")}
    assert run(tmp_path, "--as-given")["covered"] == "1"


def test_the_cheaper_way_is_taken_and_a_cycle_of_lanes_does_no_harm() -> None:
    case = Basket(
        {"maize": {"E": F(1)}},
        [Need("E", F(1))],
        {"Alder": 1},
        {("Port", "maize"): F(10), ("Yard", "maize"): F(1)},
        [("Port", "Alder", F(1)), ("Yard", "Port", F(7)), ("Port", "Yard", F(0)), ("Yard", "Alder", F(50))],
    )
    assert delivered(case) == {("maize", "Alder"): ("Yard", F(9))}


numbers = st.integers(-4, 6)


@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=4),
    st.lists(st.tuples(st.lists(numbers, min_size=4, max_size=4), numbers), max_size=5),
)
@settings(max_examples=200, deadline=None)
def test_small_programs_agree_with_another_solver(cost: list[int], given: list[tuple[list[int], int]]) -> None:
    rows = [
        Row(str(i), {j: F(w) for j, w in enumerate(weights[: len(cost)])}, F(least))
        for i, (weights, least) in enumerate(given)
    ]
    found = minimise([F(c) for c in cost], rows)
    solver = pywraplp.Solver.CreateSolver("GLOP")
    x = [solver.NumVar(0, solver.infinity(), str(j)) for j in range(len(cost))]
    for row in rows:
        solver.Add(sum(float(w) * x[j] for j, w in row.weights.items()) >= float(row.least))
    solver.Minimize(sum(c * v for c, v in zip(cost, x, strict=True)))
    status = solver.Solve()
    assert (found.status == "optimal") == (status == pywraplp.Solver.OPTIMAL)
    if found.status == "optimal":
        assert abs(float(found.cost) - solver.Objective().Value()) < 1e-6
        assert proved([F(c) for c in cost], rows, found)
        forged = type(found)("optimal", found.values, found.prices, found.cost + 1)
        assert not proved([F(c) for c in cost], rows, forged)


def test_no_bound_below_is_told() -> None:
    assert minimise([F(-1)], []).status == "unbounded"
    assert minimise([F(1)], [Row("a", {0: F(-1)}, F(1))]).status == "impossible"
