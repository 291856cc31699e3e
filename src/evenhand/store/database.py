"""One connection as the app's role: transactions, locks, rows, and COPY of Arrow tables in and out."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import pyarrow as pa

from evenhand.core.errors import EvenhandError, TryAgain, UsageError
from evenhand.store import copying

LOCK_SECONDS = 10


class Database:
    """The app role's session. Errors of the connection come as TryAgain, refusals of the guards as UsageError."""

    def __init__(self, parameters: dict[str, str]) -> None:
        try:
            self.connection: psycopg.Connection[Any] = psycopg.connect(
                **parameters, autocommit=True, application_name="evenhand", options="-c timezone=UTC -c datestyle=ISO"
            )
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error) or "does not exist" in str(error):
                raise NotPrepared(str(error)) from error
            raise TryAgain(f"the database does not answer: {error}", "run the command again") from error
        self._depth = 0

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._depth > 0

    @contextmanager
    def transaction(self, lock: str | None = None, *, beside: str | None = None) -> Iterator[None]:
        """BEGIN … COMMIT, or ROLLBACK if an error leaves it; inside another one it joins that.

        `lock` names something only one transaction may work on at a time, `beside` something that several may work on
        which name it so, while nobody locks it; TryAgain if it is not free within 10 seconds.
        """
        if self._depth:
            self._take(lock, beside)
            yield
            return
        with translated(), self.connection.transaction():
            self._depth = 1
            try:
                self._take(lock, beside)
                yield
            finally:
                self._depth = 0

    def _take(self, lock: str | None, beside: str | None) -> None:
        if beside is not None:
            self._lock("pg_try_advisory_xact_lock_shared", beside)
        if lock is not None:
            self._lock("pg_try_advisory_xact_lock", lock)

    def _lock(self, function: str, name: str) -> None:
        until = time.monotonic() + LOCK_SECONDS
        while not self.rows(f"SELECT {function}(hashtextextended(%s, 0))", (name,))[0][0]:
            if time.monotonic() > until:
                raise TryAgain(f"another process is working on {name}", "run the command again when it is done")
            time.sleep(0.02)

    def rows(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with translated():
            return self.connection.execute(sql.encode(), params or None).fetchall()

    def execute(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> int:
        """Run a statement; how many rows it touched."""
        with translated():
            return self.connection.execute(sql.encode(), params or None).rowcount

    def execute_many(self, sql: str, params: Sequence[Sequence[object]]) -> None:
        """Run a statement once for each of `params`, without waiting between them."""
        if params:
            with translated(), self.connection.cursor() as cursor:
                cursor.executemany(sql.encode(), params)

    def copy_in(self, table: str, rows: pa.Table) -> int:
        """Insert all of `rows`: Arrow columns by name, lists of integers as bigint[]; how many rows."""
        with translated():
            return copying.copy_in(self.connection, table, rows)

    def copy_out(self, sql: str, params: Sequence[object] | Mapping[str, object] = ()) -> pa.Table:
        """The rows of a query as an Arrow table, typed by the query's columns; fast for millions."""
        with translated():
            return copying.copy_out(self.connection, sql, params)

    def close(self) -> None:
        """End the session."""
        self.connection.close()


class NotPrepared(Exception):
    """The database has no role, password or tables of ours yet."""


@contextmanager
def translated() -> Iterator[None]:
    """The database's errors as Evenhand's own."""
    try:
        yield
    except EvenhandError:
        raise
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.UniqueViolation) as error:
        hint = (
            error.diag.message_hint
            or error.diag.message_detail
            or "look at what is already there, then correct the command"
        )
        raise UsageError(f"the database refuses: {error.diag.message_primary}", hint) from error
    except psycopg.DataError as error:
        raise UsageError(
            f"the database cannot hold such a value: {str(error).splitlines()[0]}",
            "look for a stray character or number",
        ) from error
    except psycopg.errors.SerializationFailure as error:
        raise TryAgain("another process changed the same rows", "run the command again") from error
    except psycopg.OperationalError as error:
        raise TryAgain(f"the database does not answer: {str(error).strip()}", "run the command again") from error
