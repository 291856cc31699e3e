"""A household's PIN, answer or photo: enrolled, and tested by a phone without a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from actions import village
from folders import clock, copy_data, open_folder
from PIL import Image

from evenhand.actions.factors import Said, enrol_factor, factor_of, factors_at, photo_of, try_factor
from evenhand.core.errors import UsageError
from evenhand.formats import cbor, factor
from evenhand.formats.code import decode
from evenhand.formats.tag import tag_of
from evenhand.store import Store, open_store


def r_of(household: str) -> bytes:
    return decode(village.paper().coupons[household, "2008-03"])


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets which second factor the policy in force, and that of the cycle, ask for."""

    def ask(kind: str) -> None:
        from evenhand.actions import cycles, factors
        from evenhand.flow.policy.load import load

        text = village.POLICY.replace("k = 2\n", f'k = 2\nsecond_factor = "{kind}"\n')
        policy = load(text, "asking.toml")
        monkeypatch.setattr(factors, "policy_in_force", lambda store: policy)
        monkeypatch.setattr(cycles, "loaded", lambda text, file: policy)

    return ask


@pytest.fixture
def store() -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(village.at("received"), folder), clock) as opened:
        yield opened


def test_a_phone_tests_a_pin_with_the_coupon_and_the_roll_alone_tells_nobody(
    store: Store, asking: Callable[[str], None]
) -> None:
    asking("pin")
    enrol_factor(store, "A2", Said("pin", "٤٠٧١"), "ana", village.ANA)
    answer = cbor.loads(factors_at(store, village.MARCH, "Alder") or b"")
    r = r_of("A2")
    [[tag, check, question, photo]] = answer["rows"]
    assert (answer["factor"], tag, question, photo) == ("pin", tag_of(r), None, None)
    said = factor.stretched("4071", store.programme.origin, store.programme.id, village.paper().cards["A2"])
    assert check == factor.check(factor.factor_key(r), said)
    assert cbor.loads(factors_at(store, village.MARCH, "Birch") or b"")["rows"] == []
    # Neither the words nor what was stretched of them lie in the database.
    kept = bytes(store.rows("select sealed from household_factor")[0][0])
    assert said not in kept
    assert b"4071" not in kept


def test_a_pin_said_again_replaces_the_one_before_and_taken_back_it_is_asked_of_nobody(
    store: Store, asking: Callable[[str], None]
) -> None:
    asking("pin")
    enrol_factor(store, "A2", Said("pin", "4071"), "ana", village.ANA)
    first = factors_at(store, village.MARCH, "Alder")
    enrol_factor(store, "A2", Said("pin", "4072"), "ana", village.ANA)
    assert factors_at(store, village.MARCH, "Alder") != first
    enrol_factor(store, "A2", Said("none"), "ana", village.ANA)
    assert factor_of(store, "A2") is None
    assert cbor.loads(factors_at(store, village.MARCH, "Alder") or b"")["rows"] == []


def test_without_the_coupon_the_server_tests_and_looks_three_times(store: Store, asking: Callable[[str], None]) -> None:
    asking("question")
    enrol_factor(store, "A2", Said("question", "Old Mill", "Where were you born?"), "ana", village.ANA)
    card, tag = village.paper().cards["A2"], tag_of(r_of("A2"))

    def said(words: str) -> bytes:
        return factor.stretched(words, store.programme.origin, store.programme.id, card)

    tries = [try_factor(store, village.MARCH, "Alder", tag, said(w), "phone") for w in ("mill", "OLD  MILL!", "x", "y")]
    assert tries == [(False, 2), (True, 2), (False, 1), (False, 0)]
    assert try_factor(store, village.MARCH, "Alder", tag, said("Old Mill"), "phone") == (False, 0)
    assert try_factor(store, village.MARCH, "Birch", tag, said("Old Mill"), "phone") == (False, 0)


def test_a_photo_is_made_small_loses_where_it_was_taken_and_lies_encrypted(
    store: Store, asking: Callable[[str], None]
) -> None:
    asking("photo")
    picture, out = Image.effect_noise((1600, 2000), 90).convert("RGB"), BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at the mill"
    picture.save(out, "JPEG", exif=exif)
    enrol_factor(store, "A2", Said("photo", photo=out.getvalue()), "ana", village.ANA)
    kept = photo_of(store, village.MARCH, "Alder", tag_of(r_of("A2"))) or b""
    assert len(kept) <= 24 * 1024
    assert b"taken at the mill" not in kept
    with Image.open(BytesIO(kept)) as shown:
        assert shown.size == (360, 450)
    assert kept not in bytes(store.rows("select sealed from household_factor")[0][0])
    assert photo_of(store, village.MARCH, "Birch", tag_of(r_of("A2"))) is None


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("pin", Said("pin", "123")), ("pin", Said("pin", "7777")), ("pin", Said("pin", "12345678901")),
        ("pin", Said("pin", "abcd")), ("question", Said("question", "x", "Where?")),
        ("question", Said("question", "long", "")),
        ("photo", Said("photo", photo=b"\xff\xd8not a picture")), ("photo", Said("pin", "4071")), ("pin", Said("face", "x")),
    ],
)  # fmt: skip
def test_what_is_no_factor_or_not_the_programmes_is_refused_in_words(
    store: Store, asking: Callable[[str], None], kind: str, said: Said
) -> None:
    asking(kind)
    with pytest.raises(UsageError):
        enrol_factor(store, "A2", said, "ana", village.ANA)
    assert store.rows("select count(*) from household_factor") == [(0,)]
