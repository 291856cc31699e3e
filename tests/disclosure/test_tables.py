"""The schemas are those of spec/tables.json, and `shape` lets nothing else through."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest

from evenhand.flow.disclosure.tables import COMPUTED, TABLES, Misshapen, arrow_schema, shape

SPEC = json.loads((Path(__file__).parents[2] / "spec" / "tables.json").read_text("utf-8"))


def test_every_schema_equals_the_specification() -> None:
    ours = {
        name: {
            "computed": name in COMPUTED,
            "key": list(table.key),
            "columns": [[c.name, c.type + ("" if c.required else "?")] for c in table.columns],
        }
        for name, table in TABLES.items()
    }
    assert ours == SPEC
    assert list(ours) == list(SPEC)


def test_every_table_and_column_says_what_it_means() -> None:
    for table in TABLES.values():
        assert table.doc
        assert all(column.doc for column in table.columns), table.name


def supply(node: list[object], commodity: list[object], quantity: list[object]) -> pa.Table:
    return pa.table({"quantity": quantity, "node": node, "commodity": commodity})


def test_shape_orders_columns_sorts_by_key_and_casts() -> None:
    shaped = shape("supply", pa.table({
        "quantity": pa.array([1, 2, 3], pa.int32()),
        "node": pa.array(["birch", "alder", "alder"]).dictionary_encode(),
        "commodity": ["grain", "oil", "grain"],
    }).replace_schema_metadata({"pandas": "noise"}))  # fmt: skip
    assert shaped.schema == arrow_schema("supply")
    assert shaped.schema.metadata is None
    assert shaped.to_pylist() == [
        {"node": "alder", "commodity": "grain", "quantity": 3},
        {"node": "alder", "commodity": "oil", "quantity": 2},
        {"node": "birch", "commodity": "grain", "quantity": 1},
    ]


def test_shape_sorts_texts_by_their_bytes() -> None:
    shaped = shape("nodes", pa.table({"node": ["é", "a", "Z", "z", "한"], "kind": ["point"] * 5}))
    assert shaped.column("node").to_pylist() == ["Z", "a", "z", "é", "한"]


@pytest.mark.parametrize(
    ("table", "says"),
    [
        (pa.table({"node": ["alder"], "commodity": ["grain"]}), '"quantity" is missing'),
        (supply(["alder"], ["grain"], [1]).append_column("name", pa.array(["Kim"])), '"name" is not in the schema'),
        (supply(["alder"], ["grain"], [1.5]), '"quantity" is not int'),
        (supply(["alder"], ["grain"], ["many"]), '"quantity" is not int'),
        (supply(["alder", None], ["grain", "grain"], [1, 2]), '"node" has 1 empty cells'),
        (supply(["birch", "alder", "birch"], ["grain"] * 3, [1, 2, 3]), "stands twice"),
    ],
)
def test_shape_refuses(table: pa.Table, says: str) -> None:
    with pytest.raises(Misshapen, match="tables/supply") as caught:
        shape("supply", table)
    assert says in str(caught.value)


def test_shape_names_the_key_that_stands_twice() -> None:
    with pytest.raises(Misshapen, match="'node': 'birch', 'commodity': 'grain'"):
        shape("supply", supply(["birch", "alder", "birch"], ["grain"] * 3, [1, 2, 3]))


def test_a_column_that_may_be_empty_is_let_through_empty() -> None:
    lanes = pa.table({
        "lane": ["l1"], "from": ["depot"], "to": ["alder"], "commodity": pa.nulls(1, pa.string()),
        "capacity": pa.nulls(1, pa.int64()), "cost": [3],
    })  # fmt: skip
    assert shape("lanes", lanes).to_pylist()[0]["capacity"] is None


def test_an_empty_table_keeps_its_schema() -> None:
    empty = pa.table({c.name: pa.nulls(0) for c in TABLES["recut"].columns})
    assert shape("recut", empty).schema == arrow_schema("recut")
