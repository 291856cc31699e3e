"""Rolls: sealed rows of one size, the same bytes as the plain encoding, and tags that stand for one household."""

from __future__ import annotations

from hashlib import sha256

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.core.errors import UsageError
from evenhand.flow.card import build_rolls, issue, roll_entries, roll_entry, with_debts
from evenhand.formats import entry, roll

POLICY = sha256(b"policy").digest()
FAMILIES = {"Alder-1": "Alder", "Alder-2": "Alder", "Birch-1": "Birch", "Cedar-1": "Cedar"}
ISSUED = issue(list(FAMILIES), 0, [bytes([n]) * 16 for n in range(4)], "demo.example", "ration", ["2008-03"])
CARDS = dict(zip(FAMILIES, ISSUED.card["number"].to_pylist(), strict=True))
KEYS = {row["household"]: row for row in ISSUED.card_period.to_pylist()}
SCHEMA = pa.schema(
    [
        ("point", pa.string()), ("household", pa.string()), ("card", pa.string()), ("tag", pa.binary()),
        ("salt", pa.binary()), ("seal_key", pa.binary()), ("benefit", pa.string()), ("ladder", pa.list_(pa.int64())),
        ("carry_micro", pa.int64()), ("ration_steps", pa.int64()), ("reasons", pa.list_(pa.string())),
    ]
)  # fmt: skip


def row(household: str, benefit: str = "grain", **changed: object) -> dict:
    keys = KEYS[household]
    made = {
        "point": FAMILIES[household], "household": household, "card": CARDS[household], "tag": keys["tag"],
        "salt": keys["salt"], "seal_key": keys["seal_key"], "benefit": benefit, "ladder": [27000, 8000],
        "carry_micro": -250000, "ration_steps": 60, "reasons": ["grain.worker"],
    }  # fmt: skip
    return made | changed


def table(*rows: dict) -> pa.Table:
    return pa.Table.from_pylist(list(rows), schema=SCHEMA)


def all_rows() -> list[dict]:
    return [row(family, benefit) for family in FAMILIES for benefit in ("grain", "oil")]


def build(*rows: dict) -> dict[str, roll.Packed]:
    return build_rolls(table(*rows), "ration", "2008-03/1", POLICY)


def opened(rolls: dict[str, roll.Packed], household: str) -> roll.Record:
    packed, keys = rolls[FAMILIES[household]], KEYS[household]
    (found,) = [packed.row(i) for i, tag in enumerate(packed.tags()) if tag == keys["tag"]]
    return roll.open_row(found, "2008-03/1", keys["salt"], keys["seal_key"])


def test_each_household_opens_its_own_row() -> None:
    rolls = build(row("Alder-1", ration_steps=61), row("Alder-2"), row("Birch-1", "oil"), row("Birch-1", "grain"))
    assert sorted(rolls) == ["Alder", "Birch"]
    assert (len(rolls["Alder"]), len(rolls["Birch"])) == (2, 1)
    first = roll.Grant("grain", (27000, 8000), -250000, 61, ("grain.worker",))
    assert opened(rolls, "Alder-1") == roll.Record(CARDS["Alder-1"], "Alder", POLICY, (first,))
    assert [grant.benefit for grant in opened(rolls, "Birch-1").grants] == ["oil", "grain"]  # in the order given


def test_a_household_cannot_open_its_neighbours_row() -> None:
    packed = build(*all_rows())["Alder"]
    other = KEYS["Alder-2"]
    (mine,) = [packed.row(i) for i, tag in enumerate(packed.tags()) if tag == KEYS["Alder-1"]["tag"]]
    with pytest.raises(roll.RollError):
        roll.open_row(mine, "2008-03/1", other["salt"], other["seal_key"])


def test_rows_of_the_whole_cycle_have_one_size_in_steps_of_32() -> None:
    long = row("Cedar-1", reasons=["a reason that is long enough to need more room"] * 3)
    rolls = build(row("Alder-1"), row("Birch-1"), long)
    size = {packed.row_size for packed in rolls.values()}
    assert len(size) == 1
    sealed = size.pop() - roll.TAG_SIZE - roll.COMMITMENT_SIZE - 2 - 16  # length and authentication of AES-GCM
    assert sealed % 32 == 0
    assert 0 <= sealed - len(opened(rolls, "Cedar-1").encode()) < 32


def test_a_roll_reads_back_and_is_sorted_by_tag() -> None:
    packed = build(*all_rows())["Alder"]
    assert roll.unpack(packed.encode()) == packed
    assert packed.tags() == sorted(KEYS[family]["tag"] for family in ("Alder-1", "Alder-2"))


grants = st.builds(
    dict,
    ladder=st.lists(st.integers(0, 2**62), max_size=4),
    carry_micro=st.integers(-(2**62), 2**62),
    ration_steps=st.integers(0, 2**62),
    reasons=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=30), max_size=3),
)


@settings(max_examples=40)
@given(st.lists(grants, min_size=1, max_size=30))
def test_a_record_is_the_plain_encoding_whatever_its_grants(made: list[dict]) -> None:
    rows = [row("Alder-1", f"benefit {n}", **grant) for n, grant in enumerate(made)]
    rolls = build_rolls(table(*rows), "ration", "2008-03/1", POLICY)
    plain = tuple(
        roll.Grant(r["benefit"], tuple(r["ladder"]), r["carry_micro"], r["ration_steps"], tuple(r["reasons"]))
        for r in rows
    )
    assert opened(rolls, "Alder-1") == roll.Record(CARDS["Alder-1"], "Alder", POLICY, plain)


def test_a_slice_of_a_larger_table_makes_the_same_rolls() -> None:
    whole = table(*all_rows())
    for start, stop in ((0, 4), (4, 8)):
        part = whole.slice(start, stop - start)
        again = pa.concat_tables([part.slice(0, 1), part.slice(1)])
        expected = build_rolls(table(*all_rows()[start:stop]), "ration", "2008-03/1", POLICY)
        assert build_rolls(part, "ration", "2008-03/1", POLICY) == expected
        assert build_rolls(again, "ration", "2008-03/1", POLICY) == expected


def test_what_earlier_months_owe_stands_in_the_record() -> None:
    debts = pa.table(
        {
            "household": ["Alder-1", "Alder-1", "Alder-1"], "benefit": ["grain"] * 3,
            "kind": ["undersupplied", "uncollected", "uncollected"], "since": ["2008-02", "2008-02", "2008-01"],
            "amount": pa.array([900, 500, 500], pa.int64()), "lapsed": pa.array([0, 0, 500], pa.int64()),
        }
    )  # fmt: skip
    rows = with_debts(table(row("Alder-1"), row("Alder-2")), debts)
    rolls = build_rolls(rows, "ration", "2008-03/1", POLICY)
    assert opened(rolls, "Alder-1").grants[0].owed == (
        ("uncollected", "2008-02", 500),
        ("undersupplied", "2008-02", 900),
    )
    assert opened(rolls, "Alder-2").grants[0].owed == ()


def test_no_rows_make_no_rolls() -> None:
    assert build() == {}


def stolen(name: str, **changed: object) -> dict:
    return row(name) | {key: KEYS["Alder-1"][key] for key in ("tag", "salt", "seal_key")} | changed


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([row("Alder-1"), stolen("Alder-2")], 'one tag belongs to two households.*"Alder-1" and "Alder-2"'),
        ([row("Alder-1"), stolen("Cedar-1")], 'one tag belongs to two households.*"Alder-1" and "Cedar-1"'),
        ([row("Alder-1"), row("Birch-1", card=CARDS["Alder-1"])], "one card belongs to two households"),
        ([row("Alder-1"), row("Birch-1", salt=KEYS["Alder-1"]["salt"])], "one salt belongs to two households"),
        ([row("Alder-1"), row("Birch-1"), row("Alder-1", "oil")], 'one household .*"Alder-1"'),
        ([row("Alder-1"), row("Alder-1")], "a household has a benefit twice"),
        ([row("Alder-1"), row("Alder-1", "oil", point="Birch")], 'two values of "point"'),
        ([row("Alder-1"), row("Alder-1", "oil", tag=bytes(16))], 'two values of "tag"'),
        ([row("Alder-1", tag=None)], 'empty cell in column "tag"'),
        ([row("Alder-1", card=None)], 'empty cell in column "card"'),
        ([row("Alder-1", reasons=["a", None])], 'a list in column "reasons"'),
        ([row("Alder-1", ladder=[None])], 'a list in column "ladder"'),
        ([row("Alder-1", tag=bytes(15))], '"tag" is not 16 bytes'),
        ([row("Alder-1", seal_key=bytes(16))], '"seal_key" is not 32 bytes'),
        ([row("Alder-1", ration_steps=-1)], "below zero"),
    ],
)
def test_a_tag_that_would_stand_for_two_and_cells_that_cannot_be_sealed_are_refused(rows: list, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        build(*rows)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(UsageError, match='no column "salt"'):
        build_rolls(table(row("Alder-1")).drop(["salt"]), "ration", "2008-03/1", POLICY)


def test_a_policy_hash_of_another_size_is_refused() -> None:
    with pytest.raises(UsageError):
        build_rolls(table(row("Alder-1")), "ration", "2008-03/1", b"policy")


def test_the_entry_of_a_roll_has_its_hash_and_totals() -> None:
    rows = [
        row("Alder-1", ration_steps=60, carry_micro=-250000), row("Alder-1", "oil", ration_steps=3, carry_micro=0),
        row("Alder-2", ration_steps=7, carry_micro=600000), row("Birch-1", ration_steps=1000),
    ]  # fmt: skip
    rolls = build(*rows)
    made = roll_entries(table(*rows), rolls)["Alder"]
    tags = b"".join(sorted(KEYS[family]["tag"] for family in ("Alder-1", "Alder-2")))
    assert made == entry.Entry(
        "roll", "ration", "2008-03/1", "Alder", sha256(rolls["Alder"].encode()).digest(),
        {
            "rows": 2, "tags": sha256(tags).digest(), "rations": {"grain": 67, "oil": 3},
            "carry": {"grain": 350000, "oil": 0},
        },
    )  # fmt: skip
    assert roll_entry(rolls["Alder"], table(*rows[:3])) == made
    assert entry.decode(made.encode()) == made


def test_totals_of_another_table_are_refused() -> None:
    rolls = build(*all_rows())
    with pytest.raises(UsageError):
        roll_entries(table(row("Alder-1")), rolls)
    with pytest.raises(UsageError):
        roll_entry(build(row("Alder-1"))["Alder"], table(row("Alder-1"), row("Alder-2")))
