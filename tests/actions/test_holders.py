"""Several devices at a point, one holder a card: a phone is replaced, a second queue is opened, and the month verifies.

Alder in March: A1 is due 16 steps of grain, A2 32, A3 48, A6 96; 24 of reserve. Oil goes along.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from actions.program import evenhand
from actions.village import MARCH, ROOT, STEPS, at, paper
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from folders import clock, copy_data, open_folder

from evenhand.actions.close import close, final_rolls
from evenhand.actions.counter_enrol import certify, claim, find_claim, invite
from evenhand.actions.counter_state import counter_state
from evenhand.actions.counter_sync import close_counter, sync
from evenhand.actions.enrol import Place, enrol_device
from evenhand.actions.publish import publish
from evenhand.actions.redeem import device_named, redeem
from evenhand.actions.releases import keep_releases
from evenhand.core.errors import UsageError
from evenhand.flow.redemption import Head, Receipt, Release, chain, write_head, write_release
from evenhand.flow.redemption.custody import ALL
from evenhand.formats import code
from evenhand.formats.tag import tag_of
from evenhand.store import Store, open_store

LOST = Place("phone-Alder", "dropped into the river")


@pytest.fixture
def store() -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(at("received"), folder), clock) as opened:
        yield opened


def r_of(household: str) -> bytes:
    return code.decode(paper().coupons[household, "2008-03"])


def gave(store: Store, device: str, households: str, reason: str = "", goods: int = 2) -> list[bytes]:
    """The chain of a device that gave their rations (the first `goods` of grain and oil) to households, in order."""
    rolls = final_rolls(store, MARCH)
    due = dict(zip(rolls["tag"].to_pylist(), rolls["rations"].to_pylist(), strict=True))
    drafts = [
        Receipt(
            1, None, store.programme.id, MARCH, "Alder", device, tag_of(r_of(name)), reason or r_of(name),
            tuple(zip(("grain", "oil")[:goods], due[tag_of(r_of(name))], strict=False)), "kim",
        )
        for name in households.split()
    ]  # fmt: skip
    return chain(drafts, store.keys.device(device))


def release(store: Store, ranges: Any, to: str = "tablet-2", by: str = "phone-Alder", **changed: Any) -> bytes:
    fields = {
        "number": 1, "programme": store.programme.id, "cycle": MARCH, "point": "Alder", "device": by, "to": to,
        "receipts": 0, "head": None, "ranges": ranges,
    }  # fmt: skip
    return write_release(Release(**(fields | changed)), store.keys.device(by))


def ended(store: Store) -> dict[str, int]:
    """Household of Alder -> how its row ended."""
    rows = store.rows(
        "select household, status from outcome o join roll_row r using (programme, cycle, tag) where r.point = 'Alder'"
    )
    return dict(rows)


def grain(store: Store) -> dict[str, int]:
    """Steps of grain that left Alder, by kind of movement."""
    rows = store.rows(
        "select kind, sum(quantity)::int / 500 from movement where source = 'node:Alder' and benefit = 'grain' group by 1"
    )
    return dict(rows)


REDEEMED, EXCEPTION, CONTESTED, UNCOLLECTED = 1, 2, 3, 4


def published(store: Store) -> str:
    """Close Birch and Alder, publish, and what the checker says; all must hold."""
    close(store, MARCH, "boris")
    out = publish(store, MARCH, "boris", store.data.parent / "out")
    checker = Path(sys.executable).with_name("evenhand-verify")
    done = subprocess.run([checker, out], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def test_a_lost_phone_is_replaced_and_what_it_gave_still_counts_whenever_it_arrives(store: Store) -> None:
    early = gave(store, "phone-Alder", "A1 A2 A3")
    redeem(store, MARCH, early[:1])
    enrol_device(store, "tablet-2", ["Alder"], ROOT, LOST)
    assert redeem(store, MARCH, gave(store, "tablet-2", "A2 A6")).new == 2  # A2's coupon was copied
    assert redeem(store, MARCH, early).new == 2  # the phone is found: its receipts arrive late, and none is refused
    told = published(store)
    assert ended(store) == {"A1": REDEEMED, "A2": CONTESTED, "A3": REDEEMED, "A6": REDEEMED}
    # A2 had its 32 from the first holder; what the second gave again came from the reserve of 24, and 8 beyond it.
    assert grain(store) == {"redeem": 16 + 32 + 48 + 96, "over-issue": 24}
    assert "PASS holders: 2 points, 1 replacement" in told and "3 devices, each head signed by both sides" in told


def test_a_replaced_device_never_refuses_an_honest_card(store: Store) -> None:
    redeem(store, MARCH, gave(store, "phone-Alder", "A1 A2") + gave(store, "phone-Alder", "A6", "no-coupon"))
    enrol_device(store, "tablet-2", ["Alder"], ROOT, LOST)
    device = device_named(store, "tablet-2")
    assert device is not None
    told: Any = counter_state(store, device)
    given = told["cycles"][0]["points"][0]["given"]
    # Given with its coupon before: contested now, from the reserve. Without a coupon: a thief could say that of everybody.
    assert set(given) == {tag_of(r_of("A1")), tag_of(r_of("A2"))}
    old: Any = counter_state(store, device_named(store, "phone-Alder"))  # type: ignore[arg-type]
    assert told["points"] == ["Alder"] and old["points"] == []
    done = sync(store, device, MARCH, gave(store, "tablet-2", "A1 A3 A6"))
    assert (done.taken.new, done.taken.refused) == (3, [])


def test_a_lost_phone_with_receipts_nobody_has_seen_does_not_keep_the_cycle_open(store: Store) -> None:
    redeem(store, MARCH, gave(store, "phone-Alder", "A1 A2 A3")[::2])  # its second receipt never comes
    enrol_device(store, "tablet-2", ["Alder"], ROOT, LOST)
    redeem(store, MARCH, gave(store, "tablet-2", "A2"))
    assert "unclosed, more receipts may exist: phone-Alder" in published(store)
    assert ended(store) == {"A1": REDEEMED, "A2": REDEEMED, "A3": REDEEMED, "A6": UNCOLLECTED}


def test_a_second_phone_gives_what_the_first_released_and_either_of_them_may_say_so(store: Store) -> None:
    enrol_device(store, "tablet-2", ["Alder"], ROOT, Place(second=True))
    tags = sorted(tag_of(r_of(name)) for name in ("A1", "A2", "A3", "A6"))
    second = device_named(store, "tablet-2")
    assert second is not None
    assert counter_state(store, second)["second"] == ["Alder"]
    half = release(store, [(tags[2], tags[3])])
    assert keep_releases(store, MARCH, [half], second) == (1, 0)
    assert keep_releases(store, MARCH, [half], device_named(store, "phone-Alder")) == (0, 1)
    names = {tag_of(r_of(name)): name for name in ("A1", "A2", "A3", "A6")}
    first, second_half = [names[t] for t in tags[:2]], [names[t] for t in tags[2:]]
    redeem(store, MARCH, gave(store, "tablet-2", " ".join(second_half)))
    # The holder gave to a row that it had released, to a copy of the coupon: contested, whatever arrives first.
    redeem(store, MARCH, gave(store, "phone-Alder", " ".join([*first, second_half[0]])))
    assert "3 devices, each head signed by both sides" in published(store)
    assert ended(store) == dict.fromkeys(names.values(), REDEEMED) | {second_half[0]: CONTESTED}
    assert grain(store)["redeem"] == 192


WRONG = [
    ({"programme": "other"}, "another programme"),
    ({"cycle": "2008-04/1"}, "another programme or cycle"),
    ({"point": "Birch"}, "not certified"),
    ({"to": "phone-Birch"}, "not certified"),
    ({"to": "nobody"}, "not certified"),
]


@pytest.mark.parametrize(("changed", "words"), WRONG)
def test_a_release_that_cannot_stand_is_refused_in_words(store: Store, changed: dict[str, Any], words: str) -> None:
    enrol_device(store, "tablet-2", ["Alder"], ROOT, Place(second=True))
    with pytest.raises(UsageError, match=words) as error:
        keep_releases(store, MARCH, [release(store, [ALL], **changed)])
    assert error.value.remedy and store.rows("select count(*) from released") == [(0,)]


def test_a_release_signed_by_another_key_is_refused(store: Store) -> None:
    enrol_device(store, "tablet-2", ["Alder"], ROOT, Place(second=True))
    forged = write_release(
        Release(1, store.programme.id, MARCH, "Alder", "phone-Alder", "tablet-2", 0, None, (ALL,)),
        store.keys.device("tablet-2"),
    )
    for raw in (forged, b"", b"\x84", release(store, [ALL])[:-1]):
        with pytest.raises(UsageError):
            keep_releases(store, MARCH, [raw])


PLACES = [
    (Place(), "already holds"),
    (Place("nobody", "lost"), "does not hold"),
    (Place("phone-Alder", ""), "reason"),
    (Place("phone-Alder", "lost", second=True), "or stands beside"),
]


@pytest.mark.parametrize(("place", "words"), PLACES)
def test_a_point_is_taken_over_with_a_name_and_a_reason_or_not_at_all(store: Store, place: Place, words: str) -> None:
    with pytest.raises(UsageError, match=words) as error:
        enrol_device(store, "tablet-2", ["Alder"], ROOT, place)
    assert error.value.remedy
    assert store.rows("select count(*) from certificate where name = 'tablet-2'") == [(0,)]


def test_replacing_again_changes_nothing_and_a_replaced_phone_does_not_come_back_under_its_name(store: Store) -> None:
    for _ in range(2):
        enrol_device(store, "tablet-2", ["Alder"], ROOT, LOST)
    assert store.rows("select count(*) from holding where point = 'Alder'") == [(2,)]
    with pytest.raises(UsageError, match="was replaced"):
        enrol_device(store, "phone-Alder", ["Alder"], ROOT, Place("tablet-2", "found again"))
    enrol_device(store, "tablet-3", ["Alder"], ROOT, Place("tablet-2", "screen broken"))
    assert [row[0] for row in store.rows("select device from holding where point = 'Alder' order by since")] == [
        "phone-Alder", "tablet-2", "tablet-3",
    ]  # fmt: skip


def test_who_was_replaced_before_a_cycle_has_no_part_in_it() -> None:
    with open_folder() as folder, open_store(copy_data(at("approved"), folder), clock) as store:
        enrol_device(store, "tablet-2", ["Alder"], ROOT, LOST)
        for step in ("committed", "open", "received"):
            STEPS[step](store, paper())
        taken = redeem(store, MARCH, gave(store, "phone-Alder", "A1"))
        assert taken.new == 0 and "does not hold" in taken.refused[0].reason
        assert sync(store, device_named(store, "phone-Alder"), MARCH, gave(store, "phone-Alder", "A1")).taken.new == 0  # type: ignore[arg-type]
        assert redeem(store, MARCH, gave(store, "tablet-2", "A1")).new == 1
        assert "PASS holders" in published(store)


def test_an_enrolled_phone_replaces_another_by_the_officers_word(store: Store) -> None:
    token, key = b"0123456789abcdef", Ed25519PrivateKey.generate()
    link = invite(store, "phone-9", ["Alder"], token, LOST)
    claim(store, link, key.public_key().public_bytes_raw(), "test")
    found = find_claim(store, token)
    assert found is not None
    certify(store, found, ROOT, LOST)
    assert store.rows(
        "select device, replaces, reason from holding where point = 'Alder' order by since desc limit 1"
    ) == [("phone-9", "phone-Alder", "dropped into the river")]


def test_a_phone_that_gives_on_another_day_closes_again_with_a_longer_head(store: Store) -> None:
    device, signer = device_named(store, "phone-Alder"), store.keys.device("phone-Alder")
    assert device is not None
    made = gave(store, "phone-Alder", "A1 A2 A3")
    for count in (1, 3):
        redeem(store, MARCH, made[:count])
        head = Head(store.programme.id, MARCH, "phone-Alder", count, sha256(made[count - 1]).digest())
        for _ in range(2):
            close_counter(store, device, MARCH, write_head(head, signer))
    short = Head(store.programme.id, MARCH, "phone-Alder", 2, sha256(made[1]).digest())
    with pytest.raises(UsageError, match="closed with another head"):
        close_counter(store, device, MARCH, write_head(short, signer))
    assert store.rows("select receipts from head order by 1") == [(1,), (3,)]
    assert "2 devices, each head signed by both sides" in published(store)


def test_a_month_in_which_everybody_came_and_took_a_part_verifies(store: Store) -> None:
    redeem(store, MARCH, gave(store, "phone-Alder", "A1 A2 A3 A6", goods=1))  # nobody took the oil
    assert "8 rows ended: 4 redeemed" in published(store)
    assert grain(store) == {"redeem": 192}


def test_a_file_that_a_person_carries_may_hold_releases_among_its_receipts(store: Store) -> None:
    enrol_device(store, "tablet-2", ["Alder"], ROOT, Place(second=True))
    file = store.data.parent / "day.cbor"
    file.write_bytes(release(store, [ALL]) + b"".join(gave(store, "tablet-2", "A1 A2")))
    done = evenhand("redeem", file, "--cycle", MARCH, "--json", EVENHAND_DATA=str(store.data))
    assert done.returncode == 0, done.stderr
    assert (done.json()["new"], done.json()["refused"]) == (2, [])
    assert store.rows("select device, target from released") == [("phone-Alder", "tablet-2")]
