"""Importing areas, points, depots, lanes and stock."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from files import GOOD, bring_in, bring_in_all, contents, policy, refusals

from evenhand.actions.importing import import_file
from evenhand.core.errors import InputError, UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.store import Store


def test_a_whole_network_comes_in_as_written(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "areas", "points", "depots", "lanes", "stock")
    assert store.rows("SELECT pcode, name, parent, level FROM area ORDER BY 1") == [
        ("KP", "Korea", None, 0),
        ("KP01", "Pyongyang", "KP", 1),
    ]
    assert store.rows("SELECT * FROM node WHERE node = 'Alder'")[0][:3] == ("Alder", "Alder", "point")
    assert store.rows("SELECT latitude_microdegrees, longitude_microdegrees FROM node WHERE node = 'Alder'") == [
        (39019444, 125738000)
    ]
    assert store.rows("SELECT node, kind FROM node WHERE kind <> 'point' ORDER BY 1") == [
        ("D", "depot"),
        ("E", "entry"),
    ]
    assert store.rows(
        "SELECT lane, source, target, commodity, capacity_base, cost, open FROM lane_version ORDER BY id"
    ) == [
        ("L1", "E", "D", "grain", 40_000_000, 1, True),
        ("L2", "D", "Alder", None, None, 2, True),
    ]
    assert store.rows("SELECT lot, benefit, best_before, source FROM lot ORDER BY 1") == [
        ("G1", "grain", date(2012, 1, 31), "WFP"),
        ("S1", "shoes", None, "WFP"),
    ]
    moved = store.rows("SELECT kind, source, target, benefit, lot, quantity, cycle FROM movement ORDER BY id")
    assert moved == [
        ("receipt", "source:WFP", "node:E", "grain", "G1", 40_000_000, None),
        ("receipt", "source:WFP", "node:E", "shoes", "S1", 480, None),
    ]
    refs = [ref for (ref,) in store.rows("SELECT ref FROM movement ORDER BY id")]
    assert [ref.split(":")[2] for ref in refs] == ["1", "2"]


def test_the_same_file_again_is_a_no_op(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "areas", "points", "depots", "stock")
    before = contents(store)
    again = bring_in(store, "stock", GOOD["stock"], tmp_path, "other-name.csv")
    assert (again.again, again.added) == (True, 0)
    assert contents(store) == before


def test_rows_that_are_registered_already_are_left_as_they_are(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "areas")
    found = bring_in(store, "areas", GOOD["areas"] + "KP02,Nampo,KP,1\n", tmp_path)
    assert (found.rows, found.added, found.known) == (3, 1, 2)


def test_a_changed_lane_is_a_new_version_and_the_newest_counts(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "areas", "points", "depots", "lanes")
    found = bring_in(
        store,
        "lanes",
        "lane,from,to,commodity,capacity,cost,open\nL1,E,D,grain,40 t,1,yes\nL2,D,Alder,,,2,no\n",
        tmp_path,
    )
    assert (found.added, found.known) == (1, 1)
    versions = store.rows("SELECT open FROM lane_version WHERE lane = 'L2' ORDER BY id")
    assert versions == [(True,), (False,)]


WRONG_AREAS = [
    ("X1,,,0", "name", "the cell is empty"),
    (",Xanadu,,0", "pcode", "the cell is empty"),
    ("X3,Xanadu,OZ,1", "parent", "there is no such area"),
    ("X4,Xanadu,X4,1", "parent", "its level is not below 1"),
    ("X5,Xanadu,KP01,1", "parent", "its level is not below 1"),
    ("X6,Xanadu,,-1", "level", "the number is too small"),
    ("X7,Xanadu,,one", "level", "not a whole number"),
    ("KP,Other,,0", "pcode", "already registered with other values (Korea, , 0)"),
]


def told(store: Store, kind: str, header: str, wrong: list[tuple[str, str, str]], tmp_path: Path) -> None:
    """A file of one right row and these wrong ones is refused, and each is told."""
    text = header + "".join(f"{row}\n" for row, _, _ in wrong)
    expected = [(number, field, message) for number, (_, field, message) in enumerate(wrong, 2)]
    assert refusals(store, kind, text, tmp_path) == expected


def test_wrong_areas_are_refused(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "areas")
    told(store, "areas", "pcode,name,parent,level\nY,Right,KP,1\n", WRONG_AREAS, tmp_path)


def test_wrong_points_and_depots_are_refused_all_at_once(store: Store, tmp_path: Path) -> None:
    bring_in_all(store, tmp_path, "areas", "points")
    points = (
        "point,name,area,latitude,longitude\n"
        "P1,a,KP01,91,0\nP2,b,OZ,0,181\nP3,c,KP01,39,\nP4,d,KP01,1e1,0\nAlder,Elder,KP01,,\n"
    )
    assert [(row, field) for row, field, _ in refusals(store, "points", points, tmp_path)] == [
        (1, "latitude"), (2, "area"), (3, "longitude"), (4, "latitude"), (5, "point"),
    ]  # fmt: skip
    assert refusals(store, "depots", "node,name,kind\nZ,Z,point\nAlder,A,depot\n", tmp_path) == [
        (1, "kind", "not a word of the list"),
        (2, "node", "already registered with other values (Alder, point, KP01, 39019444, 125738000)"),
    ]


WRONG_LANES = [
    ("L10,E,Nowhere,grain,40 t,1", "to", "there is no such node"),
    ("L11,Nowhere,D,grain,40 t,1", "from", "there is no such node"),
    ("L12,Alder,D,grain,40 t,1", "from", "a lane cannot leave a point"),
    ("L13,D,E,grain,40 t,1", "to", "a lane cannot reach an entry"),
    ("L14,D,D,grain,40 t,1", "to", "the lane ends where it begins"),
    ("L15,E,D,rice,40 t,1", "commodity", "the policy has no such benefit"),
    ("L16,E,D,clothing,40,1", "commodity", "there is no stock of points"),
    ("L17,E,D,grain,-40 t,1", "capacity", "the quantity is negative"),
    ("L18,E,D,grain,40 l,1", "capacity", 'l does not measure "grain"'),
    ("L19,E,D,grain,0.5 g,1", "capacity", "not a whole number of base units"),
    ("L20,E,D,grain,9999999999999 t,1", "capacity", "the quantity is too large"),
    ("L21,E,D,,40 t,1", "capacity", "without a commodity it is not clear what this counts"),
    ("L22,E,D,grain,40 t,-1", "cost", "the number is too small"),
    ("L23,E,D,grain,40 t,1.5", "cost", "not a whole number"),
    ("L24,E,D,grain,40 t,", "cost", "the cell is empty"),
]


def test_wrong_lanes_are_refused(network: Store, tmp_path: Path) -> None:
    told(network, "lanes", "lane,from,to,commodity,capacity,cost\nL9,D,Birch,grain,40 t,1\n", WRONG_LANES, tmp_path)


WRONG_STOCK = [
    ("Nowhere,grain,G10,1 t,,WFP", "node", "there is no such node"),
    ("E,rice,G11,1 t,,WFP", "commodity", "the policy has no such benefit"),
    ("E,clothing,G12,1,,WFP", "commodity", "there is no stock of points"),
    ("E,grain,G13,-1 t,,WFP", "quantity", "the quantity is negative"),
    ("E,grain,G14,-1,,WFP", "quantity", "the quantity is negative"),
    ("E,grain,G15,1 l,,WFP", "quantity", 'l does not measure "grain"'),
    ("E,grain,G16,1.0005 kg,,WFP", "quantity", "not a whole number of base units"),
    ("E,grain,G17,,,WFP", "quantity", "the cell is empty"),
    ("E,grain,G18,1 t,31.1.2012,WFP", "best_before", "not a date"),
    ("E,grain,G19,1 t,,", "source", "the cell is empty"),
    ("E,grain,G1,1 t,2012-01-31,Other", "lot", "the lot is known otherwise (best before 2012-01-31, from WFP)"),
    ("Alder,grain,G1,1 t,,WFP", "lot", "the lot is known otherwise (best before 2012-01-31, from WFP)"),
]


def test_wrong_stock_is_refused(network: Store, tmp_path: Path) -> None:
    header = "node,commodity,lot,quantity,best_before,source\nD,grain,G1,500 g,2012-01-31,WFP\n"
    told(network, "stock", header, WRONG_STOCK, tmp_path)


def test_packs_of_a_lot_are_whole_hand_out_steps_and_the_same_everywhere(network: Store, tmp_path: Path) -> None:
    header = "node,commodity,lot,quantity,source,pack\n"
    bring_in(network, "stock", header + "E,grain,A,1 t,X,50 kg\nE,grain,B,1 t,X,\n", tmp_path)
    assert network.rows("SELECT lot, pack_base FROM lot ORDER BY lot") == [("A", 50_000), ("B", None)]
    wrong = header + "E,grain,C,1 t,X,0\nE,grain,D,1 t,X,750 g\nE,grain,E,1 t,X,1 l\nD,grain,A,1 t,X,25 kg\n"
    assert [(row, field) for row, field, _ in refusals(network, "stock", wrong, tmp_path)] == [
        (1, "pack"), (2, "pack"), (3, "pack"), (4, "lot"),
    ]  # fmt: skip


def test_cells_and_meaning_are_told_together(network: Store, tmp_path: Path) -> None:
    text = (
        "node,commodity,lot,quantity,best_before,source\n"
        "E,grain,G2,-1 t,,WFP\nE,grain,G3,1 t,never,WFP\nOZ,grain,G4,1 t,,WFP\n"
    )
    assert [(row, field) for row, field, _ in refusals(network, "stock", text, tmp_path)] == [
        (1, "quantity"), (2, "best_before"), (3, "node"),
    ]  # fmt: skip


def test_quantities_are_exact(network: Store, tmp_path: Path) -> None:
    text = (
        "node,commodity,lot,quantity,source\nE,grain,A,1.5 kg,X\nE,grain,B,7,X\nE,oil,C,1/4 l,X\nE,shoes,D,1/12 pair,X\n"
        "E,grain,F,4611686018427 kg,X\nE,grain,Z,0,X\n"
    )
    found = bring_in(network, "stock", text, tmp_path)
    assert (found.rows, found.added) == (6, 5)
    assert network.rows("SELECT lot, quantity FROM movement ORDER BY lot") == [
        ("A", 1500), ("B", 7), ("C", 250), ("D", 1), ("F", 4611686018427000),
    ]  # fmt: skip


def test_a_corrected_list_of_stock_does_not_count_a_lot_twice(network: Store, tmp_path: Path) -> None:
    header = "node,commodity,lot,quantity,source\n"
    bring_in(network, "stock", header + "E,grain,A,1 t,X\n", tmp_path)
    text = header + "E,grain,A,2 t,X\nE,grain,B,1 t,X\n"
    assert [(row, field) for row, field, _ in refusals(network, "stock", text, tmp_path)] == [(1, "lot")]
    assert network.rows("SELECT sum(quantity) FROM movement") == [(1_000_000,)]


def test_stock_needs_a_policy(network: Store, tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text(GOOD["stock"])
    with pytest.raises(InputError) as caught:
        import_file(network, DuckDB(), "stock", path, None)
    assert "policy adopt" in caught.value.problems[0].remedy


def test_parquet_is_read_like_csv(store: Store, tmp_path: Path) -> None:
    table = pa.table(
        {"pcode": ["KP"], "name": pa.array(["Korea"]).dictionary_encode(), "level": pa.array([0], pa.int8())}
    )
    pq.write_table(table, tmp_path / "areas.parquet")
    assert import_file(store, DuckDB(), "areas", tmp_path / "areas.parquet", None).added == 1
    pq.write_table(table.set_column(2, "level", pa.array([0.0])), tmp_path / "floats.parquet")
    with pytest.raises(InputError, match="1 problem"):
        import_file(store, DuckDB(), "areas", tmp_path / "floats.parquet", None)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1" + bytes(20))
    with pytest.raises(InputError, match="1 problem"):
        import_file(store, DuckDB(), "areas", tmp_path / "broken.parquet", None)


def test_a_demonstration_takes_in_nothing_real(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "programme", type(store.programme)("relief", "demo.example", "UTC", True))
    (tmp_path / "areas.csv").write_text(GOOD["areas"])
    with pytest.raises(UsageError, match="demonstration"):
        import_file(store, DuckDB(), "areas", tmp_path / "areas.csv", policy())
    assert import_file(store, DuckDB(), "areas", tmp_path / "areas.csv", policy(), generated=True).added == 2
