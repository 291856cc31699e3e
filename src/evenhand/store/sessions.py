"""Many sessions on one data folder: what a server that answers several people at once works with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, LifoQueue

from evenhand.store.opening import Clock, Store, connect, programme_of, read_config, running
from evenhand.store.postgres import Server


class Sessions:
    """Stores on one running database, lent to one thread at a time. A session that broke is not lent again."""

    def __init__(self, data: Path, clock: Clock, server: Server) -> None:
        self._data, self._clock, self._server = data, clock, server
        self._config = read_config(data)
        self._idle: LifoQueue[Store] = LifoQueue()

    @contextmanager
    def take(self) -> Iterator[Store]:
        """A store for the length of the context. TryAgain where the database does not answer."""
        try:
            store = self._idle.get_nowait()
        except Empty:
            store = self._open()
        if store.connection.closed:
            store = self._open()
        try:
            yield store
        finally:
            if store.connection.closed or store.connection.broken:
                store.connection.close()
            else:
                self._idle.put(store)

    def _open(self) -> Store:
        database = connect(self._server)
        return Store(self._data, self._clock, database, programme_of(database, self._config, self._data), None)

    def close(self) -> None:
        """End every idle session."""
        while True:
            try:
                self._idle.get_nowait().connection.close()
            except Empty:
                return


@contextmanager
def open_sessions(data: Path, clock: Clock) -> Iterator[Sessions]:
    """Hold the database of an initialised data folder running, and lend sessions on it."""
    read_config(data)
    with running(data) as server:
        sessions = Sessions(data, clock, server)
        try:
            yield sessions
        finally:
            sessions.close()
