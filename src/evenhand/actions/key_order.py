"""Whether rows stand in the order of their keys: then no key stands twice and no member is lost, and none is searched for.

Files that a program wrote mostly do, and one look from row to row costs a third of finding every key in a table of all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

BATCH_ROWS = 131_072
"""Few enough that their memory is used again and again: asking for new memory costs more than the look."""


UNREADABLE = (pa.ArrowException, OSError)
"""Then nothing is known of the order; what is wrong with the file, the engine says."""


def households_in_order(path: Path) -> bool:
    """Whether every household of a Parquet file comes after the one before it: numbers by size, texts by length first."""
    try:
        keys = _keys(path)
        return keys is not None and _all(_after(keys.slice(0, max(len(keys) - 1, 0)), keys.slice(1)))
    except UNREADABLE:
        return False


def members_in_order(households: Path, members: Path) -> bool:
    """Whether the members of a Parquet file stand in the order of their households, each of which has some, and inside one
    in the order of their keys.
    """
    try:
        return _members_in_order(households, members)
    except UNREADABLE:
        return False


def _members_in_order(households: Path, members: Path) -> bool:
    keys = _keys(households)
    if keys is None:
        return False
    at, last = 0, None
    for batch in pq.ParquetFile(members).iter_batches(BATCH_ROWS, columns=["household", "member"]):
        rows = pa.Table.from_batches([*([last] if last is not None else []), batch]).combine_chunks()
        whose, member = (_plain(rows.column(name)) for name in ("household", "member"))
        if whose is None or member is None or whose.type != keys.type:
            return False
        count = len(rows) - 1
        same = pc.equal(whose.slice(0, count), whose.slice(1))
        if not _all(pc.or_(pc.invert(same), _after(member.slice(0, count), member.slice(1)))):
            return False
        begins = whose.slice(1).filter(pc.invert(same))
        if last is None:
            begins = pa.concat_arrays([whose.slice(0, 1), begins])
        if not begins.equals(keys.slice(at, len(begins))):
            return False
        at, last = at + len(begins), batch.slice(batch.num_rows - 1)
    return at == len(keys)


def _keys(path: Path) -> Any:
    return _plain(pq.ParquetFile(path).read(columns=["household"]).column(0))


def _plain(column: Any) -> Any:
    """The column as one array; None unless it holds texts or whole numbers, and not too many for one."""
    array = column.combine_chunks()
    known = pa.types.is_string(array.type) or pa.types.is_integer(array.type)
    return array if known and isinstance(array, pa.Array) else None


def _after(before: Any, after: Any) -> Any:
    if pa.types.is_integer(before.type):
        return pc.less(before, after)
    short, long = pc.binary_length(before), pc.binary_length(after)
    return pc.or_(pc.less(short, long), pc.and_(pc.equal(short, long), pc.less(before, after)))


def _all(found: Any) -> bool:
    """Whether all hold; a blank key leaves it open, and then they do not."""
    return pc.all(found, skip_nulls=False, min_count=0).as_py() is True
