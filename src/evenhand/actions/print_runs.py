"""Papers that wait for the printer: files in the data folder until somebody has printed them and destroys them.

Card papers hold secrets that are kept nowhere else. So they are not made while a browser waits, where a torn connection
would lose families their cards, and they do not stay once they are printed.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evenhand.actions.card_paper import JOURNAL
from evenhand.core.errors import UsageError
from evenhand.store import Store

KINDS = ("cards", "coupons", "slips", "poster", "roll")
_NAME = re.compile(r"[0-9]{4,9}")


@dataclass(frozen=True)
class PrintRun:
    """Files of one printing. `what` is its kind, `points` what it is for (empty: every point), `asked` what else was asked
    for, `files` how many there are of each kind of paper; `unfinished`: cards are being made, or that was interrupted."""

    name: str
    what: str
    points: tuple[str, ...]
    asked: Mapping[str, Any]
    person: str
    at: int
    files: Mapping[str, int]
    unfinished: bool


def begin_run(store: Store, what: str, points: Sequence[str], asked: Mapping[str, Any], person: str) -> str:
    """A new folder for a printing; its name. `asked`: what its work needs to know, and no secret."""
    root = store.data / "papers"
    root.mkdir(mode=0o700, exist_ok=True)
    number = max((int(path.name) for path in root.iterdir() if _NAME.fullmatch(path.name)), default=0)
    while True:
        number += 1
        folder = root / f"{number:04}"
        try:
            folder.mkdir(mode=0o700)
            break
        except FileExistsError:  # another request was quicker
            continue
    told = {"what": what, "points": list(points), "asked": dict(asked), "person": person, "at": store.clock()}
    (folder / "run.json").write_text(json.dumps(told), encoding="utf-8")
    return folder.name


def sheets_of(store: Store, name: str) -> Path:
    """Where the files of a printing go."""
    return _folder(store, name) / "sheets"


def print_runs(store: Store, points: Set[str] | None) -> list[PrintRun]:
    """Printings for these points alone (None: all), the newest first."""
    root = store.data / "papers"
    if not root.is_dir():
        return []
    found = [_read(path) for path in root.iterdir() if _NAME.fullmatch(path.name) and (path / "run.json").exists()]
    seen = [run for run in found if points is None or (run.points and set(run.points) <= points)]
    return sorted(seen, key=lambda run: run.name, reverse=True)


def zipped(store: Store, name: str, kind: str, points: Set[str] | None) -> bytes:
    """All files of a kind of paper of a printing, in one archive. UsageError for what is not there, or not these points'."""
    find_run(store, name, points)
    paths = sorted((sheets_of(store, name) / kind).glob("*.pdf")) if kind in KINDS else []
    if not paths:
        raise UsageError("these papers are not here", "they were destroyed, or are not made yet")
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_STORED) as archive:  # a PDF is packed already
        for path in paths:
            archive.write(path, path.name)
    return held.getvalue()


def destroy_run(store: Store, name: str, points: Set[str] | None) -> None:
    """Remove the files of a printing. UsageError while they are being made."""
    if find_run(store, name, points).unfinished:
        raise UsageError("these papers are not finished", "wait, or let the printing go on")
    shutil.rmtree(_folder(store, name))


def drop_empty_run(store: Store, name: str) -> None:
    """Remove a printing that came to nothing: no file was made, and none is being made."""
    run = _read(_folder(store, name))
    if not run.files and not run.unfinished:
        shutil.rmtree(_folder(store, name))


def find_run(store: Store, name: str, points: Set[str] | None) -> PrintRun:
    """One printing. UsageError where it is not there, or not for these points alone."""
    for run in print_runs(store, points):
        if run.name == name:
            return run
    raise UsageError("there is no such printing", "it was destroyed, or is for another area")


def _folder(store: Store, name: str) -> Path:
    if not _NAME.fullmatch(name):
        raise UsageError("there is no such printing", "choose one of the list")
    return store.data / "papers" / name


def _read(folder: Path) -> PrintRun:
    told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    sheets = folder / "sheets"
    files = {kind: count for kind in KINDS if (count := len(list((sheets / kind).glob("*.pdf"))))}
    return PrintRun(
        folder.name, told["what"], tuple(told["points"]), told["asked"], told["person"], told["at"], files,
        (sheets / JOURNAL).exists(),
    )  # fmt: skip
