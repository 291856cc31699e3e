"""What if: every sentence of the grammar changes what it says, and errors name what was not understood."""

from __future__ import annotations

from fractions import Fraction

import pytest
from allocation.joint import Joint, port
from allocation.networks import quantities, valley

from evenhand.core.errors import UsageError
from evenhand.flow.allocation import check_input, solve_input
from evenhand.flow.allocation.scenario import changed


def after(sentence: str, tiny=None) -> dict[tuple[str, str], Fraction]:
    return quantities(solve_input(changed(check_input((tiny or valley()).tables()), sentence)))


@pytest.mark.parametrize(
    ("sentence", "alder", "birch"),
    [
        ("stock grain@Port +12", 1, 6),
        ("stock grain@Port -10", 0, 0),
        ("stock grain@Port 12", 1, 6),
        ("stock grain@Alder 2", 3, Fraction(54, 11)),
        ("lane d-b closed", 1, 0),
        ("lane d-a capacity 2", 2, Fraction(48, 11)),
        ("lane d-a capacity +1", 2, Fraction(48, 11)),
        ("lane d-a capacity none", Fraction(8, 3), 4),
        ("demand Birch grain 1 -6", 1, 0),
        ("demand Birch grain 1 4", 1, 4),
        ("demand Alder grain 2 7", 1, Fraction(54, 11)),
        ("stock grain@Port -3; lane d-a capacity none", Fraction(28, 15), Fraction(14, 5)),
        ('lane "d-a" capacity none;stock grain@Port -3', Fraction(28, 15), Fraction(14, 5)),
        ("handling Depot 5", 1, Fraction(24, 11)),
    ],
)
def test_a_change_does_what_it_says(sentence: str, alder: object, birch: object) -> None:
    got = after(sentence)
    assert (got["Alder", "grain"], got["Birch", "grain"]) == (alder, birch)


def test_handling_can_be_widened_and_lifted() -> None:
    assert after("handling Port +10", port(10))["Alder", "grain"] == 10
    assert after("handling Port none", port(10))["Alder", "grain"] == 10
    assert after("handling Port 4", port(10))["Alder", "grain"] == 2


def test_ids_with_blanks_and_signs_are_found() -> None:
    tiny = Joint({"Port @ sea": "entry", "Alder": "point"}, {("Port @ sea", "fish@ice"): 1}, [], {})
    tiny.lanes = [("it's", "Port @ sea", "Alder", "", None)]
    tiny.demand = {("Alder", "fish@ice", 1): 9}
    assert after('stock "fish@ice@Port @ sea" +3', tiny) == {("Alder", "fish@ice"): 4}
    assert after("lane it's closed", tiny) == {("Alder", "fish@ice"): 0}


def test_the_base_is_left_alone() -> None:
    given = check_input(valley().tables())
    before = solve_input(given)
    for sentence in ("stock grain@Port +1", "lane d-a closed", "demand Birch grain 1 +1", "handling Depot 1"):
        changed(given, sentence)
    assert solve_input(given) == before


@pytest.mark.parametrize(
    ("sentence", "part"),
    [
        ("", ""),
        (" ; ", ""),
        ("stok grain@Port +5", "stok"),
        ("stock grain@Prt +5", "Prt"),
        ("stock gran@Port +5", "gran"),
        ("stock grain Port +5", "+5"),
        ("stock grain +5", "grain"),
        ("stock grain@Port", "stock grain@Port"),
        ("stock grain@Port 1.5", "1.5"),
        ("stock grain@Port -11", "-11"),
        ("stock grain@Port 9999999999999999999", "9999999999999999999"),
        ("stock grain@Port +99999999999999999999", "+99999999999999999999"),
        ("stock grain@Port ٣", "٣"),
        ("lane d-x closed", "d-x"),
        ("lane d-a", "lane d-a"),
        ("lane d-a shut", "shut"),
        ("lane d-a capacity", "lane d-a capacity"),
        ("lane d-b capacity +5", "+5"),
        ("lane d-a closed now", "now"),
        ("demand Depot grain 1 +5", "Depot"),
        ("demand Birch oil 1 +5", "oil"),
        ("demand Birch grain 0 +5", "0"),
        ("demand Birch grain one +5", "one"),
        ("demand Birch grain +5", "demand Birch grain +5"),
        ("handling Atlantis 5", "Atlantis"),
        ("handling Depot +5", "+5"),
        ('stock "grain@Port +5', "grain@Port +5"),
        ("stock grain@Port +5; lane", "lane"),
    ],
)
def test_what_is_not_understood_is_named_with_the_grammar(sentence: str, part: str) -> None:
    with pytest.raises(UsageError) as caught:
        changed(check_input(valley().tables()), sentence)
    assert f': "{part}" ' in caught.value.message
    assert "COMMODITY@NODE" in caught.value.remedy
