"""A store for each test, from one that was initialised once, and one that has a network."""

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
        yield make_data(folder)


@pytest.fixture(scope="module")
def store_once(made: Path) -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(made, folder), clock) as opened:
        yield opened


@pytest.fixture
def store(store_once: Store) -> Iterator[Store]:
    """An empty store; what a test adds is rolled back."""
    with store_once.connection.transaction(force_rollback=True):
        yield store_once


@pytest.fixture(scope="module")
def network_once(made: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_folder() as folder, open_store(copy_data(made, folder), clock) as opened:
        bring_in_all(opened, tmp_path_factory.mktemp("files"), "areas", "points", "depots")
        yield opened


@pytest.fixture
def network(network_once: Store) -> Iterator[Store]:
    """Areas, points and depots are there; what a test adds is rolled back."""
    with network_once.connection.transaction(force_rollback=True):
        yield network_once
