"""What is said when a page is refused, missing or broken, or a form is too old."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.core.errors import EvenhandError, TryAgain


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not for this."""
    return refusal(request, "refused", 403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return refusal(request, "missing", 404)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form does not come from a page of ours, or that page is too old."""
    return refusal(request, "csrf", 403)


def told(request: HttpRequest, error: EvenhandError) -> HttpResponse:
    """What an action refuses, in its own words: 503 where trying again helps, else 409."""
    status = 503 if isinstance(error, TryAgain) else 409
    lines = [line.strip() for line in error.lines()]
    return render(request, "console/refusal.html", {"what": "told", "error": lines}, status=status)


def broken(request: HttpRequest) -> HttpResponse:
    """500. Says nothing of what went wrong: that stands in the server's log."""
    return HttpResponse(
        "Something went wrong on the server; nothing was changed. Try again, or tell whoever runs it.\n",
        status=500, content_type="text/plain; charset=utf-8",
    )  # fmt: skip


def refusal(request: HttpRequest, what: str, status: int) -> HttpResponse:
    """What was refused, in the look of where it was: co.refusal.`what` of the catalogue."""
    if request.path.startswith(("/api/", "/counter", "/static/")):
        return HttpResponse("not here\n", status=status, content_type="text/plain; charset=utf-8")
    page = "my/refusal.html" if request.path.startswith("/my/") else "console/refusal.html"
    return render(request, page, {"what": what}, status=status)
