"""What a sheet of visits comes to, and whether it can be driven: arrivals, loads, hours, kilometres, fuel. No solver."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from evenhand.core.errors import Problem as Fault
from evenhand.flow.dispatch.trips import DAY_SECONDS, Lorry, Problem, Visit


@dataclass(frozen=True)
class Run:
    """One lorry on one day: its visits in order, when each unloading begins and when it is home (seconds)."""

    lorry: Lorry
    visits: tuple[Visit, ...]
    begins: tuple[int, ...]
    home: int
    metres: int

    @property
    def fuel(self) -> int:
        """Ten-millionths of a litre."""
        return self.metres * self.lorry.burn


@dataclass(frozen=True)
class Checked:
    """The runs in order of depot, day and lorry, and everything that is wrong with the sheet."""

    runs: tuple[Run, ...]
    faults: tuple[Fault, ...]

    @property
    def metres(self) -> int:
        """Metres driven."""
        return sum(run.metres for run in self.runs)

    @property
    def fuel(self) -> int:
        """Fuel in ten-millionths of a litre."""
        return sum(run.fuel for run in self.runs)


def check_trips(
    problem: Problem, visits: Sequence[Visit], file: str, rows: Mapping[Visit, int] | None = None
) -> Checked:
    """Work the sheet out. `rows` gives the row of each visit, so that a fault names it.

    Wrong are: a lorry or point that is not there, a load that does not fit, a point that gets more or less than it is due,
    a window or a working day that is missed, two visits at one place of a trip.
    """
    where = rows or {}
    faults: list[Fault] = []

    def fault(visit: Visit | None, field: str, value: object, message: str, remedy: str) -> None:
        row = where.get(visit, 0) if visit is not None else 0
        faults.append(Fault(file, row, field, str(value), message, remedy))

    stops = {(stop.depot, stop.point): stop for stop in problem.stops}
    brought = dict.fromkeys(stops, 0)
    runs: list[Run] = []
    for (depot, day, name), group in groupby(sorted(visits), key=lambda v: (v.depot, v.day, v.lorry)):
        mine = list(group)
        if not 1 <= day <= problem.days:
            fault(mine[0], "day", day, f"the lorries work {problem.days} days", "use a day from 1 on")
        lorry = _lorry(problem, depot, name)
        known = []
        for visit in mine:
            if (depot, visit.point) not in stops:
                fault(visit, "point", visit.point, f"no point of {depot}", "correct the point or the depot")
                continue
            brought[depot, visit.point] += visit.load
            known.append(visit)
        if lorry is None:
            fault(mine[0], "lorry", name, f"{depot} has no such lorry", "name it as in KIND-1, up to its number")
        elif known:
            runs.append(_drive(problem, lorry, known, fault))
    for stop in problem.stops:
        if (load := brought[stop.depot, stop.point]) != stop.load:
            less = load < stop.load
            message = f"gets {load} from {stop.depot}, is due {stop.load}"
            fault(None, "point", stop.point, message, "add a visit" if less else "lower or take out a visit")
    return Checked(tuple(runs), tuple(sorted(faults)))


def _lorry(problem: Problem, depot: str, name: str) -> Lorry | None:
    kind, _, number = name.rpartition("-")
    for lorry in problem.lorries:
        fits = number.isascii() and number.isdigit() and 1 <= int(number) <= lorry.number and str(int(number)) == number
        if lorry.depot == depot and lorry.kind == kind and fits:
            return lorry
    return None


def fits(problem: Problem, lorry: Lorry, visits: Sequence[Visit]) -> bool:
    """Whether one lorry can make these visits, in this order, in one day."""
    wrong: list[object] = []
    _drive(problem, lorry, visits, lambda *fault: wrong.append(fault))
    return not wrong


def _drive(
    problem: Problem, lorry: Lorry, visits: Sequence[Visit], fault: Callable[[Visit, str, object, str, str], None]
) -> Run:
    """Drive one lorry's day as early as possible."""
    depot = problem.depots[lorry.depot]
    stops = {stop.point: stop for stop in problem.stops if stop.depot == lorry.depot}
    now, metres = max(lorry.starts, depot.opens), 0
    begins: list[int] = []
    for _, group in groupby(visits, key=lambda v: v.trip):
        trip = list(group)
        load = sum(visit.load for visit in trip)
        if load > lorry.load:
            fault(trip[0], "load", load, f"the trip carries more than the {lorry.load} of {lorry.kind}", "split it")
        for before, after in zip(trip, trip[1:], strict=False):
            if before.stop == after.stop:
                fault(after, "stop", after.stop, "two visits have this place in the trip", "number them apart")
        now += depot.loading
        here = lorry.depot
        for visit in trip:
            stop = stops[visit.point]
            far, seconds = problem.roads.way(here, visit.point)
            metres += far
            now = max(now + seconds, stop.opens)
            begins.append(now)
            if now > stop.closes:
                message = f"the lorry comes at {clock(now)}, the point closes at {clock(stop.closes)}"
                fault(visit, "point", visit.point, message, "come earlier, or by another lorry")
            now += stop.service
            here = visit.point
        far, seconds = problem.roads.way(here, lorry.depot)
        metres += far
        now += seconds
    late = min(lorry.ends, depot.closes)
    if now > late:
        message = f"back at {clock(now)}, after {clock(late)}"
        fault(visits[-1], "lorry", visits[-1].lorry, message, "take out a stop or a trip, or use another day")
    return Run(lorry, tuple(visits), tuple(begins), now, metres)


def clock(seconds: int) -> str:
    """A time of day, the next minute begun; past midnight with the days in front."""
    minutes = -(-seconds // 60)
    days, rest = divmod(minutes, DAY_SECONDS // 60)
    text = f"{rest // 60:02}:{rest % 60:02}"
    return text if not days else "24:00" if (days, rest) == (1, 0) else f"{text} {days} days later"
