"""A row is held with a reason and a notice that two people signed, and never ends as anything less."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import lists
from evenhand_verify.disclosure import Disclosure, point_path
from evenhand_verify.numbers import many
from evenhand_verify.packed import HELD, REFUSED, UNCOLLECTED, outcomes
from evenhand_verify.result import Check, capped

REASONS = ("duplicate", "identity", "moved", "deceased", "mistake", "several")
NUMBERS = ("placed", "lifted", "ended")


def run(d: Disclosure) -> str | list[str]:
    """Signatures; a lift of each hold at most once; outcomes and entries tell the same; the public figures."""
    failures = []
    standing: dict[bytes, lists.Hold] = {}
    placed: dict[str, lists.Hold] = {}
    lifted: set[str] = set()
    for one in lists.holds(d):
        entry = one.entry
        failures += lists.two_signed(d, entry, "evenhand/hold/v1", [one.notice, one.act], lists.hold_digest(one))
        roll = d.rolls.get(one.point)
        if roll is None or one.tag not in {*roll.tags, *lists.listed(d, one.point)}:
            failures.append(f"the row held stands on no roll of its point, {entry.where}")
        if one.act == "place":
            if one.notice in placed or one.tag in standing:
                failures.append(f"a second hold of one row or notice, {entry.where}")
            placed[one.notice] = standing[one.tag] = one
            continue
        first = placed.get(one.notice)
        same = first is not None and (first.point, first.tag, first.entry.sha256) == (one.point, one.tag, entry.sha256)
        if not same or one.notice in lifted:
            failures.append(f"a lift of what is not held, {entry.where}")
        lifted.add(one.notice)
        standing.pop(one.tag, None)
    ended = _outcomes(d, standing, failures)
    failures += _table(d, len(placed), len(lifted), sum(ended.values()))
    if not placed and not failures:
        return "no row was held"
    worst = max(ended, key=lambda point: (ended[point], point), default="")
    most = f"; most at {worst}: {ended[worst]:,} of {len(d.redeemed[worst]):,}" if worst else ""
    return capped(failures) or (
        f"{many(len(placed), 'notice')}, {len(lifted):,} lifted, {many(sum(ended.values()), 'row')} held at the close{most}"
    )


def _outcomes(d: Disclosure, standing: dict[bytes, lists.Hold], failures: list[str]) -> dict[str, int]:
    """Rows that ended as held by point; whatever does not fit goes into `failures`."""
    ended: dict[str, int] = defaultdict(int)
    for point, packed in d.redeemed.items():
        for tag, status, value in outcomes(packed):
            hold, where = standing.get(tag), f"tag {tag.hex()}, {point_path('redeemed', point)}"
            if status == HELD:
                ended[point] += 1
                if hold is None or hold.point != point:
                    failures.append(f"a row ended as held and no hold with a reason stands, {where}")
                elif value != hold.entry.sha256[:16]:
                    failures.append(f"a row ended as held for another reason than its hold has, {where}")
            elif hold is not None and status in (UNCOLLECTED, REFUSED):
                failures.append(f"a row that was held ended as if its household had not come, {where}")
    return ended


def _table(d: Disclosure, placed: int, lifted: int, ended: int) -> list[str]:
    failures = []
    sums, empty = dict.fromkeys(NUMBERS, 0), False
    for area, reason, *numbers in d.table("held").rows("area", "reason", *NUMBERS):
        where = f"area {area or 'of all that are too small'}, {reason}"
        if reason not in REASONS or (not area and reason != "several"):
            failures.append(f"no such reason to hold a row, {where}")
        row = dict(zip(NUMBERS, numbers, strict=True))
        whole = row["placed"]
        for name, number in row.items():
            empty = empty or number is None
            sums[name] += number or 0
            rest = 0 if number is None or whole is None else whole - number
            if number is not None and (whole is None or any(0 < n < d.meta.k for n in (number, rest)) or rest < 0):
                failures.append(f"{name} tells of {number} of {whole}, k = {d.meta.k}, {where}")
    right = dict(zip(NUMBERS, (placed, lifted, ended), strict=True))
    if any(sums[name] > right[name] for name in NUMBERS) or (not empty and sums != right):
        failures.append(f"the table tells of {sums} and the log of {right}, tables/held.parquet")
    if placed and not len(d.table("held")):
        failures.append("rows were held and no figure tells of them, tables/held.parquet")
    return failures


CHECK = Check("held", "a row is held for a reason, with a notice, by two people, and its household is told", run)
