"""Where the programs are run from when the server's account cannot reach the installed package."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import ORIGIN, ROOT, clock, is_root, open_folder

from evenhand.actions.init import init
from evenhand.core.errors import UsageError
from evenhand.store import account, open_store, runtime

pytestmark = pytest.mark.skipif(not is_root(), reason="only root runs the server as another user")
SERVER = account.Account(61777, 61777)


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package cannot be reached, as in a clone below a private folder; copies go where the test says."""
    with open_folder() as folder:
        monkeypatch.setattr(runtime, "SHARED", folder / "lib")
        monkeypatch.setattr(runtime, "_reachable", lambda program, account: False)
        yield folder / "lib"


def test_the_programs_are_copied_once_and_belong_to_root(shared: Path) -> None:
    programs = runtime.programs(SERVER)
    assert programs.is_relative_to(shared / "runtime")
    made = (programs / "postgres").stat()
    assert runtime.programs(SERVER) == programs
    assert (programs / "postgres").stat().st_ino == made.st_ino
    for path in (shared, *shared.rglob("*")):
        found = path.stat()
        assert found.st_uid == 0
        assert not found.st_mode & 0o022
    assert account._allows(programs / "postgres", SERVER, 5)
    assert [path.name for path in (shared / "runtime").iterdir()] == [programs.relative_to(shared / "runtime").parts[0]]


def test_the_copy_works(shared: Path) -> None:
    data = shared.parent / "data"
    init(data, "relief", ORIGIN, "UTC", ROOT, clock)
    with open_store(data, clock) as store:
        assert store.rows("SELECT id FROM programme") == [("relief",)]


def test_a_copy_that_others_could_change_is_not_run(shared: Path) -> None:
    place = runtime.programs(SERVER).parents[2]
    place.chmod(0o777)
    with pytest.raises(UsageError, match="does not belong to root alone"):
        runtime.programs(SERVER)
    place.chmod(0o755)
    (shared / "runtime").chmod(stat.S_IRWXU | stat.S_IRWXG)
    with pytest.raises(UsageError, match="does not belong to root alone"):
        runtime.programs(SERVER)
