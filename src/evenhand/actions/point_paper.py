"""The papers of a point: its notice and its roll, from the committed files of a cycle and what was counted since."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.cycles import Cycle, Progress, find, place, quiet
from evenhand.actions.hold import held_now
from evenhand.actions.proxies import proxies_at
from evenhand.actions.recuts import file_name
from evenhand.actions.supplement_rows import confirmed
from evenhand.actions.writing import write_bytes
from evenhand.core.errors import UsageError
from evenhand.flow.disclosure.naming import name_of
from evenhand.flow.policy import Policy
from evenhand.formats import note, tlog
from evenhand.render.point_paper import Class, Cut, Family, Notice, poster_pdf, roll_pdf
from evenhand.store import Store

PRINTABLE = ("committed", "open", "closed", "published")
MOST = 8
"""So many classes or amounts stand on a notice: the ones most households have."""


@dataclass(frozen=True)
class Wish:
    """What to print: `points` (none: all), notice, roll or both, and what the notice says beside the figures."""

    points: Sequence[str]
    poster: bool
    roll: bool
    when: str = ""
    complaint: str = ""
    language: str = "en"


def print_points(store: Store, cycle: str, wish: Wish, out: Path, progress: Progress = quiet) -> list[Path]:
    """Write OUT/poster/POINT.pdf and OUT/roll/POINT.pdf. After a re-cut both say what it left.

    UsageError before the commitment, for a point without a roll, and if neither paper is asked for.
    """
    if not (wish.poster or wish.roll):
        raise UsageError("nothing is asked for", "name --roll, --poster or both")
    found = find(store, cycle)
    if found.state not in PRINTABLE:
        raise UsageError(f"cycle {cycle} is {found.state}", f"print when it is committed: evenhand cycle show {cycle}")
    rolls = [row[0] for row in store.rows("select point from roll where programme = %s and cycle = %s order by point",
                                          (store.programme.id, cycle))]  # fmt: skip
    for point in wish.points:
        if point not in rolls:
            raise UsageError(f'cycle {cycle} has no roll of a point "{point}"', f"the first is {rolls[0]}")
    work = _Work(store, found, wish)
    written = []
    wanted = list(dict.fromkeys(wish.points)) or rolls
    for number, point in enumerate(wanted):
        progress("printing", number, len(wanted))
        notice, families = work.papers(point)
        if wish.poster:
            written.append(write_bytes(out / "poster" / f"{file_name(point)}.pdf", poster_pdf(notice)))
        if wish.roll:
            path = write_bytes(out / "roll" / f"{file_name(point)}.pdf", roll_pdf(notice, families))
            path.chmod(0o600)  # it names people
            written.append(path)
    progress("printing", len(wanted), len(wanted))
    return written


def households_on_roll(store: Store, cycle: str, point: str) -> list[str]:
    """The households whose names a point's roll holds."""
    rows = store.rows(
        "select household from roll_row where programme = %s and cycle = %s and point = %s",
        (store.programme.id, cycle, point),
    )
    return [row[0] for row in rows]


class _Work:
    """What all points of one printing share."""

    def __init__(self, store: Store, cycle: Cycle, wish: Wish) -> None:
        self._store, self._cycle, self._wish = store, cycle, wish
        self._policy = cycle.policy()
        self._root = place(store, cycle.id)
        tables = self._root / "public" / "tables"
        self._totals = {(r["point"], r["benefit"]): r for r in pq.read_table(tables / "totals.parquet").to_pylist()}
        self._levels = {
            (r["point"], r["commodity"]): (r["rungs"], Fraction(int(r["num"]), int(r["den"])))
            for r in pq.read_table(tables / "levels.parquet").to_pylist()
        }
        self._everywhere = everywhere(tables)
        self._names = dict(store.rows("select node, name from node"))
        signed = store.log.checkpoint() or ""
        text = note.open_note(signed, store.keys.log_vkey)
        seen = tlog.parse_checkpoint(text)
        self._checkpoint = (seen.size, seen.root.hex(), text.strip())
        today = store.today()
        self._printed = today.isoformat()

    def papers(self, point: str) -> tuple[Notice, list[Family]]:
        """The notice of a point and the rows of its roll."""
        store, cycle = self._store, self._cycle
        rows = self._rows(point)
        listed = [row for one in confirmed(store, cycle.id, point) for row in pq.read_table(one.rows).to_pylist()]
        held = {one.household: one.notice for one in held_now(store, cycle.id, point)}
        known = {
            household: (" ".join(filter(None, (name, held.get(household) and f"({held[household]})"))), int(members))
            for household, name, members in store.rows(
                "select h.household, h.name, (select count(*) from member_now m where m.household = h.household)"
                " from household_now h where h.household = any(%s)",
                (sorted({row["household"] for row in (*rows, *listed)}),),
            )
        }
        recut = {
            row[0]: row[1:]
            for row in store.rows(
                "select benefit, counted, rungs, num, den from recut where programme = %s and cycle = %s and point = %s",
                (store.programme.id, cycle.id, point),
            )
        }
        names = [b for b in self._policy.benefits if any(row["benefit"] == b for row in rows)]
        planned, alike, cuts = {}, {}, {}
        for b in names:
            planned[b], alike[b] = _share(rows, b, self._levels.get((point, b)))
        share = dict(planned)
        for benefit, (counted, rungs, num, den) in recut.items():
            share[benefit], alike[benefit] = _share(rows, benefit, (rungs, Fraction(int(num), int(den))))
            total = self._totals[point, benefit]
            cuts[benefit] = Cut(total["units"], counted, planned[benefit], share[benefit])
        classes, dues, more = _classes(rows, names, {h: m for h, (_, m) in known.items()}, self._policy)
        notice = Notice(
            store.programme.id, cycle.period.id, self._names.get(point) or point,
            {b: self._policy.benefits[b] for b in names}, self._titles(names), share,
            frozenset(b for b in names if alike[b]), self._everywhere, cuts, classes,
            dues, more, self._checkpoint, self._printed, self._wish.when, self._wish.complaint, self._wish.language,
            store.programme.demo,
        )  # fmt: skip
        return notice, _families([*rows, *listed], known, proxies_at(store, point))

    def _rows(self, point: str) -> list[dict[str, Any]]:
        """The point's rows, as committed or as its re-cut left them."""
        cut = self._root / "private" / "recut" / f"{file_name(point)}.parquet"
        if cut.exists():
            return list(pq.read_table(cut).to_pylist())
        path = self._root / "private" / "rows.parquet"
        return list(pq.read_table(path, filters=pc.field("point") == point).to_pylist())

    def _titles(self, names: Sequence[str]) -> dict[str, str]:
        """What the benefits are called in the language of the paper, as far as the policy says."""
        found = {}
        for name in names:
            own = self._policy.words.get(("benefit", name, "title"), {})
            found[name] = own.get(self._wish.language) or name_of(self._policy.benefits[name])
        return found


def _share(
    rows: Sequence[Mapping[str, Any]], benefit: str, level: tuple[int, Fraction] | None
) -> tuple[Fraction, bool]:
    """What the households of a point get of all they are due of a benefit, exactly, at a level; whether each gets that."""
    total = got = Fraction(0)
    shares = set()
    for row in rows:
        ladder = row["ladder"]
        if row["benefit"] != benefit or not (due := sum(ladder)):
            continue
        mine = Fraction(due if level is None else sum(ladder[: level[0]]))
        if level is not None and level[0] < len(ladder):
            mine += level[1] * ladder[level[0]]
        total, got = total + due, got + mine
        shares.add(mine / due)
    return (got / total if total else Fraction(1)), len(shares) <= 1


def everywhere(tables: Path) -> dict[str, Fraction]:
    """By benefit: what all points together are allocated of what they are due, reserve included on both sides."""
    due: Counter[str] = Counter()
    for row in pq.read_table(tables / "demand.parquet", columns=["commodity", "quantity"]).to_pylist():
        due[row["commodity"]] += row["quantity"]
    got: defaultdict[str, Fraction] = defaultdict(Fraction)
    for row in pq.read_table(tables / "levels.parquet").to_pylist():
        got[row["commodity"]] += Fraction(int(row["quantity_num"]), int(row["quantity_den"]))
    return {name: got[name] / total if total else Fraction(1) for name, total in due.items()}


def _families(
    rows: Sequence[Mapping[str, Any]], known: Mapping[str, tuple[str, int]], proxies: Mapping[str, tuple[str, ...]]
) -> list[Family]:
    found: dict[str, Family] = {}
    for row in rows:
        household = row["household"]
        mine = found.get(household) or Family(row["card"], *known[household], {}, proxies.get(household, ()))
        found[household] = replace(mine, rations={**mine.rations, row["benefit"]: row["ration_steps"]})
    return list(found.values())


Dues = dict[str, list[tuple[int, int, int]]]


def _classes(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], members: Mapping[str, int], policy: Policy
) -> tuple[list[Class], Dues, bool]:
    """(classes by size, amounts due by benefit, whether there are more). Only what at least k households share is told."""
    of: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for row in rows:
        # What earlier months left uncollected is a family's own, not what its class gets.
        of[row["household"]][row["benefit"]] = (sum(row["ladder"]), row["ration_steps"] - row["offered_steps"])
    sizes: dict[int, list[dict[str, tuple[int, int]]]] = defaultdict(list)
    for household, grants in of.items():
        sizes[members[household]].append({name: grants.get(name, (0, 0)) for name in names})
    decided = all(len({tuple(due for due, _ in one.values()) for one in group}) == 1 for group in sizes.values())
    if decided:
        told = [size for size, group in sizes.items() if len(group) >= policy.k]
        told = sorted(sorted(told, key=lambda size: -len(sizes[size]))[:MOST])
        found = [_class(size, sizes[size], names) for size in told]
        return found, {}, len(told) < len(sizes)
    dues: Dues = {}
    more = False
    for name in names:
        groups: dict[int, list[int]] = defaultdict(list)
        for grants in of.values():
            due, got = grants.get(name, (0, 0))
            if due:
                groups[due].append(got)
        kept = [due for due, group in groups.items() if len(group) >= policy.k]
        kept = sorted(sorted(kept, key=lambda due: -len(groups[due]))[:MOST])
        more = more or len(kept) < len(groups)
        if kept:
            dues[name] = [(due, min(groups[due]), max(groups[due])) for due in kept]
    return [], dues, more


def _class(size: int, group: Sequence[Mapping[str, tuple[int, int]]], names: Sequence[str]) -> Class:
    return Class(
        size,
        {name: group[0][name][0] for name in names},
        {name: min(one[name][1] for one in group) for name in names},
        {name: max(one[name][1] for one in group) for name in names},
    )
