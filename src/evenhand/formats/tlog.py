"""Transparency log: RFC 6962 hashes, C2SP tlog-tiles and tlog-checkpoint, for logs that fit in memory."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

TILE_WIDTH = 256


class LogError(ValueError):
    """Bytes that are not a tile, an entry bundle or a checkpoint, or an entry too large."""


@dataclass(frozen=True)
class Checkpoint:
    """Origin, number of entries, root hash."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The note's text."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def parse_checkpoint(text: str) -> Checkpoint:
    """Read a checkpoint's text. LogError unless it is exactly what `text()` would write."""
    lines = text.split("\n")
    try:
        found = Checkpoint(lines[0], int(lines[1]), b64decode(lines[2], validate=True))
    except (IndexError, ValueError) as error:
        raise LogError("not a checkpoint") from error
    if found.text() != text or len(found.root) != 32 or found.size < 0 or not found.origin:
        raise LogError("not a checkpoint in its one form")
    return found


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962: SHA-256(0x00 || entry)."""
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962: SHA-256(0x01 || left || right)."""
    return sha256(b"\x01" + left + right).digest()


def root_hash(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash of `leaves` (leaf hashes), RFC 6962 section 2.1; of none, SHA-256 of nothing."""
    if not leaves:
        return sha256(b"").digest()
    level = list(leaves)
    # Pairing neighbours and letting an odd last one rise unhashed gives the same tree as splitting at powers of two.
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) - len(level) % 2 :]
    return level[0]


def _index_path(index: int) -> str:
    parts = [f"{index % 1000:03d}"]
    while index >= 1000:
        index //= 1000
        parts.append(f"x{index % 1000:03d}")
    return "/".join(reversed(parts))


def tile_path(level: int | str, index: int, width: int = TILE_WIDTH) -> str:
    """`tile/0/x001/234.p/17`; `level` is a number or "entries"; a partial tile names its width."""
    partial = "" if width == TILE_WIDTH else f".p/{width}"
    return f"tile/{level}/{_index_path(index)}{partial}"


def bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: each entry after its length in two bytes. LogError for an entry over 65,535 bytes."""
    for entry in entries:
        if len(entry) > 0xFFFF:
            raise LogError(f"a log entry of {len(entry)} bytes is over 65,535")
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def tiles(entries: Sequence[bytes]) -> dict[str, bytes]:
    """Every file of the static tree for exactly these entries: path -> bytes. Partial tiles only at the right edge."""
    files: dict[str, bytes] = {}
    for start in range(0, len(entries), TILE_WIDTH):
        part = entries[start : start + TILE_WIDTH]
        files[tile_path("entries", start // TILE_WIDTH, len(part))] = bundle(part)
    level, hashes = 0, [leaf_hash(entry) for entry in entries]
    while hashes:
        above: list[bytes] = []
        for start in range(0, len(hashes), TILE_WIDTH):
            tile = hashes[start : start + TILE_WIDTH]
            files[tile_path(level, start // TILE_WIDTH, len(tile))] = b"".join(tile)
            if len(tile) == TILE_WIDTH:
                above.append(root_hash(tile))
        level, hashes = level + 1, above
    return files
