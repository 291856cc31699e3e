"""Complaints in a disclosure: the villages' k is 2; three complaints of quality at Alder, one of conduct at Birch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from actions.program import verify
from actions.village import MARCH, at
from folders import copy_data, open_folder
from grievance.people import Moment, draw, give_roles

from evenhand.actions.close import close
from evenhand.actions.complain import Complaint, complain
from evenhand.actions.decide_case import decide_case
from evenhand.actions.grievance_totals import totals_now
from evenhand.actions.publish import publish
from evenhand.flow.grievance import UPHELD
from evenhand.store import open_store

"""One worker: March is published once."""


@pytest.fixture(scope="module")
def march() -> Iterator[Path]:
    moment = Moment()
    with open_folder() as folder, open_store(copy_data(at("redeemed"), folder), moment) as store:
        give_roles(store)
        cases = [complain(store, Complaint("quality", "mould", household=h), draw) for h in ("A1", "A2", "A3")]
        complain(store, Complaint("conduct", "shouted at", household="B1"), draw)
        for case in cases[:2]:
            decide_case(store, case, "dora", UPHELD, "the lot is spoilt")
        moment.now += 60
        before = totals_now(store).to_pylist()
        close(store, MARCH, "boris")
        assert len(totals_now(store)) == 0
        done = publish(store, MARCH, "boris", folder / "out")
        assert pq.read_table(done / "tables" / "grievances.parquet").to_pylist() == before
        yield done


def test_what_is_published_tells_of_groups_of_k_alone(march: Path) -> None:
    assert pq.read_table(march / "tables" / "grievances.parquet").to_pylist() == [
        {"area": "", "kind": "several", "received": None, "decided": 0, "in_time": 0, "upheld": 0},
        {"area": "V1", "kind": "quality", "received": 3, "decided": 2, "in_time": 2, "upheld": 2},
    ]


def test_nothing_published_names_who_complained(march: Path) -> None:
    data = b"".join(path.read_bytes() for path in (march / "tables").iterdir())
    assert b"mould" not in data and b"spoilt" not in data


def test_the_checker_adds_them_up(march: Path) -> None:
    done = verify(march)
    assert done.returncode == 0, done.stdout
    assert "PASS grievances: 3 complaints told of, 2 decided, 2 in time, 2 upheld" in done.stdout
