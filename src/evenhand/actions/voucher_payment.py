"""Settle a series with its merchants: a statement, the payment file, and what does not add up, named."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from evenhand.actions.cycles import check_enrolled
from evenhand.actions.vouchers import SERIES, series_named, vouchers_of
from evenhand.actions.writing import write_csv
from evenhand.flow.redemption import read
from evenhand.flow.voucher import Settled, settle, statement
from evenhand.store import Store


@dataclass(frozen=True)
class Payment:
    """A merchant's row of a payment file. Below zero: it was paid for vouchers that others, whose receipts came later, took
    too, and owes that back."""

    merchant: str
    number: int
    steps: int
    cents: int


@dataclass(frozen=True)
class Paid:
    """A settlement of a series, the payments of this time (none if nothing changed), and the files written."""

    settled: Settled
    payments: tuple[Payment, ...]
    files: tuple[Path, ...]


def settle_series(store: Store, name: str, out: Path, pay: bool, person: str) -> Paid:
    """Settle a series from all receipts that are here, and write statement.csv, contested.csv, payments.csv to `out`.

    With `pay` the payments are kept as made: the next time only what is new is paid, never anything twice. Without, the
    payment file shows what would be paid. UsageError for a series that is not there, a person who is not enrolled.
    """
    check_enrolled(store, person)
    programme = store.programme.id
    with store.transaction("voucher"):
        settled, payments = settled_now(store, name)
        if pay:
            store.execute_many(
                "insert into voucher_payment (programme, series, merchant, number, steps, cents, person, at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s)",
                [(programme, name, p.merchant, p.number, p.steps, p.cents, person, store.clock()) for p in payments],
            )
    return Paid(settled, payments, write_settled(settled, payments, name, out))


def settled_now(store: Store, name: str) -> tuple[Settled, tuple[Payment, ...]]:
    """A series settled from all receipts that are here, and what would be paid now. UsageError for an unknown series."""
    series, at = series_named(store, name), (store.programme.id, name)
    cents = int(store.rows(SERIES + " and series = %s", at)[0][7])
    raws = store.rows("select raw from voucher_receipt where programme = %s and series = %s order by hash", at)
    vouchers = list(vouchers_of(store, series).values())
    settled = settle(vouchers, [read(bytes(row[0])) for row in raws], store.today().isoformat())
    return settled, _payments(store, name, settled, cents)


def _payments(store: Store, series: str, settled: Settled, cents: int) -> tuple[Payment, ...]:
    before = {
        merchant: (int(number), int(steps))
        for merchant, number, steps in store.rows(
            "select merchant, max(number), sum(steps) from voucher_payment where programme = %s and series = %s"
            " group by merchant",
            (store.programme.id, series),
        )
    }
    found = []
    for merchant, _, _, _, paid in statement(settled.lines):
        number, had = before.get(merchant, (0, 0))
        if paid != had:
            found.append(Payment(merchant, number + 1, paid - had, (paid - had) * cents))
    return tuple(found)


def write_settled(settled: Settled, payments: tuple[Payment, ...], series: str, out: Path) -> tuple[Path, ...]:
    """Write statement.csv, contested.csv, payments.csv to `out`."""
    names = ("merchant", "series", "vouchers", "claimed_steps", "paid_steps")
    rows = statement(settled.lines)
    told = [line for line in settled.lines if line.reason]
    return (
        write_csv(out / "statement.csv", pa.table({name: [row[n] for row in rows] for n, name in enumerate(names)})),
        write_csv(
            out / "contested.csv",
            pa.table(
                {
                    "merchant": [line.merchant for line in told],
                    "voucher": [line.tag.hex() for line in told],
                    "receipts": [line.receipts for line in told],
                    "claimed_steps": [line.claimed for line in told],
                    "paid_steps": [line.paid for line in told],
                    "reason": [line.reason for line in told],
                }
            ),
        ),
        write_csv(
            out / "payments.csv",
            pa.table(
                {
                    "merchant": [p.merchant for p in payments],
                    "reference": [f"{series}/{p.merchant}/{p.number}" for p in payments],
                    "steps": [p.steps for p in payments],
                    "amount": [
                        f"{'-' if p.cents < 0 else ''}{abs(p.cents) // 100}.{abs(p.cents) % 100:02d}" for p in payments
                    ],
                }
            ),
        ),
    )
