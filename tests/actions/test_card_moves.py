"""A household collects at another village: its row leaves by a release, the goods follow, and the checker has the last word.

Alder counted 216 steps of grain (24 of them reserve) and 34 of oil; A2 is due 32 of grain and 5 of oil. Birch is short.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from actions.village import ANA, MARCH, at, paper
from evenhand_verify.checks import moves, redeemed_once
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.packed import Packed
from folders import clock, copy_data, open_folder

from evenhand.actions.card_moves import Move, admit, ask_move, guests_at, moves_of
from evenhand.actions.close import close
from evenhand.actions.cycles import find
from evenhand.actions.hand_over import hand_over
from evenhand.actions.publish import publish
from evenhand.actions.releases import keep_releases
from evenhand.actions.transfer import transfer
from evenhand.core.errors import InputError, UsageError
from evenhand.flow.redemption import read_release, write_release
from evenhand.formats.code import decode
from evenhand.formats.tag import tag_of
from evenhand.store import Store, open_store


@contextmanager
def month(state: str = "received") -> Iterator[tuple[Store, Path]]:
    with open_folder() as folder, open_store(copy_data(at(state), folder), clock) as store:
        yield store, folder


def tag(household: str) -> bytes:
    return tag_of(decode(paper().coupons[household, "2008-03"]))


def ask(store: Store, household: str = "A2", target: str = "Birch") -> str:
    return ask_move(store, MARCH, household, target, "stays with her sister", "ana", ANA)


def send(store: Store, grain: int, oil: int, source: str = "Alder", target: str = "Birch") -> list[str]:
    lines = [("grain", grain), ("oil", oil)]
    rows = [
        {"from": source, "to": target, "commodity": good, "steps": str(n), "received": str(n), "reason": "for a card"}
        for good, n in lines
        if n
    ]
    return transfer(store, MARCH, "ana", ANA, rows, "moves.csv")


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(InputError) as caught:
        act()
    return " ".join(caught.value.lines())


def give(store: Store, point: str, household: str) -> None:
    coupon = paper().coupons[household, "2008-03"]
    rows = [{"point": point, "card": "", "coupon": coupon, "exception": ""}]
    assert hand_over(store, MARCH, rows, f"{point}-{household}.csv").new == 1


def checked(store: Store, folder: Path) -> dict[str, str]:
    """Close and publish; what the checker says of each check. All must pass."""
    close(store, MARCH, "boris")
    return check(publish(store, MARCH, "boris", folder / "out"), store)


def check(out: Path, store: Store) -> dict[str, str]:
    command = [sys.executable, "-m", "evenhand_verify", str(out), "--root", store.keys.root_vkey.line()]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr
    lines = [line[5:].split(": ", 1) for line in run.stdout.splitlines() if line.startswith("PASS ")]
    return {line[0]: line[1] for line in lines if len(line) == 2}


def state(store: Store, household: str = "A2") -> Move:
    return next(one for one in moves_of(store, MARCH) if one.household == household)


def test_a_card_moves_its_goods_follow_and_the_month_verifies() -> None:
    with month() as (store, folder):
        assert "only 0 steps of oil" in refused(lambda: send(store, 0, 5))
        assert ask(store) == "waits"
        assert (state(store).lacks, state(store).due) == (
            "goods: 32 steps of grain, 5 steps of oil",
            {"grain": 32, "oil": 5},
        )
        assert guests_at(store, find(store, MARCH), "Birch") == []
        send(store, 32, 5)
        [row] = guests_at(store, find(store, MARCH), "Birch")
        assert (row[0], row[2], row[4], row[8]["home"], row[8]["given"]) == (
            tag("A2"),
            "Family A2",
            [32, 5],
            "Alder",
            [0, 0],
        )
        assert state(store).state == "there"
        assert "only 0 steps of oil" in refused(lambda: send(store, 0, 1))
        assert "only 0 steps of oil" in refused(lambda: send(store, 0, 5, "Birch", "Alder"))  # it is A2's now
        give(store, "Birch", "A2")
        give(store, "Alder", "A1")
        said = checked(store, folder)
        assert said["moves"] == "1 row ended at another point, 1 release"
        assert said["redeemed-once"] == "2 coupons, each redeemed once"
        told = own_row(folder / "out" / "2008-03", "A2")
        assert "you collected at another point: Birch" in told
        assert "redeemed: your coupon was shown" in told
        assert_lies_are_named(folder / "out" / "2008-03")


def own_row(out: Path, household: str) -> str:
    """What a household is told with the code of its slip."""
    command = [sys.executable, "-m", "evenhand_verify", "card", paper().slips[household], str(out)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def assert_lies_are_named(out: Path) -> None:
    """What the checker says where A2's row is told otherwise than it was, every hash and signature being right."""
    honest = Disclosure(out).redeemed
    mine = next(row for row in _outcomes(honest["Birch"]) if row[:16] == tag("A2"))
    at_home = next(row for row in _outcomes(honest["Alder"]) if row[:16] == tag("A2"))
    nowhere = at_home[:17] + bytes([1] * 16)
    for lies, words in (
        # It was released, and given at both.
        ({"Alder": {at_home: mine}}, "ended at Birch and did not move there"),
        # It is said to have moved, and ended nowhere.
        ({"Birch": {mine: b""}}, "did not end there, once"),
        ({"Alder": {at_home: nowhere}}, "a point that is none"),
        # Another row is said to have moved too, without a release.
        ({"Alder": {_of(honest["Alder"], "A3"): tag("A3") + at_home[16:]}, "Birch": {mine: mine + tag("A3") + mine[16:]}},
         "no signed release brought a row from Alder to Birch"),
    ):  # fmt: skip
        found = Disclosure(out)
        found._memory["redeemed"] = {point: _with(packed, lies.get(point, {})) for point, packed in honest.items()}
        said = moves.CHECK.run(found)
        assert isinstance(said, list) and words in " ".join(said), said
    both = Disclosure(out)
    both._memory["redeemed"] = {p: _with(packed, {at_home: mine}) for p, packed in honest.items()}
    assert isinstance(redeemed_once.CHECK.run(both), list)


def _outcomes(packed: Packed) -> list[bytes]:
    return [packed.row(number) for number in range(len(packed))]


def _of(packed: Packed, household: str) -> bytes:
    return next(row for row in _outcomes(packed) if row[:16] == tag(household))


def _with(packed: Packed, changes: dict[bytes, bytes]) -> Packed:
    changed = b"".join(changes.get(row, row) for row in _outcomes(packed))
    rows = sorted(changed[at : at + 33] for at in range(0, len(changed), 33))
    return replace(packed, rows=b"".join(rows), tags=[row[:16] for row in rows])


def test_who_comes_to_the_old_point_after_the_row_left_is_served_from_the_reserve_and_contested() -> None:
    with month() as (store, folder):
        ask(store)
        send(store, 32, 5)
        admit(store, MARCH, "Birch")
        give(store, "Birch", "A2")
        give(store, "Alder", "A2")
        said = checked(store, folder)
        ended = store.rows("select point, status from outcome where tag = %s", (tag("A2"),))
        assert ended == [("Birch", 3)]
        assert said["moves"] == "1 row ended at another point, 1 release"
        taken = store.rows(
            "select benefit, sum(quantity)::int from movement where kind = 'over-issue' group by 1 order by 1"
        )
        assert taken == [("grain", 24 * 500), ("oil", 4 * 100)]


def test_a_row_goes_on_and_comes_back_and_its_goods_with_it() -> None:
    with month() as (store, folder):
        ask(store)
        send(store, 32, 5)
        admit(store, MARCH, "Birch")
        # On to where it came from, nothing taken meanwhile: and the goods may go back.
        assert ask(store, target="Alder") == "waits"
        send(store, 32, 5, "Birch", "Alder")
        admit(store, MARCH, "Alder")
        assert state(store).state == "there"
        with pytest.raises(UsageError, match="was at Birch before"):
            ask(store)
        give(store, "Alder", "A2")
        said = checked(store, folder)
        assert said["moves"] == "0 rows ended at another point, 2 releases"


def test_a_row_nobody_came_for_is_uncollected_and_its_goods_stay_at_the_new_point() -> None:
    with month() as (store, folder):
        ask(store)
        send(store, 32, 5)
        admit(store, MARCH, "Birch")
        checked(store, folder)
        assert store.rows("select point, status from outcome where tag = %s", (tag("A2"),)) == [("Birch", 4)]


@pytest.mark.parametrize(
    ("household", "target", "words"),
    [
        ("A2", "Alder", "collects at Alder already"), ("A2", "Barn", "no device holds"), ("Z9", "Birch", "on no roll"),
        ("A1", "Birch", "collected everything"),
    ],
)  # fmt: skip
def test_a_move_that_makes_no_sense_is_refused_in_words(household: str, target: str, words: str) -> None:
    with month() as (store, _):
        give(store, "Alder", "A1")
        with pytest.raises(UsageError, match=words):
            ask(store, household, target)
        assert moves_of(store, MARCH) == []


def test_a_release_of_a_row_that_is_elsewhere_or_to_nowhere_is_refused_and_a_second_one_is_told_from_it() -> None:
    with month() as (store, _):
        ask(store)
        raw = bytes(store.rows("select raw from released")[0][0])
        device = store.keys.device("phone-Alder")
        release = read_release(raw, {"phone-Alder": device.public_key})
        assert keep_releases(store, MARCH, [raw]) == (0, 1)
        for wrong, words in (
            ({"to": "point:Nowhere", "number": 2}, "no point"),
            ({"ranges": ((tag("B1"), tag("B1")),), "number": 2}, "not at"),
            ({"to": "point:Birch", "ranges": ((tag("A1"), tag("A1")),)}, "something else"),
        ):
            with pytest.raises(UsageError, match=words):
                keep_releases(store, MARCH, [write_release(replace(release, **wrong, hash=b"", raw=b""), device)])
