"""What people type: card numbers, and the codes of secrets and coupons (DESIGN §13)."""

from __future__ import annotations

from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {letter: number for number, letter in enumerate(ALPHABET)} | {"I": 1, "L": 1, "O": 0}


class CodeError(ValueError):
    """A number or code that was mistyped."""


def card_number(serial: int) -> str:
    """Ten digits: a serial of eight and two check digits, ISO 7064 MOD 97-10."""
    if not 0 <= serial < 10**8:
        raise CodeError(f"a card serial has at most eight digits, not {serial}")
    return f"{serial:08d}{98 - serial * 100 % 97:02d}"


def check_card_number(text: str) -> str:
    """`text` without spaces; CodeError if its check digits do not fit."""
    digits = text.replace(" ", "")
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()) or card_number(int(digits[:8])) != digits:
        raise CodeError("not a card number: its check digits do not fit")
    return digits


def encode(secret: bytes) -> str:
    """16 bytes as 26 + 2 letters of Crockford's base 32 in groups of four; the last two hold 10 bits of SHA-256."""
    if len(secret) != 16:
        raise CodeError("a code holds 16 bytes")
    check = int.from_bytes(sha256(secret).digest()[:2], "big") >> 6
    number = (int.from_bytes(secret, "big") << 2) << 10 | check
    letters = "".join(ALPHABET[number >> shift & 31] for shift in range(135, -1, -5))
    return "-".join(letters[i : i + 4] for i in range(0, 28, 4))


def decode(text: str) -> bytes:
    """The 16 bytes of a code; small letters, spaces, hyphens, I, L and O are understood. CodeError if mistyped."""
    number, count = 0, 0
    if not text.isascii():
        raise CodeError("a code has plain letters and digits only")
    for letter in text.upper():
        if letter in "- ":
            continue
        if letter not in _VALUES:
            raise CodeError(f'"{letter}" is not a letter of a code')
        number, count = number << 5 | _VALUES[letter], count + 1
    if count != 28:
        raise CodeError(f"a code has 28 letters and digits, this one {count}")
    if number >> 10 & 3:
        raise CodeError("the code was mistyped")
    secret = (number >> 12).to_bytes(16, "big")
    if number & 1023 != int.from_bytes(sha256(secret).digest()[:2], "big") >> 6:
        raise CodeError("the code was mistyped: its last two letters do not fit")
    return secret
