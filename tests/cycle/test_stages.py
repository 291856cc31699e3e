"""The tuple of stages: each reads only what the freeze or an earlier stage gave, and the same input gives the same bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from actions.village import MARCH, STEPS, at, paper, tree
from folders import clock, copy_data, open_folder

from evenhand.actions.cards import issue_cards
from evenhand.actions.cycles import staging
from evenhand.actions.freeze import freeze
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.core.errors import InputError
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.cycle.stages import STAGES
from evenhand.flow.disclosure.tables import COMPUTED
from evenhand.store import open_store

FROZEN = {"household", "member", "point", "places_frozen", "lanes_frozen", "stock", "carry", "owed_frozen", "moves"}
"""What a computation begins with: the snapshots of the freeze."""


def names(listed: tuple[str, ...], side: int) -> set[str]:
    """Names on one side of `name=other`; a bare name is both."""
    return {text.split("=")[side if "=" in text else 0] for text in listed}


def test_each_stage_reads_only_what_was_written_before_it() -> None:
    known = set(FROZEN)
    for stage in STAGES:
        missing = names(stage.reads, 1) - known
        assert not missing, f"{stage.name} reads {missing}"
        known |= names(stage.writes, 0)


def test_no_stage_overwrites_what_another_wrote_and_names_are_unique() -> None:
    written = [name for stage in STAGES for name in names(stage.writes, 0)]
    assert len(written) == len(set(written))
    assert not set(written) & FROZEN
    assert len({stage.name for stage in STAGES}) == len(STAGES)


def test_everything_written_is_read_or_published() -> None:
    read = {name for stage in STAGES for name in names(stage.reads, 1)}
    for stage in STAGES:
        for name in names(stage.writes, 0):
            assert name in read | set(COMPUTED) | {"rows"}, f"{stage.name} writes {name} for nobody"


def test_every_published_table_is_made_by_a_stage() -> None:
    assert set(COMPUTED) <= {name for stage in STAGES for name in names(stage.writes, 0)} | FROZEN


def test_the_same_freeze_and_outcome_give_the_same_files_byte_for_byte() -> None:
    made = []
    for _ in range(2):
        with open_folder() as folder, open_store(copy_data(at("frozen"), folder), clock) as store:
            STEPS["computed"](store, paper())
            made.append(tree(staging(store, MARCH)))
    assert made[0] == made[1]
    assert {name.split("/")[0] for name in made[0]} == {"public", "private"}


def test_a_household_that_cannot_be_decided_stops_the_computation_by_name(tmp_path: Path) -> None:
    """A family without a member is unknown, not zero."""
    file = tmp_path / "households.csv"
    file.write_text("household,point,name\nA9,Alder,Family A9\n")
    with open_folder() as folder, open_store(copy_data(at("ready"), folder), clock) as store:
        import_file(store, DuckDB(), "households", file, policy_in_force(store))
        issue_cards(store, ["2008-03"], lambda households: [bytes(16)] * len(households))
        STEPS["drafted"](store, paper())
        freeze(store, MARCH, "ana", "ana's word", "dice")
        with pytest.raises(InputError) as error:
            STEPS["computed"](store, paper())
        assert [(p.field, p.value) for p in error.value.problems] == [("member", "A9")]
        assert "cycle void" in error.value.problems[0].remedy
        assert store.rows("select count(*) from staged_file") == [(0,)]
