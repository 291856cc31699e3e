"""Issue: from secrets to card numbers, to what the server keeps, and to what leaves with the paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.formats import code
from evenhand.formats.tag import Deriver

SECRET_SIZE = 16
SERIALS = 10**8
PERIOD_KEYS = pa.schema(
    [
        ("household", pa.string()),
        ("period", pa.string()),
        ("tag", pa.binary()),
        ("salt", pa.binary()),
        ("seal_key", pa.binary()),
    ]
)


class Issued(NamedTuple):
    """`card` (number, household, epoch) and `card_period` (household, period, tag, salt, seal_key) are for the server.
    `coupons` (household, period, r) is for the printer: it leaves with the paper and is stored nowhere."""

    card: pa.Table
    card_period: pa.Table
    coupons: pa.Table


def issue(
    households: Sequence[str],
    first_serial: int,
    secrets: Sequence[bytes],
    origin: str,
    programme: str,
    periods: Sequence[str],
    epoch: int = 1,
) -> Issued:
    """One card for each household, with serials from `first_serial` on, and its keys for every period.

    UsageError if a household stands twice, a secret is not 16 bytes, two households were given one secret (which would
    let one family collect for both: neither is named with the secret), or the serials pass eight digits.
    """
    _check(households, first_serial, secrets, periods)
    card = pa.table(
        {
            "number": pa.array([code.card_number(first_serial + i) for i in range(len(households))], pa.string()),
            "household": pa.array(households, pa.string()),
            "epoch": pa.array([epoch] * len(households), pa.int64()),
        }
    )
    columns: dict[str, list[bytes]] = {"tag": [], "salt": [], "seal_key": [], "r": []}
    for period in periods:
        derive = Deriver(origin, programme, period).derive
        for secret in secrets:
            keys = derive(secret)
            columns["r"].append(keys.r)
            columns["tag"].append(keys.tag)
            columns["salt"].append(keys.salt)
            columns["seal_key"].append(keys.seal_key)
    who = {
        "household": pa.array(list(households) * len(periods), pa.string()),
        "period": pa.array([period for period in periods for _ in households], pa.string()),
    }
    kept = {name: pa.array(columns[name], pa.binary()) for name in ("tag", "salt", "seal_key")}
    coupons = pa.table({**who, "r": pa.array(columns["r"], pa.binary())})
    return Issued(card, pa.table({**who, **kept}, schema=PERIOD_KEYS), coupons)


def slip(card_number: str, secret: bytes) -> str:
    """The code on a household's check slip: 28 letters of the secret. CodeError if either is not one."""
    code.check_card_number(card_number)
    return code.encode(secret)


def _check(households: Sequence[str], first_serial: int, secrets: Sequence[bytes], periods: Sequence[str]) -> None:
    if len(households) != len(secrets):
        raise UsageError(
            f"{len(households)} households and {len(secrets)} secrets", "give each household one secret of 16 bytes"
        )
    if first_serial < 0 or first_serial + len(households) > SERIALS:
        raise UsageError(
            f"serials from {first_serial} for {len(households)} cards pass eight digits",
            "begin a new programme: card numbers are eight digits and two check digits",
        )
    if len(set(periods)) != len(periods):
        raise UsageError("a period is named twice", "name every period once")
    seen: set[str] = set()
    owner: dict[bytes, str] = {}
    for household, secret in zip(households, secrets, strict=True):
        if household in seen:
            raise UsageError(f'household "{household}" stands twice', "give every household one card")
        seen.add(household)
        if len(secret) != SECRET_SIZE:
            raise UsageError(
                f'the secret for household "{household}" has {len(secret)} bytes', "a secret is 16 random bytes"
            )
        other = owner.setdefault(bytes(secret), household)
        if other is not household:
            raise UsageError(
                f'households "{other}" and "{household}" were given one secret',
                "draw new secrets: with one secret either family could collect for both",
            )
