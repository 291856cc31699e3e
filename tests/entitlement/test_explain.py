"""Explanations: the same amounts and rows as the engine's, the sentence for a family, what is missing and of whom."""

import csv
import random
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from entitlement.rich_policy import policy_text
from entitlement.small_policy import GRAIN, HOUSEHOLDS, MEMBERS
from entitlement.test_same_as_arithmetic import some_household, write

from evenhand.actions.policy import run_policy
from evenhand.actions.policy_explain import explain_household
from evenhand.core.errors import InputError, UsageError
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.policy import load
from evenhand.render.policy_explain import page, spoken, text

DAY = date(2014, 1, 1)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    households, members = tmp_path / "households.csv", tmp_path / "members.csv"
    households.write_text(HOUSEHOLDS)
    members.write_text(MEMBERS)
    return households, members


def explained(files: tuple[Path, Path], household: str, day: date = DAY, policy: str = GRAIN) -> dict:
    return explain_household(DuckDB(), load(policy, "grain.toml"), day, household, *files)


def sentences(found: dict, language: str = "en") -> dict[str, str]:
    return {due["name"]: due["sentence"] for due in spoken(found, language)["entitlements"]}


@pytest.mark.parametrize("mode", ["floor", "half-even"])
def test_amounts_and_rows_are_those_of_a_run(tmp_path: Path, mode: str) -> None:
    policy = load(policy_text(mode, "1 Mar"), "rich.toml")
    day = date(2024, 2, 29)
    chance = random.Random(mode)
    paths = write(tmp_path, [some_household(chance) for _ in range(12)])
    due, reasons = tmp_path / "due.csv", tmp_path / "reasons.csv"
    run_policy(DuckDB(), policy, day, paths["household"], paths["member"], due, reasons)
    why = {(row["household"], row["entitlement"]): row["reasons"] for row in csv.DictReader(reasons.open())}
    compared = 0
    for row in csv.DictReader(due.open()):
        found = explain_household(DuckDB(), policy, day, row["household"], paths["household"], paths["member"])
        missing = next((one["missing"]["input"] for one in found["entitlements"] if not one["decided"]), "")
        assert missing == row["undecided"]
        for one in found["entitlements"]:
            key = row["household"], one["name"]
            assert str("" if one["amount_base"] is None else one["amount_base"]) == row[one["name"]], key
            if one["decided"]:
                assert " ".join(one["reasons"]) == why[key]
                assert str(one.get("floor_base", "")) == row.get(f"{one['name']}_floor", "")
                compared += 1
    assert compared > 15


def test_the_sentence_names_the_rule_its_source_and_its_day(files: tuple[Path, Path]) -> None:
    assert sentences(explained(files, "A"))["grain"] == (
        "5 kg for each of 4 members = 20 kg; from NFSA 2013 s.3, in force from 2013-07-05 to 2023-12-31"
    )
    assert sentences(explained(files, "B"))["grain"] == "35 kg: fixed 35 kg"
    assert sentences(explained(files, "A"))["soap"] == (
        "7/12 pieces + 3 × 0 pieces = 7/12 pieces; from own choice, in force since 2013-07-05"
    )


def test_a_later_value_is_explained_by_its_own_source(files: tuple[Path, Path]) -> None:
    assert sentences(explained(files, "A", date(2024, 3, 1)))["grain"] == (
        "6 kg for each of 4 members = 24 kg; from Order 12, in force since 2024-01-01"
    )


def test_what_is_missing_is_named_and_whose_it_is(files: tuple[Path, Path]) -> None:
    found = explained(files, "C")
    assert sentences(found)["grain"] == "0 kg: no eligible card"
    assert sentences(found)["soap"] == "cannot be decided: birth date of member 1 is missing"
    soap = found["entitlements"][1]
    assert soap["amount"] is None
    assert soap["rules"][0]["undecided"]["members"] == ["1"]


def test_a_word_the_policy_does_not_know_is_shown_as_it_stands(files: tuple[Path, Path]) -> None:
    assert sentences(explained(files, "D"))["grain"] == (
        "cannot be decided: card is missing; “PHX” stands there, which the policy does not know"
    )


def test_the_data_has_a_version_and_everything_a_reader_needs(files: tuple[Path, Path]) -> None:
    found = explained(files, "A")
    assert found["format"] == "evenhand-explanation/1"
    grain = found["entitlements"][0]
    (hit,) = grain["rules"][0]["hits"]
    assert (hit["row"], hit["when"], hit["then"]) == ("due.phh", "card = 'PHH'", "each * size")
    assert hit["read"] == [{"name": "card", "value": {"is": "word", "value": "PHH", "name": "card"}}]
    assert hit["params"][0]["source"] == "NFSA 2013 s.3"
    assert (hit["params"][0]["from"], hit["params"][0]["value"]["shown"]) == ("2013-07-05", "5")
    assert (grain["amount_base"], grain["floor_base"], grain["floor"]["share"]) == (20_000, 12_000, "3/5")


def test_the_policys_own_words_are_its_authors_else_as_written(files: tuple[Path, Path]) -> None:
    found = explained(files, "B")
    assert "Céréales: 35 kg : 35 kg fixes" in text(found, "fr")
    assert "fixed 35 kg" in text(found, "hi")
    assert "35 kg fixes" not in text(found, "en")


@pytest.mark.parametrize(
    ("price", "said"), [("5/2", "You pay 2.5 INR per kg, 50 INR in all"), ("0", "It is free at your home point")]
)
def test_what_is_paid_is_said(files: tuple[Path, Path], price: str, said: str) -> None:
    dated = f'[param.cost]\nunit = "INR/kg"\nsource = "Order 3"\nvalues = [{{from = 2013-07-05, value = "{price}"}}]\n'
    policy = GRAIN.replace("[table.due]", f"{dated}[table.due]").replace(
        'amount = "due"', 'amount = "due"\nprice = "cost"'
    )
    assert said in text(explained(files, "A", policy=policy), "en")
    assert said.split()[0] not in text(explained(files, "C", policy=policy), "en")


def test_a_household_is_found_in_parquet_with_keys_of_numbers(tmp_path: Path) -> None:
    households, members = tmp_path / "h.parquet", tmp_path / "m.parquet"
    pq.write_table(pa.table({"household": [7, 70], "card": ["PHH", "AAY"]}), households)
    pq.write_table(pa.table({"household": [7, 7], "member": [1, 2], "birth_date": [date(2012, 1, 1)] * 2}), members)
    assert explained((households, members), "7")["entitlements"][0]["amount_base"] == 10_000


@pytest.mark.parametrize(
    ("households", "members", "message"),
    [
        ("household,card\nB,PHH\n", MEMBERS, "there is no such household"),
        ("household,card\nA,PHH\nA,AAY\n", MEMBERS, "it stands twice"),
        ("household\nA\n", MEMBERS, "the column is missing"),
        ("household,card,Card\nA,PHH,AAY\n", MEMBERS, "a column stands twice"),
        (HOUSEHOLDS, "household,member,birth_date\nA,1,yesterday\n", "it cannot be read (household A)"),
        (HOUSEHOLDS, "household,member,birth_date\nA,1,\nA,1,\n", "it stands twice (household A)"),
        (HOUSEHOLDS, "household,member,birth_date\nA,,\n", "the key is empty (household A)"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(tmp_path: Path, households: str, members: str, message: str) -> None:
    (tmp_path / "h.csv").write_text(households)
    (tmp_path / "m.csv").write_text(members)
    with pytest.raises(InputError) as error:
        explained((tmp_path / "h.csv", tmp_path / "m.csv"), "A")
    assert error.value.problems[0].message == message


def test_a_household_whose_id_is_sql_is_only_not_found(files: tuple[Path, Path]) -> None:
    with pytest.raises(InputError) as error:
        explained(files, "A' OR '1' = '1")
    assert error.value.problems[0].message == "there is no such household"


def test_a_day_before_the_policy_is_refused(files: tuple[Path, Path]) -> None:
    with pytest.raises(UsageError, match="not in force"):
        explained(files, "A", date(2010, 1, 1))


PRORATED = """[policy]
id = "flour"
period = "month"
[category]
card = ["PHH", "none"]
[input]
card = {of = "household", type = "category", purpose = "class", title = {en = "ration card", fr = "carte"}}
[benefit.flour]
title = {en = "Flour", fr = "Farine"}
kind = "good"
unit = "kg"
[param.each]
title = {en = "Flour for each person", fr = "Farine par personne"}
unit = "kg/person"
prorate = "days"
values = [{from = 2020-01-01, value = 31, source = "Order 1"}, {from = 2024-01-17, value = 62, source = "Order 2"}]
[lookup.more]
by = ["card"]
unit = "kg"
prorate = "days"
values = [{from = 2020-01-01, rows = {PHH = 0, none = 0}, source = "Order 3"},
          {from = 2024-01-31, rows = {PHH = 31, none = 0}, source = "Order 4"}]
[table.due]
title = {en = "Flour under the Order", fr = "Farine de l’arrêté"}
unit = "kg"
rows = [{id = "phh", title = "Priority card", when = "card = 'PHH'", then = "each * size + more", because = "so much"}]
otherwise = {then = "0", because = "no card"}
[[entitlement]]
benefit = "flour"
amount = "due"
"""


def test_a_value_that_changes_within_the_period_is_shown_with_its_parts(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("household,size,card\nA,4,PHH\nB,1,\n")
    paths = tmp_path / "h.csv", None
    found = explained(paths, "A", date(2024, 1, 1), PRORATED.replace("kg/person\"", "g/person\"").replace(
        'unit = "kg"\nprorate', 'unit = "g"\nprorate').replace('unit = "kg"\nrows', 'unit = "g"\nrows'))  # fmt: skip
    assert sentences(found)["flour"] == (
        "(46 g for each of 4 members) + 1 g = 0.185 kg; Flour for each person: 31 g per member for 16 days and 62 g per "
        "member for 15 days; more: 0 g for 30 days and 31 g for 1 day"
    )
    params = found["entitlements"][0]["rules"][0]["hits"][0]["params"]
    assert [(one["name"], one["days"], one["value"]["shown"], one["source"]) for one in params] == [
        ("each", 16, "31", "Order 1"), ("each", 15, "62", "Order 2"),
        ("more", 30, "0", "Order 3"), ("more", 1, "31", "Order 4"),
    ]  # fmt: skip
    later = explained(paths, "A", date(2024, 2, 1), PRORATED)
    assert "days" not in later["entitlements"][0]["rules"][0]["hits"][0]["params"][0]


def test_titles_are_said_instead_of_names_in_the_language_of_the_reader(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text("household,size,card\nA,4,PHH\nB,1,\n")
    paths = tmp_path / "h.csv", None
    found = explained(paths, "A", date(2024, 2, 1), PRORATED)
    assert "Priority card: so much" in text(found, "en")
    found = explained(paths, "A", date(2024, 2, 1), PRORATED.replace('title = "Priority card", ', ""))
    assert "Farine de l’arrêté : so much" in text(found, "fr")
    assert (
        sentences(explained(paths, "B", date(2024, 2, 1), PRORATED), "fr")["flour"]
        == "ne peut pas être décidé : il manque carte"
    )
    assert "carte" in page(explained(paths, "B", date(2024, 2, 1), PRORATED), "fr")


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize(
    "order", [("household", "card", "area"), ("card", "area", "household"), ("card", "household", "area")]
)
def test_one_household_is_found_among_the_lines_of_a_csv(tmp_path: Path, order: tuple[str, ...], end: str) -> None:
    rows = list(csv.DictReader((HOUSEHOLDS + "AA,PHH,A\n").splitlines()))
    lines = [",".join(order), *(",".join(row[name] for name in order) for row in rows)]
    people = MEMBERS.replace("\n", end)
    for listed in (end.join(lines), end.join(lines) + end, end.join([lines[0], *lines[:0:-1]])):
        (tmp_path / "h.csv").write_text(listed, newline="")
        (tmp_path / "m.csv").write_text(people, newline="")
        found = explained((tmp_path / "h.csv", tmp_path / "m.csv"), "A")
        assert (found["household"], found["size"]) == ("A", 4)


def test_a_household_in_quotes_is_found_too(tmp_path: Path) -> None:
    (tmp_path / "h.csv").write_text('household,card,area\n"A",PHH,Alder\n"x\nA,AAY,Birch",AAY,Birch\n')
    (tmp_path / "m.csv").write_text(MEMBERS)
    assert explained((tmp_path / "h.csv", tmp_path / "m.csv"), "A")["size"] == 4
