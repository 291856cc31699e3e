"""init, enrol and import as commands: exit codes, where the words go, and that no mistake gives a traceback."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path

import pytest
from files import GOOD
from folders import is_root, open_folder
from typer.testing import CliRunner

from evenhand.cli.main import COMMANDS

PROGRAM = "import sys; from evenhand.cli import main; sys.argv[0] = 'evenhand'; main()"
INIT = ("init", "--programme", "relief", "--origin", "relief.example")


def run(*arguments: str, data: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    base = {key: value for key, value in os.environ.items() if not key.startswith("EVENHAND_")}
    paths = os.pathsep.join(path for path in sys.path if path)
    own = {"EVENHAND_ROOT_PASSPHRASE": "r", "EVENHAND_PASSPHRASE": "p"}
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL,
        env={**base, **own, "PYTHONPATH": paths, **({"EVENHAND_DATA": str(data)} if data else {}), **environment},
    )  # fmt: skip


def refused(result: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    """It ended with `code`, said these words on stderr, and nothing on stdout."""
    assert result.returncode == code, result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    for word in words:
        assert word in result.stderr


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with open_folder() as found:
        for kind, text in GOOD.items():
            (found / f"{kind}.csv").write_text(text)
        made = run(*INIT, data=found / "data")
        assert made.returncode == 0, made.stderr
        assert "relief.example/root+" in made.stdout
        yield found


def test_setting_up_step_by_step(folder: Path) -> None:
    data = folder / "data"
    for kind in ("areas", "points", "depots"):
        assert run("import", kind, str(folder / f"{kind}.csv"), data=data).returncode == 0
    found = run("import", "areas", str(folder / "areas.csv"), "--json", data=data)
    assert json.loads(found.stdout) == {"kind": "areas", "rows": 2, "added": 0, "known": 2, "again": True}
    assert "imported before" in run("import", "areas", str(folder / "areas.csv"), data=data).stdout
    person = run("enrol", "person", "amina", "--role", "preparer", "--role", "approver", "--json", data=data)
    assert json.loads(person.stdout)["roles"] == ["approver", "preparer"]
    device = run("enrol", "device", "tablet", "--point", "Alder", "--point", "Birch", "--json", data=data)
    assert json.loads(device.stdout)["points"] == ["Alder", "Birch"]


def test_mistakes_exit_with_2_and_say_what_to_do(folder: Path) -> None:
    data = folder / "data"
    refused(run(*INIT, data=data), 2, "already initialised", "what to do")
    refused(run("import", "areas", str(folder / "nothing.csv"), data=data), 2, "nothing.csv", "no such file")
    (folder / "wrong.csv").write_text("pcode,name,parent,level\nX,x,,0\nY,y,OZ,1\n")
    refused(
        run("import", "areas", str(folder / "wrong.csv"), data=data), 2,
        'wrong.csv, row 2, field "parent", value "OZ": there is no such area. What to do:',
    )  # fmt: skip
    refused(run("import", "lanes", str(folder / "lanes.csv"), data=data), 2, "policy adopt")
    refused(run("import", "planets", str(folder / "areas.csv"), data=data), 2)
    refused(run("import", "areas", data=data), 2)
    refused(run("enrol", "person", "bram", "--role", "king", data=data), 2, "roles")
    refused(
        run("enrol", "person", "bram", "--role", "preparer", data=data, EVENHAND_ROOT_PASSPHRASE="x"),
        2,
        "does not open",
    )
    refused(run("enrol", "device", "other", "--point", "Nowhere", data=data), 2, "no point")
    refused(run("import", "areas", str(folder / "areas.csv"), data=folder / "elsewhere"), 2, "evenhand init")


def test_of_two_inits_at_once_one_makes_the_folder_and_the_other_is_told(folder: Path) -> None:
    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda _: run(*INIT, data=folder / "contested"), range(2)))
    assert sorted(result.returncode for result in results) in ([0, 2], [0, 3])
    assert all("Traceback" not in result.stderr for result in results)
    assert run("enrol", "person", "amina", "--role", "preparer", data=folder / "contested").returncode == 0


def test_without_a_passphrase_or_a_terminal_it_does_not_wait(folder: Path) -> None:
    paths = os.pathsep.join(path for path in sys.path if path)
    base = {key: value for key, value in os.environ.items() if not key.startswith("EVENHAND_")}
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, *INIT, "--data", str(folder / "new")], capture_output=True, text=True,
        stdin=subprocess.DEVNULL, env={**base, "PYTHONPATH": paths}, timeout=60,
    )  # fmt: skip
    refused(result, 2, "EVENHAND_ROOT_PASSPHRASE")
    assert not (folder / "new").exists()


@pytest.mark.skipif(not is_root(), reason="an ordinary user's server crosses what the user crosses")
def test_a_folder_the_database_cannot_reach_is_an_error_and_not_widened(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    refused(run(*INIT, data=closed / "data"), 2, "cannot pass through", str(closed))
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    assert list(closed.iterdir()) == []


@pytest.mark.parametrize("command", ["init", "enrol", "enrol person", "enrol device", "import", "import stock"])
def test_help_has_an_example(command: str) -> None:
    first, *rest = command.split()
    module = import_module(f"evenhand.cli.{COMMANDS[first][0]}")
    result = CliRunner().invoke(module.app, [*rest, "--help"])
    assert result.exit_code == 0
    assert f"Example: evenhand {command}" in " ".join(result.stdout.split())
