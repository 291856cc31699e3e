"""Style sheets, scripts and pictures of the console: ours, and the few scripts of the library that signs people in."""

from __future__ import annotations

from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def static_file(request: HttpRequest, name: str) -> HttpResponse:
    """A file by its path below /static/."""
    kind = KINDS.get(Path(name).suffix)
    found = finders.find(name) if kind else None
    if found is None:
        raise Http404
    response = HttpResponse(Path(str(found)).read_bytes(), content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
