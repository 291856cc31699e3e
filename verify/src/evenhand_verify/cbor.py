"""Canonical CBOR (RFC 8949, 4.2.1), read and written again on purpose; spec/formats.md says which part of it.

Reading is a cursor over the bytes; what is not in the one allowed form is a CborError.
"""

from __future__ import annotations

from typing import Any

DEPTH_MAX = 32


class CborError(ValueError):
    """Bytes that are not canonical CBOR of the allowed part."""


class Cursor:
    """A place in some bytes."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def take(self, count: int) -> bytes:
        """The next `count` bytes."""
        end = self.at + count
        if end > len(self.data):
            raise CborError("the bytes end in the middle of a value")
        part = self.data[self.at : end]
        self.at = end
        return part

    def head(self) -> tuple[int, int]:
        """Major type and argument; for simple values the argument is the code itself."""
        first = self.take(1)[0]
        major, low = first >> 5, first & 0x1F
        if low < 24 or major == 7:
            return major, low
        if low > 27:
            raise CborError("a length that is not definite")
        width = {24: 1, 25: 2, 26: 4, 27: 8}[low]
        argument = int.from_bytes(self.take(width), "big")
        smallest = {1: 24, 2: 1 << 8, 4: 1 << 16, 8: 1 << 32}[width]
        if argument < smallest:
            raise CborError("a number that is longer than it needs to be")
        return major, argument

    def value(self, depth: int = 0) -> Any:
        """The next value."""
        if depth > DEPTH_MAX:
            raise CborError("values nested too deep")
        major, argument = self.head()
        if major == 0:
            return argument
        if major == 1:
            return -1 - argument
        if major == 2:
            return self.take(argument)
        if major == 3:
            try:
                return self.take(argument).decode("utf-8", "strict")
            except UnicodeDecodeError as error:
                raise CborError("a text that is not UTF-8") from error
        if major == 4:
            self.expect(argument)
            return [self.value(depth + 1) for _ in range(argument)]
        if major == 5:
            self.expect(2 * argument)
            return self.mapping(argument, depth)
        if major == 7 and argument in (20, 21, 22):
            return (False, True, None)[argument - 20]
        raise CborError("a tag, a float or another kind of value that has no place here")

    def expect(self, items: int) -> None:
        """Refuse at once what cannot be there: every item has a byte at least."""
        if items > len(self.data) - self.at:
            raise CborError("the bytes end in the middle of a value")

    def mapping(self, count: int, depth: int) -> dict[Any, Any]:
        """The pairs of a map, whose keys must rise."""
        found: dict[Any, Any] = {}
        last: bytes | None = None
        for _ in range(count):
            start = self.at
            key = self.value(depth + 1)
            written = self.data[start : self.at]
            if type(key) not in (int, str):
                raise CborError("a map key that is neither number nor text")
            if last is not None and written <= last:
                raise CborError("map keys that are not in order")
            last = written
            found[key] = self.value(depth + 1)
        return found


def decode(data: bytes) -> Any:
    """The value that exactly these bytes are."""
    cursor = Cursor(data)
    value = cursor.value()
    if cursor.at != len(data):
        raise CborError("bytes after the value")
    return value


def _argument(major: int, number: int) -> bytes:
    if number <= 23:
        return bytes((major << 5 | number,))
    width = max(1, (number.bit_length() + 7) // 8)
    width = next(size for size in (1, 2, 4, 8, width) if size >= width)
    if width > 8:
        raise CborError(f"{number} needs more than 64 bits")
    return bytes((major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[width],)) + number.to_bytes(width, "big")


def encode(value: Any) -> bytes:
    """The one encoding of a value."""
    if value is None or value is True or value is False:
        return {None: b"\xf6", True: b"\xf5", False: b"\xf4"}[value]
    if isinstance(value, int):
        return _argument(0, value) if value >= 0 else _argument(1, -1 - value)
    if isinstance(value, bytes):
        return _argument(2, len(value)) + value
    if isinstance(value, str):
        raw = value.encode("utf-8")
        return _argument(3, len(raw)) + raw
    if isinstance(value, (list, tuple)):
        return _argument(4, len(value)) + b"".join(encode(item) for item in value)
    if isinstance(value, dict):
        pairs = sorted((encode(key), encode(item)) for key, item in value.items())
        return _argument(5, len(pairs)) + b"".join(key + item for key, item in pairs)
    raise CborError(f"no encoding for {type(value).__name__}")
