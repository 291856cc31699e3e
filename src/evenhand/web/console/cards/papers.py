"""Papers of a point: the notice on its wall, and the roll for the day its phone is dead."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from evenhand.actions.point_paper import PRINTABLE, Wish, households_on_roll, print_points
from evenhand.actions.print_runs import begin_run
from evenhand.core.errors import EvenhandError, InputError, Problem, UsageError
from evenhand.render.catalogue import LANGUAGES
from evenhand.web.console.access import Seat, page
from evenhand.web.console.cards.desk import PRINTS, SEES, Desk
from evenhand.web.jobs import start

LINE_LENGTH = 120
FIELDS = {name: name for name in ("point", "paper", "when", "complaint")}


@page(*SEES)
def papers(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The form; `?point=` is filled in."""
    return _shown(Desk(request, seat, PRINTS))


@page(*PRINTS, methods=("POST",))
def papers_print(request: HttpRequest, seat: Seat) -> HttpResponse:
    """One paper of one point as a PDF; those of all points as a job, whose files then wait at the cards."""
    desk, form = Desk(request, seat, PRINTS), request.POST
    point, paper = form.get("point", "").strip(), form.get("paper", "")
    try:
        problems = [
            Problem("", 0, name, form[name][:40], f"longer than {LINE_LENGTH} letters, or unprintable", "shorten it")
            for name in ("when", "complaint")
            if len(form.get(name, "")) > LINE_LENGTH or not form.get(name, "").isprintable()
        ]
        if point and point not in desk.names:
            problems.append(Problem("", 0, "point", point[:40], "there is no such point", "choose one of the list"))
        if paper not in ("poster", "roll"):
            problems.append(Problem("", 0, "paper", "", "no paper is chosen", "choose the notice or the roll"))
        if desk.cycle is None or desk.state not in PRINTABLE:
            raise UsageError("there is no roll yet", "print when the cycle is committed")
        if problems:
            raise InputError(problems)
        if point:
            desk.check_mine(point)
        language = form.get("language") if form.get("language") in LANGUAGES else desk.words.language
        points = [point] if point else sorted(desk.mine or ())
        wish = Wish(
            points, paper == "poster", paper == "roll", form.get("when", ""), form.get("complaint", ""), str(language)
        )
        if point:
            return _drawn(desk, wish, point)
        asked = {
            "cycle": desk.cycle, "poster": wish.poster, "roll": wish.roll, "when": wish.when, "complaint": wish.complaint,
            "language": wish.language,
        }  # fmt: skip
        run = begin_run(seat.store, "papers", points, asked, seat.username)
    except EvenhandError as error:
        return _shown(desk, error)
    return HttpResponseRedirect(f"/console/jobs/{start(seat, 'cards.papers', f'{desk.cycle} {paper}', {'run': run})}")


def _drawn(desk: Desk, wish: Wish, point: str) -> HttpResponse:
    assert desk.cycle is not None
    if wish.roll:
        desk.seat.note_read("roll on paper", households_on_roll(desk.store, desk.cycle, point))
    with TemporaryDirectory() as folder:
        (path,) = print_points(desk.store, desk.cycle, wish, Path(folder))
        drawn = path.read_bytes()
    name = f"{'notice' if wish.poster else 'roll'}-{desk.cycle.replace('/', '-')}.pdf"
    return HttpResponse(
        drawn, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _shown(desk: Desk, error: EvenhandError | None = None) -> HttpResponse:
    return desk.shown("papers", {
        "spots": desk.choices(), "printable": desk.state in PRINTABLE, "chosen": desk.request.POST.get("paper", "poster"),
        "own_pages": _own_pages(desk.request),
    }, error, FIELDS)  # fmt: skip


def _own_pages(request: HttpRequest) -> str:
    """Where a household's phone finds its own pages: what is written beside "Complaint?" unless another is typed.
    Only where this page itself came over HTTPS is its address one that others can reach."""
    return f"{request.get_host()}/my/" if request.is_secure() and request.method == "GET" else ""
