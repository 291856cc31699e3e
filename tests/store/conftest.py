"""A fresh store for each test, copied from one that was initialised once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import clock, copy_data, make_data, open_folder

from evenhand.store import Store, open_store


@pytest.fixture(scope="session")
def made() -> Iterator[Path]:
    with open_folder() as folder:
        yield make_data(folder)


@pytest.fixture
def data(made: Path) -> Iterator[Path]:
    """A data folder that is not running."""
    with open_folder() as folder:
        yield copy_data(made, folder)


@pytest.fixture
def store(data: Path) -> Iterator[Store]:
    with open_store(data, clock) as opened:
        yield opened
