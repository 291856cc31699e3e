"""Rolls: from the rations of a cycle to one packed file a point, each row sealed for its own household."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from evenhand.core.errors import UsageError
from evenhand.flow.card.records import grants
from evenhand.formats import cbor, roll

TEXTS = ("point", "household", "card", "benefit")
BYTES = {"tag": 16, "salt": 16, "seal_key": 32}
ROUND_UP = 32
"""Rows are padded to the cycle's greatest record rounded up to this: a row's size says nothing of its household."""


@dataclass(frozen=True)
class _Heads:
    """Where each household's rows begin and end, and the columns that stand once a household."""

    begin: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    columns: dict[str, list[object]]


def build_rolls(
    table: pa.Table, programme: str, cycle: str, policy_sha256: bytes, number: str = str(roll.VERSION)
) -> dict[str, roll.Packed]:
    """The rolls of a cycle by point, from a long table with a row for each household and benefit.

    Columns: point, household, card, tag, salt, seal_key, benefit, ladder (list of base units a rung), carry_micro
    (arrears before this cycle), ration_steps, reasons (list of texts) and, if there, owed (see `with_debts`); rows of a
    household stand together, benefits in the policy's order. `number`: that of a supplementary list.

    UsageError if a cell is empty, a key has another size, a
    household or a benefit of it stands twice, or two households share a tag: one secret on two families' cards.
    """
    if len(policy_sha256) != 32:
        raise UsageError("a policy is named by 32 bytes", "give the SHA-256 of the policy file")
    table = table.combine_chunks()
    _check_cells(table)
    heads = _heads(table)
    who = heads.columns
    records: list[bytes] = []
    start = cbor.head(4, 5) + cbor.dumps(roll.VERSION)
    policy = cbor.dumps(policy_sha256)
    points: dict[object, bytes] = {}
    rows = grants(table)
    for i, (a, b) in enumerate(zip(heads.begin.tolist(), heads.end.tolist(), strict=True)):
        point = who["point"][i]
        point_bytes = points.get(point) or points.setdefault(point, cbor.dumps(point))  # type: ignore[arg-type]
        card = cbor.dumps(who["card"][i])  # type: ignore[arg-type]
        records.append(b"".join((start, card, point_bytes, policy, cbor.head(4, b - a), *rows[a:b])))
    size = -(-max(map(len, records), default=0) // ROUND_UP) * ROUND_UP
    sealed: dict[str, list[bytes]] = {}
    for point, tag, salt, key, record in zip(
        who["point"], who["tag"], who["salt"], who["seal_key"], records, strict=True
    ):
        row = roll.seal_row(record, size, cycle, tag, salt, key, number)  # type: ignore[arg-type]
        sealed.setdefault(point, []).append(row)  # type: ignore[arg-type]
    return {point: roll.pack(programme, cycle, point, sealed[point]) for point in sorted(sealed)}


def _check_cells(table: pa.Table) -> None:
    for name in (*TEXTS, *BYTES, "ladder", "carry_micro", "ration_steps", "reasons"):
        if name not in table.column_names:
            raise UsageError(f'the rations have no column "{name}"', "give every column that build_rolls names")
        if table[name].null_count:
            raise UsageError(f'the rations have an empty cell in column "{name}"', "fill it or leave the row out")
    for name in ("ladder", "reasons"):
        if pc.list_flatten(table[name]).null_count:
            raise UsageError(f'a list in column "{name}" has an empty item', "fill it or leave it out")
    for name, size in BYTES.items():
        lengths = pc.min_max(pc.binary_length(table[name])).as_py()
        if table.num_rows and (lengths["min"], lengths["max"]) != (size, size):
            raise UsageError(f'a "{name}" is not {size} bytes', "take tags, salts and keys from the cards as issued")
    if table.num_rows and pc.min(table["ration_steps"]).as_py() < 0:
        raise UsageError("a ration is below zero", "divide again: rations are never negative")


def _codes(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    encoded = table[name].combine_chunks().dictionary_encode()
    if isinstance(encoded, pa.ChunkedArray):
        encoded = encoded.combine_chunks()
    codes: npt.NDArray[np.int64] = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes


def _heads(table: pa.Table) -> _Heads:
    count = table.num_rows
    household, benefit = _codes(table, "household"), _codes(table, "benefit")
    first = np.ones(count, dtype=bool)
    first[1:] = household[1:] != household[:-1]
    begin = np.flatnonzero(first).astype(np.int64)
    end = np.append(begin[1:], count).astype(np.int64)
    if not count:
        begin, end = begin[:0], begin[:0]
    _refuse_repeated(table, household[begin], "household", begin, "stands at two points, or its rows are apart")
    group = np.cumsum(first) - 1
    pair = group * (int(benefit.max(initial=0)) + 1) + benefit
    if len(np.unique(pair)) != count:
        raise UsageError("a household has a benefit twice", "give one row for each household and benefit")
    for name in ("point", "card", *BYTES):
        codes = _codes(table, name)
        if (codes[1:] != codes[:-1])[~first[1:]].any():
            raise UsageError(f'a household has two values of "{name}"', "give all its rows the same one")
        if name in ("card", *BYTES):
            why = "belongs to two households: one secret was printed on two cards; issue one of them anew"
            _refuse_repeated(table, codes[begin], name, begin, why)
    taken = table.select(["point", "card", *BYTES]).take(pa.array(begin))
    return _Heads(begin, end, {name: taken[name].to_pylist() for name in taken.column_names})


def _refuse_repeated(
    table: pa.Table, codes: npt.NDArray[np.int64], name: str, begin: npt.NDArray[np.int64], why: str
) -> None:
    values, counts = np.unique(codes, return_counts=True)
    twice = values[counts > 1]
    if len(twice):
        at = begin[codes == twice[0]][:2].tolist()
        named = " and ".join(f'"{table["household"][i].as_py()}"' for i in at)
        raise UsageError(f"one {name} {why} (household {named})", "nothing was written; mend the cards and begin again")
