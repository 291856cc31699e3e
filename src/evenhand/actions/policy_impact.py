"""What a policy would change for the households of the registry: both texts run on all of them, kept as numbers by area and
kind of household. No household stands in what is kept."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from evenhand.actions.adopt import text_of
from evenhand.actions.cycles import Progress, loaded, quiet
from evenhand.actions.policy_compare import compare_policies
from evenhand.actions.removal import gone
from evenhand.core.engine import Engine
from evenhand.core.errors import UsageError
from evenhand.flow.policy import Policy
from evenhand.formats.parquet import write
from evenhand.store import Store

KEPT = ("compare.json", "benefits.csv", "classes.csv", "areas.csv", "bins.csv")


@dataclass(frozen=True, order=True)
class Question:
    """Which two texts (SHA-256, hex), on which day."""

    old: str
    new: str
    on: date

    @property
    def name(self) -> str:
        """What it is called in an address and a folder."""
        return f"{self.old[:16]}-{self.new[:16]}-{self.on}"


def impact(store: Store, engine: Engine, question: Question, progress: Progress = quiet) -> Path:
    """Compare the two texts on everybody who is registered; the folder with the numbers, made anew.

    UsageError where one of them is not in force on that day, or nobody is registered; InputError for what cannot be read.
    """
    policies = [loaded(text_of(store, bytes.fromhex(sha)), "policy") for sha in (question.old, question.new)]
    if not store.rows("select from household limit 1"):
        raise UsageError("no household is registered", "bring the list first")
    target = _folder(store, question)
    target.parent.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".comparing-", dir=target.parent) as kept:
        work = Path(kept)
        files = _registry(store, policies, work, progress)
        out = work / "out"
        compare_policies(
            engine, policies[0], policies[1], (question.on, question.on), *files, out,
            lambda done, total: progress("comparing policies", done, total),
        )  # fmt: skip
        for name in {path.name for path in out.iterdir()} - set(KEPT):
            (out / name).unlink()
        shutil.rmtree(target, ignore_errors=True)
        out.rename(target)
    return target


def found_impact(store: Store, question: Question) -> dict[str, Any] | None:
    """The numbers of a comparison, if it was made."""
    path = _folder(store, question) / "compare.json"
    return json.loads(path.read_bytes()) if path.exists() else None


def impact_file(store: Store, question: Question, name: str) -> Path | None:
    """A file of a comparison, if there is one of that name."""
    path = _folder(store, question) / name
    return path if name in KEPT and path.exists() else None


def impacts_of(store: Store, new: str) -> list[date]:
    """The days on which the text `new` was compared with the one in force before it, the latest first."""
    found = (store.data / "comparisons").glob(f"*-{new[:16]}-*/compare.json")
    return sorted({date.fromisoformat(path.parent.name[-10:]) for path in found}, reverse=True)


def _folder(store: Store, question: Question) -> Path:
    return store.data / "comparisons" / question.name


def _registry(
    store: Store, policies: list[Policy], work: Path, progress: Progress
) -> tuple[Path, Path | None, Path | None]:
    """Households, members and points as files with the columns that the two policies ask for."""
    asked = {
        scope: sorted({n for p in policies for n, i in p.inputs.items() if i.of == scope and not i.registry})
        for scope in ("household", "member")
    }
    households = "".join(f", h.inputs->>'{name}' as \"{name}\"" for name in asked["household"])
    members = "".join(f", m.inputs->>'{name}' as \"{name}\"" for name in asked["member"])
    queries = {
        "households": f"select h.point, h.household{households} from household_now h"
        " where h.household <> all(%(off)s) order by h.point, h.household",
        "members": f"select h.point, m.household, m.member, m.birth_date, m.sex, m.occupation{members} from member_now m"
        " join household_now h on h.household = m.household where h.household <> all(%(off)s)"
        " order by h.point, m.household, m.member",
        "points": "select n.node as point, coalesce(a.name, n.area, '') as area from node n"
        " left join area a on a.pcode = n.area where n.kind = 'point' order by n.node",
    }
    paths: dict[str, Path] = {}
    off = gone(store)
    for number, (name, query) in enumerate(queries.items()):
        progress("reading the registry", number, len(queries))
        table: pa.Table = store.copy_out(query, {"off": off})
        paths[name] = work / f"{name}.parquet"
        write(table, paths[name])
    progress("reading the registry", len(queries), len(queries))
    return paths["households"], paths["members"], paths["points"]
