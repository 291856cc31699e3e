"""Shared lanes and fuel: split along the ladder, exact and certified under the split, and the gap told truly."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pytest
from allocation.networks import networks, quantities, shuffled
from allocation.reference import Tiny
from evenhand_verify.main import main as checker
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.cli import main
from evenhand.core.errors import InputError
from evenhand.flow.allocation import check_input, solve
from evenhand.flow.allocation.bottleneck import Limit
from evenhand.flow.allocation.coupling import couple
from evenhand.flow.allocation.explain import relax
from evenhand.flow.allocation.joint import gap
from evenhand.flow.allocation.rules import divide_by, got_by
from evenhand.flow.allocation.scenario import changed


@dataclass
class Common(Tiny):
    shared: dict[str, int] = field(default_factory=dict)
    fuel: dict[str, int] = field(default_factory=dict)
    burn: dict[str, tuple[int, int]] = field(default_factory=dict)

    def tables(self) -> dict[str, pa.Table]:
        found = super().tables()
        whole, text = pa.int64(), pa.string()
        if self.shared:
            found["shared"] = pa.table({"lane": list(self.shared), "capacity": list(self.shared.values())})
        if self.fuel:
            found["fuel"] = pa.table({"node": list(self.fuel), "litres": list(self.fuel.values())})
            columns = [list(self.burn), *([rate[i] for rate in self.burn.values()] for i in (0, 1))]
            arrays = [pa.array(c, t) for c, t in zip(columns, (text, whole, whole), strict=True)]
            found["burn"] = pa.table(arrays, ["lane", "litres", "per"])
        return found


def port(shared: int = 60, rice: int = 60, oil: int = 30) -> Common:
    """A lane to Alder for rice and oil together, with plenty of both at the port."""
    return Common(
        {"Port": "entry", "Alder": "point"},
        {("Port", "rice"): 1000, ("Port", "oil"): 1000},
        [("a", "Port", "Alder", "", None)],
        {("Alder", "rice", 1): rice, ("Alder", "oil", 1): oil},
        shared={"a": shared},
    )


def coupled(tiny: Common):
    return couple(check_input(tiny.tables()))


def parts(tiny: Common) -> dict[tuple[str, str], int]:
    return {(r["lane"], r["commodity"]): r["capacity"] for r in coupled(tiny).split.to_pylist()}


def test_a_lane_for_two_thirds_of_all_brings_two_thirds_of_each() -> None:
    assert parts(port()) == {("a", "oil"): 20, ("a", "rice"): 40}
    assert quantities(coupled(port()).allocation) == {("Alder", "rice"): 40, ("Alder", "oil"): 20}


def test_floors_come_before_what_is_above_them() -> None:
    tiny = port(shared=60, rice=20, oil=30)
    tiny.demand["Alder", "rice", 2] = 400
    assert parts(tiny) == {("a", "oil"): 30, ("a", "rice"): 30}  # both floors, and the rest to the only rung left


def test_what_one_commodity_cannot_use_is_offered_to_the_other() -> None:
    tiny = port(shared=60)
    tiny.supply["Port", "oil"] = 4
    assert quantities(coupled(tiny).allocation) == {("Alder", "rice"): 56, ("Alder", "oil"): 4}


def test_fuel_goes_to_the_levels_and_not_to_the_near_point() -> None:
    """12 litres; Alder burns 1 litre for 10 units, Birch 2: at an even level x 60 x/10 + 60 x 2/10 = 12."""
    tiny = Common(
        {"Depot": "depot", "Alder": "point", "Birch": "point"},
        {("Depot", "rice"): 1000},
        [("a", "Depot", "Alder", "", None), ("b", "Depot", "Birch", "", None)],
        {("Alder", "rice", 1): 60, ("Birch", "rice", 1): 60},
        fuel={"Depot": 12},
        burn={"a": (1, 10), "b": (2, 10)},
    )
    assert quantities(coupled(tiny).allocation) == {("Alder", "rice"): 40, ("Birch", "rice"): 40}


def test_where_nothing_shared_stands_in_the_way_the_answer_is_proven() -> None:
    found = coupled(port(shared=90))
    assert found.proven and quantities(found.allocation) == {("Alder", "rice"): 60, ("Alder", "oil"): 30}
    assert not coupled(port(shared=89)).proven


def test_the_gap_is_that_of_rounding_where_the_best_split_is_no_whole_number() -> None:
    tiny = port(shared=7, rice=6, oil=6)  # the best is 3.5 of each
    found = gap(check_input(tiny.tables()), got_by(coupled(tiny).allocation))
    assert (found.worst, found.place) == (0.5, 1)
    assert found.exact_worst == pytest.approx(7 / 12, abs=1e-6) and found.gap == pytest.approx(1 / 12, abs=1e-6)


def test_a_bad_split_is_not_called_a_good_one() -> None:
    tiny = port()
    found = gap(check_input(tiny.tables()), {("Alder", "rice"): Fraction(60), ("Alder", "oil"): Fraction(0)})
    assert (found.worst, found.place) == (0, 1) and found.gap == pytest.approx(2 / 3, abs=1e-6)


@st.composite
def common_networks(draw: st.DrawFn) -> Common:
    plain = draw(networks(st.sampled_from([1, 1000, 2**40 + 1])))
    lanes = {lane[0]: lane for lane in plain.lanes}
    size = max([1, *plain.supply.values()])
    chosen = draw(st.sets(st.sampled_from(sorted(lanes)))) if lanes else set()
    shared = {name: draw(st.integers(0, 2 * size)) for name in sorted(chosen)}
    tanks = draw(st.sets(st.sampled_from(sorted(plain.nodes)), max_size=2)) if plain.nodes else set()
    burn = {n: (draw(st.integers(0, 3)), draw(st.integers(1, 7))) for n in sorted(lanes)} if tanks else {}
    fuel = {n: draw(st.integers(0, size)) for n in sorted(tanks)}
    return Common(plain.nodes, plain.supply, plain.lanes, plain.demand, shared, fuel, burn)


def write(tables: dict[str, pa.Table], folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, table in tables.items():
        with (folder / f"{name}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(table.column_names)
            writer.writerows(["" if c is None else c for c in row.values()] for row in table.to_pylist())
    return folder


@settings(max_examples=40, deadline=None)
@given(common_networks())
def test_the_checker_accepts_every_split_and_its_certificate(tmp_path_factory, tiny: Common) -> None:
    found = coupled(tiny)
    folder = tmp_path_factory.mktemp("both")
    answer = {name: getattr(found.allocation, name) for name in ("levels", "flows", "blocks", "certificate")}
    there = check_input(tiny.tables()).pools
    write(tiny.tables(), folder / "in")
    write(answer | ({"split": found.split} if there else {}), folder / "out")
    assert checker(["allocation", str(folder / "in"), str(folder / "out")]) == 0


@settings(max_examples=40, deadline=None)
@given(common_networks(), st.integers(0, 9))
def test_no_order_of_rows_changes_anything_and_no_split_beats_the_exact_answer(tiny: Common, seed: int) -> None:
    tables = tiny.tables()
    found = couple(check_input(tables))
    again = couple(check_input(shuffled(tables, seed)))
    assert found.split == again.split and found.allocation.levels == again.allocation.levels
    measured = gap(check_input(tables), got_by(found.allocation))
    assert measured is None or measured.gap > -1e-4
    if found.proven and measured is not None:
        assert measured.place == 0


@settings(max_examples=15, deadline=None)
@given(networks(st.just(1000)))
def test_the_linear_programs_find_what_the_exact_method_finds_where_nothing_is_shared(tiny: Tiny) -> None:
    given_ = check_input(tiny.tables())
    measured = gap(given_, got_by(solve(**tiny.tables())))
    assert measured is not None and measured.place == 0


def test_every_rule_divides_a_shared_lane() -> None:
    given_ = check_input(port().tables())
    assert sum(got_by(divide_by(given_, "first-come")).values()) == 60


def test_what_if_and_relief_speak_of_the_lane_as_a_whole() -> None:
    given_ = check_input(port().tables())
    wider = changed(given_, "lane a capacity +30")
    assert wider.pools[0].capacity == 90 and changed(given_, "lane a capacity none").pools == ()
    assert relax(given_, Limit("lane", "a", "rice", 40), 30).pools == wider.pools
    assert couple(changed(given_, "lane a closed")).allocation.flows.num_rows == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"shared": {"b": 1}}, "there is no such lane"),
        ({"fuel": {"Port": 1}}, "nothing says what this lane from it burns"),
        ({"fuel": {"Dune": 1}, "burn": {"a": (1, 1)}}, "there is no such node"),
        ({"fuel": {"Port": 1}, "burn": {"a": (1, 0)}}, "is less than 1"),
    ],
)
def test_what_does_not_fit_the_lanes_is_refused_by_name(change, said) -> None:
    tiny = port()
    for name, value in change.items():
        setattr(tiny, name, value)
    with pytest.raises(InputError) as refused:
        check_input(tiny.tables())
    assert said in str([p.line() for p in refused.value.problems])


def test_one_fuel_table_without_the_other_is_refused() -> None:
    tables = port().tables() | {"burn": pa.table({"lane": ["a"], "litres": [1], "per": [1]})}
    with pytest.raises(InputError) as refused:
        check_input(tables)
    assert "stands without fuel.csv" in refused.value.problems[0].message


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr("sys.argv", ["evenhand", "allocate", *map(str, arguments)])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code or 0


def test_the_command_writes_the_split_and_tells_the_gap(tmp_path: Path, monkeypatch, capsys) -> None:
    folder = write(port(shared=7, rice=6, oil=6).tables(), tmp_path / "in")
    assert run(monkeypatch, folder, "--out", tmp_path / "out") == 0
    said = capsys.readouterr().out
    assert "the exact answer is known: its worst level is 0.5833, here 0.5000, gap 0.0833" in said
    assert checker(["allocation", str(folder), str(tmp_path / "out")]) == 0
    capsys.readouterr()
    assert run(monkeypatch, folder, "--out", tmp_path / "out", "--json", "--explain", "Alder:oil") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["sharing"]["gap"]["exact_worst"] == pytest.approx(0.583333)
    (folder / "shared.csv").unlink()
    assert run(monkeypatch, folder, "--out", tmp_path / "out") == 2
    assert "holds a split of shared lanes" in capsys.readouterr().err


def test_fuel_for_half_a_unit_is_no_proof() -> None:
    tiny = Common(
        {"Birch": "point", "Alder": "point"},
        {("Birch", "grain"): 1},
        [("b-a", "Birch", "Alder", "", None)],
        {("Alder", "grain", 1): 1},
        fuel={"Birch": 1},
        burn={"b-a": (2, 1)},
    )
    found = coupled(tiny)
    assert not found.proven and quantities(found.allocation) == {("Alder", "grain"): 0}
    assert gap(check_input(tiny.tables()), got_by(found.allocation)).exact_worst == pytest.approx(0.5)
