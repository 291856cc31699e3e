"""What is published, as the page about it shows it: every closed cycle, its folder here, and what the checker says of it.

The checks are those of the program `evenhand-verify`, run as anybody would run it; nothing of it is imported.
"""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from evenhand.actions.cycles import Progress, cycles_before, find, quiet
from evenhand.actions.publish import publish
from evenhand.core.errors import UsageError
from evenhand.flow.disclosure import layout
from evenhand.store import Store
from evenhand.store.files import write_whole

CYCLES_SHOWN = 600
CHUNK = 1 << 20


@dataclass(frozen=True)
class Check:
    """What `evenhand-verify` said of a folder: `at` UTC seconds, `package` the SHA-256 (hex) of the datapackage it read,
    `checks` each with name, pass, figure, failures. `code` is its exit code."""

    at: int
    package: str
    previous: str
    code: int
    verdict: str
    checks: list[dict[str, Any]]
    cannot_show: list[str]

    @property
    def failed(self) -> int:
        """How many checks failed."""
        return sum(not one["pass"] for one in self.checks)


@dataclass(frozen=True)
class Disclosed:
    """A cycle that is closed or published. `at`: when it was published (UTC seconds), `folder`: its disclosure, if it lies
    on this server; `checked`: the last check of it here."""

    cycle: str
    period: str
    state: str
    person: str
    at: int | None
    folder: Path | None
    checked: Check | None


def disclosed(store: Store) -> list[Disclosed]:
    """Every closed or published cycle, the newest first."""
    rows = store.rows(
        "select c.cycle, c.period, p.person, p.at from cycle c"
        " join cycle_event e on e.programme = c.programme and e.cycle = c.cycle and e.state = 'closed'"
        " left join cycle_event p on p.programme = c.programme and p.cycle = c.cycle and p.state = 'published'"
        " where c.programme = %s order by e.id desc limit %s",
        (store.programme.id, CYCLES_SHOWN),
    )
    return [
        Disclosed(
            cycle, period, "closed" if at is None else "published", person or "", at, folder_of(store, period),
            last_check(store, period),
        )
        for cycle, period, person, at in rows
    ]  # fmt: skip


def disclosed_in(store: Store, period: str) -> Disclosed:
    """The closed or published cycle of a period; UsageError if there is none."""
    for one in disclosed(store):
        if one.period == period:
            return one
    raise UsageError(f"nothing of {period} is closed", "look at the list of cycles")


def folder_of(store: Store, period: str) -> Path | None:
    """The published folder of a period, if it lies in the data folder."""
    folder = store.data / "disclosures" / period
    return folder if (folder / layout.DATAPACKAGE).is_file() else None


def previous_of(store: Store, cycle: str) -> Path | None:
    """The folder of the cycle just before, if it lies here."""
    for name, _state in cycles_before(store, cycle)[-1:]:
        return folder_of(store, find(store, name).period.id)
    return None


def publish_here(store: Store, cycle: str, person: str, progress: Progress = quiet) -> Check:
    """Publish a cycle into the data folder, then check it: where it lies there already, only check it again."""
    folder = publish(store, cycle, person, progress=progress)
    return check(store, cycle, folder, progress)


def check(store: Store, cycle: str, folder: Path, progress: Progress = quiet) -> Check:
    """Run `evenhand-verify` on a folder with the root key that this programme publishes, and keep what it says."""
    program = Path(sys.executable).with_name("evenhand-verify")
    if not program.exists():
        raise UsageError("evenhand-verify is not installed here", "install it: pip install evenhand-verify")
    previous = previous_of(store, cycle)
    command = [str(program), str(folder), "--root", store.keys.root_vkey.line(), "--json"]
    if previous is not None:
        command += ["--previous", str(previous)]
    progress("checking", 0, 1)
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise UsageError(
            f"the checker stopped: {done.stderr.strip()[-300:]}", "run it by hand: evenhand-verify FOLDER"
        ) from None
    package = sha256((folder / layout.DATAPACKAGE).read_bytes()).hexdigest()
    found = Check(
        store.clock(), package, previous.name if previous else "", done.returncode, str(said["verdict"]),
        list(said["checks"]), list(said.get("cannot_show", ())),
    )  # fmt: skip
    kept = store.data / "checked"
    kept.mkdir(mode=0o700, exist_ok=True)
    write_whole(kept / f"{folder.name}.json", json.dumps(asdict(found), ensure_ascii=False).encode())
    progress("checking", 1, 1)
    return found


def last_check(store: Store, period: str) -> Check | None:
    """What the checker said last of a period's folder here."""
    path = store.data / "checked" / f"{period}.json"
    return Check(**json.loads(path.read_bytes())) if path.exists() else None


def claims_told(folder: Path) -> list[dict[str, Any]]:
    """The claims tested on a disclosure, as it publishes them."""
    found: list[dict[str, Any]] = json.loads((folder / layout.CLAIMS).read_bytes())
    return found


def file_of(folder: Path, path: str) -> Path | None:
    """A file of a disclosure by its path in it; None for anything that is not a plain file inside it."""
    parts = path.split("/")
    if any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts):
        return None
    found = folder.joinpath(*parts)
    inside = found.resolve().is_relative_to(folder.resolve())
    return found if inside and found.is_file() and not found.is_symlink() else None


def zipped(folder: Path) -> Iterator[bytes]:
    """A disclosure as a zip file, piece by piece: nothing of it is held in memory. The same folder gives the same bytes."""
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
            entry = zipfile.ZipInfo(f"{folder.name}/{path.relative_to(folder).as_posix()}")
            entry.external_attr = 0o644 << 16
            entry.file_size = path.stat().st_size
            with archive.open(entry, "w") as target, path.open("rb") as source:
                while piece := source.read(CHUNK):
                    target.write(piece)
                    yield sink.taken()
    yield sink.taken()


class _Sink:
    """Takes what a zip file writes, and gives it on."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        """Keep a piece."""
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing is kept open."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = b"".join(self._parts)
        self._parts.clear()
        return found
