"""Canonical CBOR, the subset of RFC 8949 section 4.2.1 that Evenhand writes: integers of 64 bits, byte and text
strings, arrays, maps, false, true, null. Shortest heads, definite lengths, map keys sorted by their encoding and never
twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "int | bytes | str | bool | None | Sequence[Value] | Mapping[str, Value] | Mapping[int, Value]"

DEPTH_MAX = 32


class CborError(ValueError):
    """Bytes that are not canonical CBOR of the subset, or a value the subset cannot hold."""


def head(major: int, number: int) -> bytes:
    """The head of an item of `major` type: its number, length or count, as short as it goes."""
    if number < 24:
        return bytes([major << 5 | number])
    for code, size in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * size):
            return bytes([major << 5 | code]) + number.to_bytes(size, "big")
    raise CborError(f"{number} does not fit in 64 bits")


def dumps(value: Value) -> bytes:
    """The one encoding of `value`. CborError for a float, any other type, or what `loads` would refuse."""
    return _dump(value, 0)


def _dump(value: Value, depth: int) -> bytes:
    if depth > DEPTH_MAX:
        raise CborError("nested too deep")
    if value is None:
        return b"\xf6"
    if isinstance(value, bool):
        return b"\xf5" if value else b"\xf4"
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        try:
            text = value.encode()
        except UnicodeEncodeError as error:
            raise CborError("a text holds half a surrogate pair") from error
        return head(3, len(text)) + text
    if isinstance(value, (list, tuple)):
        return head(4, len(value)) + b"".join([_dump(item, depth + 1) for item in value])
    if isinstance(value, dict):
        if any(isinstance(key, bool) or not isinstance(key, (int, str)) for key in value):
            raise CborError("a map key is neither a number nor a text")
        pairs = sorted((_dump(key, depth + 1), _dump(item, depth + 1)) for key, item in value.items())
        return head(5, len(pairs)) + b"".join(key + item for key, item in pairs)
    raise CborError(f"CBOR here has no {type(value).__name__}")


def loads(data: bytes) -> Value:
    """The value of exactly these bytes; CborError if they are not canonical or something follows."""
    value, end = load_from(data, 0)
    if end != len(data):
        raise CborError("bytes follow the value")
    return value


def load_from(data: bytes, start: int) -> tuple[Value, int]:
    """The value that begins at `start`, and where it ends: to read a CBOR sequence."""
    return _load(data, start, 0)


def _load(data: bytes, at: int, depth: int) -> tuple[Value, int]:
    if depth > DEPTH_MAX:
        raise CborError("nested too deep")
    if at >= len(data):
        raise CborError("the bytes end too early")
    major, code = data[at] >> 5, data[at] & 31
    at += 1
    if major == 7:
        if code in (20, 21, 22):
            return {20: False, 21: True, 22: None}[code], at
        raise CborError("floats and other simple values have no place here")
    if code < 24:
        number = code
    elif code <= 27:
        size = 1 << (code - 24)
        if at + size > len(data):
            raise CborError("the bytes end too early")
        number = int.from_bytes(data[at : at + size], "big")
        at += size
        if number < (24 if size == 1 else 1 << (4 * size)):
            raise CborError("a number is not written in its shortest form")
    else:
        raise CborError("indefinite lengths have no place here")
    if major == 0:
        return number, at
    if major == 1:
        return -1 - number, at
    if major in (2, 3):
        if at + number > len(data):
            raise CborError("the bytes end too early")
        raw = data[at : at + number]
        if major == 2:
            return raw, at + number
        return _text(raw), at + number
    if major == 4:
        items: list[Value] = []
        ends = len(data) if depth < DEPTH_MAX else 0
        for _ in range(number):
            first = data[at] if at < ends else 255
            after = at + 1 + (first & 31)
            # Short bytes and texts and small numbers are most of what is ever read: they are taken here, without a call.
            if first < 24:
                items.append(first)
                at += 1
            elif 0x40 <= first < 0x58 and after <= ends:
                items.append(data[at + 1 : after])
                at = after
            elif 0x60 <= first < 0x78 and after <= ends:
                items.append(_text(data[at + 1 : after]))
                at = after
            else:
                item, at = _load(data, at, depth + 1)
                items.append(item)
        return items, at
    if major == 5:
        return _load_map(data, at, number, depth)
    raise CborError("tags have no place here")


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CborError("a text is not UTF-8") from error


def _load_map(data: bytes, at: int, count: int, depth: int) -> tuple[Value, int]:
    table: dict[str, Value] = {}
    before = b""
    for _ in range(count):
        start = at
        key, at = _load(data, at, depth + 1)
        encoded = data[start:at]
        if encoded <= before:
            raise CborError("map keys are not in order")
        if isinstance(key, bool) or not isinstance(key, (int, str)):
            raise CborError("a map key is neither a number nor a text")
        before = encoded
        table[key], at = _load(data, at, depth + 1)  # type: ignore[index]
    return table, at
