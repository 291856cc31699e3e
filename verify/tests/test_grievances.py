"""Figures of complaints, k = 20: what an operator could write there, and that one check fails for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checker_kit.build import Build
from evenhand_verify.main import main

NAMES = ("area", "kind", "received", "decided", "in_time", "upheld")


def failed(folder: Path, capsys: pytest.CaptureFixture[str], *rows: tuple[str | int | None, ...]) -> set[str]:
    """Names of the checks that fail on a disclosure with these figures."""

    def told(build: Build) -> None:
        build.tables["grievances"] = [dict(zip(NAMES, row, strict=True)) for row in rows]

    build = Build(hooks={"close": told})
    main([str(build.save(folder / "now")), "--json"])
    return {check["name"] for check in json.loads(capsys.readouterr().out)["checks"] if not check["pass"]}


def test_groups_of_k_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = (("", "several", None, 0, 0, 0), ("V1", "abuse", 25, None, None, None), ("V1", "quality", 60, 50, 50, 30))
    assert failed(tmp_path, capsys, *rows) == set()


@pytest.mark.parametrize(
    "row",
    [
        ("V1", "quality", 19, 0, 0, 0),
        ("V1", "quality", 40, 40, 21, 0),
        ("V1", "quality", 40, 40, 41, 0),
        ("V1", "quality", 40, None, None, 20),
        ("V1", "theft", 40, 0, 0, 0),
        ("", "quality", 40, 0, 0, 0),
        ("V1", "quality", -20, 0, 0, 0),
    ],
)
def test_what_tells_of_few_or_cannot_be_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: tuple[str | int | None, ...]
) -> None:
    assert failed(tmp_path, capsys, row) == {"grievances"}
