"""DuckDB and Spark on the cases of `cases.py`: the same rows in the same order, the same bytes; and both are right."""

import csv
import random
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from engines import cases

from evenhand.core.engine import Engine
from evenhand.core.errors import InputError, UsageError
from evenhand.core.plan import Plan, Select
from evenhand.engines.duckdb import DuckDB
from evenhand.engines.spark import Spark
from evenhand.flow.allocation import cells_plan, ladder_plan, rows_plan
from evenhand.flow.entitlement import faults_plan, plan, program_for
from evenhand.flow.policy import load, period_for
from evenhand.flow.policy.evaluate import Household

DAY = date(2024, 3, 1)
EXAMPLE = Path(__file__).parents[2] / "examples" / "dprk-2008" / "policy.toml"
OUTPUTS = ("wide", "entitlement", "undecided")
QUICK = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.shuffle.partitions": "2",
}


@pytest.fixture(scope="module")
def spark() -> Iterator[Spark]:
    if find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install evenhand[spark]")
    if shutil.which("java") is None:
        pytest.skip("there is no Java here; the Spark engine needs 17 or later")
    engine = Spark("local[2]", memory="1g", settings=QUICK)
    yield engine
    engine.close()


def same(plan_: Plan, files: dict[str, Path], folder: Path, spark: Engine) -> dict[str, Path]:
    """Run on both; every output is equal to the byte. The files of DuckDB."""
    ours, theirs = DuckDB(threads=2).run(plan_, files, folder / "d"), spark.run(plan_, files, folder / "s")
    assert list(ours) == list(theirs)
    for name in ours:
        if ours[name].read_bytes() != theirs[name].read_bytes():
            one, two = pq.read_table(ours[name]), pq.read_table(theirs[name])
            assert one.schema == two.schema, name
            assert one.to_pylist() == two.to_pylist(), name
            raise AssertionError(f"{name}: equal rows, other bytes")
    return ours


def test_every_case_is_the_same_on_both_and_right(tmp_path: Path, spark: Spark) -> None:
    policy = load(cases.policy_text(), "engines.toml")
    period = period_for(policy, DAY)
    found = same(plan(policy, period, outputs=OUTPUTS), cases.write(tmp_path), tmp_path, spark)
    rows = pq.read_table(found["wide"]).to_pylist()
    program = program_for(policy, period)
    decided = 0
    for row, (key, given, members) in zip(rows, cases.households(), strict=False):
        assert row["household"] == key
        cents = {**given, "money": None if given["money"] is None else given["money"] * 100}
        people = [{**m, "wage": None if m["wage"] is None or (m["wage"] * 100).denominator > 1 else m["wage"] * 100}
                  for m in members]  # fmt: skip
        for name, due in Household(program, cents, people).due().items():
            assert (row[name], row.get(f"{name}_floor", 0) or 0) == (due.amount, due.floor or 0), (
                key,
                name,
                given,
                members,
            )
            decided += due.amount is not None
    assert decided > 200
    assert max(row["cash_floor"] or 0 for row in rows) > 10**15


def test_faults_of_files_are_the_same_on_both(tmp_path: Path, spark: Spark) -> None:
    policy = load(cases.policy_text(), "engines.toml")
    files = cases.write(tmp_path)
    with files["household"].open("a", newline="\r\n", encoding="utf-8") as file:
        file.write("b,Birch,none,1,1,true\n,Birch,none,1,1,maybe\n")
    with files["member"].open("a", newline="\r\n", encoding="utf-8") as file:
        file.write("nobody,1,2000-01-01,1,2024-02-30\n")
    found = same(faults_plan(policy, "household", cases.HOUSEHOLD), files, tmp_path, spark)
    faults = [(row["field"], row["fault"]) for row in pq.read_table(found["faults"]).to_pylist()]
    assert {("household", "twice"), ("household", "blank"), ("stove", "unreadable"), ("money", "unreadable")} <= set(
        faults
    )
    found = same(faults_plan(policy, "member", ("wage", "since")), files, tmp_path, spark)
    assert ("household", "unknown household") in [
        (r["field"], r["fault"]) for r in pq.read_table(found["faults"]).to_pylist()
    ]


def test_a_generated_country_is_the_same_on_both_down_to_its_ladders(tmp_path: Path, spark: Spark) -> None:
    policy = load(EXAMPLE.read_text(encoding="utf-8"), "policy.toml")
    files = country(tmp_path, 2000)
    outputs = ("entitlement", "classes", "reasons")
    found = same(plan(policy, period_for(policy, date(2008, 3, 1)), outputs=outputs), files, tmp_path, spark)
    assert pq.read_metadata(found["entitlement"]).num_rows > 10_000
    benefits = tuple(policy.divided)
    cells = same(cells_plan(benefits), {"entitlement": found["entitlement"]}, tmp_path / "cells", spark)
    names = sorted({(r["point"], r["benefit"], r["tier"]) for r in pq.read_table(cells["cells"]).to_pylist()})
    rows = [{"point": p, "benefit": b, "tier": t, "floor_rung": 1, "rest_rung": t + 1} for p, b, t in names]
    places = table(tmp_path / "places.parquet", rows)
    owed = {"point": "Alder", "household": "none", "benefit": "grain", "rung": 4, "amount": 9}
    files = {"entitlement": found["entitlement"], "places": places, "owed": table(tmp_path / "owed.parquet", [owed])}
    ladder = same(ladder_plan(benefits), files, tmp_path / "ladder", spark)
    levels = [("Alder", "grain", 1), ("Birch", "grain", 2), ("Birch", "oil", 0)]
    carried = {"point": "Alder", "household": "none", "benefit": "grain", "carry_micro": 7, "offered_steps": 2}
    files = {
        "ladder": ladder["ladder"],
        "levels": table(tmp_path / "levels.parquet", [{"point": p, "commodity": c, "rungs": r} for p, c, r in levels]),
        "carry": table(tmp_path / "carry.parquet", [carried]),
    }
    same(rows_plan(), files, tmp_path / "rows", spark)


def table(path: Path, rows: list[dict[str, object]]) -> Path:
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def country(folder: Path, households: int) -> dict[str, Path]:
    """Households of the example's kind, some with blanks, in no order."""
    chance = random.Random(2008)
    jobs = ("miner", "heavy", "light", "worker", "student", "pupil-senior", "pupil-primary", "preschool", "infant", "home",
            "retired", "")  # fmt: skip
    paths = {name: folder / f"{name}.csv" for name in ("household", "member", "point")}
    with paths["household"].open("w", newline="") as of, paths["member"].open("w", newline="") as m:
        first, second = csv.writer(of), csv.writer(m)
        first.writerow(["household", "point"])
        second.writerow(["household", "member", "birth_date", "sex", "occupation"])
        for number in chance.sample(range(10**6), households):
            first.writerow([number, chance.choice(["Alder", "Birch", "Cedar"])])
            for place in range(chance.randint(1, 7)):
                born = date(2008, 3, 1) - timedelta(days=chance.randint(0, 90 * 365))
                second.writerow(
                    [number, place, born, chance.choice("fm"), chance.choice(jobs[: 11 + (number % 9 == 0)])]
                )
    paths["point"].write_text("point,area\nAlder,North\nBirch,South\nCedar,North\n")
    return paths


def test_columns_of_numbers_and_dates_are_read_as_their_texts_are(tmp_path: Path, spark: Spark) -> None:
    policy = load(cases.policy_text(), "engines.toml")
    compiled = plan(policy, period_for(policy, DAY), outputs=("wide",), points=False)
    money = [
        "0.01",
        "-0.01",
        "9999999999999.99",
        "-9999999999999.99",
        "10000000000000.00",
        "99999999999999.99",
        None,
        "2.50",
    ]
    typed = {
        "money": pa.array(money).cast(pa.decimal128(17, 2)),
        "rooms": pa.array([1, 2, 97, 98, 0, -1, None, 7], pa.int32()),
        "stove": pa.array([True, False] * 4),
        "card": pa.array(["AAY", "none"] * 4),
    }
    born = pa.array([date(2000, 1, 1 + n) for n in range(8)])
    member = {
        "birth_date": born,
        "since": pa.array([date(2020, 2, 1)] * 8),
        "wage": pa.array([1, -50, 5001, 10**18] * 2),
    }
    keys = pa.array([f"h{n}" for n in range(8)])
    files: dict[str, dict[str, Path]] = {}
    for kind in ("typed", "text"):
        (tmp_path / kind).mkdir()
        files[kind] = {name: tmp_path / kind / f"{name}.parquet" for name in ("household", "member")}
        for name, columns in (("household", typed), ("member", {"member": keys, **member})):
            held = columns if kind == "typed" else {key: column.cast(pa.string()) for key, column in columns.items()}
            pq.write_table(pa.table({"household": keys, **held}), files[kind][name])
    found = {kind: same(compiled, files[kind], tmp_path / kind, spark)["wide"] for kind in files}
    assert found["typed"].read_bytes() == found["text"].read_bytes()
    rows = pq.read_table(found["typed"])
    assert rows.column("undecided").to_pylist() == ["", "", "wage", "wage", "rooms", "money", "wage", "wage"]
    assert rows.column("cash_floor")[0].as_py() is not None


# -- what is refused


def test_ansi_mode_cannot_be_turned_off() -> None:
    with pytest.raises(UsageError, match="wrap in silence"):
        Spark(settings={"spark.sql.ansi.enabled": "false"})


def test_a_sum_that_does_not_fit_is_an_error_not_a_wrap(tmp_path: Path, spark: Spark) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("amount\n9223372036854775807\n9223372036854775807\n")
    total = Plan(
        ("stock",), (Select("total", "SELECT CAST(sum(CAST(amount AS BIGINT)) AS BIGINT) AS a FROM stock"),), ("total",)
    )
    for engine in (spark, DuckDB()):
        with pytest.raises(UsageError, match="could not compute total"):
            engine.rows(total, {"stock": path})


def test_sql_that_is_not_known_to_be_the_same_is_refused(tmp_path: Path, spark: Spark) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("point,amount\nAlder,5\n")
    for cells in ("amount / 2", "2 ^ 3", "round(2.5)", "CAST(amount AS DOUBLE)", "row_number() OVER (PARTITION BY point)",
                  "regexp_matches(point, 'a$b')", "date_diff('month', a, b)", "(SELECT 1 FROM read_csv('x'))"):  # fmt: skip
        sql = f"SELECT {cells} AS a FROM stock"
        with pytest.raises(UsageError, match="[Ss]park engine"):
            spark.rows(Plan(("stock",), (Select("a", sql),), ("a",)), {"stock": path})


def test_files_that_cannot_be_used_are_named(tmp_path: Path, spark: Spark) -> None:
    one = Plan(("stock",), (Select("a", 'SELECT "amount" FROM stock'),), ("a",))
    with pytest.raises(UsageError, match="wants a table stock"):
        spark.rows(one, {})
    with pytest.raises(InputError):
        spark.rows(one, {"stock": tmp_path / "none.csv"})
    (tmp_path / "bad.parquet").write_bytes(b"not parquet")
    with pytest.raises(InputError):
        spark.rows(one, {"stock": tmp_path / "bad.parquet"})
    pq.write_table(pa.table({"amount": [1.5]}), tmp_path / "float.parquet")
    with pytest.raises(InputError) as caught:
        spark.rows(one, {"stock": tmp_path / "float.parquet"})
    assert caught.value.problems[0].field == "amount"


def test_without_java_or_pyspark_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from evenhand.engines.spark import _spark_session_class

    if find_spec("pyspark") is not None:
        with monkeypatch.context() as patch:
            patch.setenv("PATH", "")
            patch.delenv("JAVA_HOME", raising=False)
            with pytest.raises(UsageError, match="Java") as caught:
                _spark_session_class()
            assert "evenhand[spark]" in caught.value.remedy
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    with pytest.raises(UsageError) as caught:
        _spark_session_class()
    assert "pip install evenhand[spark]" in caught.value.remedy


def test_wide_integers_stay_exact(tmp_path: Path, spark: Spark) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("amount\n999999999999999999999\n-999999999999999999999\n18446744073709551616\n")
    wide = "CAST(amount AS HUGEINT)"
    sql = f"SELECT CAST({wide} // 1000 AS BIGINT) AS a, CAST({wide} % 1000 AS BIGINT) AS b FROM stock"
    one = Plan(("stock",), (Select("a", sql),), ("a",))
    found = spark.rows(one, {"stock": path})["a"].to_pylist()
    most = 999999999999999999
    assert found == [{"a": most, "b": 999}, {"a": -most, "b": -999}, {"a": 18446744073709551, "b": 616}]
    assert DuckDB().rows(one, {"stock": path})["a"].to_pylist() == found
