"""The numbers of docs/algorithms/allocation.md, computed."""

from __future__ import annotations

import numpy as np
from allocation.networks import run, valley

from evenhand.flow.allocation import Groups, Recut, Rows, divide, new_level

TAGS = [bytes([n]) * 16 for n in range(3)]


def birch(units: int, num: int = 9, den: int = 11) -> tuple[list[int], list[int]]:
    none = np.zeros(3, np.int64)
    rows = Rows(none, none, none + 1000, np.array([200_000, 0, -100_000]), TAGS)
    found = divide(Groups(["grain"], np.array([500]), [num], [den], np.array([units])), rows, b"seed")
    return found.ration.tolist(), found.carry_after.tolist()


def test_the_valley() -> None:
    found = run(valley())
    assert list(found.levels.to_pylist()[1].values()) == ["Birch", "grain", 0, "9", "11", "54", "11"]
    assert [list(r.values()) for r in found.blocks.to_pylist()] == [[1, 0, "1", "4"], [2, 0, "9", "11"]]


def test_the_households_of_birch() -> None:
    assert birch(5) == ([2, 2, 1], [-163_637, -363_637, 536_363])
    assert birch(4)[0] == [2, 1, 1]


def test_the_short_lorry() -> None:
    assert new_level(3, 5, 1, (0, 9, 11), [(1, 3000)], 100_000, 500) == Recut(0, 0, 29, 60, 3)
    assert sum(birch(3, 29, 60)[0]) == 3
