"""Public figures as they would be published now, and the clock of each kind."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.actions.cases import clocks_of
from evenhand.actions.grievance_totals import since_last_close, totals
from evenhand.actions.importing import policy_in_force
from evenhand.flow.grievance import SEVERAL, kinds_on
from evenhand.render.catalogue import Catalogue
from evenhand.render.figures import Figures
from evenhand.store import Store
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.grievances.common import frame, said

NUMBERS = ("received", "decided", "in_time", "upheld")


@page(*EVERY_ROLE)
def figures(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The table that the disclosure of the next cycle would hold."""
    return told(request, seat)


def told(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The page of the figures."""
    store, words = seat.store, said(request)
    policy, zone = policy_in_force(store), ZoneInfo(store.programme.zone)
    rows = _counted(store, policy.k) if policy else []
    names = dict(store.rows("select pcode, name from area where pcode = any(%s)", ([row["area"] for row in rows],)))
    clocks = clocks_of(store)
    kinds = kinds_on(clocks[-1][1] if clocks else (), datetime.fromtimestamp(store.clock(), zone).date())
    return render(request, "console/grievances/figures.html", frame(request, seat, "figures") | {
        "rows": [_row(row, names, words) for row in rows], "k": policy.k if policy else 0,
        "kinds": list(kinds.values()), "appeal": next(iter(kinds.values())).appeal_days,
    })  # fmt: skip


def _counted(store: Store, k: int) -> list[dict[str, Any]]:
    """The table, counted once in a minute: it reads every complaint since the last cycle closed."""
    since, minute = since_last_close(store), store.clock() // 60
    if _KEPT[:1] != [(since, minute, k, str(store.data))]:
        _KEPT[:] = [(since, minute, k, str(store.data)), totals(store, since, k).to_pylist()]
    return list(_KEPT[1])  # type: ignore[arg-type]


_KEPT: list[object] = []


def _row(row: dict[str, Any], names: dict[str, str], words: Catalogue) -> dict[str, Any]:
    numbers = [words.say("gr.fig.few") if row[n] is None else Figures(words).whole(row[n]) for n in NUMBERS]
    kind = words.say("gr.fig.several") if row["kind"] == SEVERAL else words.text[f"my.kind.{row['kind']}"]
    return {
        "area": names.get(row["area"]) or row["area"] or words.say("gr.fig.small"),
        "kind": kind,
        "numbers": numbers,
    }
