"""A store for each test, from one that was initialised once and has a network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from files import bring_in_all
from folders import clock, copy_data, make_data, open_folder

from evenhand.store import Store, open_store


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    with open_folder() as folder:
        data = make_data(folder)
        with open_store(data, clock) as store:
            bring_in_all(store, folder, "areas", "points", "depots")
        yield data


@pytest.fixture
def data(made: Path) -> Iterator[Path]:
    """A data folder that is not running."""
    with open_folder() as folder:
        yield copy_data(made, folder)


@pytest.fixture(scope="module")
def store_once(made: Path) -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(made, folder), clock) as opened:
        yield opened


@pytest.fixture
def store(store_once: Store) -> Iterator[Store]:
    """A store with a network; what a test adds is rolled back."""
    with store_once.connection.transaction(force_rollback=True):
        yield store_once
