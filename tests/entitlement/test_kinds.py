"""The SQL for a known kind of column gives the same rows as the SQL for any kind, and the same faults."""

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from engines import cases

from evenhand.actions.policy_files import kinds_of
from evenhand.engines.duckdb import DuckDB
from evenhand.flow.entitlement import faults_plan, plan
from evenhand.flow.policy import load, period_for

POLICY = load(cases.policy_text(), "engines.toml")
PERIOD = period_for(POLICY, date(2024, 3, 1))
OUTPUTS = ("wide", "entitlement", "undecided")
TYPED = {"rooms": pa.int8(), "stove": pa.bool_(), "since": pa.date32(), "card": pa.dictionary(pa.int8(), pa.string())}


def as_text(folder: Path) -> dict[str, Path]:
    """Every cell a text, blank or odd ones too."""
    found = cases.write(folder)
    for name in ("household", "member"):
        names = pacsv.open_csv(found[name]).schema.names
        options = pacsv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True)
        table = pacsv.read_csv(found[name], None, pacsv.ParseOptions(newlines_in_values=True), options)
        found[name] = folder / f"{name}.parquet"
        pq.write_table(table, found[name])
    return found


def as_types(folder: Path, money: pa.DataType) -> dict[str, Path]:
    """The cases in columns of their own kind; amounts that do not fit are blank."""
    found = cases.write(folder)
    homes, people = [], []
    for key, given, members in cases.households():
        homes.append(
            {"household": key, "point": "Birch", **{name: cases.cell(given[name]) or None for name in cases.HOUSEHOLD}}
        )
        people += [{"household": key, "member": str(at), **{name: cases.cell(member[name]) or None for name in cases.MEMBER}}
                   for at, member in enumerate(members)]  # fmt: skip
    for row in homes:
        whole = (row["money"] or "").lstrip("-").split(".")[0]
        row["money"] = row["money"] if len(whole) <= money.precision - money.scale else None
    types = {**TYPED, "money": money, "wage": pa.decimal128(8, 3), "birth_date": pa.date32()}
    for name, rows in (("household", homes), ("member", people)):
        columns = {}
        for column in rows[0]:
            texts = pa.array([row[column] for row in rows], pa.string())
            kind = types.get(column, pa.string())
            columns[column] = texts.dictionary_encode() if pa.types.is_dictionary(kind) else texts.cast(kind)
        found[name] = folder / f"{name}.parquet"
        pq.write_table(pa.table(columns), found[name])
    return found


def bytes_of(files: dict[str, Path], out: Path, known: bool) -> list[bytes]:
    kinds = {name: kinds_of(path) for name, path in files.items() if path.suffix == ".parquet"} if known else {}
    engine = DuckDB(threads=2)
    made = engine.run(plan(POLICY, PERIOD, outputs=OUTPUTS, kinds=kinds), files, out)
    found = [path.read_bytes() for path in made.values()]
    for of, names in (("household", cases.HOUSEHOLD), ("member", cases.MEMBER)):
        asked = [name for name in names if name in POLICY.inputs]
        checked = engine.run(faults_plan(POLICY, of, asked, kinds=kinds.get(of)), files, out / of)
        found.append(checked["faults"].read_bytes())
    return found


def test_texts_known_as_such(tmp_path: Path) -> None:
    files = as_text(tmp_path)
    assert set(kinds_of(files["household"]).values()) == {"text"}
    known = bytes_of(files, tmp_path / "known", True)
    assert known == bytes_of(files, tmp_path / "any", False)
    assert pq.read_metadata(tmp_path / "known" / "household" / "faults.parquet").num_rows > 5


@pytest.mark.parametrize("money", [pa.decimal128(15, 2), pa.decimal128(38, 2)])
def test_columns_of_their_own_kind(tmp_path: Path, money: pa.DataType) -> None:
    files = as_types(tmp_path, money)
    kinds = kinds_of(files["household"])
    assert [kinds[name] for name in ("card", "rooms", "stove")] == ["text", "int", "bool"]
    assert bytes_of(files, tmp_path / "known", True) == bytes_of(files, tmp_path / "any", False)
    amounts = pq.read_table(tmp_path / "known" / "wide.parquet").column("undecided").to_pylist()
    assert 5 < amounts.count("") < len(amounts)
