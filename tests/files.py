"""Files to import, and the policy they are checked against: villages Alder, Birch, Cedar; four households."""

from __future__ import annotations

from pathlib import Path

from evenhand.actions.importing import Imported, import_file
from evenhand.core.errors import InputError
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.policy import Policy, load
from evenhand.store import Store

POLICY = """
[policy]
id = "relief"
title = "Relief"
period = "month"

[category]
card = ["AAY", "PHH"]
occupation = ["worker", "heavy", "infant"]

[input]
card = {of = "household", type = "category", purpose = "class of card"}
income = {of = "household", type = "number", unit = "INR", range = [0, 1000], purpose = "means"}
lactating = {of = "member", type = "bool", purpose = "extra food"}

[benefit.grain]
kind = "good"
title = "Grain"
unit = "kg"
step = "500 g"
undersupplied = "lapse"
uncollected = "lapse"

[benefit.oil]
kind = "good"
title = "Oil"
unit = "l"
step = "100 ml"
undersupplied = "lapse"
uncollected = "lapse"

[benefit.shoes]
kind = "good"
title = "Shoes"
unit = "pair"
parts = 12
step = "1 pair"
undersupplied = "lapse"
uncollected = "lapse"

[benefit.clothing]
kind = "points"
title = "Clothing"
unit = "point"
step = "1 point"
undersupplied = "lapse"
uncollected = "lapse"

[param.ration]
unit = "kg/person"
source = "example"
values = [{from = 2008-01-01, value = 9}]

[[entitlement]]
benefit = "grain"
amount = "ration * size"

[[entitlement]]
benefit = "oil"
amount = "1"

[[entitlement]]
benefit = "shoes"
amount = "1"

[[entitlement]]
benefit = "clothing"
amount = "66"
"""

GOOD = {
    "areas": "pcode,name,parent,level\nKP,Korea,,0\nKP01,Pyongyang,KP,1\n",
    "points": "point,name,area,latitude,longitude\nAlder,Alder,KP01,39.019444,125.738\nBirch,Birch,KP01,,\nCedar,C,KP01,,\n",
    "depots": "node,name,kind\nE,Port,entry\nD,Depot,depot\n",
    "lanes": "lane,from,to,commodity,capacity,cost\nL1,E,D,grain,40 t,1\nL2,D,Alder,,,2\n",
    "stock": "node,commodity,lot,quantity,best_before,source\nE,grain,G1,40 t,2012-01-31,WFP\nE,shoes,S1,40 pair,,WFP\n",
    "households": "household,point,name,card\nH1,Alder,Kim,AAY\nH2,Alder,,\nH3,Birch,Ri,PHH\nH4,Cedar,Pak,AAY\n",
    "members": "household,member,birth_date,sex,occupation\n"
    "H1,1,1971-02-28,f,worker\nH1,2,2011-03-13,m,infant\nH2,1,1880-01-01,m,heavy\n",
}


def policy() -> Policy:
    """The policy, loaded."""
    return load(POLICY, "relief.toml")


def bring_in(store: Store, kind: str, text: str | bytes, folder: Path, name: str = "") -> Imported:
    """Import a file with this content."""
    path = folder / (name or f"{kind}.csv")
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return import_file(store, DuckDB(), kind, path, policy())


def refusals(store: Store, kind: str, text: str | bytes, folder: Path) -> list[tuple[int, str, str]]:
    """(row, field, message) of everything wrong with the file; nothing may be changed by it."""
    before = contents(store)
    try:
        bring_in(store, kind, text, folder)
    except InputError as error:
        assert contents(store) == before
        assert error.exit_code == 2
        assert all(found.remedy for found in error.problems)
        return [(found.row, found.field, found.message) for found in error.problems]
    raise AssertionError("the file was accepted")


def contents(store: Store) -> list[tuple[str, int]]:
    """How many rows every table has."""
    tables = ("area", "node", "lane_version", "lot", "movement", "household", "member", "import_file")
    return [(table, store.rows(f"SELECT count(*) FROM {table}")[0][0]) for table in tables]


def bring_in_all(store: Store, folder: Path, *kinds: str) -> None:
    """Import the good files of these kinds."""
    for kind in kinds:
        bring_in(store, kind, GOOD[kind], folder)
