"""Numbers as addresses and forms carry them."""

from __future__ import annotations


def whole(text: str, digits: int, otherwise: int) -> int:
    """A whole number of at most so many digits, in the digits 0 to 9 alone; `otherwise` for any other text."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else otherwise
