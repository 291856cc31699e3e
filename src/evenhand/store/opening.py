"""Opening a data folder: the one object every action works with."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pyarrow as pa

from evenhand.core.errors import TryAgain, UsageError
from evenhand.store import postgres, runtime
from evenhand.store.cluster import APP, DESK, WEB
from evenhand.store.database import Database, NotPrepared, translated
from evenhand.store.files import write_whole
from evenhand.store.keys import KeyRing, check_origin
from evenhand.store.locks import held
from evenhand.store.log import Log
from evenhand.store.snapshots import Snapshots

CONFIG = "evenhand.toml"
URL = "EVENHAND_DATABASE_URL"
"""Names a database of a real server instead of the embedded one: its owner's URL, with the right to create a role. Tables
and guards are made as that owner; everything else runs as `evenhand_app`, whose password this data folder keeps. One server
serves one data folder."""
Params = Sequence[object] | Mapping[str, object]
Clock = Callable[[], int]
"""Gives now as UTC seconds."""


@dataclass(frozen=True)
class Programme:
    """The programme of a data folder: its id, the log's origin, its time zone, and whether it is a demonstration."""

    id: str
    origin: str
    zone: str
    demo: bool


def default_data_folder() -> Path:
    """EVENHAND_DATA; else /var/lib/evenhand/data for root, whose own folders the database's user cannot enter, and the
    platform's user data folder for anybody else."""
    if os.environ.get("EVENHAND_DATA"):
        return Path(os.environ["EVENHAND_DATA"])
    if os.name == "posix" and os.geteuid() == 0:
        return runtime.SHARED / "data"
    from platformdirs import user_data_path

    return user_data_path("evenhand", appauthor=False)


class Store:
    """An open data folder. All SQL runs as the app's role, which may read and insert and nothing else."""

    def __init__(self, data: Path, clock: Clock, database: Database, programme: Programme, seed: bytes | None) -> None:
        self.data, self.clock, self.programme = data, clock, programme
        self._database = database
        self.keys = KeyRing(data / "keys", programme.origin, seed)
        self.snapshots = Snapshots(data / "snapshots")
        self.log = Log(database, self.keys, data / "log", programme.origin, programme.id)

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The app role's connection, in autocommit; use `transaction` around what belongs together."""
        return self._database.connection

    def today(self) -> date:
        """The day it is where the programme is."""
        return datetime.fromtimestamp(self.clock(), UTC).astimezone(ZoneInfo(self.programme.zone)).date()

    def transaction(self, lock: str | None = None, *, beside: str | None = None) -> AbstractContextManager[None]:
        """BEGIN … COMMIT, or ROLLBACK if an error leaves it; inside another one it joins that.

        `lock` names something only one transaction may work on at a time, `beside` something that several may work on
        which name it so, while nobody locks it; TryAgain if it is not free within 10 seconds.
        """
        return self._database.transaction(lock, beside=beside)

    @contextmanager
    def desk(self, areas: Collection[str | None]) -> Iterator[None]:
        """For the length of the context SQL reads only, and of personal rows only those of households whose point lies in
        these areas or below them (None: everywhere), by the database's own row-level security. Not within a transaction."""
        if self._database.in_transaction:
            raise RuntimeError("a desk is taken before a transaction, not within one")
        seen = {"everywhere": True} if None in areas else {"areas": sorted(filter(None, areas))}
        with self.transaction():
            self.execute("SET TRANSACTION READ ONLY")
            self.execute(f"SET LOCAL ROLE {DESK}")
            self.rows("SELECT set_config('evenhand.desk', %s, true)", (json.dumps(seen),))
            yield

    def rows(self, sql: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """All rows of a query; `%s` stands for a parameter."""
        return self._database.rows(sql, params)

    def execute(self, sql: str, params: Params = ()) -> int:
        """Run a statement; how many rows it touched."""
        return self._database.execute(sql, params)

    def execute_many(self, sql: str, params: Sequence[Sequence[object]]) -> None:
        """Run a statement once for each of `params`, without waiting between them."""
        self._database.execute_many(sql, params)

    def copy_in(self, table: str, rows: pa.Table) -> int:
        """Insert all of `rows` by COPY: Arrow columns by name, lists of integers as bigint[]; how many rows."""
        return self._database.copy_in(table, rows)

    def copy_out(self, sql: str, params: Params = ()) -> pa.Table:
        """The rows of a query as an Arrow table, typed by the query's columns; fast for millions."""
        return self._database.copy_out(sql, params)


@contextmanager
def open_store(data: Path, clock: Clock, *, seed: bytes | None = None) -> Iterator[Store]:
    """Open an initialised data folder: start its database if need be, migrate it if need be, connect as the app's role.

    On leaving, the server is stopped if nobody else uses it. `seed` makes new keys repeatable (the demo only).
    UsageError where there is no such folder or something about it is unsafe; TryAgain where it is busy.
    """
    config = read_config(data)
    with _connected(data) as database:
        yield Store(data, clock, database, programme_of(database, config, data), seed)


def programme_of(database: Database, config: Mapping[str, Any], data: Path) -> Programme:
    """The programme of a data folder; UsageError where database and folder name different ones."""
    found = database.rows("SELECT id, origin, zone, demo FROM programme")
    if len(found) != 1 or found[0][0] != config["programme"]:
        raise UsageError(
            f"the database has no programme {config['programme']!r}, which {data / CONFIG} names",
            f"restore both from the same backup, or correct {URL}",
        )
    return Programme(*found[0])


@contextmanager
def create_store(
    data: Path,
    programme_id: str,
    origin: str,
    zone: str,
    clock: Clock,
    *,
    demo: bool = False,
    seed: bytes | None = None,
) -> Iterator[Store]:
    """Make a data folder for one programme and open it. The caller makes the keys, then calls `mark_ready`.

    Run again after an interruption it goes on where that stopped; UsageError where the folder is already initialised.
    """
    check_origin(origin)
    if (data / CONFIG).exists():
        raise UsageError(f"{data} is already initialised", "choose another --data, or remove that folder")
    if data.exists() and not data.is_dir():
        raise UsageError(f"{data} is not a folder", "choose another --data")
    if data.exists() and not (data / "keys").exists() and any(data.iterdir()):
        raise UsageError(f"{data} holds something else", "give --data a new or an empty folder")
    postgres.prepare_folder(data, embedded=URL not in os.environ)
    wanted = Programme(programme_id, origin, zone, demo)
    with held(data / "init.lock", "initialising this folder", postgres.LOCK_SECONDS):
        if (data / CONFIG).exists():
            raise UsageError(f"{data} is already initialised", "choose another --data, or remove that folder")
        yield from _create(data, wanted, clock, seed)


def _create(data: Path, wanted: Programme, clock: Clock, seed: bytes | None) -> Iterator[Store]:
    with _connected(data) as database:
        with database.transaction(lock="programme"):
            found = database.rows("SELECT id, origin, zone, demo FROM programme")
            if not found:
                database.execute(
                    "INSERT INTO programme (id, origin, zone, demo, at) VALUES (%s, %s, %s, %s, %s)",
                    (wanted.id, wanted.origin, wanted.zone, wanted.demo, clock()),
                )
            elif Programme(*found[0]) != wanted:
                raise UsageError(
                    f"an interrupted init began here with programme {found[0][0]!r}, origin {found[0][1]!r}",
                    "give the same values again, or remove the folder",
                )
        yield Store(data, clock, database, wanted, seed)


def mark_ready(store: Store) -> None:
    """Write `evenhand.toml`: from now on the folder counts as initialised."""
    text = (
        "# An Evenhand data folder. Deleting the folder deletes everything; copying it while stopped is a backup.\n"
        f'version = 1\nprogramme = "{store.programme.id}"\n'
    )
    write_whole(store.data / CONFIG, text.encode())


def read_config(data: Path) -> dict[str, Any]:
    """What `evenhand.toml` says; UsageError where there is none."""
    try:
        config = tomllib.loads((data / CONFIG).read_text())
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"{data} is not initialised", "run: evenhand init --data " + str(data)) from error
    except PermissionError as error:
        raise UsageError(f"{data} belongs to another user", "run as that user, or choose another --data") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{data / CONFIG} cannot be read: {error}", "restore it from its backup") from error
    if config.get("version") != 1 or not isinstance(config.get("programme"), str):
        raise UsageError(f"{data / CONFIG} is not of version 1", "use the version of evenhand that wrote it")
    return config


@contextmanager
def _connected(data: Path) -> Iterator[Database]:
    """A session as the app's role on a database that carries this program's schema."""
    with running(data) as server:
        database = connect(server)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def running(data: Path) -> Iterator[postgres.Server]:
    """The database's server: the embedded one, or the one that EVENHAND_DATABASE_URL names."""
    if URL in os.environ:
        yield address(data)
        return
    with postgres.start(data) as server:
        yield server


def address(data: Path) -> postgres.Server:
    """Where the database of `data` answers, whether or not it runs now. UsageError for a URL that cannot be read."""
    url = os.environ.get(URL)
    if url is None:
        return postgres.parameters(data)
    try:
        owner = {key: str(value) for key, value in psycopg.conninfo.conninfo_to_dict(url).items() if value is not None}
    except psycopg.ProgrammingError as error:
        raise UsageError(
            f"{URL} cannot be read: {str(error).strip()}", "write postgresql://OWNER:PASSWORD@HOST/NAME"
        ) from error
    made = postgres.passwords(data)
    app, web = ({**owner, "user": role, "password": made[role]} for role in (APP, WEB))
    return postgres.Server(owner, app, web, embedded=False)


def connect(server: postgres.Server) -> Database:
    """A session as the app's role, on tables brought up to this program."""
    from evenhand.store import settings

    try:
        database = Database(server.app)
        if settings.is_current(database.connection):
            return database
        database.close()
    except NotPrepared:
        pass
    with translated():
        settings.migrate(server)
    try:
        return Database(server.app)
    except NotPrepared as error:
        raise TryAgain(
            f"the database does not let {APP} in: {error}", "see its pg_hba.conf; it should ask for scram-sha-256"
        ) from error
