"""The data folder's sessions of this worker process, opened at the first request."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Lock

from django.conf import settings

from evenhand.store import Sessions, Store, open_sessions
from evenhand.wiring import read_clock

_held = ExitStack()
_lock = Lock()
_open: list[Sessions] = []


@contextmanager
def store() -> Iterator[Store]:
    """A store for the length of a request."""
    with _lock:
        if not _open:
            _open.append(_held.enter_context(open_sessions(settings.DATA, read_clock)))
            atexit.register(_held.close)
    with _open[0].take() as found:
        yield found
