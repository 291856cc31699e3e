"""Cards: give every household one, and derive its keys for coming periods. Secrets and coupons leave with the paper."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from evenhand.actions.cycles import Progress, quiet
from evenhand.core.errors import UsageError
from evenhand.core.period import month
from evenhand.flow.card import issue
from evenhand.store import Store

CHUNK = 20_000


@dataclass(frozen=True)
class Paper:
    """What goes to the printer and is kept nowhere: a secret a card, a coupon (r) a household and period."""

    slips: pa.Table
    coupons: pa.Table


def issue_cards(
    store: Store,
    periods: Sequence[str],
    secrets: Callable[[Sequence[str]], list[bytes]],
    progress: Progress = quiet,
) -> Paper:
    """Issue a card to every household that has none, with its keys for `periods`, in one transaction.

    `secrets` gives 16 random bytes for each household named. Returns the paper: slips (household, card, secret) and
    coupons (household, period, r). UsageError if no household is without a card: new periods need the old secrets,
    which only the families have, so cards are issued with all the periods they are printed for.
    """
    names = [month(period).id for period in periods]
    if not names:
        raise UsageError(
            "no period is named", "name every month the coupons are printed for: evenhand card issue 2008-03"
        )
    with store.transaction("card"):
        rows = store.rows(
            "select h.household from household h left join card c on c.household = h.household"
            " where c.household is null order by h.serial"
        )
        fresh = [row[0] for row in rows]
        if not fresh:
            raise UsageError("every household has a card", "import new households first")
        serial = int(store.rows("select coalesce(max(left(number, 8)::int), 0) from card")[0][0]) + 1
        slips, coupons = [], []
        for start in range(0, len(fresh), CHUNK):
            progress("issuing cards", start, len(fresh))
            part = fresh[start : start + CHUNK]
            drawn = secrets(part)
            issued = issue(part, serial + start, drawn, store.programme.origin, store.programme.id, names)
            store.copy_in("card", issued.card)
            store.copy_in("card_period", issued.card_period)
            slips.append(
                pa.table({"household": part, "card": issued.card["number"], "secret": pa.array(drawn, pa.binary())})
            )
            coupons.append(issued.coupons)
        progress("issuing cards", len(fresh), len(fresh))
    return Paper(pa.concat_tables(slips), pa.concat_tables(coupons))
