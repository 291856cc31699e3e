"""Snapshots: named by their bytes, and only good as long as they have them."""

from __future__ import annotations

import stat
from pathlib import Path

import pyarrow as pa
import pytest

from evenhand.core.errors import UsageError
from evenhand.store.snapshots import Snapshots

ROWS = pa.table({"household": ["H1", "H2"], "size": [4, 5]})


def test_equal_rows_have_one_name(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    name = snapshots.put(ROWS)
    assert snapshots.put(pa.concat_tables([ROWS.slice(0, 1), ROWS.slice(1)])) == name
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.parquet"]
    assert snapshots.table(name).equals(ROWS)
    assert snapshots.put(ROWS.slice(1)) != name


def test_a_file_is_kept_under_the_hash_of_its_bytes(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path / "s")
    (tmp_path / "s").mkdir()
    name = snapshots.put(ROWS)
    assert snapshots.put_file(snapshots.path(name)) == name
    assert stat.S_IMODE(snapshots.path(name).stat().st_mode) == 0o600
    assert len(list((tmp_path / "s").iterdir())) == 1


def test_a_changed_snapshot_is_refused(tmp_path: Path) -> None:
    snapshots = Snapshots(tmp_path)
    name = snapshots.put(ROWS)
    path = snapshots.path(name)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(UsageError, match="changed"):
        snapshots.table(name)


@pytest.mark.parametrize("name", ["../keys/root", "", "ab", "g" * 64, "A" * 64])
def test_a_name_that_is_no_hash_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError):
        Snapshots(tmp_path).path(name)


def test_a_missing_snapshot_is_the_users_to_restore(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="missing"):
        Snapshots(tmp_path).path("0" * 64)
