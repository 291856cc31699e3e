"""Long work: one at a time of a kind and subject, stopped when asked, and begun again when the process doing it dies."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from actions.village import at
from folders import clock, copy_data, open_folder
from web import slow_work

from evenhand.cli.serve import prepare_accounts
from evenhand.store import address, open_sessions, open_store
from evenhand.web.worker import Desk

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    with open_folder() as folder:
        made = copy_data(at("frozen"), folder)
        with open_store(made, clock):
            prepare_accounts(made)
            yield made


def tool(data: Path, *words: str) -> list[int]:
    done = subprocess.run(command(*words), env=environment(data), capture_output=True, text=True, check=True)
    return [int(line) for line in done.stdout.split()]


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "web.slow_work", *words]


def environment(data: Path) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    return known | {"EVENHAND_DATA": str(data), "PYTHONPATH": str(TESTS)}


@contextmanager
def worker(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command("work"), env=environment(data), stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stdin is not None:
            process.stdin.close()


def row(data: Path, number: int) -> dict[str, Any]:
    with psycopg.connect(**address(data).web, row_factory=psycopg.rows.dict_row) as found:
        return found.execute("SELECT * FROM jobs.work WHERE id = %s", (number,)).fetchone() or {}


def until(data: Path, number: int, ready: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    end = time.monotonic() + 60
    while not ready(found := row(data, number)):
        assert time.monotonic() < end, found
        time.sleep(0.1)
    return found


def ended(found: dict[str, Any]) -> bool:
    return found["state"] not in ("waiting", "working")


def test_work_is_one_at_a_time_survives_its_process_and_stops_when_asked(data: Path) -> None:
    first, again, other, bad, broken = tool(
        data, "ask", "test.slow one", "test.slow one", "test.slow two", "test.slow bad", "test.slow broken"
    )
    assert first == again != other
    with worker(data):
        begun = until(data, first, lambda found: found["done"] > 0)
        assert (begun["state"], begun["label"], begun["tries"]) == ("working", "slow: steps", 1)
    # Killed in the middle: the next one begins it again.
    with worker(data):
        until(data, first, lambda found: found["tries"] == 2)
        tool(data, "ask", f"stop {first}")
        stopped = until(data, first, ended)
        assert (stopped["state"], stopped["stopped_by"], stopped["result"]) == ("stopped", "ana", None)
        (data / "hurry").touch()
        done = until(data, other, ended)
        assert (done["state"], done["result"], done["done"]) == (
            "done",
            {"to": "/console/", "letters": 0},
            slow_work.STEPS,
        )
        assert until(data, bad, ended)["trouble"] == ["this cannot be", "what to do: do something else"]
        said = until(data, broken, ended)
        assert said["state"] == "failed" and "secret" not in str(said)
    assert tool(data, "ask", "test.slow one")[0] > broken


def test_what_needs_a_secret_gets_it_through_a_pipe_and_writes_it_nowhere(data: Path) -> None:
    (data / "hurry").touch()
    number = insert(data, "apart", queued=False)
    subprocess.run(command("work", str(number)), env=environment(data), input=b"ana's word", check=True)
    assert row(data, number)["result"] == {"to": "/console/", "letters": 10}
    with psycopg.connect(**address(data).web) as found:
        whole = found.execute("SELECT string_agg(w::text, '') FROM jobs.work w").fetchone()
        assert whole is not None and "ana's word" not in whole[0]


def test_work_with_a_secret_whose_process_died_is_given_up_and_said_so(data: Path) -> None:
    number, never = insert(data, "left", queued=False), insert(data, "never begun", queued=False)
    with psycopg.connect(**address(data).web) as found:
        found.execute("UPDATE jobs.work SET state = 'working' WHERE id = %s", (number,))
    with open_sessions(data, clock) as sessions:
        Desk(data, sessions).give_up()
    left = row(data, number)
    assert left["state"] == "failed" and "begin again" in left["trouble"]
    assert row(data, never)["state"] == "failed"


def insert(data: Path, subject: str, queued: bool) -> int:
    with psycopg.connect(**address(data).web) as found:
        made = found.execute(
            "INSERT INTO jobs.work (kind, subject, arguments, person, asked_at, queued)"
            " VALUES ('test.slow', %s, %s, 'ana', 1, %s) RETURNING id",
            (subject, psycopg.types.json.Jsonb({"folder": str(data)}), queued),
        ).fetchone()
        assert made is not None
        return int(made[0])
