"""The log as a static tree (C2SP tlog-tiles over RFC 6962): entries, tiles, root."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from evenhand_verify.result import Malformed

WIDTH = 256
SIZE_MAX = 50_000_000


def leaf(entry: bytes) -> bytes:
    """The hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def parent(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: list[bytes]) -> bytes:
    """RFC 6962 2.1, with a stack of complete subtrees by height."""
    stack: list[tuple[int, bytes]] = []
    for value in leaves:
        height = 0
        while stack and stack[-1][0] == height:
            value = parent(stack.pop()[1], value)
            height += 1
        stack.append((height, value))
    if not stack:
        return hashlib.sha256(b"").digest()
    result = stack.pop()[1]
    while stack:
        result = parent(stack.pop()[1], result)
    return result


def _name(level: str, index: int, width: int) -> str:
    digits = f"{index:d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{level}/{path}" + ("" if width == WIDTH else f".p/{width}")


def _spans(count: int) -> list[tuple[int, int]]:
    """(index, width) of the tiles that hold `count` things; partial only at the right edge."""
    return [(at // WIDTH, min(WIDTH, count - at)) for at in range(0, count, WIDTH)]


def read_log(files: Mapping[str, bytes], size: int, expected: bytes) -> list[bytes]:
    """The entries of a log of `size`, with every tile recomputed and none to spare. `files`: path below log/ -> bytes.

    Malformed names the first file that is not what it should be.
    """
    if size > SIZE_MAX:
        raise Malformed("log/checkpoint", "a size beyond any honest log")
    entries: list[bytes] = []
    wanted = {"checkpoint"}
    for index, width in _spans(size):
        path = _name("entries", index, width)
        wanted.add(path)
        entries += _bundle(_get(files, path), width, path)
    level, hashes = 0, [leaf(entry) for entry in entries]
    while hashes:
        above = []
        for index, width in _spans(len(hashes)):
            path = _name(str(level), index, width)
            wanted.add(path)
            part = hashes[index * WIDTH : index * WIDTH + width]
            if _get(files, path) != b"".join(part):
                raise Malformed(f"log/{path}", "the hashes of this tile are not those of the entries")
            if width == WIDTH:
                above.append(root(part))
        level, hashes = level + 1, above
    for path in sorted(files.keys() - wanted):
        raise Malformed(f"log/{path}", "a file the log does not need")
    if root([leaf(entry) for entry in entries]) != expected:
        raise Malformed("log/checkpoint", "the entries do not make the root that was signed")
    return entries


def _get(files: Mapping[str, bytes], path: str) -> bytes:
    data = files.get(path)
    if data is None:
        raise Malformed(f"log/{path}", "this part of the log is missing")
    return data


def _bundle(data: bytes, count: int, path: str) -> list[bytes]:
    found, at = [], 0
    for _ in range(count):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if at + 2 > len(data) or len(entry) != length:
            raise Malformed(f"log/{path}", "the entries end too early")
        found.append(entry)
        at += 2 + length
    if at != len(data):
        raise Malformed(f"log/{path}", "bytes after the last entry")
    return found
