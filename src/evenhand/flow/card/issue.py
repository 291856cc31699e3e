"""Issue: from secrets to card numbers, to what the server keeps, and to what leaves with the paper."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import pyarrow as pa

from evenhand.core.errors import UsageError
from evenhand.formats import code
from evenhand.formats.factor import factor_key
from evenhand.formats.tag import Deriver, card_id, card_mark

SECRET_SIZE = 16
SERIALS = 10**8
PERIOD_KEYS = pa.schema(
    [
        ("household", pa.string()),
        ("period", pa.string()),
        ("epoch", pa.int64()),
        ("tag", pa.binary()),
        ("salt", pa.binary()),
        ("seal_key", pa.binary()),
        ("factor_key", pa.binary()),
    ]
)


class Issued(NamedTuple):
    """`card` (number, household, epoch, mark) and `card_period` (household, period, epoch, tag, salt, seal_key, factor_key)
    are for the server. `ids`, a card each, and `coupons` (household, period, r) are for the printer: they leave with the
    paper and are stored nowhere."""

    card: pa.Table
    card_period: pa.Table
    ids: list[bytes]
    coupons: pa.Table


def issue(
    households: Sequence[str],
    first_serial: int,
    secrets: Sequence[bytes],
    origin: str,
    programme: str,
    periods: Sequence[str],
) -> Issued:
    """A household's first card, with serials from `first_serial` on, and its keys for every period.

    UsageError if a household stands twice, a secret is not 16 bytes, two households were given one secret (which would
    let one family collect for both: neither is named with the secret), or the serials pass eight digits.
    """
    if first_serial < 0 or first_serial + len(households) > SERIALS:
        raise UsageError(
            f"serials from {first_serial} for {len(households)} cards pass eight digits",
            "begin a new programme: card numbers are eight digits and two check digits",
        )
    numbers = [code.card_number(first_serial + i) for i in range(len(households))]
    return replace(households, numbers, [1] * len(households), secrets, origin, programme, periods)


def replace(
    households: Sequence[str],
    numbers: Sequence[str],
    epochs: Sequence[int],
    secrets: Sequence[bytes],
    origin: str,
    programme: str,
    periods: Sequence[str],
) -> Issued:
    """The next issue of cards: each with its number, the epoch it is now, and the keys of new secrets for every period.

    UsageError as for `issue`.
    """
    _check(households, secrets, periods)
    ids = [card_id(secret, origin, programme) for secret in secrets]
    card = pa.table(
        {
            "number": pa.array(numbers, pa.string()),
            "household": pa.array(households, pa.string()),
            "epoch": pa.array(epochs, pa.int64()),
            "mark": pa.array([card_mark(one) for one in ids], pa.binary()),
        }
    )
    columns: dict[str, list[bytes]] = {"tag": [], "salt": [], "seal_key": [], "factor_key": [], "r": []}
    for period in periods:
        derive = Deriver(origin, programme, period).derive
        for secret in secrets:
            keys = derive(secret)
            columns["r"].append(keys.r)
            columns["tag"].append(keys.tag)
            columns["salt"].append(keys.salt)
            columns["seal_key"].append(keys.seal_key)
            columns["factor_key"].append(factor_key(keys.r))
    who = {
        "household": pa.array(list(households) * len(periods), pa.string()),
        "period": pa.array([period for period in periods for _ in households], pa.string()),
    }
    epoch = pa.array(list(epochs) * len(periods), pa.int64())
    kept = {name: pa.array(columns[name], pa.binary()) for name in ("tag", "salt", "seal_key", "factor_key")}
    coupons = pa.table({**who, "r": pa.array(columns["r"], pa.binary())})
    return Issued(card, pa.table({**who, "epoch": epoch, **kept}, schema=PERIOD_KEYS), ids, coupons)


def slip(card_number: str, secret: bytes) -> str:
    """The code on a household's check slip: 28 letters of the secret. CodeError if either is not one."""
    code.check_card_number(card_number)
    return code.encode(secret)


def _check(households: Sequence[str], secrets: Sequence[bytes], periods: Sequence[str]) -> None:
    if len(households) != len(secrets):
        raise UsageError(
            f"{len(households)} households and {len(secrets)} secrets", "give each household one secret of 16 bytes"
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
