"""The engine: equal rows are equal bytes, plans are run in order, faults of files are said."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.core.errors import InputError, UsageError
from evenhand.core.plan import Plan, Select
from evenhand.core.schema import Column, Table
from evenhand.engines.duckdb import DuckDB

ORDERED = Table("totals", (Column("point", "text", ""), Column("amount", "int", "")), ("point",), "", order=("point",))
PLAN = Plan(
    ("stock",),
    (
        Select("doubled", "SELECT point, CAST(amount AS BIGINT) * 2 AS amount FROM stock"),
        Select("totals", "SELECT point, CAST(sum(amount) AS BIGINT) AS amount FROM doubled GROUP BY point", ORDERED),
        Select("largest", "SELECT max(amount) AS amount FROM doubled"),
    ),
    ("totals", "largest"),
)


def stock(folder: Path) -> Path:
    path = folder / "stock.csv"
    path.write_text("point,amount\nCedar,3\nAlder,1\nBirch,\nAlder,4\n")
    return path


def test_selects_read_inputs_and_earlier_selects(tmp_path: Path) -> None:
    found = DuckDB().rows(PLAN, {"stock": stock(tmp_path)})
    assert found["totals"].to_pylist() == [
        {"point": "Alder", "amount": 10},
        {"point": "Birch", "amount": None},
        {"point": "Cedar", "amount": 6},
    ]
    assert found["largest"].to_pylist() == [{"amount": 8}]


def test_bytes_do_not_depend_on_threads_or_on_the_kind_of_file(tmp_path: Path) -> None:
    many = pa.table({"point": [f"P{n % 977}" for n in range(300_000)], "amount": [str(n) for n in range(300_000)]})
    pq.write_table(many, tmp_path / "stock.parquet")
    (tmp_path / "stock.csv").write_text("point,amount\n" + "".join(f"P{n % 977},{n}\n" for n in range(300_000)))
    one = DuckDB(temp=tmp_path, memory="500MB", threads=1).run(
        PLAN, {"stock": tmp_path / "stock.parquet"}, tmp_path / "one"
    )
    two = DuckDB(threads=2).run(PLAN, {"stock": tmp_path / "stock.csv"}, tmp_path / "two")
    assert set(one) == {"totals", "largest"}
    for name in one:
        assert one[name].read_bytes() == two[name].read_bytes()


def test_a_file_that_is_not_there_or_no_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        DuckDB().rows(PLAN, {"stock": tmp_path / "none.csv"})
    assert caught.value.problems[0].file == str(tmp_path / "none.csv")
    (tmp_path / "stock.parquet").write_bytes(b"not parquet")
    with pytest.raises(InputError):
        DuckDB().rows(PLAN, {"stock": tmp_path / "stock.parquet"})
    with pytest.raises(UsageError, match="wants a table stock"):
        DuckDB().rows(PLAN, {})


def test_a_plan_that_fails_says_where_and_leaves_nothing(tmp_path: Path) -> None:
    broken = Plan(("stock",), (Select("totals", "SELECT nothing FROM stock", ORDERED),), ("totals",))
    with pytest.raises(UsageError, match="could not compute totals"):
        DuckDB().run(broken, {"stock": stock(tmp_path)}, tmp_path / "out")
    assert not list((tmp_path / "out").glob("totals*"))


def test_a_path_with_a_quote_is_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "it's; here"
    folder.mkdir()
    assert DuckDB().rows(PLAN, {"stock": stock(folder)})["largest"].to_pylist() == [{"amount": 8}]


def test_runs_of_one_engine_see_nothing_of_each_other(tmp_path: Path) -> None:
    engine = DuckDB()
    path = stock(tmp_path)
    assert engine.rows(PLAN, {"stock": path})["largest"].to_pylist() == [{"amount": 8}]
    path.write_text("point,amount\nCedar,9\n")
    assert engine.rows(PLAN, {"stock": path})["largest"].to_pylist() == [{"amount": 18}]
    leftover = Plan((), (Select("a", "SELECT * FROM doubled"),), ("a",))
    with pytest.raises(UsageError, match="could not compute a"):
        engine.rows(leftover, {})


def test_a_file_written_again_is_read_again(tmp_path: Path) -> None:
    engine, path = DuckDB(), tmp_path / "stock.parquet"
    for amount in ("1", "7"):
        pq.write_table(pa.table({"point": ["Alder"], "amount": [amount]}), path)
        assert engine.rows(PLAN, {"stock": path})["largest"].to_pylist() == [{"amount": 2 * int(amount)}]


def test_a_plan_cannot_change_a_setting_or_fetch_an_extension(tmp_path: Path) -> None:
    engine = DuckDB()
    for statement in ("SET TimeZone = 'Asia/Tokyo'", "SET memory_limit = '1TB'"):
        with pytest.raises(duckdb.Error, match="locked"):
            engine._database().cursor().execute(statement)
    clock = Plan((), (Select("a", "SELECT current_setting('TimeZone') AS zone"),), ("a",))
    assert engine.rows(clock, {})["a"].to_pylist() == [{"zone": "UTC"}]


def test_an_output_that_others_read_is_computed_once(tmp_path: Path) -> None:
    plan = Plan(
        ("stock",),
        (
            Select("doubled", "SELECT point, CAST(amount AS BIGINT) * 2 AS amount FROM stock", ORDERED),
            Select("largest", "SELECT max(amount) AS amount FROM doubled"),
        ),
        ("doubled", "largest"),
    )
    found = DuckDB().rows(plan, {"stock": stock(tmp_path)})
    assert found["doubled"].column("point").to_pylist() == ["Alder", "Alder", "Birch", "Cedar"]
    assert found["largest"].to_pylist() == [{"amount": 8}]


@pytest.mark.parametrize(("limit", "amounts"), [(3, [{"amount": 4}]), (9, [])])
def test_where_nothing_is_given_the_short_form_is_planned(
    tmp_path: Path, limit: int, amounts: list[dict[str, int]]
) -> None:
    plan = Plan(
        ("stock",),
        (
            Select(
                "many", f"SELECT CAST(amount AS BIGINT) AS amount FROM stock WHERE CAST(amount AS BIGINT) > {limit}"
            ),
            Select("most", "SELECT max(amount) AS amount FROM many"),
            Select("shown", "SELECT amount FROM many", given="many", bare="SELECT amount FROM many WHERE FALSE"),
        ),
        ("most", "shown"),
    )
    found = DuckDB().rows(plan, {"stock": stock(tmp_path)})
    assert found["shown"].to_pylist() == amounts
    broken = Select("shown", "SELECT nothing FROM many", given="many", bare="SELECT amount FROM many WHERE FALSE")
    without = Plan(plan.inputs, (*plan.selects[:2], broken), plan.outputs)
    if amounts:
        with pytest.raises(UsageError, match="could not compute shown"):
            DuckDB().rows(without, {"stock": stock(tmp_path)})
    else:
        assert DuckDB().rows(without, {"stock": stock(tmp_path)})["shown"].to_pylist() == []
