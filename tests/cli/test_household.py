"""`evenhand household` in a village: shown, corrected, announced, kept; errors in words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from actions.program import Done, evenhand
from actions.village import at
from folders import clock, copy_data, open_folder
from registry.roles import grant

from evenhand.store import open_store


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with open_folder() as folder:
        data = copy_data(at("ready"), folder)
        with open_store(data, clock) as store:
            for name in ("rita", "otto"):
                grant(store, name, "registrar")
        yield data


def household(data: Path, *words: str) -> Done:
    return evenhand("household", *words, "--data", data)


def test_a_correction_is_told_and_shown_with_who_and_why(data: Path) -> None:
    asked = ["A1", "--field", "name", "--to", "Pak", "--reason", "misspelt", "--as", "rita"]
    assert "name of A1: Family A1 -> Pak" in household(data, "correct", *asked).stdout
    found = json.loads(household(data, "show", "A1", "--as", "otto", "--json").stdout)
    assert (found["name"], found["changes"][0]["person"], found["changes"][0]["reason"]) == ("Pak", "rita", "misspelt")
    assert "by rita: misspelt" in household(data, "show", "A1", "--as", "otto").stdout


def test_a_removal_is_announced_kept_and_never_confirmed_at_once(data: Path) -> None:
    told = ["A2", "--reason", "moved abroad", "--notice", "letter", "--as", "rita"]
    assert "A second person may confirm from" in household(data, "remove", *told).stdout
    done = household(data, "confirm", "A2", "--as", "otto")
    assert done.returncode == 2 and "more days to object" in done.stderr and "Traceback" not in done.stderr
    kept = household(data, "keep", "A2", "--reason", "it was another family", "--as", "otto")
    assert "A2 is on the lists" in kept.stdout


@pytest.mark.parametrize(
    "words",
    [
        ("show", "Z9", "--as", "rita"), ("show", "A1", "--as", "nobody"), ("confirm", "A1", "--as", "otto"),
        ("correct", "A1", "--field", "point", "--to", "Nowhere", "--reason", "x", "--as", "rita"),
        ("correct", "A1", "--field", "religion", "--to", "x", "--reason", "x", "--as", "rita"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_in_words_with_exit_2(data: Path, words: tuple[str, ...]) -> None:
    done = household(data, *words)
    assert done.returncode == 2 and "Traceback" not in done.stderr and done.stderr.strip()
