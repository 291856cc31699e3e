"""A state has one way on; what is done is not done again; void comes before the commitment or not at all."""

from __future__ import annotations

from itertools import product

import pytest

from evenhand.core.errors import UsageError
from evenhand.flow.cycle.states import ORDER, VERBS, VOID, check_step


def expected(now: str, wanted: str) -> bool | None:
    """True: due. False: done. None: refused. Written again, from DESIGN §3."""
    if now == VOID:
        return None
    if wanted == VOID:
        return True if now in ("draft", "frozen", "computed", "approved") else None
    ahead = ORDER.index(wanted) - ORDER.index(now)
    return None if ahead > 1 else ahead == 1


def test_the_order_is_that_of_the_design() -> None:
    assert ORDER == ("draft", "frozen", "computed", "approved", "committed", "open", "closed", "published")
    assert set(VERBS) == {*ORDER[1:], VOID}


@pytest.mark.parametrize(("now", "wanted"), list(product([*ORDER, VOID], [*ORDER[1:], VOID])))
def test_every_step_from_every_state(now: str, wanted: str) -> None:
    due = expected(now, wanted)
    if due is not None:
        assert check_step("2008-03/1", now, wanted) is due
        return
    with pytest.raises(UsageError) as error:
        check_step("2008-03/1", now, wanted)
    assert "2008-03/1" in error.value.message
    assert error.value.remedy


def test_a_step_too_early_names_the_command_that_comes_first() -> None:
    with pytest.raises(UsageError) as error:
        check_step("2008-03/1", "computed", "committed")
    assert error.value.remedy == "run: evenhand cycle approve 2008-03/1"
