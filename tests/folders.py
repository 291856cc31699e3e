"""Data folders for tests, which the database's own user can reach whoever runs the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evenhand.actions.init import init

NOW = 1_300_000_000
"""13 March 2011: the clock of these tests."""
PROGRAMME, ORIGIN, ROOT = "relief", "relief.example", "root passphrase"


def clock() -> int:
    """Always the same moment."""
    return NOW


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder others may pass through. pytest's own are private to root, where the database cannot work."""
    folder = Path(tempfile.mkdtemp(prefix="evenhand-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def make_data(folder: Path) -> Path:
    """An initialised data folder, not running."""
    data = folder / "data"
    init(data, PROGRAMME, ORIGIN, "UTC", ROOT, clock)
    return data


def copy_data(made: Path, folder: Path) -> Path:
    """A copy of a stopped data folder: owners and modes go with it."""
    data = folder / "data"
    subprocess.run(["cp", "-a", str(made), str(data)], check=True)
    return data


def is_root() -> bool:
    """Whether the tests run as root: some can only then be made."""
    return os.geteuid() == 0
