"""Goods on their way: received line by line with reasons, sent on to another point, led around a closed lane.

The two villages of village.py: 216 kg of grain (432 steps) and 10 l of oil go from the Mill to the Barn, and 216 steps of
grain and 34 of oil from there to Alder and to Birch. Each month is published, and the checker has the last word.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from actions.village import ANA, BORIS, EVENT, MARCH, THROW, at
from evenhand_verify import papers as signed_papers
from evenhand_verify.checks import closings, goods_received, transfers
from evenhand_verify.disclosure import Disclosure
from folders import clock, copy_data, open_folder

from evenhand.actions.approve import approve
from evenhand.actions.close import close
from evenhand.actions.closing_lanes import close_lanes
from evenhand.actions.commit import commit
from evenhand.actions.compute import compute
from evenhand.actions.cycles import find
from evenhand.actions.draft import draft
from evenhand.actions.freeze import freeze
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.actions.noting import notes_from_rows
from evenhand.actions.opening import open_cycle, packs_of_cycle, waybills_of
from evenhand.actions.publish import publish
from evenhand.actions.receive import receive, receive_notes
from evenhand.actions.stops import write_stops
from evenhand.actions.transfer import transfer
from evenhand.actions.waybills import print_waybills
from evenhand.core.errors import InputError, UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.formats import cose
from evenhand.store import Store, open_store

HEAD = ("waybill", "commodity", "packs", "steps", "damaged", "reason")
TO_ALDER, TO_BIRCH, TO_BARN = (f"{MARCH}-W0000{n}" for n in (1, 2, 3))
ALL = [(TO_BARN, "grain", "", "432", "", ""), (TO_BARN, "oil", "", "68", "", "")]
ALDER = [(TO_ALDER, "grain", "", "216", "", ""), (TO_ALDER, "oil", "", "34", "", "")]
BIRCH = [(TO_BIRCH, "grain", "", "216", "", ""), (TO_BIRCH, "oil", "", "34", "", "")]
FULL = {"grain": 216, "oil": 34}


@contextmanager
def month(state: str) -> Iterator[tuple[Store, Path]]:
    with open_folder() as folder, open_store(copy_data(at(state), folder), clock) as store:
        yield store, folder


def note(store: Store, *rows: tuple[str, ...]) -> Any:
    listed = [dict(zip(HEAD, row, strict=True)) for row in rows]
    return receive_notes(store, MARCH, notes_from_rows(listed, "note.csv"), "note.csv")


def move(store: Store, **row: str) -> list[str]:
    return transfer(store, MARCH, "ana", ANA, [row], "moves.csv")


def refused(act: Callable[[], object]) -> str:
    """Why an input was refused."""
    with pytest.raises(InputError) as caught:
        act()
    return " ".join(caught.value.lines())


def lost(store: Store) -> dict[tuple[str, str], int]:
    rows = store.rows("select target, benefit, sum(quantity)::int from movement where kind = 'loss' group by 1, 2")
    return {(row[0], row[1]): row[2] for row in rows}


def verified(store: Store, folder: Path) -> dict[str, str]:
    """Close, publish, and what the checker says of each check; all must pass."""
    close(store, MARCH, "boris")
    out = publish(store, MARCH, "boris", folder / "out")
    root = folder / "out" / "root.vkey"
    root.write_text(store.keys.root_vkey.line() + "\n")
    run = subprocess.run(
        [sys.executable, "-m", "evenhand_verify", str(out), "--root", str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr
    lines = [line[5:].split(": ", 1) for line in run.stdout.splitlines() if line.startswith("PASS ")]
    return {line[0]: line[1] for line in lines if len(line) == 2}


def faults(folder: Path, check: Any, papers: str, lie: Callable[[Any], Any]) -> str:
    """What a check says of the published month if its first paper said something else than it does."""
    found = Disclosure(folder / "out" / "2008-03")
    assert isinstance(check.CHECK.run(found), str)
    first, *others = getattr(signed_papers, papers)(found)
    found._memory[f"papers.{papers}"] = [lie(first), *others]
    said = check.CHECK.run(found)
    assert isinstance(said, list), said
    return " ".join(said)


def test_what_is_damaged_or_missing_is_lost_with_its_reason_and_the_point_is_recut() -> None:
    with month("open") as (store, folder):
        note(store, *ALL)
        short = [(TO_BIRCH, "grain", "", "200", "10", "bags torn in the rain"), (TO_BIRCH, "oil", "", "34", "", "")]
        done = note(store, *ALDER, *short)
        assert (done.counted, done.recut) == (("Alder", "Birch"), ("Birch",))
        assert lost(store) == {("loss:Birch", "grain"): 16 * 500}
        refs = {row[0] for row in store.rows("select ref from movement where kind = 'loss'")}
        assert refs == {f"{MARCH}/damaged/{TO_BIRCH}/grain/G1", f"{MARCH}/missing/{TO_BIRCH}/grain/G1"}
        assert note(store, *ALDER, *short).known == ("Alder", "Birch")
        assert "counted otherwise before" in refused(lambda: note(store, *ALDER, *BIRCH))
        told = verified(store, folder)
        assert told["goods-received"] == "3 notes; lost: 16 of grain, 0 of oil"
        shifted = faults(folder, goods_received, "notes", lambda n: n._replace(node="Alder"))
        assert "are noted and 108,000 entered" in shifted
        bare = [(TO_BARN, "grain", 432, 430, 1, 1, ""), (TO_BARN, "oil", 68, 68, 0, 0, "")]
        said = faults(folder, goods_received, "notes", lambda n: n._replace(lines=bare))
        assert "2 steps were lost without a reason" in said
        assert "215,000 base units of grain are noted and 216,000 entered" in said


WRONG_NOTES: list[tuple[list[Any], str]] = [
    ([(TO_BARN, "grain", "", "433", "", "")], "433 steps of grain, and 432 were sent"),
    ([(TO_BARN, "grain", "", "400", "", ""), ALL[1]], "32 steps of grain are damaged or missing without a reason"),
    ([ALL[0]], "oil is on the way and stands on no line"),
    ([(TO_BARN, "soap", "", "1", "", "")], "carries soap"),
    ([("2008-03/1-W00009", "grain", "", "1", "", "")], "no waybill or transfer"),
    ([(TO_BARN, "grain", "2", "", "", ""), ALL[1]], "does not come in packs"),
    ([(TO_BARN, "grain", "", "-1", "", ""), ALL[1]], "not a whole number"),
    ([ALL[0], ALL[0]], "stands twice"),
    (ALDER, "its goods wait at Barn"),
]


def test_a_note_that_cannot_be_right_is_refused_and_nothing_is_entered() -> None:
    with month("open") as (store, _):
        for rows, said in WRONG_NOTES:
            assert said in refused(lambda rows=rows: note(store, *rows))
        assert store.rows("select 1 from goods_received") == []


REDIRECTED = {"from": "Birch", "to": "Alder", "commodity": "grain", "steps": "100", "on_the_way": "yes",
              "reason": "the bridge to Birch is gone"}  # fmt: skip


def test_goods_on_the_way_to_a_point_that_closes_go_to_another_and_both_are_counted() -> None:
    with month("open") as (store, folder):
        receive(store, MARCH, {"Barn": {"grain": 432, "oil": 68}})
        assert move(store, **REDIRECTED) == [f"{MARCH}-T001"]
        assert move(store, **REDIRECTED) == []
        rest = [(TO_BIRCH, "grain", "", "116", "", ""), BIRCH[1]]
        assert "stands on no line" in refused(lambda: note(store, *ALDER, *rest))
        note(store, *ALDER, (f"{MARCH}-T001", "grain", "", "90", "10", "wet"), *rest)
        assert lost(store) == {("loss:Alder", "grain"): 10 * 500}
        told = verified(store, folder)
        assert told["transfers"] == "1 transfers: Birch to Alder (the bridge to Birch is gone)"
        assert told["recut"].startswith("1 point re-cut")
        assert told["goods-received"] == "2 notes; lost: 10 of grain, 0 of oil"
        less = faults(folder, transfers, "transfers", lambda t: t._replace(lines={"grain": (99, None)}))
        assert "50,000 base units of grain were moved and 49,500 signed" in less
        assert "no reason" in faults(folder, transfers, "transfers", lambda t: t._replace(reason=" "))
        away = faults(folder, transfers, "transfers", lambda t: t._replace(target="Barn"))
        assert "not from one point to another" in away


def test_a_counted_point_gives_only_what_it_has_not_promised_and_the_other_says_what_came() -> None:
    with month("open") as (store, folder):
        receive(store, MARCH, {"Barn": {"grain": 432, "oil": 68}})
        move(store, **REDIRECTED)
        receive(store, MARCH, {"Alder": {"grain": 316, "oil": 34}, "Birch": {"grain": 116, "oil": 34}})
        back = {"from": "Alder", "to": "Birch", "commodity": "grain", "reason": "the bridge is mended"}
        assert "only 100 steps of grain are there and not promised" in refused(
            lambda: move(store, **back, steps="101", received="101")
        )
        assert "must say how much came" in refused(lambda: move(store, **back, steps="60"))
        move(store, **back, steps="60", received="55")
        assert lost(store) == {("loss:Birch", "grain"): 5 * 500}
        told = verified(store, folder)
        assert told["transfers"].startswith("2 transfers: Alder to Birch (the bridge is mended); Birch to Alder")


WRONG_MOVES: list[tuple[dict[str, str], str]] = [
    ({"from": "Barn"}, "there is no such point"),
    ({"to": "Birch"}, "the same point"),
    ({"commodity": "soap"}, "not a stocked benefit"),
    ({"steps": "0"}, "above 0"),
    ({"steps": "1.5"}, "above 0"),
    ({"reason": " "}, "no reason"),
    ({"on_the_way": "perhaps"}, "neither empty nor yes"),
    ({"on_the_way": ""}, "only 0 steps"),
    ({"steps": "217"}, "only 216 steps of grain are on the way"),
    ({"received": "5"}, "has not counted yet"),
]


def test_a_transfer_that_cannot_be_right_is_refused_and_nothing_is_moved() -> None:
    with month("open") as (store, _):
        receive(store, MARCH, {"Barn": {"grain": 432, "oil": 68}})
        for row, said in WRONG_MOVES:
            assert said in refused(lambda row=row: move(store, **(REDIRECTED | row)))
        assert store.rows("select 1 from transfer") == store.rows("select 1 from statement") == []


@contextmanager
def valley(lanes: str, stock: str = "") -> Iterator[tuple[Store, Path]]:
    """March with lanes and stock besides those of the village, committed."""
    with month("ready") as (store, folder):
        if lanes:
            path = folder / "lanes.csv"
            path.write_text("lane,from,to,commodity,capacity,cost\n" + lanes)
            import_file(store, DuckDB(), "lanes", path, policy_in_force(store))
        if stock:
            path = folder / "stock.csv"
            path.write_text("node,commodity,lot,quantity,source,pack\n" + stock)
            import_file(store, DuckDB(), "stock", path, policy_in_force(store))
        draft(store, "2008-03", "ana")
        freeze(store, MARCH, "ana", ANA, EVENT)
        compute(store, DuckDB(), MARCH, "ana", ANA, THROW)
        approve(store, MARCH, "boris", BORIS)
        commit(store, MARCH, "boris")
        yield store, folder


def loads(store: Store) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for _, source, target, benefit, steps in waybills_of(store, MARCH):
        found.setdefault(f"{source}-{target}", {})[benefit] = steps
    return found


def test_when_a_lane_closes_what_has_not_left_goes_another_way_and_what_has_left_does_not() -> None:
    with valley("Long,Barn,Birch,,,9\n") as (store, folder):
        open_cycle(store, MARCH, "boris")
        done = close_lanes(store, MARCH, "ana", ANA, ["B"], "the bridge is gone")
        assert [(c.waybill[-6:], c.lane, c.benefit, c.steps) for c in done.changes] == [
            ("W00002", "B", "grain", -216), ("W00002", "B", "oil", -34),
            ("W00004", "Long", "grain", 216), ("W00004", "Long", "oil", 34),
        ]  # fmt: skip
        assert (done.unbrought, done.gone) == ({}, 0)
        assert loads(store) == {"Mill-Barn": {"grain": 432, "oil": 68}, "Barn-Alder": FULL, "Barn-Birch": FULL}
        with pytest.raises(UsageError, match="closed already"):
            close_lanes(store, MARCH, "ana", ANA, ["B"], "again")
        receive(store, MARCH, {"Barn": {"grain": 432, "oil": 68}, "Alder": FULL, "Birch": FULL})
        told = verified(store, folder)
        assert told["closings"] == "1 closings (B), 250 steps went another way"
        over = faults(folder, closings, "closings", lambda c: c._replace(lanes=("B", "Long")))
        assert "a load on a lane that had closed, lane Long" in over
        more = ((f"{MARCH}-W00004", "Long", "grain", 217),)
        assert "more than was approved" in faults(folder, closings, "closings", lambda c: c._replace(lines=more))
        below = ((TO_BIRCH, "B", "grain", -217),)
        assert "would carry -1 of grain" in faults(folder, closings, "closings", lambda c: c._replace(lines=below))


def test_what_no_lane_can_bring_is_shared_out_fairly_and_recut() -> None:
    # Both villages hang on one lane of the Barn; when both close, a path from the Mill takes 50 kg of grain to each.
    with valley("PA,Mill,Alder,grain,50 kg,9\nPB,Mill,Birch,grain,50 kg,9\n") as (store, folder):
        done = close_lanes(store, MARCH, "ana", ANA, ["A", "B"], "flood")
        assert loads(store) == {"Mill-Alder": {"grain": 100}, "Mill-Birch": {"grain": 100}}
        assert done.unbrought == {
            ("Alder", "grain"): 116, ("Alder", "oil"): 34, ("Birch", "grain"): 116, ("Birch", "oil"): 34,
        }  # fmt: skip
        open_cycle(store, MARCH, "boris")
        short = {"grain": 100, "oil": 0}
        assert receive(store, MARCH, {"Alder": short, "Birch": short}).recut == ("Alder", "Birch")
        told = verified(store, folder)
        assert told["recut"].startswith("2 points re-cut")


def test_a_closing_that_cannot_be_right_is_refused() -> None:
    with month("open") as (store, _):
        for lanes, reason in ((["X"], "gone"), (["A", "A"], "gone"), ([], "gone"), (["A"], "  ")):
            with pytest.raises(UsageError):
                close_lanes(store, MARCH, "ana", ANA, lanes, reason)
        assert store.rows("select 1 from statement") == []


def test_a_count_that_a_phone_signed_is_taken_as_it_is_and_another_is_refused() -> None:
    with month("open") as (store, _):
        receive(store, MARCH, {"Barn": {"grain": 432, "oil": 68}})
        phone = store.keys.device("phone-Alder")
        signed = cose.sign1(["evenhand/count/v1", store.programme.id, MARCH, "Alder", dict(FULL)], phone)
        (store.data / "keys" / "device-phone-Alder.key").unlink()
        alder = {"Alder": FULL}
        assert "count on the phone that holds it" in refused(lambda: receive(store, MARCH, alder))
        less = {"Alder": FULL | {"grain": 215}}
        assert "signed another count" in refused(lambda: receive(store, MARCH, less, signed={"Alder": signed}))
        other = cose.sign1(cose.parse(signed).array(), store.keys.device("phone-Birch"))
        assert "not signed by the phone" in refused(lambda: receive(store, MARCH, alder, signed={"Alder": other}))
        assert receive(store, MARCH, alder, signed={"Alder": signed}).counted == ("Alder",)
        assert store.rows("select cose from count where point = 'Alder'") == [(signed,)]


def test_trips_are_planned_from_what_has_not_left_yet() -> None:
    with month("open") as (store, folder):
        assert write_stops(store, MARCH, {}, folder / "fleet", everything=False) == (1, 2)
        # 108 kg of grain and 3.4 l of oil for each village, in whole kilograms.
        assert (folder / "fleet" / "stops.csv").read_text() == (
            "point,depot,load,latitude,longitude\nAlder,Barn,112,47.100000,9.500000\nBirch,Barn,112,47.200000,9.600000\n"
        )
        receive(store, MARCH, {"Barn": {"grain": 432, "oil": 68}})
        with pytest.raises(UsageError, match="nothing of 2008-03/1 waits to leave"):
            write_stops(store, MARCH, {}, folder / "fleet", everything=False)
        assert write_stops(store, MARCH, {}, folder / "fleet", everything=True) == (2, 3)


def test_loads_go_in_whole_packs_and_the_waybill_says_so() -> None:
    # 716 kg of grain are enough: each village gets its 270 steps, 135 kg; most of the grain comes in bags of 10 kg.
    with valley("", "Mill,grain,G8,500 kg,Harvest,10 kg\n") as (store, folder):
        assert packs_of_cycle(store, MARCH, find(store, MARCH).policy()) == {"grain": 20}
        print_waybills(store, MARCH, folder / "w.html")
        page = (folder / "w.html").read_text("utf-8").replace("\u00a0", " ")
        assert page.count("13 × 10 kg, 5 kg loose") == 2
        open_cycle(store, MARCH, "boris")
        note(store, (TO_BARN, "grain", "27", "0", "", ""), ALL[1])
        assert store.rows("select received from goods_received where benefit = 'grain'") == [(540,)]
