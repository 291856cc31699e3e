"""Cards: give every household one, and derive its keys for coming periods. Secrets and coupons leave with the paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from evenhand.actions.cycles import Progress, quiet
from evenhand.core.errors import UsageError
from evenhand.core.period import month
from evenhand.flow.card import Issued, issue
from evenhand.store import Store

CHUNK = 20_000
Secrets = Callable[[Sequence[str]], list[bytes]]
"""Gives 16 random bytes for each household named."""

KEYS = """(select p.* from card_period p where p.period = %(period)s and not exists (
  select from card later where later.epoch > 1 and later.household = p.household and later.epoch > p.epoch
  and later.from_period <= p.period))"""
"""SQL: the keys that count in a period, one row a household: those of the newest issue of its card that reaches it."""


@dataclass(frozen=True)
class Paper:
    """What goes to the printer and is kept nowhere: a secret and a card's id a household, a coupon (r) a period too.

    `slips` (household, card, epoch, secret, id), `coupons` (household, period, r).
    """

    slips: pa.Table
    coupons: pa.Table


def issue_cards(store: Store, periods: Sequence[str], secrets: Secrets, progress: Progress = quiet) -> Paper:
    """Issue a card to every household that has none, with its keys for `periods`, in one transaction.

    UsageError if no household is without a card: new periods need the old secrets, which only the families have, so cards
    are issued with all the periods they are printed for, and renewed with new secrets afterwards.
    """
    names = check_periods(periods)
    with store.transaction("card"):
        fresh = [row[0] for row in store.rows(f"{WITHOUT_CARD} order by h.serial")]
        if not fresh:
            raise UsageError(
                "every household has a card",
                "import new households first; for months to come: evenhand card renew",
            )
        papers = []
        for start in range(0, len(fresh), CHUNK):
            progress("issuing cards", start, len(fresh))
            papers.append(issue_part(store, fresh[start : start + CHUNK], names, secrets))
        progress("issuing cards", len(fresh), len(fresh))
    return Paper(*(pa.concat_tables(parts) for parts in zip(*((p.slips, p.coupons) for p in papers), strict=True)))


WITHOUT_CARD = (
    "select h.household from household h where not exists (select from card c where c.household = h.household)"
)


def without_card(store: Store, points: Sequence[str] | None) -> list[tuple[str, int]]:
    """(point, how many of its households have no card) of these points (None: all): the first fifty, most first."""
    return [
        (row[0], row[1])
        for row in store.rows(
            f"select h.point, count(*) from household_now h where h.household in ({WITHOUT_CARD})"
            " and (%(points)s::text[] is null or h.point = any(%(points)s))"
            " group by h.point order by 2 desc, 1 limit 50",
            {"points": None if points is None else list(points)},
        )
    ]


def is_large(store: Store) -> bool:
    """Whether there are so many households that a page cannot ask each of them: by the database's own estimate."""
    return bool(store.rows("select reltuples > 200000 from pg_class where oid = 'household'::regclass")[0][0])


def check_periods(periods: Sequence[str]) -> list[str]:
    """The ids of the months named; UsageError if none is, or one is no month."""
    names = [month(period).id for period in periods]
    if not names:
        raise UsageError(
            "no period is named", "name every month the coupons are printed for: evenhand card issue 2008-03"
        )
    return names


def issue_part(store: Store, households: Sequence[str], periods: Sequence[str], secrets: Secrets) -> Paper:
    """First cards for these households, within the caller's transaction; the paper."""
    serial = int(store.rows("select coalesce(max(left(number, 8)::int), 0) from card")[0][0]) + 1
    drawn = secrets(households)
    issued = issue(households, serial, drawn, store.programme.origin, store.programme.id, periods)
    return keep(store, issued, drawn, min(periods))


def keep(
    store: Store,
    issued: Issued,
    drawn: Sequence[bytes],
    start: str,
    reason: str = "",
    person: str = "",
    second: str = "",
) -> Paper:
    """Write what the server keeps of issued cards that count from period `start` on; the paper."""
    rows = issued.card
    said = {"from_period": start, "reason": reason, "person": person, "second": second}
    for name, text in said.items():
        rows = rows.append_column(name, pa.array([text] * len(rows), pa.string()))
    store.copy_in("card", rows.append_column("at", pa.array([store.clock()] * len(rows), pa.int64())))
    store.copy_in("card_period", issued.card_period)
    slips = {
        "household": rows["household"], "card": rows["number"], "epoch": rows["epoch"],
        "secret": pa.array(drawn, pa.binary()), "id": pa.array(issued.ids, pa.binary()),
    }  # fmt: skip
    return Paper(pa.table(slips), issued.coupons)
