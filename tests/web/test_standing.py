"""The first page of a big programme reads what the process of long work saw; a small one is looked at as it stands."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from actions.village import MARCH, at
from folders import clock, copy_data, open_folder

from evenhand.cli.serve import prepare_accounts
from evenhand.store import open_sessions, open_store
from evenhand.web import standing as page
from evenhand.web.worker import Desk

BOTH = """
import sys
import django
django.setup()
from pathlib import Path
from folders import clock
from evenhand.store import open_store
from evenhand.web import standing as page
def facts(one):
    return one.kind, one.point.point, one.point.households, one.point.given, one.lines
with open_store(Path(sys.argv[1]), clock) as store:
    for seen in (None, frozenset({"Birch"}), frozenset()):
        for kind, first in (("", 0), ("UNOPENED", 0), ("", 1), ("NONE", 0)):
            page.QUICK_HOUSEHOLDS = 7
            kept = page.board(store, seen, kind, first, 1)
            page.QUICK_HOUSEHOLDS = 99
            live = page.board(store, seen, kind, first, 1)
            assert [facts(one) for one in kept.listed] == [facts(one) for one in live.listed]
            for name in ("points", "kinds", "quiet", "quiet_names"):
                assert getattr(kept, name) == getattr(live, name), (name, kept, live)
            for name in ("cycle", "state", "reached", "served", "unknown", "to_come"):
                assert getattr(kept.morning, name) == getattr(live.morning, name), (name, kept.morning, live.morning)
"""


@pytest.mark.parametrize("state", ["received", "redeemed"])
def test_what_was_written_down_tells_the_same_morning_as_a_look(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_folder() as folder:
        data = copy_data(at(state), folder)
        with open_sessions(data, clock) as sessions:
            prepare_accounts(data)
            monkeypatch.setattr(page, "QUICK_HOUSEHOLDS", 7)
            Desk(data, sessions).look()
            environment = os.environ | {"EVENHAND_DATA": str(data), "DJANGO_SETTINGS_MODULE": "evenhand.web.settings"}
            environment["PYTHONPATH"] = os.pathsep.join(sys.path)
            subprocess.run([sys.executable, "-c", BOTH, str(data)], env=environment, check=True)


def test_eight_households_are_looked_at_by_the_page_itself_and_nobody_looks_before_it_is_open() -> None:
    for state in ("redeemed", "computed"):
        with open_folder() as folder, open_store(copy_data(at(state), folder), clock) as store:
            assert page.look(store) is None


def test_a_look_has_a_row_a_point_in_the_order_of_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "QUICK_HOUSEHOLDS", 7)
    with open_folder() as folder, open_store(copy_data(at("received"), folder), clock) as store:
        rows = page.look(store) or []
        assert [(row[0], row[1], row[3], row[5], row[6]) for row in rows] == [
            ("Alder", MARCH, 1, 4, 0), ("Birch", MARCH, 0, 4, 0),
        ]  # fmt: skip
