"""Who gains and who loses by a policy: worked out on the whole registry as long work, shown as a page."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import mark_safe

from evenhand.actions.cycles import Progress
from evenhand.actions.policy_impact import KEPT, Question, found_impact, impact, impact_file
from evenhand.core.errors import EvenhandError, UsageError
from evenhand.render.policy_compare import matter
from evenhand.store import Store
from evenhand.web.console.access import Seat, page
from evenhand.web.console.policy.finding import SHORT, found
from evenhand.web.console.policy.reading import shown
from evenhand.web.jobs import start
from evenhand.web.language import language_of

NAME = re.compile(rf"([0-9a-f]{{{SHORT}}})-([0-9a-f]{{{SHORT}}})-(\d{{4}}-\d\d-\d\d)")


@page("policy", "approver", methods=("POST",))
def compare_start(request: HttpRequest, seat: Seat, sha: str) -> HttpResponse:
    """Begin to compare a text with the one before it."""
    one = found(seat.store, sha)
    try:
        if one.before is None:
            raise UsageError("there is no policy before this one", "nothing to compare it with")
        asked = Question(one.before.hex(), one.sha256.hex(), _day(request.POST.get("on", "")))
    except EvenhandError as error:
        return shown(request, seat, one, "compare", error)
    return HttpResponseRedirect(
        f"/console/jobs/{start(seat, 'policy.compare', asked.name, _told(asked) | {'called': f'{one.title}, {asked.on}'})}"
    )


@page("policy", "approver", "auditor")
def compare(request: HttpRequest, seat: Seat, name: str) -> HttpResponse:
    """What a comparison found."""
    document = found_impact(seat.store, _question(name))
    if document is None:
        raise Http404
    parts = [mark_safe(part) for part in matter(document, language_of(request), KEPT)]
    new = _question(name).new
    return render(request, "console/policy_compare.html", {"here": "policy", "parts": parts, "new": new})


@page("policy", "approver", "auditor")
def compare_file(request: HttpRequest, seat: Seat, name: str, file: str) -> FileResponse:
    """Its numbers as a file."""
    path = impact_file(seat.store, _question(name), file)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=file)


def work(
    store: Store, subject: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, str]:
    """The comparison, as the process that does long work calls it."""
    from evenhand.wiring import engine

    asked = Question(given["old"], given["new"], date.fromisoformat(given["on"]))
    impact(store, engine(), asked, progress)
    return {"to": f"/console/policy/compare/{asked.name}/"}


def _told(asked: Question) -> dict[str, str]:
    return {"old": asked.old, "new": asked.new, "on": asked.on.isoformat()}


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError("that is no day", "write it as 2008-03-01") from None


def _question(name: str) -> Question:
    """The question that an address names, by the beginnings of the two texts; 404 for anything else."""
    parts = NAME.fullmatch(name)
    try:
        if parts:
            return Question(parts[1], parts[2], date.fromisoformat(parts[3]))
    except ValueError:
        pass
    raise Http404
