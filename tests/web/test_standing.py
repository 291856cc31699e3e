"""The first page of a big programme reads what the process of long work saw; a small one is looked at as it stands."""

from __future__ import annotations

import json

import pytest
from actions.village import MARCH, at
from folders import clock, copy_data, open_folder

from evenhand.actions.exceptions import morning, standing
from evenhand.store import open_store
from evenhand.web import standing as page


def test_what_is_written_down_tells_the_same_morning_as_a_look(monkeypatch: pytest.MonkeyPatch) -> None:
    for state in ("open", "received", "redeemed"):
        with open_folder() as folder, open_store(copy_data(at(state), folder), clock) as store:
            assert page.look(store) is None  # eight households: a page looks by itself
            monkeypatch.setattr(page, "QUICK_HOUSEHOLDS", 7)
            found = page.look(store)
            assert found is not None and found[0] == MARCH
            for seen in (None, frozenset({"Birch"})):
                points, troubles = page.read(json.loads(json.dumps(found[1])))
                told, live = standing(store, MARCH, points, troubles, seen), morning(store, seen)
                assert (told.served, told.unknown, told.to_come) == (live.served, live.unknown, live.to_come)
                assert [(p.point, p.households, p.given) for p in told.points] == [
                    (p.point, p.households, p.given) for p in live.points
                ]
                assert [(one.kind, one.point.point, one.lines) for one in told.troubles] == [
                    (one.kind, one.point.point, one.lines) for one in live.troubles
                ]
            monkeypatch.undo()


def test_before_it_is_open_nobody_looks() -> None:
    with open_folder() as folder, open_store(copy_data(at("computed"), folder), clock) as store:
        assert page.look(store) is None
