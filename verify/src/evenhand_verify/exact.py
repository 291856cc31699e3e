"""Whole numbers and fractions in arrays, exactly.

An array is int64 where its numbers stay within 2^62, else of Python's own integers (dtype object), which know no limit.
Nothing here is rounded: int64 is used only where a bound shows that the result stays within 2^62 too, Python's integers
elsewhere. Floats appear in those bounds alone: int64 holds twice as much, and they are never wrong by that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[Any]
"""int64, or Python's integers."""
Mask = npt.NDArray[np.bool_]
MOST = 2**62


def whole(values: Sequence[int] | Whole) -> Whole:
    """These integers as an array."""
    try:
        found = np.array(values, np.int64)
    except OverflowError:
        return np.array(values, object)
    return found if peak(found) <= MOST else found.astype(object)


def peak(values: Whole) -> int:
    """The largest absolute value."""
    return max(int(values.max()), -int(values.min())) if len(values) else 0


def placed(array: Whole, at: Whole, values: Whole) -> Whole:
    """The array with these values at these places."""
    changed = array.astype(object if object in (array.dtype, values.dtype) else np.int64)
    changed[at] = values
    return changed


def times(a: Whole, b: Whole) -> Whole:
    """a * b, row by row."""
    if peak(a) * peak(b) > MOST:
        a, b = a.astype(object), b.astype(object)
    return np.asarray(a * b)


def plus(a: Whole, b: Whole) -> Whole:
    """a + b, row by row."""
    if peak(a) + peak(b) > MOST:
        a, b = a.astype(object), b.astype(object)
    return np.asarray(a + b)


def sums(at: Whole, values: Whole, size: int) -> Whole:
    """The sum of the values at each of `size` places; `at`: the place of each value."""
    found = np.zeros(size, np.int64 if _sums_fit(at, values) else object)
    np.add.at(found, at, values)
    return found


def _sums_fit(at: Whole, values: Whole) -> bool:
    if values.dtype == object:
        return False
    if peak(values) * len(values) <= MOST:
        return True
    return float(np.bincount(at, np.abs(values.astype(float))).max()) <= MOST


def signs(a: Whole, b: Whole, c: Whole, d: Whole) -> Whole:
    """The sign of a/b - c/d, row by row, for b and d above 0: that of a*d - c*b."""
    if peak(a) * peak(d) <= MOST and peak(c) * peak(b) <= MOST:
        left, right = a * d, c * b
        return (left > right).astype(np.int64) - (left < right)
    found = np.zeros(len(a), np.int64)
    easy = _product_fits(a, d) & _product_fits(c, b)
    left, right = a[easy] * d[easy], c[easy] * b[easy]
    found[easy] = (left > right).astype(np.int64) - (left < right)
    for row in np.flatnonzero(~easy):
        more = int(a[row]) * int(d[row]) - int(c[row]) * int(b[row])
        found[row] = (more > 0) - (more < 0)
    return found


def _product_fits(a: Whole, b: Whole) -> Mask:
    if a.dtype == object or b.dtype == object:
        return np.zeros(len(a), np.bool_)
    if peak(a) * peak(b) <= MOST:
        return np.ones(len(a), np.bool_)
    return np.asarray(np.abs(a.astype(float)) * np.abs(b.astype(float)) <= MOST)


def fraction_sums(at: Whole, num: Whole, den: Whole, size: int) -> tuple[Whole, Whole]:
    """The sum of the fractions num/den, den above 0, at each of `size` places: its numerator and denominator."""
    common = np.ones(size, np.int64)
    if object in (num.dtype, den.dtype):
        return _with_hard(np.zeros(size, np.int64), common, at, num, den)
    np.maximum.at(common, at, den)  # often a multiple of the others already
    scale = common[at] // den
    odd = scale * den != common[at]
    if odd.any():
        np.lcm.at(common, at[odd], den[odd])
        scale = common[at] // den
    # The lcm may have left int64. Whatever it is: above 0 and a multiple of each den it is a common denominator.
    easy = (common[at] > 0) & (scale * den == common[at]) & _product_fits(scale, num)
    if easy.all():
        return sums(at, num * scale, size), common
    hard = np.zeros(size, np.bool_)
    hard[at[~easy]] = True
    common[hard] = 1
    easy = ~hard[at]
    total = sums(at[easy], num[easy] * scale[easy], size)
    return _with_hard(total, common, at[~easy], num[~easy], den[~easy])


def _with_hard(total: Whole, common: Whole, at: Whole, num: Whole, den: Whole) -> tuple[Whole, Whole]:
    """Total and common with the sums of these fractions, each place's by Python's own fractions."""
    parts: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for place, above, below in zip(at.tolist(), num.tolist(), den.tolist(), strict=True):
        parts[place][below] += above
    found = [sum((Fraction(a, b) for b, a in by_den.items()), Fraction()) for by_den in parts.values()]
    if not found:
        return total, common
    places = np.array(list(parts))
    total = placed(total, places, whole([value.numerator for value in found]))
    return total, placed(common, places, whole([value.denominator for value in found]))
