"""Bundles: one level a point over several commodities, against filling by enumeration."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from allocation.joint import forged, port, refused
from allocation.networks import levels, networks, quantities, run, shuffled, valley
from allocation.reference import Tiny, _rank, quantity_at
from evenhand_verify.result import Malformed
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.core.errors import InputError
from evenhand.flow.allocation import bundles, check_input, rough
from evenhand.flow.allocation.bundles import solve_bundles
from evenhand.flow.allocation.leximin import Solution
from evenhand.flow.allocation.network import build

BASKET = {"grain": "basket", "oil": "basket"}


def fill(tiny: Tiny) -> dict[tuple[str, str], Fraction]:
    """Quantities where every point has one level over all commodities: raise all together to the first tight set."""
    points = sorted({p for p, _, _ in tiny.demand})
    ladder = {(p, c): tiny.ladder(p, c) for p in points for c in tiny.commodities()}
    rank = {c: _rank(tiny, c, points) for c in tiny.commodities()}
    top = Fraction(max((r for _, _, r in tiny.demand), default=0))
    fixed: dict[str, Fraction] = {}
    while len(fixed) < len(points):
        best, held = top, set(points) - set(fixed)
        for c, sets in rank.items():
            for some, most in sets.items():
                rising = [p for p in some if p not in fixed]
                if most is None or not rising:
                    continue
                room = most - sum(quantity_at(ladder[p, c], fixed[p]) for p in some if p in fixed)
                level = Fraction(0)
                while level < top:
                    rung = int(level) + 1
                    need = sum(ladder[p, c].get(rung, 0) for p in rising)
                    if need > room:
                        level += Fraction(room) / need
                        break
                    room -= need
                    level += 1
                # Only those whose need grows at this level are held; others may go on.
                growing = {p for p in rising if ladder[p, c].get(int(level) + 1, 0)} if level < top else set()
                if level < best:
                    best, held = level, growing
                elif level == best < top:
                    held = held | growing
        for p in held if best < top else set(points) - set(fixed):
            fixed[p] = best
    return {(p, c): quantity_at(ladder[p, c], fixed[p]) for p, c, _ in tiny.demand}


def with_bundle(tiny: Tiny) -> dict[str, pa.Table]:
    return tiny.tables() | {"bundles": pa.table({"bundle": list(BASKET.values()), "commodity": list(BASKET)})}


@settings(max_examples=200, deadline=None)
@given(networks())
def test_every_point_gets_what_filling_by_enumeration_gives_it_and_the_checker_agrees(tiny: Tiny) -> None:
    found = solve_bundles(check_input(tiny.tables()), BASKET)
    assert quantities(found) == fill(tiny)
    assert refused(with_bundle(tiny), found) == []


@settings(max_examples=100, deadline=None)
@given(networks(), st.sampled_from([4, 9, 20, 61]))
def test_rough_blocks_are_proved_or_given_up_and_never_change_the_answer(tiny: Tiny, bits: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rough, "WORTH", 0)
        patch.setattr(rough, "BITS", bits)
        bundled, alone = (solve_bundles(check_input(tiny.tables()), b) for b in (BASKET, {}))
    assert quantities(bundled) == fill(tiny)
    assert quantities(alone) == quantities(run(tiny))
    assert refused(with_bundle(tiny), bundled) == refused(tiny.tables(), alone) == []


def test_blocks_found_with_leading_bits_alone_are_enough_where_levels_have_long_denominators(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Fifteen villages behind lanes too narrow for oil stand at 100 in a prime number; the others share the grain."""
    primes = (1009, 1013, 1019, 1021, 1031, 1033, 1039, 1049, 1051, 1061, 1063, 1069, 1087, 1091, 1093)
    names = [f"V{n:02}" for n in range(20)]
    lanes = [(f"g{n}", "Port", n, "grain", None) for n in names]
    lanes += [(f"o{n}", "Port", n, "oil", 100 if m < 15 else None) for m, n in enumerate(names)]
    demand = {(n, "oil", 1): prime for n, prime in zip(names, [*primes, 7, 7, 7, 7, 7], strict=True)}
    demand |= {(n, "grain", 1): 1_000 for n in names}
    tiny = Tiny({"Port": "entry"} | dict.fromkeys(names, "point"), {("Port", "grain"): 4_000}, lanes, demand)
    tiny.supply["Port", "oil"] = 10_000
    exact: list[int] = []
    plain = bundles.decompose
    monkeypatch.setattr(bundles, "decompose", lambda network: exact.append(1) or plain(network))
    found = solve_bundles(check_input(tiny.tables()), BASKET)
    assert refused(with_bundle(tiny), found) == []
    assert max(len(den) for den in found.levels["den"].to_pylist()) > 40
    assert exact == []
    assert levels(found)["V00", "grain"] == Fraction(100, 1009)
    rest = 4_000 - sum(Fraction(100_000, prime) for prime in primes)
    assert quantities(found)["V19", "grain"] == rest / 5


@settings(max_examples=150, deadline=None)
@given(networks(unit=st.just(1)), st.data())
def test_whatever_the_checker_accepts_is_the_one_fair_answer(tiny: Tiny, data: st.DataObject) -> None:
    found = solve_bundles(check_input(tiny.tables()), BASKET)
    found = forged(found, data)
    try:
        accepted = not refused(with_bundle(tiny), found)
        got = quantities(found)
    except (Malformed, ValueError, ZeroDivisionError):
        return
    if accepted:
        assert got == fill(tiny)


@settings(max_examples=40, deadline=None)
@given(networks(), st.integers())
def test_the_order_of_rows_changes_nothing(tiny: Tiny, seed: int) -> None:
    first, second = (
        solve_bundles(check_input(tables), BASKET) for tables in (tiny.tables(), shuffled(tiny.tables(), seed))
    )
    for name in ("levels", "flows", "blocks", "certificate"):
        assert getattr(first, name).equals(getattr(second, name)), name


@settings(max_examples=40, deadline=None)
@given(networks(unit=st.just(1)))
def test_a_bundle_of_one_is_no_bundle(tiny: Tiny) -> None:
    given_ = check_input(tiny.tables())
    assert quantities(solve_bundles(given_, {"grain": "a", "oil": "b"})) == quantities(run(tiny))
    assert solve_bundles(given_, {}).levels == run(tiny).levels


def test_what_a_village_cannot_use_goes_to_the_others() -> None:
    tiny = valley(stock=11)
    tiny.lanes[1] = ("d-a", "Depot", "Alder", "oil", 1)
    tiny.lanes.append(("d-a2", "Depot", "Alder", "grain", None))
    tiny.supply["Port", "oil"] = 100
    tiny.demand = {(p, c, 1): 10 for p in ("Alder", "Birch") for c in ("grain", "oil")}
    found = solve_bundles(check_input(tiny.tables()), BASKET)
    # Of oil Alder can get 1 of 10, so it needs no more than 1 of grain; Birch has all the rest of it.
    assert quantities(found) == {
        ("Alder", "grain"): 1,
        ("Alder", "oil"): 1,
        ("Birch", "grain"): 10,
        ("Birch", "oil"): 10,
    }
    assert levels(found)["Alder", "grain"] == levels(found)["Alder", "oil"] == Fraction(1, 10)


def test_a_handling_capacity_that_may_bind_is_refused_beside_bundles_by_name() -> None:
    with pytest.raises(InputError) as caught:
        solve_bundles(check_input(port(10).tables()), BASKET)
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.value) == ("handling.csv", 1, "Port")


def test_a_handling_capacity_that_cannot_bind_changes_nothing_beside_bundles() -> None:
    wide = port(20)
    tables = with_bundle(wide)
    found = solve_bundles(check_input(tables), BASKET)
    assert quantities(found) == {("Alder", "grain"): 10, ("Birch", "oil"): 10}
    assert refused(tables, found) == []


def test_rough_blocks_in_the_wrong_order_are_not_believed() -> None:
    """Alder has 9 and a lane to Birch, which has 1: two blocks, 9/10 and 1/10, could both be served, and are unfair."""
    tiny = Tiny(
        {"Alder": "point", "Birch": "point"},
        {("Alder", "grain"): 9, ("Birch", "grain"): 1},
        [("a-b", "Alder", "Birch", "", None)],
        {("Alder", "grain", 1): 10, ("Birch", "grain", 1): 10},
    )
    network = build(check_input(tiny.tables())).network
    none, one = np.zeros(1, np.int64), np.ones(1, np.int64)
    apart = Solution(np.array([0, 1]), [0, 0], [0, 0], [1, 1], none, one, 1)
    with pytest.raises(ArithmeticError, match="order"):
        rough._exact(network, apart, proved=True)
    together = Solution(np.array([0, 0]), [0], [0], [1], none, one, 1)
    found = rough._exact(network, together, proved=True)
    assert (found.part, found.whole, found.flow_num.tolist(), found.flow_den.tolist()) == ([1], [2], [8], [2])
