"""The worked numbers of docs/algorithms/offline.md are what the code gives."""

from __future__ import annotations

from hashlib import sha256

import pyarrow as pa
from redemption.points import CYCLE, DEVICES, HOLDER, KEYS, TAGS, draft, signed, signer

from evenhand.flow.redemption import Gap, Presented, Receipt, Row, chain, decide, merge, read, settle
from evenhand.formats.tag import tag_of


def test_a_hundred_families_and_five_copied_coupons() -> None:
    coupons = [sha256(str(i).encode()).digest()[:16] for i in range(100)]
    given: list[dict[str, int] | None] = [None] * 100
    reserve, claims = {"grain": 10}, 0
    drafts: list[Receipt] = []
    for i in [*range(95), 0, 1, 2, 3, 4, *range(95, 100)]:  # the copies come before the last five families
        row = Row(tag_of(coupons[i]), {"grain": 10}, given[i])
        made = decide(row, Presented(coupons[i]), reserve)
        given[i] = {"grain": 10}
        if made.from_reserve:
            reserve["grain"] -= made.items.get("grain", 0)
            claims += made.claim.get("grain", 0)
        elif i >= 95:
            assert made.items == {"grain": 10}
        drafts.append(draft("A1", tag=made.tag, proof=made.proof, items=tuple(made.items.items())))  # type: ignore[arg-type]
    rolls = pa.table(
        {
            "tag": pa.array([tag_of(r) for r in coupons], pa.binary()),
            "point": pa.array(["Alder"] * 100),
            "rations": pa.array([[10]] * 100, pa.list_(pa.int64())),
        }
    )
    receipts = [read(data) for data in chain(drafts, signer("alder-1"))]
    found = settle(rolls, ["grain"], receipts[::-1], {("Alder", "grain"): 10})
    assert found.given == {("Alder", "grain"): 1000}
    assert found.over_issue == {("Alder", "grain"): 10}
    assert found.beyond == []
    assert (len(found.contested), claims) == (5, 40)


def test_batches_out_of_order_and_twice() -> None:
    one, two, three, four = signed(draft("A1"), draft("A2"), draft("A3"), draft("A1", items=()))
    known: list[Receipt] = []
    table = []
    for batch in ([one, two, four], [four, two, one, one], [three]):
        found = merge(known, batch, DEVICES, "ration", CYCLE, TAGS, HOLDER)
        known += found.new
        table.append((len(found.new), len(found.duplicates), found.gaps))
    assert table == [(3, 0, [Gap("alder-1", 3, 3)]), (0, 4, [Gap("alder-1", 3, 3)]), (1, 0, [])]


def test_a_copy_used_at_another_point_gets_nothing_there() -> None:
    made = decide(None, Presented(KEYS["B1"].r), {"grain": 10})
    assert (made.verdict, made.items) == ("not-on-roll", {})
