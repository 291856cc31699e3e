"""Long work: begun by a page, done by a process of its own, watched and stopped by pages.

    number = start(seat, "cycle.compute", "2008-03/1", {…})     # then go to f"/console/jobs/{number}"

What can be done stands in `works.WORK`. Work is run again after a crash, so it must be such that what is done is not done
twice. One job a kind and subject at a time: whoever starts a second one gets the number of the first. **No secret is ever
written down**: what needs a person's key during long work gets their passphrase as `secret`, which goes through an anonymous
pipe to a process that does this one job; if that ends, the person is asked again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection, transaction
from procrastinate import App, SyncPsycopgConnector

from evenhand.store import Store
from evenhand.web.works import WORK

SECRETS = {"passphrase", "password", "secret", "key", "code", "token"}
GOING = ("waiting", "working")
RUN = "import os; os.nice(10); from evenhand.web.worker import main; main()"
"""Lower than the pages from its first moment on."""
LISTED = 50
COLUMNS = (
    "id, kind, subject, coalesce(arguments->>'called', subject), person, state, asked_at, began_at, ended_at, label, done,"
    " total, stopped_by, result, trouble"
)

queue = App(connector=SyncPsycopgConnector())
"""Never opened here: jobs are put in line on the request's own connection, together with their row."""


@dataclass(frozen=True)
class Work:
    """A job: who asked for it and when (UTC seconds), how far it has come, and what came of it: `result`, or `trouble`, the
    lines of the error."""

    id: int
    kind: str
    subject: str
    called: str
    person: str
    state: str
    asked_at: int
    began_at: int | None
    ended_at: int | None
    label: str
    done: int
    total: int
    stopped_by: str | None
    result: dict[str, Any] | None
    trouble: list[str] | None

    @property
    def goes_on(self) -> bool:
        """Whether it waits or is being worked on."""
        return self.state in GOING


class Asker(Protocol):
    """Who asks, and on which store: a console's seat."""

    @property
    def username(self) -> str:
        """The account."""

    @property
    def store(self) -> Store:
        """Its store."""


def start(seat: Asker, kind: str, subject: str, arguments: Mapping[str, Any] | None = None, *, secret: str = "") -> int:
    """Begin the work `kind` on `subject` for whoever sits there; its number, or that of the same work if it goes on already.

    `arguments` are written down and must hold no secret; `secret`, a passphrase, is not. An argument `called` is what people
    call the subject, where it is not a name they know.
    """
    given = dict(arguments or {})
    if kind not in WORK or SECRETS & set(given):
        raise ValueError(f"{kind}: not in WORK, or a secret among its arguments")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path TO jobs, web")
        cursor.execute(
            "INSERT INTO work (kind, subject, arguments, person, asked_at, queued) VALUES (%s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (kind, subject) WHERE state IN ('waiting', 'working') DO NOTHING RETURNING id",
            (kind, subject, json.dumps(given), seat.username, seat.store.clock(), not secret),
        )
        made = cursor.fetchone()
        if made is None:
            cursor.execute(
                "SELECT id FROM work WHERE kind = %s AND subject = %s AND state IN ('waiting', 'working')",
                (kind, subject),
            )
            found = cursor.fetchone()
            # It ended between the two statements: then this one can begin.
            return int(found[0]) if found else start(seat, kind, subject, arguments, secret=secret)
        number = int(made[0])
        if not secret:
            queue.configure_task("work", lock=f"{kind} {subject}", connection=connection.connection).defer(work=number)
    if secret:
        _run_apart(number, secret)
    return number


def _run_apart(number: int, secret: str) -> None:
    """A process for this one job; its secret goes through the pipe and is nowhere else."""
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(number)], env=environment, stdin=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdin is not None
    process.stdin.write(secret.encode())
    process.stdin.close()


def stop(seat: Asker, number: int) -> None:
    """Ask a job to stop: at once if it waits, else at its next step; what it did so far is undone. Ended ones stay."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE jobs.work SET stopped_by = %s, state = CASE state WHEN 'waiting' THEN 'stopped' ELSE state END,"
            " ended_at = CASE state WHEN 'waiting' THEN %s END WHERE id = %s AND state IN ('waiting', 'working')",
            (seat.username, seat.store.clock(), number),
        )


def find(number: int) -> Work | None:
    """A job by its number."""
    return next(iter(_works("WHERE id = %s", (number,))), None)


def newest(kind: str, subject: str) -> Work | None:
    """The last job of this kind on this subject, ended or not."""
    return next(iter(_works("WHERE kind = %s AND subject = %s ORDER BY id DESC LIMIT 1", (kind, subject))), None)


def listing() -> list[Work]:
    """The newest jobs, those that go on first."""
    order = "ORDER BY (state IN ('waiting', 'working')) DESC, id DESC LIMIT %s"
    return _works(order, (LISTED,))


def _works(rest: str, params: tuple[object, ...]) -> list[Work]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM jobs.work {rest}", params)
        return [
            Work(*(json.loads(v) if at >= 13 and isinstance(v, str) else v for at, v in enumerate(row)))
            for row in cursor.fetchall()
        ]
