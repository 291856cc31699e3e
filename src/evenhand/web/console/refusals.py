"""What is said when a page is refused, missing or broken, or a form is too old."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in, but not for this."""
    return _told(request, "refused", 403)


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404."""
    return _told(request, "missing", 404)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form does not come from a page of ours, or that page is too old."""
    return _told(request, "csrf", 403)


def broken(request: HttpRequest) -> HttpResponse:
    """500. Says nothing of what went wrong: that stands in the server's log."""
    return HttpResponse(
        "Something went wrong on the server; nothing was changed. Try again, or tell whoever runs it.\n",
        status=500, content_type="text/plain; charset=utf-8",
    )  # fmt: skip


def _told(request: HttpRequest, what: str, status: int) -> HttpResponse:
    if request.path.startswith(("/api/", "/counter", "/static/")):
        return HttpResponse("not here\n", status=status, content_type="text/plain; charset=utf-8")
    return render(request, "console/refusal.html", {"what": what}, status=status)
