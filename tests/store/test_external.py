"""A real server, named by EVENHAND_DATABASE_URL: here another data folder's server plays it."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
from folders import ORIGIN, ROOT, clock

from evenhand.actions.init import init
from evenhand.core.errors import TryAgain, UsageError
from evenhand.store import open_store, postgres


def test_the_named_server_is_used_with_the_same_guards(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "data"
    with postgres.start(data) as server:
        with psycopg.connect(**{**server.owner, "dbname": "template1"}, autocommit=True) as owner:
            owner.execute("CREATE DATABASE country")
        host, password = quote(server.owner["host"], safe=""), quote(server.owner["password"], safe="")
        monkeypatch.setenv("EVENHAND_DATABASE_URL", f"postgresql://evenhand_owner:{password}@/country?host={host}")
        init(folder, "relief", ORIGIN, "UTC", ROOT, clock)
        assert not (folder / "postgres").exists()
        with open_store(folder, clock) as store:
            assert store.rows("SELECT current_user, current_database()") == [("evenhand_app", "country")]
            with pytest.raises(UsageError, match="refuses"):
                store.execute("DELETE FROM programme")
    with pytest.raises(TryAgain) as caught, open_store(folder, clock):
        pass  # the server is gone
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("url", ["not a url", "postgresql://x@y/z?nonsense=1"])
def test_a_url_that_cannot_be_read_is_told(data: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("EVENHAND_DATABASE_URL", url)
    with pytest.raises(UsageError, match="EVENHAND_DATABASE_URL"), open_store(data, clock):
        pass


def test_a_database_of_another_programme_is_refused(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = data / "evenhand.toml"
    config.write_text(config.read_text().replace("relief", "other"))
    with pytest.raises(UsageError, match="no programme 'other'"), open_store(data, clock):
        pass
    assert stat.S_IMODE(os.stat(data / "keys").st_mode) == 0o700
