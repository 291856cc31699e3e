"""Bring in areas, points, depots, lanes, stock, households, members, proxies: a file is added as a whole or not at all."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from evenhand.actions import import_network, import_registry
from evenhand.actions.cycles import loaded
from evenhand.actions.import_work import Imported, Progress, Work
from evenhand.actions.reading import identify
from evenhand.core.engine import Engine
from evenhand.core.errors import UsageError
from evenhand.flow.policy import Policy
from evenhand.store import Store

__all__ = ["KINDS", "Imported", "import_file", "policy_in_force"]

STEPS: dict[str, Callable[[Work], Imported]] = {
    "areas": import_network.areas,
    "points": import_network.points,
    "depots": import_network.depots,
    "lanes": import_network.lanes,
    "stock": import_network.stock,
    "households": import_registry.households,
    "members": import_registry.members,
    "proxies": import_registry.proxies,
}
KINDS = tuple(STEPS)


def import_file(
    store: Store,
    engine: Engine,
    kind: str,
    path: Path,
    policy: Policy | None,
    progress: Progress = lambda label, done, total: None,
    *,
    generated: bool = False,
) -> Imported:
    """Import one file of `kind` (one of KINDS), CSV or Parquet.

    `policy` is the one in force, None before the first: lanes, stock, households and members are checked against it.
    `generated` says that the rows are made up, as they must be in a demonstration. InputError names everything that is
    wrong, and then nothing was changed. The same bytes again are a no-op (`again`).
    """
    if kind not in KINDS:
        raise UsageError(f'there is nothing to import called "{kind}"', f"name one of {', '.join(KINDS)}")
    if store.programme.demo and not generated:
        raise UsageError(
            "this data folder is a demonstration: its keys can be derived by anybody, so it takes in no real people",
            "make a folder of your own: evenhand init --data FOLDER",
        )
    source = identify(path)
    folder = store.data / "importing"
    with store.transaction(lock="import"):
        before = store.rows("SELECT rows FROM import_file WHERE sha256 = %s AND kind = %s", (source.sha256, kind))
        if before:
            return Imported(kind, before[0][0], 0, before[0][0], again=True)
        shutil.rmtree(folder, ignore_errors=True)  # what a killed import left
        folder.mkdir(mode=0o700)
        try:
            result = STEPS[kind](Work(store, engine, source, folder, policy, progress))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        store.execute(
            "INSERT INTO import_file (sha256, kind, programme, rows, at) VALUES (%s, %s, %s, %s, %s)",
            (source.sha256, kind, store.programme.id, result.rows, store.clock()),
        )
    return result


def check_file(
    store: Store, engine: Engine, kind: str, path: Path, progress: Progress = lambda label, done, total: None
) -> Imported:
    """What `import_file` would do with a file, by the policy in force: the same checks, and nothing is changed."""
    source = identify(path)
    before = store.rows("SELECT rows FROM import_file WHERE sha256 = %s AND kind = %s", (source.sha256, kind))
    if before:
        return Imported(kind, before[0][0], 0, before[0][0], again=True)
    with TemporaryDirectory(dir=store.data, prefix="checking-") as folder:
        return STEPS[kind](Work(store, engine, source, Path(folder), policy_in_force(store), progress, dry=True))


@dataclass(frozen=True)
class List:
    """A list that was brought in."""

    kind: str
    rows: int
    at: int


def imported(store: Store, limit: int = 10) -> list[List]:
    """The lists brought in last."""
    rows = store.rows(
        "SELECT kind, rows, at FROM import_file WHERE programme = %s ORDER BY at DESC, kind LIMIT %s",
        (store.programme.id, limit),
    )
    return [List(*row) for row in rows]


def policy_in_force(store: Store) -> Policy | None:
    """The policy adopted last, loaded; None before the first."""
    rows = store.rows("SELECT text, policy_id FROM policy_text ORDER BY ordinal DESC LIMIT 1")
    return loaded(rows[0][0], f"policy {rows[0][1]}") if rows else None
