"""Reading disclosures from folders: what is there comes out, and whatever is wrong is named with its file."""

from __future__ import annotations

import json
import subprocess
import sys
from fractions import Fraction as F
from pathlib import Path

import pyarrow as pa
import pytest
from disclosure.months import villages
from disclosure.written import tag, write

from evenhand.actions.claims import claims_of, read_month
from evenhand.core.errors import EvenhandError, InputError, UsageError
from evenhand.flow.disclosure import layout
from evenhand.flow.disclosure.month import Outcomes
from evenhand.formats import parquet, roll

FULL = {"alder": 2, "birch": 2, "cedar": 2}
ENDED = {"alder": Outcomes(30, 2, 1, 6, 1), "birch": Outcomes(40), "cedar": Outcomes(39, 0, 0, 1)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path, villages("2008-03", FULL), ENDED)


def test_a_month_comes_back_as_it_was_written(folder: Path) -> None:
    made, read = villages("2008-03", FULL), read_month(folder)
    assert read.tables.keys() == made.tables.keys()
    assert all(read.tables[name].equals(made.tables[name]) for name in made.tables)
    assert (read.folder, read.period, dict(read.meta)) == ("2008-03", made.period, dict(made.meta))
    assert read.outcomes == ENDED
    assert read.roll_rows == dict.fromkeys(FULL, 40)
    assert (list(read.benefits), read.floors) == (["grain", "shoes"], {"grain"})
    assert read.benefits["grain"].energy_kcal == (7, 2)
    assert read.benefits["shoes"].step_base == 12


def test_claims_over_folders_follow_the_periods(tmp_path: Path) -> None:
    march = write(tmp_path, villages("2008-03", FULL))
    april = write(tmp_path, villages("2008-04", {"alder": 1, "birch": 1, "cedar": F(1, 2)}))
    by_id = {claim.id: claim for claim in claims_of([april, march])}
    assert by_id["curtailed"].figure == "100, 50 %"
    assert by_id["never-interrupted"].verdict_text == "holds except 1 point"


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no disclosure folder"):
        claims_of([tmp_path / "2008-03"])


def test_no_folder_two_of_a_period_and_two_programmes_are_refused(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(UsageError, match="no folder"):
        claims_of([])
    with pytest.raises(UsageError, match="the same period"):
        claims_of([folder, folder])
    other = write(tmp_path / "b", villages("2008-04", FULL))
    package = json.loads((other / layout.DATAPACKAGE).read_text())
    package["evenhand"]["programme"] = "another"
    (other / layout.DATAPACKAGE).write_text(json.dumps(package))
    with pytest.raises(UsageError, match="of programme another"):
        claims_of([folder, other])


@pytest.mark.parametrize("name", ["levels", "recut", "ladders", "totals", "places", "balances"])
def test_a_missing_table_is_named(folder: Path, name: str) -> None:
    (folder / layout.table_path(name)).unlink()
    with pytest.raises(InputError) as caught:
        read_month(folder)
    assert f"tables/{name}.parquet" in caught.value.problems[0].file
    assert caught.value.exit_code == 2


def test_a_table_that_is_no_parquet_or_of_another_shape_is_named(folder: Path) -> None:
    path = folder / layout.table_path("levels")
    path.write_bytes(b"PAR1" + bytes(40) + b"PAR1")
    with pytest.raises(InputError) as caught:
        read_month(folder)
    assert "tables/levels.parquet" in caught.value.problems[0].file
    parquet.write(pa.table({"point": ["alder"], "level": [1.5]}), path)
    with pytest.raises(InputError) as caught:
        read_month(folder)
    assert '"commodity" is missing' in caught.value.problems[0].message


@pytest.mark.parametrize(
    "text", ["", "[]", "null", '{"evenhand": 3}', '{"evenhand": []}', "{}", "\ud83d", "[" * 100_000, "NaN"]
)
def test_a_package_that_is_none_is_an_input_error(folder: Path, text: str) -> None:
    (folder / layout.DATAPACKAGE).write_text(text, "utf-8", errors="surrogatepass")
    with pytest.raises(InputError) as caught:
        read_month(folder)
    assert "datapackage.json" in caught.value.problems[0].file


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("policy", "../../etc/passwd"), ("policy", "policy/../../x"), ("policy", "/etc/passwd"), ("policy", "policy"),
        ("policy", 3), ("period", "2008-03"), ("period", {"id": "x", "first": "2008-03-31", "last": "2008-03-01"}),
        ("period", None), ("k", "20"), ("k", True), ("cycle", None), ("origin", 1),
    ],
)  # fmt: skip
def test_metadata_of_another_form_is_an_input_error(folder: Path, key: str, value: object) -> None:
    package = json.loads((folder / layout.DATAPACKAGE).read_text())
    package["evenhand"][key] = value
    (folder / layout.DATAPACKAGE).write_text(json.dumps(package))
    with pytest.raises(InputError) as caught:
        read_month(folder)
    assert caught.value.problems[0].field.startswith(f"evenhand.{key}")


def test_outcomes_and_rolls_of_another_form_are_named(folder: Path) -> None:
    path = folder / "redeemed" / "alder.cbor"
    good = path.read_bytes()
    wrong = roll.pack("p", "c", "alder", [tag(1) + b"\x09" + bytes(16)]).encode()
    for data in (b"", good[:-1], good + b"x", wrong, roll.pack("p", "c", "alder", [bytes(40)]).encode()):
        path.write_bytes(data)
        with pytest.raises(InputError) as caught:
            read_month(folder)
        assert "redeemed/alder.cbor" in caught.value.problems[0].file


def test_a_policy_that_does_not_load_is_an_input_error(folder: Path) -> None:
    (folder / "policy" / "policy.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError):
        read_month(folder)
    (folder / "policy" / "policy.toml").write_text("[policy\n")
    with pytest.raises(InputError):
        read_month(folder)


def test_every_flipped_byte_of_a_table_is_read_or_refused_but_never_a_traceback(folder: Path) -> None:
    path = folder / layout.table_path("recut")
    good = path.read_bytes()
    for at in range(0, len(good), 7):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0xFF]) + good[at + 1 :])
        try:
            claims_of([folder])
        except EvenhandError:
            continue


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from evenhand.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, "claims", *arguments], capture_output=True, text=True, check=False
    )


def test_the_command_prints_verdicts_and_exits_0_whatever_they_are(folder: Path) -> None:
    done = run(str(folder))
    assert done.returncode == 0, done.stderr
    assert "Every need is covered.  DOES NOT HOLD" in done.stdout
    assert "proved by tables/levels.parquet" in done.stdout


def test_the_command_gives_one_json_document(folder: Path) -> None:
    done = run(str(folder), "--json")
    assert [row["id"] for row in json.loads(done.stdout)][0] == "quotas"
    assert done.stderr == ""


def test_a_folder_that_is_not_there_exits_2_without_a_traceback(tmp_path: Path) -> None:
    done = run(str(tmp_path / "none"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "there is no disclosure folder" in done.stderr
