"""Issuing cards: what the server keeps, what leaves with the paper, and what is refused."""

from __future__ import annotations

import pytest

from evenhand.core.errors import UsageError
from evenhand.flow.card import issue, replace, slip
from evenhand.formats import code
from evenhand.formats.tag import derive, tag_of

FAMILIES = ["Alder-1", "Alder-2", "Birch-1", "Cedar-1"]
SECRETS = [bytes([n]) * 16 for n in range(4)]
PERIODS = ["2008-03", "2008-04"]


def issued(families: list = FAMILIES, secrets: list = SECRETS, periods: list = PERIODS, serial: int = 7):
    return issue(families, serial, secrets, "demo.example", "ration", periods)


def test_every_household_gets_one_card_with_the_next_serial() -> None:
    card = issued().card
    assert card.column_names == ["number", "household", "epoch", "mark"]
    assert card["household"].to_pylist() == FAMILIES
    assert card["number"].to_pylist() == [code.card_number(serial) for serial in range(7, 11)]
    assert card["epoch"].to_pylist() == [1, 1, 1, 1]


def test_the_server_keeps_tag_salt_and_seal_key_of_each_period() -> None:
    rows = issued().card_period.to_pylist()
    assert [(row["household"], row["period"]) for row in rows] == [(f, p) for p in PERIODS for f in FAMILIES]
    for row in rows:
        keys = derive(SECRETS[FAMILIES.index(row["household"])], "demo.example", "ration", row["period"])
        assert (row["tag"], row["salt"], row["seal_key"]) == (keys.tag, keys.salt, keys.seal_key)
    assert len({row["tag"] for row in rows}) == 8


def test_secret_and_r_are_not_among_what_the_server_keeps() -> None:
    made = issued()
    assert made.card_period.column_names == [
        "household", "period", "epoch", "tag", "salt", "seal_key", "factor_key",
    ]  # fmt: skip
    kept = repr([made.card.to_pylist(), made.card_period.to_pylist()])
    assert not any(repr(one)[2:-1] in kept for one in made.ids)
    assert not any(repr(secret)[2:-1] in kept for secret in SECRETS)
    assert not any(repr(row["r"])[2:-1] in kept for row in made.coupons.to_pylist())


def test_a_coupon_proves_the_tag_the_server_knows() -> None:
    made = issued()
    assert made.coupons.column_names == ["household", "period", "r"]
    assert made.coupons.drop(["r"]).equals(made.card_period.select(["household", "period"]))
    assert [tag_of(r) for r in made.coupons["r"].to_pylist()] == made.card_period["tag"].to_pylist()


def test_no_households_make_empty_tables_of_the_same_columns() -> None:
    made = issued([], [])
    assert (len(made.card), len(made.card_period), len(made.coupons)) == (0, 0, 0)
    assert made.card_period.schema == issued().card_period.schema


@pytest.mark.parametrize(
    ("families", "secrets", "periods", "serial", "said"),
    [
        (FAMILIES, [*SECRETS[:3], SECRETS[1]], PERIODS, 0, '"Alder-2" and "Cedar-1" were given one secret'),
        (["Alder-1"] * 4, SECRETS, PERIODS, 0, '"Alder-1" stands twice'),
        (FAMILIES, SECRETS[:3], PERIODS, 0, "4 households and 3 secrets"),
        (FAMILIES, [*SECRETS[:3], bytes(15)], PERIODS, 0, '"Cedar-1" has 15 bytes'),
        (FAMILIES, SECRETS, ["2008-03", "2008-03"], 0, "a period is named twice"),
        (FAMILIES, SECRETS, PERIODS, 10**8 - 3, "pass eight digits"),
        (FAMILIES, SECRETS, PERIODS, -1, "pass eight digits"),
    ],
)
def test_what_would_let_two_families_share_a_card_is_refused(
    families: list, secrets: list, periods: list, serial: int, said: str
) -> None:
    with pytest.raises(UsageError, match=said):
        issued(families, secrets, periods, serial)


def test_an_error_about_secrets_does_not_print_one() -> None:
    with pytest.raises(UsageError) as caught:
        issued(FAMILIES, [b"SECRETSECRETSECR"] * 4)
    assert "SECRET" not in "".join(caught.value.lines()).replace("secret", "")


def test_the_last_serial_of_eight_digits_is_a_card_too() -> None:
    assert issued(FAMILIES, serial=10**8 - 4).card["number"].to_pylist()[-1].startswith("99999999")


def test_a_slip_holds_the_code_of_the_secret() -> None:
    text = slip(code.card_number(7), SECRETS[3])
    assert code.decode(text) == SECRETS[3]
    with pytest.raises(code.CodeError):
        slip("0000000700", SECRETS[3])
    with pytest.raises(code.CodeError):
        slip(code.card_number(7), bytes(15))


def test_a_replacement_keeps_its_number_and_shares_no_key_with_the_card_before() -> None:
    first = issued()
    again = replace(
        ["Birch-1"], [first.card["number"][2].as_py()], [2], [b"another secret.."], "demo.example", "ration", PERIODS
    )
    assert again.card.select(["number", "household", "epoch"]).to_pylist() == [
        {"number": code.card_number(9), "household": "Birch-1", "epoch": 2}
    ]
    assert again.card_period["epoch"].to_pylist() == [2, 2]
    for name in ("tag", "salt", "seal_key"):
        assert not set(again.card_period[name].to_pylist()) & set(first.card_period[name].to_pylist())
    assert not set(again.ids) & set(first.ids)
