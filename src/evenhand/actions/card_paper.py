"""Papers of cards as PDF: a batch of households is issued, drawn and written before the database keeps it, so that a run
which was killed loses nobody's papers and can be taken up again. Secret, id and r are nowhere but in these files."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from evenhand.actions.cards import WITHOUT_CARD, Paper, Secrets, check_periods, issue_part
from evenhand.actions.cycles import Progress, quiet
from evenhand.actions.proxies import proxies_of
from evenhand.actions.recuts import file_name
from evenhand.core.errors import UsageError
from evenhand.formats.tag import card_mark
from evenhand.render.paper import unprintable
from evenhand.render.sheets import KINDS, Holder, Kind, Run, parts, sheets_pdf
from evenhand.store import Store

BATCH = 500
"""So many households of one point are issued in one transaction."""
JOURNAL = "unfinished"
"""In the folder while a run is not done: its task, then of each batch the mark of its first card and its files' name."""
WORKERS = 2

Issue = Callable[[Sequence[str]], Paper | None]
"""Gives cards to these households within the caller's transaction; None if none of them needs one any more."""


@dataclass(frozen=True)
class Printed:
    """How many cards and coupons were printed by this run, into which files, and which characters no font has."""

    cards: int
    coupons: int
    files: tuple[Path, ...]
    unprintable: str


def print_cards(
    store: Store,
    periods: Sequence[str],
    secrets: Secrets,
    out: Path,
    run: Run,
    progress: Progress = quiet,
    points: Sequence[str] | None = None,
) -> Printed:
    """Issue a card to every household (of `points`, None: all) that has none, and write the sheets of each point to `out`:
    cards/, coupons/, slips/.

    A run that was interrupted goes on when it is begun again with the same `out`. UsageError if there is nobody without a
    card, or `out` holds something else.
    """
    names = check_periods(periods)
    waiting = store.rows(
        f"select h.household, h.point from household_now h where h.household in ({WITHOUT_CARD})"
        " and (%(points)s::text[] is null or h.point = any(%(points)s)) order by h.point, h.serial",
        {"points": None if points is None else list(points)},
    )

    def first(households: Sequence[str]) -> Paper | None:
        still = {row[0] for row in store.rows(f"{WITHOUT_CARD} and h.household = any(%s)", (list(households),))}
        left = [household for household in households if household in still]
        return issue_part(store, left, names, secrets) if left else None

    if not waiting and not (out / JOURNAL).exists():
        remedy = "import new households first; for months to come: evenhand card renew"
        raise UsageError("every household has a card", remedy)
    return print_batches(store, waiting, first, f"issue {' '.join(names)} {run.stock}", out, run, progress)


def print_batches(
    store: Store,
    waiting: Sequence[tuple[str, str]],
    issue: Issue,
    task: str,
    out: Path,
    run: Run,
    progress: Progress = quiet,
) -> Printed:
    """Issue and print cards for `waiting` (household, point; sorted by point), batch by batch. `task` is what this is: only
    the same goes on with a run that was interrupted."""
    files = _take_up(store, out, task)
    cards = coupons = 0
    bad: set[str] = set()
    with ThreadPoolExecutor(WORKERS) as pool:
        for done, point, batch in _batches(waiting):
            progress("printing cards", done, len(waiting))
            with store.transaction("card"):
                paper = issue(batch)
                if paper is None:
                    continue
                holders = holders_of_paper(store, paper)
                bad.update(unprintable([[holder.name, holder.point, *holder.proxies] for holder in holders]))
                stem = f"{file_name(point)}-{holders[0].number[:8]}-{holders[0].epoch}"
                with (out / JOURNAL).open("a") as journal:
                    journal.write(f"{card_mark(holders[0].id).hex()} {stem}\n")
                written = _write(pool, out, stem, holders, run)
            # The database keeps them now: from here on these files are the families' papers.
            files += [_finished(path) for path in written]
            cards, coupons = cards + paper.slips.num_rows, coupons + paper.coupons.num_rows
    progress("printing cards", len(waiting), len(waiting))
    (out / JOURNAL).unlink()
    return Printed(cards, coupons, tuple(sorted(files)), "".join(sorted(bad)))


def holders_of_paper(store: Store, paper: Paper) -> list[Holder]:
    """What stands on each household's papers, in the order of the slips."""
    slips = paper.slips.to_pylist()
    names = [slip["household"] for slip in slips]
    known = {
        household: (name, point)
        for household, name, point in store.rows(
            "select h.household, h.name, n.name from household_now h join node n on n.node = h.point"
            " where h.household = any(%s)",
            (names,),
        )
    }
    since = dict(
        store.rows(
            "select distinct on (household) household, from_period from card where household = any(%s)"
            " order by household, epoch desc",
            (names,),
        )
    )
    proxies = proxies_of(store, names)
    coupons: dict[str, list[tuple[str, bytes]]] = {}
    for coupon in paper.coupons.to_pylist():
        coupons.setdefault(coupon["household"], []).append((coupon["period"], coupon["r"]))
    return [
        Holder(
            slip["card"], known[slip["household"]][0] or "", known[slip["household"]][1], slip["epoch"],
            since[slip["household"]], slip["secret"], slip["id"], tuple(sorted(coupons.get(slip["household"], ()))),
            proxies.get(slip["household"], ()),
        )
        for slip in slips
    ]  # fmt: skip


def _batches(waiting: Sequence[tuple[str, str]]) -> Iterator[tuple[int, str, list[str]]]:
    """(how many came before, point, households) of each batch."""
    done = 0
    for point, group in groupby(waiting, key=lambda row: row[1]):
        households = [row[0] for row in group]
        for at in range(0, len(households), BATCH):
            batch = households[at : at + BATCH]
            yield done, point, batch
            done += len(batch)


def _take_up(store: Store, out: Path, task: str) -> list[Path]:
    """Make `out`, or go on with what was interrupted there: files of batches that the database keeps become final, others
    are removed. The final files there are."""
    journal = out / JOURNAL
    if not out.exists():
        out.mkdir(parents=True, mode=0o700)
        for kind in KINDS:
            (out / kind).mkdir(mode=0o700)
        journal.write_text(f"{task}\n")
        return []
    if not journal.exists():
        raise UsageError(f"{out} exists", "name a new folder: these files must not be mixed with others")
    said, *lines = journal.read_text().splitlines()
    if said != task:
        raise UsageError(f'{out} holds an unfinished run of "card {said}"', "finish that first, or name a new folder")
    marks = {stem: bytes.fromhex(mark) for mark, stem in (line.split(" ", 1) for line in lines)}
    for path in sorted(out.glob("*/*.part")):
        mark = marks.get(path.name.rsplit(".", 3)[0])
        if mark is not None and store.rows("select 1 from card where mark = %s", (mark,)):
            _finished(path)
        else:
            path.unlink()
    return sorted(out.glob("*/*.pdf"))


def _write(pool: ThreadPoolExecutor, out: Path, stem: str, holders: Sequence[Holder], run: Run) -> list[Path]:
    """Draw the sheets of a batch and write them under names that end in .part, safe on the disk."""
    jobs: list[tuple[Path, Kind, Sequence[Holder]]] = [
        (out / kind / f"{stem}.{number}.pdf.part", kind, some)
        for kind in KINDS
        for number, some in enumerate(parts(kind, holders, run), 1)
    ]
    for (path, _, _), drawn in zip(jobs, pool.map(lambda job: sheets_pdf(job[1], job[2], run), jobs), strict=True):
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(drawn)
            file.flush()
            os.fsync(file.fileno())
    return [path for path, _, _ in jobs]


def _finished(path: Path) -> Path:
    return path.rename(path.with_suffix(""))
