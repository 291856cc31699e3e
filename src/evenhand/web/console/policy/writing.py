"""Write a policy in the browser: bring its text, see its faults beside their lines and how its tests go, propose it."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from evenhand.actions.adopt import propose
from evenhand.actions.policy_check import Checked, check_text, joined
from evenhand.core.errors import EvenhandError, InputError, TryAgain, UsageError
from evenhand.web.console.access import Seat, page
from evenhand.web.console.policy.finding import SHORT, found

TEXT_BYTES_MAX = 400_000
FAULTS_SHOWN, NAMES_SHOWN = 50, 12
FILE = "policy.toml"


@page("policy")
def policy_write(request: HttpRequest, seat: Seat) -> HttpResponse:
    """An empty form, or one with the text that `?from=` names."""
    named = request.GET.get("from", "")
    return _shown(request, seat, found(seat.store, named).text if named else "")


@page("policy", methods=("POST",))
def policy_check(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Check what was sent, without keeping it."""
    return _checked(request, seat)


def _checked(request: HttpRequest, seat: Seat) -> HttpResponse:
    text = request.POST.get("text", "")
    try:
        text = _sent(request)
    except EvenhandError as error:
        return _shown(request, seat, text, _faults(error), error if isinstance(error, UsageError) else None)
    return _shown(request, seat, text, check_text(text, FILE))


@page("policy", methods=("POST",))
def policy_propose(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Propose the text that was checked, signed with the key of whoever is signed in. A file that comes with it was not
    checked: it is, and nothing is signed."""
    if request.FILES.getlist("file"):
        return _checked(request, seat)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    try:
        if not ratelimit.consume(request, action="sign", user=request.user):
            raise TryAgain("too many attempts to sign", "wait five minutes")
        digest = propose(seat.store, text, seat.username, request.POST.get("passphrase", ""), FILE)
    except EvenhandError as error:
        return _shown(request, seat, text, check_text(text, FILE), None if isinstance(error, InputError) else error)
    return HttpResponseRedirect(f"/console/policy/{digest.hex()[:SHORT]}/")


def _sent(request: HttpRequest) -> str:
    """The text that was sent: of the files if there are any, else of the field."""
    texts: dict[str, str] = {}
    for file in request.FILES.getlist("file"):
        if not file.size or file.size > TEXT_BYTES_MAX:
            raise UsageError(f'"{file.name}" is empty or far too long for a policy', "choose the policy's own file")
        try:
            texts[str(file.name)] = file.read().decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise UsageError(f'"{file.name}" is not UTF-8 text', "save the file as UTF-8") from None
    text = joined(texts) if texts else request.POST.get("text", "").replace("\r\n", "\n")
    if not text.strip() or len(text.encode("utf-8", "surrogatepass")) > TEXT_BYTES_MAX:
        raise UsageError("there is no text, or far too much for a policy", "choose a file, or write into the field")
    return text


def _faults(error: EvenhandError) -> Checked | None:
    return Checked(error.problems) if isinstance(error, InputError) else None


def _shown(
    request: HttpRequest, seat: Seat, text: str, checked: Checked | None = None, error: EvenhandError | None = None
) -> HttpResponse:
    refused = error is not None or (checked is not None and checked.policy is None)
    return render(request, "console/policy_write.html", {
        "here": "policy", "text": text, "checked": checked, "faults": _beside(text, checked) if checked else [],
        "more_faults": max(0, len(checked.problems) - FAULTS_SHOWN) if checked else 0,
        "untouched": checked.untouched[:NAMES_SHOWN] if checked else [],
        "unread": checked.unread[:NAMES_SHOWN] if checked else [],
        "error": [line.strip() for line in error.lines()] if error else [],
        "rows": min(40, max(16, text.count("\n") + 2)),
    }, status=422 if refused else 200)  # fmt: skip


def _beside(text: str, checked: Checked) -> list[dict[str, Any]]:
    """Each fault beside the line it stands on."""
    lines = text.splitlines()
    return [
        {
            "line": problem.row, "text": lines[problem.row - 1].strip() if 0 < problem.row <= len(lines) else "",
            "field": problem.field, "message": problem.message, "remedy": problem.remedy,
        }
        for problem in checked.problems[:FAULTS_SHOWN]
    ]  # fmt: skip
