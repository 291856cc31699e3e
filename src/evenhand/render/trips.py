"""The page of a plan of trips: what it drives and burns, a map a depot, and a load list for each lorry and day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from evenhand.flow.dispatch.trip_check import Checked, Run, clock
from evenhand.flow.dispatch.trips import FUEL_A_LITRE, Problem
from evenhand.render.grid import Col, details, figure, part, table
from evenhand.render.html import Child, Html, el, join
from evenhand.render.page import document, masthead
from evenhand.render.trip_map import placed, trip_map

NBSP = "\u00a0"


def litres(fuel: int) -> str:
    """Fuel for people, in litres, rounded half up."""
    return f"{(2 * fuel + FUEL_A_LITRE) // (2 * FUEL_A_LITRE):,}"


def kilometres(metres: int) -> str:
    """Metres as whole kilometres, rounded half up."""
    return f"{(metres + 500) // 1000:,}"


def sentence(checked: Checked, naive: tuple[int, int], unserved: Mapping[str, int]) -> str:
    """The finding in one sentence."""
    if unserved:
        count = len(unserved)
        return f"{count:,} point{'s' if count > 1 else ''} cannot be served with these lorries and days"
    if checked.faults:
        count = len(checked.faults)
        return f"These trips cannot be driven as they stand: {count:,} fault{'s' if count > 1 else ''}"
    burnt = f"{litres(checked.fuel)} litres"
    saved = naive[1] - checked.fuel
    if saved <= 0:
        return f"These trips burn {burnt}; one lorry a point would burn {litres(naive[1])}"
    share = saved * 100 // naive[1]
    return f"These trips burn {burnt}, {share}{NBSP}% less than one lorry a point"


def trips_page(problem: Problem, checked: Checked, naive: tuple[int, int], unserved: Mapping[str, int]) -> str:
    """The page. The same plan gives the same bytes."""
    trips = sum(len({visit.trip for visit in run.visits}) for run in checked.runs)
    lead = f"{trips:,} trips, {kilometres(checked.metres)} km. "
    lead += f"One lorry a point, there and straight back, would drive {kilometres(naive[0])} km "
    lead += f"and burn {litres(naive[1])} litres."
    title = el(
        "div", el("p", "Trips", cls="over"), el("h1", sentence(checked, naive, unserved)), el("p", lead, cls="lead"),
        cls="title",
    )  # fmt: skip
    parts: list[Child] = [title]
    if unserved:
        rows: list[Sequence[Child]] = [[point, f"{load:,}"] for point, load in sorted(unserved.items())]
        parts.append(
            part("left", "Not served", None, table([Col("Point"), Col("Load", "n")], rows, "Left at the depot"))
        )
    if checked.faults and not unserved:
        listed = el("ul", *[el("li", fault.line()) for fault in checked.faults[:100]])
        parts.append(part("wrong", "What is wrong", None, listed, cls="body prose"))
    for at, (depot, group) in enumerate(groupby(checked.runs, key=lambda run: run.lorry.depot)):
        parts.append(_depot(f"d{at}", problem, depot, list(group)))
    body = join([
        el("a", "Go to the page", cls="skip", href="#main"),
        masthead("Evenhand", "Trips"),
        el("main", *parts, cls="page", id="main"),
        el("footer", el("div", el("p", "This page loads nothing from any host.")), cls="foot page"),
    ])  # fmt: skip
    return document("Trips · Evenhand", body, "trips.css")


def _depot(name: str, problem: Problem, depot: str, runs: Sequence[Run]) -> Html:
    metres, fuel = sum(run.metres for run in runs), sum(run.fuel for run in runs)
    points = {visit.point for run in runs for visit in run.visits}
    said = f"{len(runs):,} working day{'s' if len(runs) > 1 else ''} of lorries, "
    said += f"{kilometres(metres)} km, {litres(fuel)} litres."
    drawing: Child = None
    if placed(problem, depot, runs):
        drawing = figure(
            f"{len(points):,} points from {depot}",
            "North is up; lines are straight from stop to stop, whatever the road. A colour a lorry and day.",
            trip_map(name, problem, depot, runs),
        )
    lists = [_load_list(f"{name}l{at}", problem, run) for at, run in enumerate(runs)]
    return part(name, depot, said, drawing, el("div", *lists, cls="lists"))


def _load_list(name: str, problem: Problem, run: Run) -> Html:
    first = run.visits[0]
    rows: list[Sequence[Child]] = [
        [str(visit.trip), str(visit.stop), visit.point, clock(begin), f"{visit.load:,}"]
        for visit, begin in zip(run.visits, run.begins, strict=True)
    ]
    heads = [Col("Trip"), Col("Stop", "n"), Col("Point"), Col("Arrives", "n"), Col("Load", "n")]
    sub = f"{kilometres(run.metres)} km, {litres(run.fuel)} litres, home at {clock(run.home)}"
    total = sum(visit.load for visit in run.visits)
    listed = table(
        heads,
        rows,
        f"Day {first.day}, {first.lorry}",
        sub,
        ["", "", "Together", "", f"{total:,}"],
        "table table--tight",
    )
    way = trip_map(name, problem, first.depot, [run]) if placed(problem, first.depot, [run]) else None
    return details(
        f"Day {first.day}, {first.lorry}: {len(rows)} stop{'s' if len(rows) > 1 else ''}, {sub}", listed, way
    )
