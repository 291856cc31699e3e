"""A disclosure that holds passes every check, and each check fails by a change of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker_kit.build import Build
from evenhand_verify.main import main


def test_a_good_disclosure_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build = Build()
    code = main([str(build.save(tmp_path / "d")), "--root", build.root])
    text = capsys.readouterr().out
    print(text)
    assert code == 0
