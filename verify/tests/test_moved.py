"""What moved with households: as much comes as goes, and nothing that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from evenhand_verify.checks.previous_owed import moves

Row = tuple[str, str, str, str, int, int, int]
HERE, THERE = ("Alder", "grain", "undersupplied", "2008-03"), ("Birch", "grain", "undersupplied", "2008-03")


class Moved:
    """A disclosure with these rows of `moved`."""

    def __init__(self, *rows: Row) -> None:
        self._rows = rows

    def table(self, name: str) -> Any:
        assert name == "moved"
        return self

    def rows(self, *names: str) -> Iterator[Row]:
        return iter(self._rows)


def test_what_comes_is_what_goes_and_what_is_written_off_is_told() -> None:
    found, failures, gone = moves(Moved((*HERE, 0, 6_000, 0), (*THERE, 6_000, 0, 2_000)))  # type: ignore[arg-type]
    assert failures == [] and gone == {"undersupplied": 2_000}
    assert found == {HERE: -6_000, THERE: 4_000}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([(*HERE, 0, 6_500, 0), (*THERE, 6_000, 0, 0)], "6,000 came and 6,500 went"),
        ([(*HERE, -1, -1, 0)], "a move that cannot be"),
        ([("Alder", "grain", "gift", "2008-03", 0, 0, 0)], "a move that cannot be"),
    ],
)
def test_more_that_goes_than_comes_and_what_cannot_be_are_found(rows: list[Row], said: str) -> None:
    _, failures, _ = moves(Moved(*rows))  # type: ignore[arg-type]
    assert any(said in failure for failure in failures)


def test_rounding_arrears_may_be_below_zero() -> None:
    rows = [("Alder", "oil", "rounding", "", 0, -500_000, 0), ("Birch", "oil", "rounding", "", -500_000, 0, 0)]
    assert moves(Moved(*rows))[1] == []  # type: ignore[arg-type]
