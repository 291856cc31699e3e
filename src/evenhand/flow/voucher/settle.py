"""Settle: what each merchant is paid, from the set of its receipts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from evenhand.core.errors import UsageError
from evenhand.flow.redemption.receipt import Receipt
from evenhand.flow.voucher.series import Voucher


class Line(NamedTuple):
    """A voucher at a merchant: steps its receipts say, steps paid, and why less is paid (empty: all is)."""

    series: str
    merchant: str
    tag: bytes
    receipts: int
    claimed: int
    paid: int
    reason: str


@dataclass(frozen=True)
class Settled:
    """`lines` sorted. `spent`, `open`, `expired`: steps by series; what is left of a voucher is open until its last day.

    For every series: issued = spent + open + expired, and spent is what is paid.
    """

    lines: tuple[Line, ...]
    spent: dict[str, int]
    open: dict[str, int]
    expired: dict[str, int]


OTHER_GOODS = "its receipts name other goods than the voucher"
OWN_DOUBLE = "the merchant took more than the voucher was worth: its own device knew"
SHARED = "other merchants took the same voucher: what it was worth is shared in proportion"
NOT_HERE = "another merchant holds the series"


def settle(vouchers: Sequence[Voucher], receipts: Iterable[Receipt], day: str) -> Settled:
    """Settle merged `receipts` (point: the merchant, tag: the voucher's, proof: its r) of `vouchers` on `day` (ISO).

    A voucher pays at most its worth, once. Where merchants together took more, each is paid in proportion to what it took
    (at most the worth), in whole steps: the rest by largest remainder, then by name. So no merchant gains by when it sends,
    and none loses for being late. UsageError if a tag stands on two vouchers.
    """
    by_tag = {voucher.tag: voucher for voucher in vouchers}
    if len(by_tag) != len(vouchers):
        raise UsageError("two vouchers have one tag", "issue them again: a secret was printed twice")
    taken: dict[tuple[bytes, str], list[Receipt]] = {}
    for r in {r.hash: r for r in receipts}.values():
        if r.tag in by_tag and isinstance(r.proof, bytes):
            taken.setdefault((r.tag, r.point), []).append(r)
    at: dict[bytes, dict[str, list[Receipt]]] = {}
    for (tag, merchant), found in taken.items():
        at.setdefault(tag, {})[merchant] = found
    lines: list[Line] = []
    totals: dict[str, list[int]] = {}
    for voucher in vouchers:
        here = _lines(voucher, at.get(voucher.tag, {}))
        paid = sum(line.paid for line in here)
        lines += here
        row = totals.setdefault(voucher.series.id, [0, 0, 0])
        row[0] += paid
        row[2 if day > voucher.series.last.isoformat() else 1] += voucher.series.worth - paid
    spent, left, gone = ({name: row[n] for name, row in sorted(totals.items())} for n in range(3))
    return Settled(tuple(sorted(lines)), spent, left, gone)


def _lines(voucher: Voucher, at: Mapping[str, Sequence[Receipt]]) -> list[Line]:
    series, most = voucher.series, voucher.series.worth
    claimed = {merchant: sum(dict(r.items).get(series.benefit, 0) for r in rs) for merchant, rs in at.items()}
    able = {m: min(n, most) for m, n in claimed.items() if not series.merchant or m == series.merchant}
    paid = _shared(able, most)
    found = []
    for merchant, rs in sorted(at.items()):
        said, given = claimed[merchant], paid.get(merchant, 0)
        reason = ""
        if merchant not in able:
            reason = NOT_HERE
        elif given < min(said, most):
            reason = SHARED
        elif said > most:
            reason = OWN_DOUBLE
        elif any(n for r in rs for benefit, n in r.items if benefit != series.benefit):
            reason = OTHER_GOODS
        found.append(Line(series.id, merchant, voucher.tag, len(rs), said, given, reason))
    return found


def _shared(claims: Mapping[str, int], most: int) -> dict[str, int]:
    total = sum(claims.values())
    if total <= most:
        return dict(claims)
    paid = {m: n * most // total for m, n in claims.items()}
    rest = most - sum(paid.values())
    for m in sorted(claims, key=lambda m: (-(claims[m] * most % total), m))[:rest]:
        paid[m] += 1
    return paid


def statement(lines: Iterable[Line]) -> list[tuple[str, str, int, int, int]]:
    """A row a merchant and series: (merchant, series, vouchers, steps claimed, steps paid), sorted."""
    rows: dict[tuple[str, str], list[int]] = {}
    for line in lines:
        row = rows.setdefault((line.merchant, line.series), [0, 0, 0])
        row[0] += 1
        row[1] += line.claimed
        row[2] += line.paid
    return [(*key, *row) for key, row in sorted(rows.items())]  # type: ignore[misc]
