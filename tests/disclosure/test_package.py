"""The package: canonical, complete, valid for Frictionless, and refusing what it must not list."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import pytest
from disclosure.months import country, meta
from frictionless import Package, Resource, Schema

from evenhand.flow.disclosure import layout
from evenhand.flow.disclosure.package import canonical_json, datapackage, frictionless_schema, tables_readme
from evenhand.flow.disclosure.tables import TABLES

DIGEST = sha256(b"abc").digest()


def files(*paths: str) -> dict[str, tuple[int, bytes]]:
    return dict.fromkeys(paths, (3, DIGEST))


def package(*paths: str, **more: Any) -> dict[str, Any]:
    return dict(json.loads(datapackage(files(*paths), meta("2008-03", **more))))


def test_every_file_is_listed_once_with_size_and_hash() -> None:
    made = package("rolls/alder.cbor", "policy/policy.toml", "tables/levels.parquet")
    assert [r["path"] for r in made["resources"]] == ["policy/policy.toml", "rolls/alder.cbor", "tables/levels.parquet"]
    assert {r["hash"] for r in made["resources"]} == {f"sha256:{DIGEST.hex()}"}
    assert {r["bytes"] for r in made["resources"]} == {3}
    assert made["evenhand"] == meta("2008-03")


def test_its_bytes_are_canonical_and_do_not_depend_on_the_order_of_files() -> None:
    paths = ["tables/levels.parquet", "keys/root.vkey", "rolls/a.cbor"]
    one, two = (datapackage(files(*order), meta("2008-03")) for order in (paths, paths[::-1]))
    assert one == two
    assert one == canonical_json(json.loads(one))
    assert one.endswith(b"}\n")
    assert b'\n  "evenhand": {\n    "cycle"' in one


def test_frictionless_accepts_the_package() -> None:
    every = [layout.table_path(name) for name in TABLES]
    made = package(*every, "rolls/Alder%20West.cbor", "policy/policy.toml", "keys/root.vkey", "report/index.html")
    Package.metadata_validate(made)
    assert [str(error) for error in Package.metadata_validate(made) or ()] == []
    assert len({r["name"] for r in made["resources"]}) == len(made["resources"])


@pytest.mark.parametrize("name", TABLES)
def test_the_rows_of_every_table_are_valid_for_its_schema(name: str) -> None:
    table = country("2008-05").tables[name]
    header = [c.name for c in TABLES[name].columns]
    rows = [list(row.values()) for row in table.slice(0, 40).to_pylist()]
    schema = Schema.from_descriptor(frictionless_schema(TABLES[name]))
    report = Resource(data=[header, *rows], schema=schema).validate() if rows else None
    assert report is None or report.valid, report.flatten(["rowNumber", "fieldName", "message"])


def test_names_that_differ_only_in_case_or_signs_stay_apart() -> None:
    made = package("rolls/A.cbor", "rolls/a.cbor", "rolls/a%20.cbor", "rolls/한.cbor")
    names = [r["name"] for r in made["resources"]]
    assert len(set(names)) == 4
    assert all(name == name.lower() and name.isascii() for name in names)


@pytest.mark.parametrize(
    "path",
    [
        "datapackage.json",
        "log/checkpoint",
        "log",
        "/etc/passwd",
        "../x",
        "tables/../x",
        "",
        "a//b",
        "a\\b",
        "./a",
        "tables/x.parquet",
    ],
)
def test_a_path_that_must_not_be_listed_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="is not"):
        package(path)


def test_a_hash_that_is_not_one_is_refused() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        datapackage({"keys/root.vkey": (3, b"short")}, meta("2008-03"))


def test_metadata_that_lacks_a_key_is_refused() -> None:
    lacking = meta("2008-03")
    del lacking["reserve"]
    with pytest.raises(ValueError, match="reserve"):
        datapackage({}, lacking)


def test_a_generated_population_and_demo_keys_are_said_in_words() -> None:
    assert "generated" in package()["description"]
    assert "Demo keys" in package()["description"]
    assert "generated" not in package(generated=False, demo=False)["description"]


def test_the_readme_documents_every_column() -> None:
    text = tables_readme()
    for table in TABLES.values():
        assert f"\n## {table.name}\n" in text
        for column in table.columns:
            assert f"| {column.name} | {column.type}{'' if column.required else '?'} | {column.doc} |" in text


def test_a_point_stands_in_one_path_segment() -> None:
    assert layout.point_file("rolls", "a/b c") == "rolls/a%2Fb%20c.cbor"
