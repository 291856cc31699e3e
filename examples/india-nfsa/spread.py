"""Rice and wheat over India's districts: how unevenly they really came, and how evenly the same could have been shared.

    python examples/india-nfsa/spread.py FILE OUT [--month 2020-01]

FILE is the India Data Portal's table "public-distribution-system-pds", district by district and month by month (columns
Date, State, District, District_code, Rice Allocated, Rice Distributed, …, in tonnes). OUT gets spread.csv, spread.svg and,
with --month, the network of that month as a folder for `evenhand allocate`.

A district is a point; what it was allocated is what is due there; a state is a depot, and what its districts really
distributed is its stock. Leximin divides that stock again inside each state. README.md says what this does not show.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path

import pyarrow as pa

sys.path.insert(0, str(Path(__file__).parent))
from spread_chart import chart  # noqa: E402  (it lies beside this file)

from evenhand.actions.network_files import write_tables  # noqa: E402
from evenhand.core.errors import EvenhandError, input_error  # noqa: E402
from evenhand.flow.allocation import check_input, solve  # noqa: E402
from evenhand.flow.allocation.measures import ladders_of, measure  # noqa: E402
from evenhand.flow.allocation.rules import got_by  # noqa: E402

GOODS = {"rice": "Rice", "wheat": "Wheat"}
DISTRICTS_LEAST = 300
"""Months in which fewer districts reported are left out: the portal was being rolled out."""


@dataclass(frozen=True)
class District:
    """A district in a month: per good what was allocated and what was distributed, in kg."""

    state: str
    name: str
    allocated: dict[str, int]
    distributed: dict[str, int]


@dataclass(frozen=True)
class Spread:
    """A good in a month: quantities in kg, shares of what was allocated. `real` and `even` are the mean share of the
    worst-off tenth, as it was and as leximin inside the states divides the same grain; `low`, `high` hold the middle eight
    tenths of what was due; `country` is the share if all of it were one stock; `moved` what would have gone to another
    district."""

    month: str
    good: str
    districts: int
    due: int
    given: int
    real: Fraction
    even: Fraction
    low: Fraction
    high: Fraction
    country: Fraction
    moved: Fraction
    gini_real: Fraction
    gini_even: Fraction


def read(path: Path) -> dict[str, list[District]]:
    """Month -> districts. InputError naming the row where a number is not one."""
    months: dict[str, list[District]] = defaultdict(list)
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        needed = {"Date", "State", "District", "District_code", *(f"{g} {w}" for g in GOODS.values() for w in WORDS)}
        missing = sorted(needed - set(reader.fieldnames or ()))
        if missing:
            raise input_error(str(path), 0, missing[0], "", "this column is missing", "name the portal's own table")
        for number, row in enumerate(reader, 1):
            day, month, year = (row["Date"] or "").split("-") if (row["Date"] or "").count("-") == 2 else ("", "", "")
            if not (day and month.isdigit() and year.isdigit()):
                raise input_error(str(path), number, "Date", row["Date"] or "", "is no date", "write it as 01-03-2018")
            quantity = {w: {good: _kg(path, number, row, f"{g} {w}") for good, g in GOODS.items()} for w in WORDS}
            name = f"{row['District_code']} {row['District']}"[:64]
            months[f"{year}-{month}"].append(District(row["State"][:64], name, *quantity.values()))
    return dict(sorted(months.items()))


WORDS = ("Allocated", "Distributed")


def _kg(path: Path, number: int, row: dict[str, str], name: str) -> int:
    """Tonnes as whole kg; a blank is nothing."""
    try:
        tonnes = Decimal((row[name] or "0").replace(",", ""))
        kg = int((tonnes * 1000).to_integral_value(ROUND_HALF_UP))
    except InvalidOperation:
        kg = -1
    if kg < 0:
        raise input_error(str(path), number, name, row[name], "is not a quantity of 0 or more", "write tonnes")
    return kg


def network(districts: Sequence[District], country: bool = False) -> dict[str, pa.Table]:
    """The tables of `evenhand allocate`: lanes without a limit from each state to its districts, or from one stock."""
    stock: dict[tuple[str, str], int] = defaultdict(int)
    place = {d.name: "India" if country else d.state for d in districts}
    for d in districts:
        for good in GOODS:
            if d.allocated[good]:
                stock[place[d.name], good] += d.distributed[good]
    depots = sorted(set(place.values()))
    due = [(d.name, good, 1, d.allocated[good]) for d in districts for good in GOODS if d.allocated[good]]
    points = [d.name for d in districts]
    return {
        "nodes": pa.table({"node": depots + points, "kind": ["depot"] * len(depots) + ["point"] * len(points)}),
        "supply": _table(
            ("node", "commodity", "quantity"), [(*key, quantity) for key, quantity in sorted(stock.items())]
        ),
        "lanes": pa.table(
            {
                "lane": points,
                "from": [place[name] for name in points],
                "to": points,
                "commodity": [""] * len(points),
                "capacity": pa.array([None] * len(points), pa.int64()),
                "cost": [1] * len(points),
            }
        ),
        "demand": _table(("point", "commodity", "rung", "quantity"), due),
    }


def _table(names: Sequence[str], rows: Sequence[tuple[str | int, ...]]) -> pa.Table:
    return pa.table([pa.array(column) for column in zip(*rows, strict=True)], names=list(names))


def spreads(month: str, districts: Sequence[District]) -> list[Spread]:
    """The figures of both goods. Of what a district distributed beyond its allocation, the excess is stock but no share."""
    tables = network(districts)
    ladders = ladders_of(check_input(tables))
    even = got_by(solve(**tables))
    whole = got_by(solve(**network(districts, country=True)))
    gave = {(d.name, good): d.distributed[good] for d in districts for good in GOODS}
    real = {pair: Fraction(min(gave[pair], ladder.due)) for pair, ladder in ladders.items()}
    found = []
    for was, could in zip(measure(ladders, real), measure(ladders, even), strict=True):
        pairs = [pair for pair in ladders if pair[1] == was.commodity]
        order = sorted((real[pair] / ladders[pair].due, ladders[pair].due) for pair in pairs)
        found.append(
            Spread(
                month=month,
                good=was.commodity,
                districts=was.ladders,
                due=was.due,
                given=sum(gave[pair] for pair in pairs),
                real=was.worst_tenth,
                even=could.worst_tenth,
                low=_quantile(order, Fraction(1, 10)),
                high=_quantile(order, Fraction(9, 10)),
                country=min(whole[pair] / ladders[pair].due for pair in pairs),
                moved=sum((max(Fraction(0), even[pair] - gave[pair]) for pair in pairs), Fraction(0)),
                gini_real=was.gini,
                gini_even=could.gini,
            )
        )
    return found


def _quantile(order: Sequence[tuple[Fraction, int]], part: Fraction) -> Fraction:
    """The share below which `part` of what was due lies; districts by ascending share."""
    left = part * sum(due for _, due in order)
    for share, due in order:
        left -= due
        if left <= 0:
            return share
    return order[-1][0]


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, metavar="FILE", help="the portal's table, district by district")
    parser.add_argument("out", type=Path, metavar="OUT", help="where spread.csv and spread.svg go")
    parser.add_argument("--month", metavar="YYYY-MM", help="also write this month's network, OUT/YYYY-MM")
    asked = parser.parse_args()
    try:
        if not asked.file.is_file():
            raise input_error(
                str(asked.file), 0, "", "", "there is no such file", "download the table first: README.md"
            )
        months = read(asked.file)
        if asked.month and asked.month not in months:
            raise input_error(str(asked.file), 0, "Date", asked.month, "no row has this month", "write it as 2020-01")
        full = {month: found for month, found in months.items() if len(found) >= DISTRICTS_LEAST}
        rows = [spread for month, found in full.items() for spread in spreads(month, found)]
        asked.out.mkdir(parents=True, exist_ok=True)
        with (asked.out / "spread.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(Spread.__dataclass_fields__)
            for spread in rows:
                values = [getattr(spread, name) for name in Spread.__dataclass_fields__]
                writer.writerow([f"{float(v):.4f}" if isinstance(v, Fraction) else v for v in values])
        (asked.out / "spread.svg").write_text(chart(rows), encoding="utf-8")
        if asked.month:
            write_tables(network(months[asked.month]), asked.out / asked.month)
    except EvenhandError as error:
        print("\n".join(error.lines()), file=sys.stderr)
        sys.exit(error.exit_code)
    for good in GOODS:
        mine = [spread for spread in rows if spread.good == good]
        if not mine:
            continue
        real = float(sum(s.real for s in mine) / len(mine))
        even = float(sum(s.even for s in mine) / len(mine))
        moved = float(sum(s.moved for s in mine) / sum(s.given for s in mine))
        print(
            f"{good}: in {len(mine)} months the worst-off tenth had {real:.0%} of its allocation on average; the same grain "
            f"shared evenly inside each state, {even:.0%}, with {moved:.0%} of it going to another district"
        )


if __name__ == "__main__":
    main()
