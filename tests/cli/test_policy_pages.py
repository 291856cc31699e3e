"""`evenhand policy explain | compare | document` as commands: what they print, write, and refuse."""

import json
from pathlib import Path

import pytest
from entitlement.small_policy import GRAIN, HOUSEHOLDS, MEMBERS

from evenhand.cli.main import run
from evenhand.core.errors import InputError, UsageError


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("grain.toml").write_text(GRAIN)
    Path("less.toml").write_text(GRAIN.split("[[test]]")[0].replace('then = "35"', 'then = "30"'))
    Path("h.csv").write_text(HOUSEHOLDS)
    Path("m.csv").write_text(MEMBERS)


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as ended:
        run(["policy", *words])
    assert ended.value.code == 0
    return capsys.readouterr().out


HOUSE = ("--on", "2014-01-01", "--households", "h.csv", "--members", "m.csv")


def test_explain_as_text_and_as_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert "35 kg: fixed 35 kg" in said(capsys, "explain", "grain.toml", *HOUSE, "--household", "B")
    found = json.loads(said(capsys, "explain", "grain.toml", *HOUSE, "--household", "B", "--format", "json"))
    assert (found["format"], found["entitlements"][0]["amount_base"]) == ("evenhand-explanation/1", 35_000)
    made = json.loads(
        said(capsys, "explain", "grain.toml", *HOUSE, "--household", "B", "--format", "json", "--language", "fr")
    )
    assert made["entitlements"][0]["sentence"] == "35 kg : 35 kg fixes"


def test_explain_writes_a_page_whole(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "explain", "grain.toml", *HOUSE, "--household", "A", "--format", "html", "--out", "why.html")
    assert out == "written: why.html\n"
    assert Path("why.html").read_text().startswith("<!doctype html>")
    assert [path.name for path in Path().glob("*.part")] == []


def test_compare_prints_one_json_document_and_writes_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(said(capsys, "compare", "grain.toml", "less.toml", *HOUSE, "--json", "--out", "change"))
    assert (found["format"], found["lose"], found["gain"]) == ("evenhand-comparison/1", 1, 0)
    assert Path("change/report.html").is_file()


def test_a_policy_compared_with_itself_on_two_days(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "compare", "grain.toml", "grain.toml", *HOUSE, "--on-new", "2024-03-01")
    assert out.splitlines()[1] == "  grain: 1 gain, 0 lose; due in all 55000 -> 59000 (base units)"


def test_document_is_of_the_newest_rules_unless_a_day_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "6 kg per member" in said(capsys, "document", "grain.toml").split("Figures, and")[0]
    assert "5 kg per member" in said(capsys, "document", "grain.toml", "--on", "2014-01-01").split("Figures, and")[0]


def test_what_cannot_be_done_is_refused_with_a_remedy() -> None:
    with pytest.raises(InputError):
        run(["policy", "explain", "grain.toml", *HOUSE, "--household", "Z"])
    with pytest.raises(UsageError, match="not in force"):
        run(["policy", "document", "grain.toml", "--on", "2010-01-01"])
    with pytest.raises(UsageError, match="there is no folder"):
        run(["policy", "document", "grain.toml", "--out", "nowhere/page.html"])
    with pytest.raises(UsageError, match="reads members"):
        run(["policy", "explain", "grain.toml", *HOUSE[:4], "--household", "A"])
    Path("change").write_text("a file")
    with pytest.raises(UsageError, match="is a file"):
        run(["policy", "compare", "grain.toml", "less.toml", *HOUSE, "--out", "change"])
