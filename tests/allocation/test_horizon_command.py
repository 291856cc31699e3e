"""`evenhand horizon`: reading months and scenarios, refusing what is wrong, the tables and the page."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evenhand.cli.horizon import app
from evenhand.core.errors import InputError

PLAN = """month,commodity,demand,receipts,opening,area
2026-01,rice,100 t,0 t,200 t,
2026-02,rice,100 t,0 t,,
2026-03,rice,100 t,0 t,,
2026-04,rice,100 t,100000 kg,,
"""


def run(folder: Path, plan: str = PLAN, late: str = "") -> dict[str, object]:
    (folder / "plan.csv").write_text(plan, "utf-8")
    more = []
    if late:
        (folder / "late.csv").write_text(late, "utf-8")
        more = ["--late", str(folder / "late.csv")]
    done = CliRunner().invoke(app, [str(folder / "plan.csv"), "--out", str(folder / "out"), "--json", *more])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    found: dict[str, object] = json.loads(done.stdout)
    return found


def faults(folder: Path, plan: str, late: str = "") -> list[tuple[int, str]]:
    with pytest.raises(InputError) as caught:
        run(folder, plan, late)
    assert not (folder / "out").exists()
    return [(problem.row, problem.field) for problem in caught.value.problems]


def test_the_finding_is_said_and_exact_rations_are_written(tmp_path: Path) -> None:
    (one,) = run(tmp_path)["pipelines"]  # type: ignore[misc]
    assert one["finding"] == "At full ration the pipeline breaks in March; an even 66.6\u00a0% from now never breaks"
    assert (one["breaks"], one["even"], one["unit"], one["naive_worst"]) == ("2026-03", "2/3", "t", "0")
    with (tmp_path / "out/rations.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["ration"] for row in rows] == ["2/3", "2/3", "2/3", "1"]
    assert rows[0]["left"] == "400/3"


def test_the_page_carries_the_picture_and_loads_nothing(tmp_path: Path) -> None:
    run(tmp_path, PLAN.replace("rice", "<b>&rice"))
    page = (tmp_path / "out/index.html").read_text("utf-8")
    assert "<h1>At full ration the pipeline breaks in March; an even 66.6\u00a0% from now never breaks</h1>" in page
    assert "<b>&rice" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert 'class="broken"' in page
    assert "nan" not in page.lower().replace("finance", "")
    run(tmp_path, PLAN.replace("rice", "<b>&rice"))
    assert (tmp_path / "out/index.html").read_text("utf-8") == page


def test_a_scenario_stands_beside_the_plan_where_it_changes_it(tmp_path: Path) -> None:
    plan = PLAN + "2026-01,oil,1,1,,\n"
    late = "scenario,months,commodity\nship late,1,rice\n"
    found = {(p["commodity"], p["scenario"]): p["even"] for p in run(tmp_path, plan, late)["pipelines"]}  # type: ignore[attr-defined]
    assert found == {("oil", "as planned"): "1", ("rice", "as planned"): "2/3", ("rice", "ship late"): "1/2"}


def test_every_fault_is_told_with_its_row_and_nothing_is_written(tmp_path: Path) -> None:
    plan = """month,commodity,demand,receipts,opening,loss,minimum
2026-13,rice,1,1,,,
2026-01,rice,-1,1,,,
2026-02,rice,1,x,5,,
2026-04,rice,1,1,,100 %,
2026-04,rice,1,1,,,
2026-01,oil,1 t,2 l,,,
2026-01,,1,1,,,
"""
    assert set(faults(tmp_path, plan)) == {
        (1, "month"), (2, "demand"), (3, "receipts"), (3, "opening"), (4, "month"), (4, "loss"), (5, "month"),
        (6, "receipts"), (7, "commodity"),
    }  # fmt: skip
    assert faults(tmp_path, "month,commodity,demand,receipts\n") == [(0, "")]
    assert faults(tmp_path, "month,commodity,demand\n2026-01,rice,1\n") == [(0, "")]
    late = "scenario,months,month,arrives\nas planned,1,,\nlate,-1,2030-01,3/2\n"
    assert set(faults(tmp_path, PLAN, late)) == {(1, "scenario"), (2, "months"), (2, "month"), (2, "arrives")}


@pytest.mark.parametrize(
    "plan",
    [
        "month,commodity,demand,receipts\n2026-01,rice,0,0\n",
        "month,commodity,demand,receipts,minimum\n2026-01,rice,5,0,3\n2026-02,rice,0,0,0\n",
        "month,commodity,demand,receipts\n2026-12,rice,0.000001,0\n2027-01,rice,999999999999999999,1\n",
    ],
)
def test_odd_plans_still_make_a_page(tmp_path: Path, plan: str) -> None:
    run(tmp_path, plan)
    assert "</html>" in (tmp_path / "out/index.html").read_text("utf-8")


def test_parquet_stands_for_csv(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table({"month": ["2026-01"], "commodity": ["rice"], "demand": [4], "receipts": [3]})
    pq.write_table(table, tmp_path / "plan.parquet")
    done = CliRunner().invoke(app, [str(tmp_path / "plan.parquet"), "--out", str(tmp_path / "out"), "--json"])
    assert json.loads(done.stdout)["pipelines"][0]["even"] == "3/4"
