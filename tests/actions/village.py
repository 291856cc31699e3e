"""Two villages whose numbers fit on a sheet of paper: Alder and Birch, four households each, a mill and a depot.

Grain: 10 kg a head, 6 kg of them a floor, in steps of 500 g. Oil: 250 ml a head, no floor, in steps of 100 ml.
A ninth of what a point gets is reserve (an eighth of what is due). Both villages have twelve people:

    Alder   A1 1 person, A2 2, A3 3, A6 6          Birch   B1 1 person, B2 2, B4 4, B5 5

Grain in steps: due 240 a village (144 floor, 96 above it), with reserve 162 + 108 = 270. March has 216 kg = 432 steps,
so each village gets 216: the floor and half of the rest, 16 steps a head, 24 of reserve.
Oil in steps: due 30 a village, 34 with reserve; March has 100 for 68. A head is due 2.5 steps: A1 and A3 (B1 and B5)
are due a half step each that only one of them can get; the other gets it in April.
"""

from __future__ import annotations

import atexit
import csv
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path

from folders import clock, copy_data, make_data, open_folder

from evenhand.actions.adopt import adopt, propose
from evenhand.actions.approve import approve
from evenhand.actions.cards import issue_cards
from evenhand.actions.close import close
from evenhand.actions.commit import commit
from evenhand.actions.compute import compute
from evenhand.actions.draft import draft
from evenhand.actions.enrol import enrol_device, enrol_person
from evenhand.actions.freeze import freeze
from evenhand.actions.hand_over import hand_over
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.actions.opening import open_cycle
from evenhand.actions.policy import read_policy_text
from evenhand.actions.publish import publish
from evenhand.actions.receive import counts_from_rows, receive
from evenhand.cli.card import write_paper
from evenhand.engines.duckdb import DuckDB
from evenhand.store import Store, open_store

ROOT, ANA, BORIS = "root passphrase", "ana's word", "boris's word"
MARCH, APRIL = "2008-03/1", "2008-04/1"
EVENT, THROW = "dice thrown at the mill on 3 March", "4 6 1 2 5"
SIZES = {"A1": 1, "A2": 2, "A3": 3, "A6": 6, "B1": 1, "B2": 2, "B4": 4, "B5": 5}
POINT = {household: "Alder" if household[0] == "A" else "Birch" for household in SIZES}
PERIODS = ("2008-03", "2008-04")

POLICY = """
[policy]
id = "village"
title = "Two villages"
period = "month"
k = 2
reserve = "1/8"

[category]
occupation = ["home"]

[benefit.grain]
kind = "good"
title = "Grain"
unit = "kg"
step = "500 g"
undersupplied = "lapse"
uncollected = "lapse"
energy = {kcal = "350", per = "100 g", source = "example"}

[benefit.oil]
kind = "good"
title = "Oil"
unit = "l"
step = "100 ml"
undersupplied = "lapse"
uncollected = "lapse"

[param.grain]
unit = "kg/person"
source = "example"
values = [{from = 2008-01-01, value = 10}]

[param.oil]
unit = "ml/person"
source = "example"
values = [{from = 2008-01-01, value = 250}]

[table.grain_due]
of = "household"
unit = "kg"
rows = [{id = "head", when = "size > 0", then = "grain * size", because = "10 kg for each member"}]
otherwise = {then = "0", because = "nobody there"}

[table.oil_due]
of = "household"
unit = "ml"
rows = [{id = "head", when = "size > 0", then = "oil * size", because = "250 ml for each member"}]
otherwise = {then = "0", because = "nobody there"}

[[entitlement]]
benefit = "grain"
amount = "grain_due"
floor = {share = "3/5", round = "ceiling"}

[[entitlement]]
benefit = "oil"
amount = "oil_due"

[[test]]
name = "two people"
on = 2008-03-01
given = {size = 2}
expect = {grain = "20 kg", oil = "500 ml"}
"""

MEMBERS = "".join(f"{h},{m},1970-01-0{m},{'fm'[m % 2]},home\n" for h, size in SIZES.items() for m in range(1, size + 1))
FILES = {
    "areas": "pcode,name,parent,level\nV,The Valley,,0\nV1,Upper Valley,V,1\n",
    "points": "point,name,area,latitude,longitude\nAlder,Alder,V1,47.1,9.5\nBirch,Birch,V1,47.2,9.6\n",
    "depots": "node,name,kind\nMill,The mill,entry\nBarn,The barn,depot\n",
    "lanes": "lane,from,to,commodity,capacity,cost\nM,Mill,Barn,,,1\nA,Barn,Alder,,,2\nB,Barn,Birch,,,3\n",
    "stock": "node,commodity,lot,quantity,best_before,source\n"
    "Mill,grain,G1,216 kg,2009-01-31,Harvest\nMill,oil,O1,10 l,,Press\n",
    "households": "household,point,name\n" + "".join(f"{h},{POINT[h]},Family {h}\n" for h in SIZES),
    "members": "household,member,birth_date,sex,occupation\n" + MEMBERS,
}
APRIL_STOCK = (
    "node,commodity,lot,quantity,best_before,source\nMill,grain,G2,157 kg,2009-02-28,Harvest\nMill,oil,O2,3 l,,Press\n"
)

COUNTS = """node,commodity,steps
Barn,grain,432
Barn,oil,68
Alder,grain,216
Alder,oil,34
Birch,grain,202
Birch,oil,34
"""
"""March as it came: the lorry to Birch is 14 steps (7 kg) of grain short."""


def secret(household: str) -> bytes:
    """The card secret of a household in these tests: the same every time."""
    return sha256(b"village " + household.encode()).digest()[:16]


@dataclass(frozen=True)
class Paper:
    """What was printed: code of the slip by household, card by household, coupon code by (household, period)."""

    slips: dict[str, str]
    cards: dict[str, str]
    coupons: dict[tuple[str, str], str]


def read_paper(folder: Path) -> Paper:
    """slips.csv and coupons.csv of `card issue`."""
    slips = list(csv.DictReader((folder / "slips.csv").open()))
    coupons = list(csv.DictReader((folder / "coupons.csv").open()))
    return Paper(
        {row["household"]: row["code"] for row in slips},
        {row["household"]: row["card"] for row in slips},
        {(row["household"], row["period"]): row["code"] for row in coupons},
    )


def handed_over(paper: Paper, period: str = "2008-03") -> str:
    """The list of what was handed out in March: A2 lost the coupon, A3's was copied and came twice, A6 did not come."""
    lines = ["point,card,coupon,exception"]
    for household in ("A1", "A3", "B1", "B2", "B4", "B5"):
        lines.append(f"{POINT[household]},,{paper.coupons[household, period]},")
    lines.insert(2, f"Alder,{paper.cards['A2']},,no-coupon")
    lines.append(f"Alder,,{paper.coupons['A3', period]},")
    return "\n".join(lines) + "\n"


def write_files(folder: Path, files: Mapping[str, str] = FILES) -> dict[str, Path]:
    """Write the files a user brings; their paths by kind."""
    paths = {kind: folder / f"{kind}.csv" for kind in files}
    for kind, text in files.items():
        paths[kind].write_text(text)
    return paths


def adopted(store: Store, path: Path) -> None:
    """Ana proposes the policy in a file, Boris adopts it."""
    adopt(store, propose(store, read_policy_text(path), "ana", ANA), "boris", BORIS)


def set_up(store: Store, folder: Path) -> None:
    """Persons, policy, network, stock, households, devices, cards; the paper goes to `folder`/paper."""
    (folder / "policy.toml").write_text(POLICY)
    enrol_person(store, "ana", ["preparer"], ROOT, ANA)
    enrol_person(store, "boris", ["approver"], ROOT, BORIS)
    adopted(store, folder / "policy.toml")
    for kind, path in write_files(folder).items():
        import_file(store, DuckDB(), kind, path, policy_in_force(store))
    for point in ("Alder", "Birch"):
        enrol_device(store, f"phone-{point}", [point], ROOT)
    paper = issue_cards(store, PERIODS, lambda households: [secret(h) for h in households])
    (folder / "paper").mkdir()
    write_paper(folder / "paper", paper.slips.to_pylist(), paper.coupons.to_pylist())


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


STEPS: dict[str, Callable[[Store, Paper], object]] = {
    "drafted": lambda store, paper: draft(store, "2008-03", "ana"),
    "frozen": lambda store, paper: freeze(store, MARCH, "ana", ANA, EVENT),
    "computed": lambda store, paper: compute(store, DuckDB(), MARCH, "ana", ANA, THROW),
    "approved": lambda store, paper: approve(store, MARCH, "boris", BORIS),
    "committed": lambda store, paper: commit(store, MARCH, "boris"),
    "open": lambda store, paper: open_cycle(store, MARCH, "boris"),
    "received": lambda store, paper: receive(store, MARCH, counts_from_rows(_rows(COUNTS), "counts.csv"), "counts.csv"),
    "redeemed": lambda store, paper: hand_over(store, MARCH, _rows(handed_over(paper)), "handed.csv"),
    "closed": lambda store, paper: close(store, MARCH, "boris"),
    "published": lambda store, paper: publish(store, MARCH, "boris", store.data / "disclosures"),
}
"""March, step by step: how a data folder comes into each state."""


@cache
def base() -> Path:
    """A folder with a data folder that is set up and has no cycle yet, its files and its paper; not running."""
    folder = _kept()
    data = make_data(folder)
    with open_store(data, clock) as store:
        set_up(store, folder)
    return folder


@cache
def at(state: str) -> Path:
    """A stopped data folder with March in `state`, made once by each process. Copy it before it is changed."""
    names = list(STEPS)
    if state == "ready":
        return base() / "data"
    before = at(names[names.index(state) - 1] if names.index(state) else "ready")
    data = copy_data(before, _kept())
    with open_store(data, clock) as store:
        STEPS[state](store, paper())
    return data


def paper() -> Paper:
    """The villages' cards and coupons."""
    return read_paper(base() / "paper")


def _kept() -> Path:
    """A folder that is removed when this process ends."""
    opened = open_folder()
    folder = opened.__enter__()
    atexit.register(shutil.rmtree, folder, True)
    _OPEN.append(opened)
    return folder


_OPEN: list[object] = []
"""Kept, so that no folder is removed while tests still copy it."""


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def rows_by_table(store: Store) -> dict[str, int]:
    """How many rows each of our tables has."""
    names = [row[0] for row in store.rows("select tablename from pg_tables where schemaname = 'public' order by 1")]
    return {
        name: store.rows(f'select count(*) from "{name}"')[0][0] for name in names if not name.startswith("django_")
    }
