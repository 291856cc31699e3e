"""Chance from a seed: PCG64's bit stream only, whose values numpy promises for ever (its distributions may change)."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Chance:
    """A stream named by a seed and labels; equal names give equal streams, unequal ones unrelated streams."""

    def __init__(self, seed: int, *labels: str | int) -> None:
        name = "/".join(("evenhand/simulation/v1", str(seed), *map(str, labels)))
        self._bits = np.random.PCG64(int.from_bytes(sha256(name.encode()).digest()[:16], "big"))

    def raw(self, count: int) -> NDArray[np.uint64]:
        """`count` words of 64 bits."""
        return self._bits.random_raw(count)

    def below(self, bound: int, count: int) -> Ints:
        """`count` integers of 0..bound-1; the bias is under bound / 2^32, so bound is at most 2^31."""
        if not 0 < bound <= 1 << 31:
            raise ValueError(f"a bound of {bound} is not within 1..2^31")
        return ((self.raw(count) >> np.uint64(32)) * np.uint64(bound) >> np.uint64(32)).astype(np.int64)

    def one_in(self, permille: int, count: int) -> Flags:
        """`count` flags, each true with a chance of `permille` in 1,000."""
        return self.below(1000, count) < permille

    def order(self, count: int) -> Ints:
        """A permutation of 0..count-1."""
        return np.argsort(self.raw(count), kind="stable").astype(np.int64)

    def pick(self, weights: list[int], count: int) -> Ints:
        """`count` indices of `weights`, each with a chance in proportion to its weight."""
        edges = np.cumsum(np.array(weights, dtype=np.int64))
        return np.searchsorted(edges, self.below(int(edges[-1]), count), side="right").astype(np.int64)


def quotas(total: int, weights: list[int]) -> list[int]:
    """`total` split in proportion to `weights` by largest remainders, exactly; a tie goes to the earlier weight."""
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError("quotas need a total and weights of 0 or more, with one above 0")
    parts = [total * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_rest[: total - sum(parts)]:
        parts[index] += 1
    return parts
