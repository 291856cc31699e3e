"""First run: answers become files that pass their own checks, and a programme of two people with keys of their own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from folders import clock, open_folder

from evenhand.actions.adopt import checked
from evenhand.actions.first_run import Answers, Good, Words, check, files, make
from evenhand.cli.serve import prepare_accounts
from evenhand.core.errors import InputError
from evenhand.engines.duckdb import DuckDB
from evenhand.store import open_store

ANSWERS = Answers(
    "Upper Valley", "valley", "ration.valley.example", "Europe/Zurich", ("Alder", "Birch", "Cedar"), "Barn",
    (Good("Flour", "kg", "10", "person", "0.5"), Good("Soap", "piece", "2", "household", "1"),
     Good("Oil", "l", "0.25", "person", "0.1")),
    "2026-12", "ana", "boris",
)  # fmt: skip
WORDS = Words("seven grey geese over", "what ana knows alone", "what boris knows alone")


def test_the_policy_of_the_answers_passes_its_own_test_and_grants_what_was_said() -> None:
    policy = checked(files(ANSWERS)["policy.toml"], "policy.toml")
    assert [benefit.title for benefit in policy.benefits.values()] == ["Flour", "Soap", "Oil"]
    assert policy.k >= 2


@pytest.mark.parametrize("name", ['He said "eat"', "C:\\flour", "आटा", "طحين", "a'b # c", "]]"])
def test_any_name_of_a_good_or_place_stands_in_the_files_as_it_is(name: str) -> None:
    answers = replace(ANSWERS, place=name, goods=(Good(name, "kg", "10", "person", "1"),))
    policy = checked(files(answers)["policy.toml"], "policy.toml")
    assert next(iter(policy.benefits.values())).title == name and policy.title == name


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"place": ""}, "place"), ({"programme": "a b"}, "programme"), ({"origin": "valley"}, "origin"),
        ({"origin": "demo.valley.example"}, "origin"), ({"zone": "Mars/Base"}, "zone"), ({"points": ()}, "points"),
        ({"points": ("Alder", "alder")}, "points"), ({"points": ("Barn",)}, "points"), ({"goods": ()}, "goods"),
        ({"goods": (Good("Flour", "stone", "1", "person", "1"),)}, "goods"),
        ({"goods": (Good("Flour", "kg", "ten", "person", "1"),)}, "goods"),
        ({"goods": (Good("Soap", "piece", "0.5", "person", "1"),)}, "goods"),
        ({"goods": (Good("Flour", "kg", "0", "person", "1"),)}, "goods"), ({"begins": "2026-13"}, "begins"),
        ({"first": "Ana"}, "first"), ({"second": "ana"}, "second"), ({"points": ("a\u202eb",)}, "points"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_told_beside_its_question(change: dict[str, object], field: str) -> None:
    with pytest.raises(InputError) as refused:
        check(replace(ANSWERS, **change), WORDS)  # type: ignore[arg-type]
    assert field in {problem.field for problem in refused.value.problems}


@pytest.mark.parametrize(
    "words",
    [
        Words("short", "what ana knows alone", "what boris knows alone"),
        Words("same for all of us", "same for all of us", "what boris knows alone"),
    ],
)
def test_everybody_has_a_passphrase_of_their_own(words: Words) -> None:
    with pytest.raises(InputError):
        check(ANSWERS, words)


def test_a_programme_is_made_with_two_people_real_keys_and_an_adopted_policy() -> None:
    with open_folder() as folder:
        data = folder / "data"
        made = make(data, DuckDB(), ANSWERS, WORDS, clock, lambda: prepare_accounts(data))
        assert made.root_vkey.startswith("ration.valley.example/root+") and made.first_password != made.second_password
        with open_store(data, clock) as store:
            assert store.rows("select adopted_by from policy_text") == [("boris",)]
            assert len(store.rows("select from node where kind = 'point'")) == 3
            assert store.rows("select count(*) from lane_version") == [(3,)]
            roles = {tuple(row) for row in store.rows("select username, role from role_grant")}
            assert ("ana", "registrar") in roles and ("boris", "approver") in roles
            store.keys.person("ana", WORDS.first)
        assert "what ana knows" not in "".join(
            path.read_text(errors="replace") for path in Path(data).glob("first-run/*")
        )
