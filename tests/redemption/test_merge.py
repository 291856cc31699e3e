"""Merging batches: nothing is dropped, nothing counts twice, and what is forged, foreign or replayed says why."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from redemption.points import CYCLE, DEVICES, HOLDER, KEYS, TAGS, draft, signed, signer

from evenhand.flow.redemption import (
    NOT_ON_ROLL,
    Device,
    Fork,
    Gap,
    Merged,
    chain,
    merge,
    read,
    read_many,
    write,
)  # fmt: skip
from evenhand.formats import cbor, cose
from evenhand.formats.tag import tag_of


def merged(batch: Iterable[bytes], known: Iterable = (), devices: Iterable[Device] = DEVICES) -> Merged:
    return merge(known, batch, devices, "ration", CYCLE, TAGS, HOLDER)


ALDER = signed(draft("A1"), draft("A2", proof="no coupon"), draft("A3"), draft("A1", items=(("grain", 5),)))
BIRCH = signed(draft("B1"))
STRAY = tag_of(bytes(16))


def reason(data: bytes) -> str:
    found = merged([data])
    assert (found.new, found.duplicates) == ([], [])
    (refused,) = found.refused
    assert refused.item == 1
    return refused.reason


def test_a_whole_day_is_new_and_sorted_by_device_and_sequence() -> None:
    found = merged([*BIRCH, *ALDER[::-1]])
    assert [(receipt.device, receipt.sequence) for receipt in found.new] == [
        ("alder-1", 1), ("alder-1", 2), ("alder-1", 3), ("alder-1", 4), ("birch-1", 1),
    ]  # fmt: skip
    assert (found.duplicates, found.refused, found.forks, found.gaps) == ([], [], [], [])


def test_the_same_batch_again_is_all_duplicates() -> None:
    first = merged(ALDER)
    again = merged(ALDER, first.new)
    assert (again.new, again.refused) == ([], [])
    assert sorted(again.duplicates) == sorted(receipt.hash for receipt in first.new)


def test_a_receipt_twice_in_one_batch_counts_once() -> None:
    found = merged([ALDER[0], ALDER[0], ALDER[0]])
    assert len(found.new) == 1
    assert found.duplicates == [found.new[0].hash] * 2


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_however_receipts_are_split_ordered_and_repeated_the_same_are_known(data: st.DataObject) -> None:
    bad = [write(draft("A1", cycle="2008-02/1"), signer("alder-1")), b"\x00"]
    everything = [*ALDER, *BIRCH, *bad]
    sent = data.draw(st.permutations(everything + data.draw(st.lists(st.sampled_from(everything), max_size=6))))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(sent)), max_size=3)))
    known: list = []
    for start, stop in zip([0, *cuts], [*cuts, len(sent)], strict=True):
        part = sent[start:stop]
        found = merged(part, [receipt.link for receipt in known])
        assert len(found.new) + len(found.duplicates) + len(found.refused) == len(part)
        known += found.new
    whole = merged(everything)
    assert sorted(known, key=lambda r: r.hash) == sorted(whole.new, key=lambda r: r.hash)
    assert len(known) == len(ALDER) + len(BIRCH)
    assert (found.forks, found.gaps) == (whole.forks, whole.gaps)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "not a receipt"),
        (b"\xff" * 50, "not a receipt"),
        (cbor.dumps("hello"), "not a receipt"),
        (ALDER[0] + b"\0", "not a receipt"),
        (cose.sign1(["evenhand/head/v1", "ration", CYCLE, "alder-1", 0, None], signer("alder-1")), "not a receipt"),
        (signed(draft("A1", programme="other"))[0], 'for the programme "other"'),
        (signed(draft("A1", cycle="2008-02/1"))[0], 'for the cycle "2008-02/1"'),
        (signed(draft("A1", device="nobody"), by="alder-1")[0], 'device "nobody" has no certificate'),
        (signed(draft("A1", point="Alder", device="birch-1"))[0], 'not certified for point "Alder"'),
        (signed(draft("A1"), by="thief")[0], "signature is not by the certified key"),
        (signed(draft("A1", proof=KEYS["A2"].r))[0], "does not hash to its tag"),  # type: ignore[arg-type]
        (signed(draft("A1", tag=KEYS["A2"].tag))[0], "does not hash to its tag"),
        (signed(draft("B1", point="Alder"))[0], 'does not stand on the roll of point "Alder"'),
        (signed(draft("B1", point="Alder", proof="no coupon"))[0], 'does not stand on the roll of point "Alder"'),
        (signed(draft("A1", proof=NOT_ON_ROLL))[0], 'says "not on roll"'),
    ],
)
def test_what_is_forged_foreign_or_replayed_is_refused_with_its_reason(data: bytes, said: str) -> None:
    assert said in reason(data)


def test_a_device_certified_but_not_holding_the_point_is_refused() -> None:
    second = Device("alder-2", signer("alder-2").public_key, frozenset(["Alder"]))
    data = signed(draft("A1", device="alder-2"))[0]
    found = merged([data], devices=[*DEVICES, second])
    assert 'does not hold the cards of point "Alder"' in found.refused[0].reason


def test_a_changed_byte_of_a_receipt_is_refused() -> None:
    data = ALDER[0]
    for place in range(0, len(data), 7):
        found = merged([data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]])
        assert (found.new, len(found.refused)) == ([], 1)


def test_an_item_refused_twice_is_named_twice() -> None:
    forged = signed(draft("A1"), by="thief")[0]
    found = merged([forged, ALDER[0], forged])
    assert [refused.item for refused in found.refused] == [1, 3]
    assert len(found.new) == 1


def test_somebody_not_on_the_roll_is_taken_in_as_such() -> None:
    for tag in (STRAY, bytes(16)):
        data = signed(draft("A1", tag=tag, proof=NOT_ON_ROLL, items=(("grain", 3),)))
        assert [receipt.tag for receipt in merged(data).new] == [tag]


def test_the_newest_certificate_of_a_device_counts() -> None:
    newer = Device("alder-1", signer("alder-1 again").public_key, frozenset(["Alder"]), 2)
    for devices in ([*DEVICES, newer], [newer, *DEVICES]):
        assert merged([ALDER[0]], devices=devices).refused
        assert merged(signed(draft("A1"), by="alder-1 again"), devices=devices).new


def test_missing_receipts_are_named_by_their_numbers() -> None:
    assert merged([ALDER[0], ALDER[3]]).gaps == [Gap("alder-1", 2, 3)]
    assert merged([ALDER[2]]).gaps == [Gap("alder-1", 1, 2)]
    late = merged([ALDER[1], ALDER[2], ALDER[0]], [read(ALDER[3]).link])
    assert (late.gaps, len(late.new)) == ([], 3)


def test_a_gap_of_quintillions_is_one_line() -> None:
    far = write(draft("A1", sequence=2**53 - 1, previous=bytes(32)), signer("alder-1"))
    assert merged([ALDER[0], far]).gaps == [Gap("alder-1", 2, 2**53 - 2)]


def test_two_receipts_with_one_number_are_a_fork_and_both_are_kept() -> None:
    other = signed(draft("A2", clerk="Pak"))[0]
    found = merged([ALDER[0], other])
    assert len(found.new) == 2
    assert found.forks == [Fork("alder-1", 1, tuple(sorted(receipt.hash for receipt in found.new)))]
    later = merged([other], [read(ALDER[0]).link])
    assert later.forks == found.forks


def test_a_receipt_built_on_one_that_is_not_here_is_a_fork_too() -> None:
    hidden = signed(draft("A2", clerk="Pak"))[0]
    second = chain([draft("A2")], signer("alder-1"), read(hidden).link)[0]
    found = merged([ALDER[0], second])
    assert len(found.new) == 2
    assert found.forks == [Fork("alder-1", 1, tuple(sorted([read(hidden).hash, read(ALDER[0]).hash])))]


def test_devices_do_not_disturb_each_other() -> None:
    found = merged([*ALDER[:2], *BIRCH])
    assert (found.forks, found.gaps) == ([], [])


def test_a_pool_of_workers_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["evenhand.flow.redemption.merge"], "CHUNK", 2)
    forged = signed(draft("A2"), by="thief")
    with ThreadPoolExecutor(2) as pool:
        found = merge([], [*ALDER, *forged, *BIRCH], DEVICES, "ration", CYCLE, TAGS, HOLDER, pool)
    assert found == merged([*ALDER, *forged, *BIRCH])


def test_signatures_are_answered_one_by_one_in_order() -> None:
    good, bad = ALDER[0], signed(draft("A1"), by="thief")[0]
    keys = {"alder-1": signer("alder-1").public_key}
    assert [holds for _, holds in read_many([good, bad, b"no receipt", good], keys)] == [True, False, False, True]
    assert read_many([], keys) == []


def test_a_receipt_keeps_its_bytes() -> None:
    assert merged(ALDER).new[0].raw == ALDER[0]
    assert replace(merged(ALDER).new[0], raw=b"").hash == read(ALDER[0]).hash


def test_a_batch_that_follows_a_whole_chain_needs_only_its_end() -> None:
    items = signed(*[draft("A1")] * 6)
    links = [read(item).link for item in items]
    whole = merge(links[2:3], items[3:5], DEVICES, "ration", CYCLE, TAGS, HOLDER, whole={"alder-1": 3})
    assert ([r.sequence for r in whole.new], whole.gaps, whole.forks) == ([4, 5], [], [])
    later = merge(links[2:3], items[5:], DEVICES, "ration", CYCLE, TAGS, HOLDER, whole={"alder-1": 3})
    assert later.gaps == [Gap("alder-1", 4, 5)]
    other = read(signed(draft("A2"))[0])  # another first receipt of the same device, long after the chain was whole
    forked = merge([links[0], links[2]], [other.raw], DEVICES, "ration", CYCLE, TAGS, HOLDER, whole={"alder-1": 3})
    assert ([f.sequence for f in forked.forks], forked.gaps) == ([1], [])
