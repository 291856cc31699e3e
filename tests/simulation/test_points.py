"""The points of an open cycle: short lorries, offline devices, copies, and receipts in hostile order."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256

import pyarrow as pa
import pytest

from evenhand.flow.redemption import Device, Receipt, check_head, merge, read, settle, split
from evenhand.formats import roll
from evenhand.formats.tag import tag_of
from evenhand.simulation.points import NO_COUPON_REASON, Day, Month, arrivals, open_month, serve
from evenhand.simulation.secrets import DemoSecrets

SECRETS = DemoSecrets(1, "demo.villages")
BENEFITS = ("grain", "oil", "shoes")
POINTS = {"alder": 400, "birch": 300, "cedar": 30}


def day(point: str, rows: int, reserve: int = 40) -> Day:
    made = []
    for n in range(rows):
        r = SECRETS.derive("r", f"{point}/{n}", 16)
        made.append((tag_of(r), r, (20 + n % 7, 2, n % 2)))
    device = f"phone {point}"
    key = SECRETS.derive("device", device)
    return Day("ration", "2008-04/1", point, device, key, BENEFITS, made, dict.fromkeys(BENEFITS, reserve))


DAYS = [day(point, rows) for point, rows in POINTS.items()]


@pytest.fixture(scope="module")
def month() -> Month:
    return open_month(7, 2, DAYS)


def merged(month: Month, order: list[int]) -> tuple[list[Receipt], list[str], int, list, list]:
    """All batches merged one after another: receipts, refusals, duplicates, and the forks and gaps at the end."""
    devices = [Device(d.device, d.signer().public_key, frozenset([d.point])) for d in DAYS]
    rolls = {d.point: [tag for tag, _, _ in d.rows] for d in DAYS}
    holders = {d.point: d.device for d in DAYS}
    known: list[Receipt] = []
    refused, repeated = [], 0
    for index in order:
        found = merge(known, split(month.batches[index]), devices, "ration", "2008-04/1", rolls, holders)
        known += found.new
        refused += [item.reason for item in found.refused]
        repeated += len(found.duplicates)
    return known, refused, repeated, found.forks, found.gaps


def test_all_receipts_arrive_whole_in_any_order_and_the_forged_are_refused(month: Month) -> None:
    forward = merged(month, list(range(len(month.batches))))
    backward = merged(month, list(reversed(range(len(month.batches)))))
    for known, refused, repeated, forks, gaps in (forward, backward):
        assert len(refused) == month.forged == 7 and len(set(refused)) == 7
        assert repeated == month.repeated > 0
        assert not forks and not gaps
        for head in month.heads:
            assert check_head(head, known) == []
    assert {r.hash for r in forward[0]} == {r.hash for r in backward[0]}
    assert len(forward[0]) == sum(head.receipts for head in month.heads)


def test_receipts_of_an_offline_point_come_late_or_out_of_order(month: Month) -> None:
    order = [[read(item) for item in split(batch)] for batch in month.batches]
    sequences = {d.device: [r.sequence for batch in order for r in batch if r.device == d.device] for d in DAYS}
    assert any(found != sorted(found) for found in sequences.values())
    early = {r.device for batch in order[: len(order) // 2] for r in batch}
    assert early != {d.device for d in DAYS}


def test_the_day_settles_to_what_happened_and_the_reserve_bounds_it(month: Month) -> None:
    known = merged(month, list(range(len(month.batches))))[0]
    rows = [(tag, d.point, list(rations)) for d in DAYS for tag, _, rations in d.rows]
    tags, points, rations = zip(*rows, strict=True)
    table = pa.table(
        {"tag": pa.array(tags, pa.binary()), "point": points, "rations": pa.array(rations, pa.list_(pa.int64()))}
    )
    reserve = {(d.point, b): n for d in DAYS for b, n in d.reserve.items()}
    settled = settle(table, BENEFITS, known, reserve)
    assert not settled.refused and not settled.beyond
    status = Counter(settled.outcomes["status"].to_pylist())
    happened = month.happened
    assert status[roll.UNCOLLECTED] == happened["unredeemed"] > 0
    assert 0 < happened["unredeemed"] <= happened["absent"]
    assert len(settled.contested) == happened["contested"] > 0 and len(settled.not_on_roll) == happened["not-on-roll"]
    assert status[roll.CONTESTED] == happened["contested"] and status[roll.EXCEPTION] > 0
    assert happened["give"] == sum(POINTS.values()) - happened["unredeemed"]
    for (point, benefit), steps in settled.over_issue.items():
        assert steps <= reserve[point, benefit]


def test_the_rates_are_about_as_said() -> None:
    found = serve(day("alder", 20_000, reserve=10**6), 3, 2).happened
    assert 320 <= found["absent"] <= 480 and 150 <= found["exceptions"] <= 250
    assert 240 <= found["contested"] <= 360 and 20 <= found["not-on-roll"] <= 60


def test_a_clone_comes_first_about_as_often_as_second_and_both_show_the_same_coupon() -> None:
    here = day("alder", 8_000, reserve=10**6)
    twice = Counter(read(raw).tag for raw in serve(here, 3, 2).receipts)
    copied = [tag for tag, times in twice.items() if times == 2]
    assert len(copied) > 60
    proofs = [read(raw).proof for raw in serve(here, 3, 2).receipts if read(raw).tag in set(copied)]
    assert sum(isinstance(proof, bytes) for proof in proofs) >= len(proofs) - 8
    assert {proof for proof in proofs if isinstance(proof, str)} <= {NO_COUPON_REASON}


def test_an_empty_reserve_gives_nothing_and_leaves_a_claim() -> None:
    found = serve(day("alder", 3_000, reserve=0), 3, 2)
    assert found.happened["claims"] >= found.happened["contested"] > 0
    seen: set[bytes] = set()
    for raw in found.receipts:
        receipt = read(raw)
        assert (receipt.tag in seen) == (not receipt.items) or receipt.proof == "not on roll"
        seen.add(receipt.tag)


def test_the_same_seed_month_and_point_give_the_same_bytes_also_from_a_pool(month: Month) -> None:
    with ProcessPoolExecutor(2) as pool:
        assert open_month(7, 2, DAYS, pool=pool) == month
    assert open_month(7, 3, DAYS).batches != month.batches
    assert open_month(8, 2, DAYS).batches != month.batches
    # A point's day depends on nothing that happens elsewhere.
    assert serve(DAYS[1], 7, 2).head == month.heads[1]


def test_a_signer_may_stand_for_the_key() -> None:
    other = Day(**{**vars(DAYS[2]), "key": DAYS[2].signer()})
    assert serve(other, 7, 2).receipts == serve(DAYS[2], 7, 2).receipts


def test_a_point_without_rows_and_a_month_without_points_send_nothing() -> None:
    empty = serve(day("alder", 0), 1, 1)
    assert empty.receipts == [] and empty.head.receipts == 0 and empty.head.hash is None
    assert open_month(1, 1, []).batches == []
    assert open_month(1, 1, [day("alder", 0)]).forged == 0
    with pytest.raises(ValueError):
        open_month(1, 1, [], files=0)


def test_one_file_holds_everything() -> None:
    one = open_month(7, 2, DAYS, files=1)
    assert len(one.batches) == 1
    assert len(split(one.batches[0])) == sum(h.receipts for h in one.heads) + one.forged + one.repeated


def test_lorries_come_whole_in_the_first_month_and_some_short_later() -> None:
    sent = {f"P{n:02d}": {"grain": 1000, "oil": 50, "shoes": 1} for n in range(40)} | {"P99": {"grain": 0}}
    for arrival in arrivals(5, 1, sent):
        assert arrival.received == sent[arrival.point] and not arrival.reason
    for month in (2, 3):
        found = arrivals(5, month, sent)
        assert [a.point for a in found] == sorted(sent)
        short = [a for a in found if a.reason]
        assert len(short) == 2
        for a in short:
            assert a.received["grain"] < 1000 and a.received["grain"] >= 700 and a.received["shoes"] == 0
            assert a.received["oil"] < 50
        assert all(a.received == sent[a.point] for a in found if not a.reason)
    assert arrivals(5, 2, sent) == arrivals(5, 2, dict(reversed(list(sent.items()))))
    assert sum(bool(a.reason) for a in arrivals(5, 2, {"P1": {"grain": 9}})) == 1
    assert arrivals(5, 2, {}) == []


def test_receipts_name_the_programme_cycle_point_and_clerk(month: Month) -> None:
    receipt = read(serve(DAYS[0], 7, 2).receipts[0])
    assert (receipt.programme, receipt.cycle, receipt.point) == ("ration", "2008-04/1", "alder")
    assert receipt.device == "phone alder" and receipt.clerk == "clerk at alder" and receipt.sequence == 1
    assert sha256(receipt.raw).digest() == receipt.hash
