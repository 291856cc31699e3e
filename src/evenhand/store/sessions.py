"""Many sessions on one data folder: what a server that answers several people at once works with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from queue import Empty, LifoQueue
from select import select
from threading import Lock

from evenhand.core.errors import TryAgain
from evenhand.store.opening import Clock, Store, connect, programme_of, read_config, running
from evenhand.store.postgres import Server


class Sessions:
    """Stores on one running database, lent to one thread at a time. A session that broke is not lent again; where the
    database itself went down, it is brought up again."""

    def __init__(self, data: Path, clock: Clock, server: Server, held: ExitStack) -> None:
        self._data, self._clock, self._server, self._held = data, clock, server, held
        self._config = read_config(data)
        self._idle: LifoQueue[Store] = LifoQueue()
        self._reviving = Lock()

    @contextmanager
    def take(self) -> Iterator[Store]:
        """A store for the length of the context. TryAgain where the database does not answer."""
        store = self._idle_one() or self._open()
        try:
            yield store
        finally:
            if store.connection.closed or store.connection.broken:
                store.connection.close()
            else:
                self._idle.put(store)

    def _idle_one(self) -> Store | None:
        while True:
            try:
                store = self._idle.get_nowait()
            except Empty:
                return None
            # An idle session has nothing to say: what can be read there is the end of a server that went down.
            if not store.connection.closed and not select([store.connection.fileno()], [], [], 0)[0]:
                return store
            store.connection.close()

    def _open(self) -> Store:
        try:
            database = connect(self._server)
        except TryAgain:
            self._revive()
            database = connect(self._server)
        return Store(self._data, self._clock, database, programme_of(database, self._config, self._data), None)

    def _revive(self) -> None:
        """Bring the embedded server up again; whoever comes second finds it running."""
        with self._reviving:
            self._server = self._held.enter_context(running(self._data))

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
    with ExitStack() as held:
        sessions = Sessions(data, clock, held.enter_context(running(data)), held)
        try:
            yield sessions
        finally:
            sessions.close()
