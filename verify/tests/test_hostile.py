"""Files of rubbish under hashes and signatures that hold: the answer is no, never a traceback."""

from __future__ import annotations

import io
import json
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from checker_kit.build import SCHEMA, Build
from checker_kit.wire import cbor
from evenhand_verify.main import main

Captured = pytest.CaptureFixture[str]

RUBBISH = [b"", b"\x00", b"\xff" * 40, b"{}", b"[]\n", b"PAR1", b"PAR1" * 20, cbor([1]), cbor([1, "a", "b", "c", 33, b"x"]),
           b"\x9b" + b"\xff" * 8, b"\x81" * 5000, "\u2014 x\n".encode(), b"[policy]\nid = 1\n", b"a = [" * 2000]  # fmt: skip


def answer(build: Build, folder: Path, capsys: Captured, *options: str) -> list[str]:
    code = main([str(build.save(folder)), "--json", *options])
    printed = capsys.readouterr()
    assert "Traceback" not in printed.err + printed.out
    names = [check["name"] for check in json.loads(printed.out)["checks"] if not check["pass"]]
    assert code == (1 if names else 0)
    return names


def parts() -> list[str]:
    names = ["policy/valley-bowl.toml", "rolls/Alder.cbor", "redeemed/Birch.cbor", "keys/root.vkey", "keys/log.vkey"]
    return [*names, "report/index.html", *(f"tables/{name}.parquet" for name in SCHEMA)]


@pytest.mark.parametrize("path", parts())
def test_rubbish_under_a_hash_that_holds_fails(path: str, tmp_path: Path, capsys: Captured) -> None:
    for number, data in enumerate(RUBBISH):
        if path == "report/index.html" and b"\xff" not in data:
            continue

        def change(build: Build, data: bytes = data) -> None:
            build.overrides[path] = data

        names = answer(Build(hooks={"close": change}), tmp_path / str(number), capsys)
        assert names and "files" not in names, (path, data[:20])


def other_types(name: str, kind: pa.DataType) -> bytes:
    sink = io.BytesIO()
    columns = {column: pa.array([None], kind) for column, _ in SCHEMA[name]}
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


@pytest.mark.parametrize("kind", [pa.int32(), pa.float64(), pa.binary(), pa.list_(pa.int64()), pa.null(), pa.bool_()])
def test_columns_of_other_types_fail(kind: pa.DataType, tmp_path: Path, capsys: Captured) -> None:
    for name in ("totals", "levels", "movements"):
        data = other_types(name, kind)

        def change(build: Build, name: str = name, data: bytes = data) -> None:
            build.overrides[f"tables/{name}.parquet"] = data

        assert "tables" in answer(Build(hooks={"close": change}), tmp_path / name, capsys)


def test_strange_numbers_in_any_table_are_answered(tmp_path: Path, capsys: Captured) -> None:
    chance = random.Random(3)
    seen: set[str] = set()
    for number in range(150):

        def change(build: Build) -> None:
            name = chance.choice(sorted(build.tables))
            if not build.tables[name]:
                return
            row = chance.choice(build.tables[name])
            column, kind = chance.choice(SCHEMA[name])
            texts = ["", "0", "-1", "x", "\u202e", "9" * 5000, "1/2", "node:", "Alder"]
            row[column] = chance.choice(texts) if kind == "t" else chance.choice([-1, 0, 2**63 - 1, -(2**63), 7])

        stage = "close"
        seen |= set(answer(Build(hooks={stage: change}), tmp_path / str(number), capsys))
    assert len(seen) > 15


def test_strange_log_entries_are_answered(tmp_path: Path, capsys: Captured) -> None:
    chance = random.Random(4)
    values = [None, 0, -1, "", "x", b"", bytes(32), [], {}, {"a": 1}, [[]], True, 2**64 - 1]
    for number in range(120):

        def change(build: Build) -> None:
            entry = chance.choice(build.entries)
            if chance.random() < 0.5 and entry["totals"]:
                part = chance.choice(sorted(entry["totals"]))
                entry["totals"] = {**entry["totals"], part: chance.choice(values)}
            else:
                entry[chance.choice(["kind", "cycle", "subject", "sha", "totals"])] = chance.choice(values)

        answer(Build(hooks={"log": change}), tmp_path / str(number), capsys)


def test_strange_package_metadata_is_answered(tmp_path: Path, capsys: Captured) -> None:
    values = [None, 0, -1, "", "x", [], {}, [1, 0], [0, -1], {"id": 3}, True, 1.5, 10**400]
    number = 0
    for key in ("version", "origin", "programme", "cycle", "period", "policy", "k", "reserve"):
        for value in values:
            number += 1

            def change(build: Build, key: str = key, value: object = value) -> None:
                build.meta[key] = value

            assert answer(Build(hooks={"package": change}), tmp_path / str(number), capsys), (key, value)


def test_paths_that_leave_the_folder_are_refused(tmp_path: Path, capsys: Captured) -> None:
    for path in ("../secret", "/etc/hostname", "a//b", "a/./b", ".", "a\\b", "log/extra", "datapackage.json"):
        build = Build()
        listed = json.loads(build.files["datapackage.json"])
        listed["resources"].append({"path": path, "bytes": 0, "hash": "sha256:" + "0" * 64})
        build.files["datapackage.json"] = (json.dumps(listed, indent=2, sort_keys=True) + "\n").encode()
        assert "files" in answer(build, tmp_path / str(len(path)) / "d", capsys)
