"""The process that does long work; `evenhand serve` starts one and watches it.

With a job's number it does that one job with a secret read from its standard input, and ends. Reads EVENHAND_DATA. A job is
alive while its process holds a lock on its number in the database, which goes with the process however it ends: what is
begun without that lock is stuck, and is begun again, or given up where it had needed a secret.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
import traceback
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from procrastinate import App, PsycopgConnector

from evenhand.core.errors import EvenhandError
from evenhand.store import Sessions, address, open_sessions
from evenhand.web.standing import look
from evenhand.web.works import REGULAR, WORK
from evenhand.wiring import read_clock

TRIES = 5
LOCK = 0x65766A00  # "evj", beside the number of a job
TOLD_SECONDS, REAPED_SECONDS, REGULAR_SECONDS, LOOK_SECONDS = 0.5, 15, 600, 30
AT_ONCE = 2
BEGIN_SECONDS = 120
STANDING = "point, cycle, at, place, name, households, given, kind, matter"
Connection = psycopg.Connection[Any]


class Stopped(Exception):
    """Somebody asked this job to stop."""


class Desk:
    """Does jobs, each on a session of its own for its row: how far it is, whether it shall stop."""

    def __init__(self, data: Path, sessions: Sessions) -> None:
        self._data, self._sessions = data, sessions

    def connect(self) -> Connection:
        """A session as the web's role."""
        return psycopg.connect(**address(self._data).web, autocommit=True, options="-c search_path=jobs")

    def do(self, number: int, secret: str = "") -> None:
        """Do a job to its end, whatever that is; nothing happens where it has ended or is being done already."""
        with self.connect() as row:
            if not _lock(row, "pg_try_advisory_lock", number):
                return
            found = row.execute(
                "UPDATE work SET state = 'working', began_at = coalesce(began_at, %s), tries = tries + 1, done = 0,"
                " total = 0 WHERE id = %s AND state IN ('waiting', 'working')"
                " RETURNING kind, subject, person, arguments, tries",
                (read_clock(), number),
            ).fetchone()
            if found is None:
                return
            state, result, trouble = self._try(row, number, secret, *found)
            row.execute(
                "UPDATE work SET state = %s, result = %s, trouble = %s, ended_at = %s WHERE id = %s",
                (state, _json(result), _json(trouble), read_clock(), number),
            )

    def _try(
        self, row: Connection, number: int, secret: str, kind: str, subject: str, person: str, given: Any, tries: int
    ) -> tuple[str, Any, Any]:
        if tries > TRIES:
            said = f"the process doing this ended {TRIES} times in the middle; nothing was changed"
            return "failed", None, [said, "see the server's own messages: is there memory and disk enough?"]
        told = 0.0

        def progress(label: str, done: int, total: int) -> None:
            nonlocal told
            if done not in (0, total) and time.monotonic() - told < TOLD_SECONDS:
                return
            told = time.monotonic()
            asked = row.execute(
                "UPDATE work SET label = %s, done = %s, total = %s WHERE id = %s RETURNING stopped_by",
                (label, done, total, number),
            ).fetchone()
            if asked and asked[0]:
                raise Stopped

        try:
            module, _, name = WORK[kind].partition(":")
            act = getattr(import_module(module), name)
            with self._sessions.take() as store:
                return "done", act(store, subject, person, given, progress, secret), None
        except Stopped:
            return "stopped", None, None
        except EvenhandError as error:
            return "failed", None, [line.strip() for line in error.lines()]
        except Exception:
            traceback.print_exc()
            return "failed", None, ["something went wrong; nothing was changed", "see the server's own messages"]

    def regular(self) -> None:
        """What is done every so often. One that fails is told of, and tried again the next time."""
        for name in REGULAR:
            module, _, function = name.partition(":")
            try:
                with self._sessions.take() as store:
                    getattr(import_module(module), function)(store)
            except Exception:
                traceback.print_exc()

    def look(self) -> None:
        """Write down how the points stand, where that is too much for a page."""
        with self._sessions.take() as store:
            found = look(store)
        if found is not None:
            with self.connect() as row, row.transaction():
                row.execute("DELETE FROM standing")
                with row.cursor().copy(f"COPY standing ({STANDING}) FROM STDIN") as copy:
                    for one in found:
                        copy.write_row(one)

    def give_up(self) -> None:
        """End the jobs that had a secret and whose process is gone: nobody can begin them again but their person."""
        with self.connect() as row:
            begun = "state = 'working' OR (state = 'waiting' AND asked_at < %s)"  # waiting so long, it never began
            asked = row.execute(f"SELECT id FROM work WHERE NOT queued AND ({begun})", (read_clock() - BEGIN_SECONDS,))
            for (number,) in asked.fetchall():
                if is_free(row, number):
                    said = ["the process that did this ended in the middle; nothing was changed", "begin again"]
                    row.execute(
                        "UPDATE work SET state = 'failed', trouble = %s, ended_at = %s WHERE id = %s"
                        " AND state IN ('waiting', 'working')",
                        (_json(said), read_clock(), number),
                    )

    def free(self, numbers: set[int]) -> set[int]:
        """Those of these jobs that no process does."""
        with self.connect() as row:
            return {number for number in numbers if is_free(row, number)}


def is_free(row: Connection, number: int) -> bool:
    """Whether nobody holds the lock of a job: it is taken and given back."""
    free = _lock(row, "pg_try_advisory_lock", number)
    if free:
        _lock(row, "pg_advisory_unlock", number)
    return free


def _lock(row: Connection, function: str, number: int) -> bool:
    found = row.execute(f"SELECT {function}(%s::int, %s::int)", (LOCK, number)).fetchone()
    return bool(found and found[0])


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def queue_of(desk: Desk, data: Path) -> App:
    """The queue with its one task, which does a job by its number."""
    options = {**address(data).web, "options": "-c search_path=jobs"}
    app = App(connector=PsycopgConnector(kwargs=options, min_size=1, max_size=AT_ONCE + 2))

    @app.task(name="work")
    def work(work: int) -> None:
        desk.do(work)

    return app


async def serve(app: App, desk: Desk) -> None:
    """Do jobs as they come, and see to those that are stuck, until the process ends."""
    async with app.open_async():
        suspect = await reap(app, desk, None)
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=AT_ONCE, install_signal_handlers=False, delete_jobs="always", fetch_job_polling_interval=5
            )
        )
        regular = -REGULAR_SECONDS + time.monotonic()
        while not worker.done():
            if time.monotonic() - regular >= REGULAR_SECONDS:
                regular = time.monotonic()
                await asyncio.to_thread(desk.regular)
            await asyncio.wait([worker], timeout=REAPED_SECONDS)
            suspect = await reap(app, desk, suspect)
        worker.result()


def look_on(desk: Desk) -> None:
    """See how the points of a big programme stand, again and again; a look takes a tenth of the time at most."""
    while True:
        begun = time.monotonic()
        try:
            desk.look()
        except Exception:  # the next look may succeed; the first page looks by itself meanwhile
            traceback.print_exc()
        time.sleep(max(LOOK_SECONDS, 9 * (time.monotonic() - begun)))


async def reap(app: App, desk: Desk, suspect: set[int] | None) -> set[int]:
    """Put jobs in line again that the queue holds begun and nobody does. One that was just taken is not begun yet: it must
    have been `suspect` a round before (None: before our own work begins, all are). Those that may be stuck now."""
    await asyncio.to_thread(desk.give_up)
    begun = {int(job.task_kwargs["work"]): job.id for job in await app.job_manager.list_jobs_async(status="doing")}  # type: ignore[arg-type]
    free = await asyncio.to_thread(desk.free, set(begun))
    for number in free if suspect is None else free & suspect:
        await app.job_manager.retry_job_by_id_async(begun[number], datetime.now(UTC))  # type: ignore[arg-type]
    return free


def _end_with_parent() -> None:
    """The server holds the other end of our standard input: when it is gone, so are we."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Do one job, or jobs as they come: `python -c "from evenhand.web.worker import main; main()" [NUMBER]`."""
    data = Path(os.environ["EVENHAND_DATA"])
    with open_sessions(data, read_clock) as sessions:
        desk = Desk(data, sessions)
        if len(sys.argv) > 1:
            desk.do(int(sys.argv[1]), sys.stdin.read())
            return
        threading.Thread(target=_end_with_parent, daemon=True).start()
        threading.Thread(target=look_on, args=(desk,), daemon=True).start()
        asyncio.run(serve(queue_of(desk, data), desk))
