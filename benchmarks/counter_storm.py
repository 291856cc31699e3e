"""Redemptions from many phones at once while workers and the database are killed: how many are lost, how many count twice.

    python -m benchmarks counter_storm                     # 100,000 redemptions
    python -m benchmarks counter_storm --size 1000000      # the goal's size
    python -m benchmarks counter_storm --size 2000 --clients 8 --workers 1 --databases 1 --json

Each of 64 phones sends its day in pieces, one by one or in lumps of up to 500; 5 % of what was answered is sent again, and
whatever was not answered is sent until it is. Meanwhile server workers are killed (SIGKILL), and PostgreSQL with them. In
the end every receipt must be there once, every row redeemed, and the ledger must balance to the gram.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from benchmarks.counter_world import CYCLE, STEPS, Caller, Phone, country, serving
from evenhand.actions.close import final_rolls, read_receipts
from evenhand.actions.releases import custody_of
from evenhand.flow.ledger import Stock, balances, given, receipt
from evenhand.flow.redemption import settle
from evenhand.store import Store, open_store
from evenhand.wiring import read_clock

RETRY_PERCENT, PATIENCE_SECONDS, STEP_GRAMS = 5, 300, 500


@dataclass
class Seen:
    """What the phones saw."""

    calls: int = 0
    again: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    new: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def day(port: int, phone: Phone, seen: Seen, seed: int) -> None:
    """One phone sends everything it gave."""
    chance, caller, at = Random(seed), Caller(port, phone), 0
    while at < len(phone.receipts):
        batch = phone.receipts[at : at + (1 if chance.random() < 0.5 else chance.randint(2, 500))]
        new = _until_answered(caller, batch, seen)
        if chance.random() * 100 < RETRY_PERCENT:
            new += _until_answered(caller, batch, seen)
            with seen.lock:
                seen.again += 1
        with seen.lock:
            seen.new += new
        at += len(batch)


def _until_answered(caller: Caller, batch: list[bytes], seen: Seen) -> int:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            status, answer = caller.send(batch)
        except (OSError, http.client.HTTPException) as error:
            status, answer = 0, type(error).__name__
        with seen.lock:
            seen.calls += 1
            if status != 200:
                seen.failed[str(status or answer)] += 1
        if status == 200:
            if answer["refused"] or answer["forked"]:
                sys.exit(f"refused: {answer['refused'][:3]}, forked: {answer['forked']}")
            return int(answer["new"])
        if status not in (0, 500, 502, 503) or time.monotonic() > until:
            sys.exit(f"the server answers {status}: {answer}")
        time.sleep(0.2)


def workers_of(server: int) -> list[int]:
    """Process ids of the server's workers: its children that are Python themselves."""
    found = []
    for task in Path(f"/proc/{server}/task").iterdir():
        for child in (task / "children").read_text().split():
            name = Path(f"/proc/{child}/comm").read_text().strip()
            if not name.startswith(("postgres", "setpriv")):
                found.append(int(child))
    return found


def kill(victim: str, server: int, data: Path, chance: Random) -> bool:
    """SIGKILL a worker, or PostgreSQL's first process; whether there was one."""
    try:
        if victim == "worker":
            os.kill(chance.choice(workers_of(server)), signal.SIGKILL)
        else:
            os.kill(int((data / "postgres" / "postmaster.pid").read_text().split("\n", 1)[0]), signal.SIGKILL)
    except (OSError, IndexError, ValueError):
        return False
    return True


def books(store: Store, phones: list[Phone]) -> list[str]:
    """What is wrong with what is in the database now: nothing, or a line a fault."""
    wrong = []
    wanted = sum(len(phone.receipts) for phone in phones)
    rows, tags = store.rows("select count(*), count(distinct tag) from receipt where cycle = %s", (CYCLE,))[0]
    if (rows, tags) != (wanted, wanted):
        wrong.append(f"{wanted} receipts were sent, {rows} are there, of {tags} rows")
    ends = dict(store.rows("select device, max(receipts) from acknowledged where cycle = %s group by 1", (CYCLE,)))
    short = [phone.name for phone in phones if ends.get(phone.name) != len(phone.receipts)]
    if short:
        wrong.append(f"{len(short)} chains are not acknowledged to their end: {', '.join(short[:3])}")
    found = settle(final_rolls(store, CYCLE), ["grain"], read_receipts(store, CYCLE), {}, custody_of(store, CYCLE))
    if set(found.outcomes["status"].to_pylist()) != {1} or found.contested or found.refused or len(found.left):
        wrong.append(f"not every row ended redeemed, once: {Counter(found.outcomes['status'].to_pylist())}")
    stock, moves = Stock(), []
    for phone in phones:
        grams = len(phone.receipts) * STEPS * STEP_GRAMS
        moves.append(receipt(stock, "mill", phone.point, "grain", "L1", None, grams, phone.point))
    moves += given(stock, found.given, found.over_issue, {"grain": STEP_GRAMS}, CYCLE)
    closing = sum(row["closing"] for row in balances({}, moves, closed=True).to_pylist())
    if closing:
        wrong.append(f"the ledger closes with {closing} g that nobody has")
    return wrong


def main() -> None:
    """Storm, then count."""
    parser = argparse.ArgumentParser(prog="counter_storm")
    parser.add_argument("--size", type=int, default=100_000, help="redemptions")
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--workers", type=int, default=6, help="how many workers are killed")
    parser.add_argument("--databases", type=int, default=2, help="how often PostgreSQL is killed")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    chance, seen = Random(7), Seen()
    with country(args.clients, args.size) as (store, phones), serving(store.data) as (port, server):
        victims = ["worker"] * args.workers + ["database"] * args.databases
        chance.shuffle(victims)
        threads = [threading.Thread(target=day, args=(port, p, seen, n), daemon=True) for n, p in enumerate(phones)]
        begun = time.monotonic()
        for thread in threads:
            thread.start()
        killed: Counter[str] = Counter()
        for number, victim in enumerate(victims, 1):
            share = args.size * number // (len(victims) + 1)  # spread over the day, by what has arrived
            while seen.new < share and any(thread.is_alive() for thread in threads):
                time.sleep(0.02)
            killed[victim] += kill(victim, server, store.data, chance)
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - begun
        found = {
            "redemptions": args.size, "clients": args.clients, "seconds": round(seconds, 1), "calls": seen.calls,
            "again": seen.again, "failed": dict(seen.failed), "killed": dict(killed), "answered_new": seen.new,
        }  # fmt: skip
        with open_store(store.data, read_clock) as fresh:  # the first one's session went down with the database
            found["wrong"] = wrong = books(fresh, phones)
    if args.json:
        print(json.dumps(found, sort_keys=True))
    else:
        print(
            f"{args.size:,} redemptions, {args.clients} phones, {seconds:.1f} s: {args.size / seconds:,.0f}/s while",
            end=" ",
        )
        print(f"{killed['worker']} workers and {killed['database']} databases were killed")
        print(f"{seen.calls:,} calls, {seen.again} sent again, not answered: {dict(seen.failed) or 'none'}")
        print("lost 0, double 0, the ledger balances" if not wrong else "\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
