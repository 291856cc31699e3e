"""Vouchers on paper: a COSE_Sign1 by the issuer, and beside it r, which only the paper has."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from typing import Any

from evenhand.core.errors import EvenhandError
from evenhand.flow.voucher.series import Series, Voucher
from evenhand.formats import code, cose
from evenhand.formats.tag import tag_of

NAME, SERIES = "evenhand/voucher/v1", "evenhand/voucher-series/v1"


class VoucherError(ValueError):
    """A paper that is no voucher of this programme, or an r that is not its own."""


def issue(
    series: Series, secrets: Sequence[bytes], cards: Sequence[str], leaves: int, programme: str, signer: cose.Signer
) -> list[tuple[Voucher, bytes]]:
    """Vouchers of `series`, one a secret (r: 16 random bytes, for the paper alone), each with its signed bytes.

    `cards`: whose each one is, or none for bearer vouchers. `leaves`: so many consecutive ones are one book (0: loose).
    UsageError for terms that make no sense; VoucherError for secrets that repeat or do not fit.
    """
    series.check()
    if len(set(secrets)) != len(secrets) or any(len(r) != 16 for r in secrets):
        raise VoucherError("every voucher needs its own 16 random bytes")
    if cards and len(cards) != len(secrets):
        raise VoucherError(f"{len(cards)} card numbers for {len(secrets)} vouchers")
    if leaves and len(secrets) % leaves:
        raise VoucherError(f"{len(secrets)} vouchers do not fill books of {leaves}")
    made = []
    for n, r in enumerate(secrets):
        card = code.check_card_number(cards[n]) if cards else ""
        voucher = Voucher(series, tag_of(r), card, n % leaves + 1 if leaves else 0, leaves)
        made.append((voucher, cose.sign1(_payload(voucher, programme), signer)))
    return made


def confirm(series: Series, cents: int, vouchers: Sequence[Voucher], programme: str, second: cose.Signer) -> bytes:
    """A second person's signature under the terms of a series, what is paid a step, and all its tags in order."""
    tags = sha256(b"".join(voucher.tag for voucher in vouchers)).digest()
    return cose.sign1([SERIES, programme, *_terms(series), cents, len(vouchers), tags], second)


def read_voucher(data: bytes, r: bytes, programme: str, issuers: Sequence[bytes]) -> Voucher:
    """The voucher of these bytes, signed by one of the `issuers`' keys, whose own r was shown. VoucherError with the reason
    if it is none."""
    try:
        signed = cose.parse(data)
        array = signed.array()
    except cose.CoseError as error:
        raise VoucherError(f"not a voucher: {error}") from error
    if array[0] != NAME or len(array) != 13:
        raise VoucherError(f"not a voucher: its payload is not {NAME}")
    if not any(cose.verify(signed, key) for key in issuers):
        raise VoucherError("the voucher is not signed by a key that may issue")
    if array[1] != programme:
        raise VoucherError(f"the voucher is of another programme than {programme}")
    fields: list[Any] = array[2:]
    name, benefit, worth, first, last, parts, merchant, tag, card, leaf, leaves = fields
    try:
        series = Series(name, benefit, worth, date.fromisoformat(first), date.fromisoformat(last), parts, merchant)
        voucher = Voucher(series, tag, card, leaf, leaves)
        series.check()
    except (TypeError, ValueError, AttributeError, EvenhandError) as error:
        raise VoucherError("not a voucher: a field of it has the wrong type") from error
    if tag != tag_of(r):
        raise VoucherError("what was scanned beside the voucher does not belong to it: it is a copy of its face only")
    return voucher


def _payload(v: Voucher, programme: str) -> list[Any]:
    return [NAME, programme, *_terms(v.series), v.tag, v.card, v.leaf, v.leaves]


def _terms(s: Series) -> list[Any]:
    return [s.id, s.benefit, s.worth, s.first.isoformat(), s.last.isoformat(), s.parts, s.merchant]
