"""Locks on files: they vanish with the process that held them, however it ended."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evenhand.core.errors import TryAgain


class FileLock:
    """A lock on `path`, shared or alone. The file itself holds nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)

    def take(self, *, alone: bool, seconds: float) -> bool:
        """Try for so many seconds (0: once); whether it was had. Taking again changes shared into alone and back."""
        until = time.monotonic() + seconds
        while True:
            try:
                fcntl.flock(self._handle, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() >= until:
                    return False
                time.sleep(0.02)

    def close(self) -> None:
        """Give it back."""
        os.close(self._handle)


@contextmanager
def held(path: Path, what: str, seconds: float) -> Iterator[None]:
    """Hold `path` alone; TryAgain naming `what` if another process keeps it."""
    lock = FileLock(path)
    try:
        if not lock.take(alone=True, seconds=seconds):
            raise TryAgain(f"another process is {what}", "wait a moment and run the command again")
        yield
    finally:
        lock.close()
