"""Style sheets, scripts and pictures of the console: ours, and the few scripts of the library that signs people in."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}

FONTS = {"fonts/arabic.ttf": "NotoSansArabic[wght].ttf", "fonts/devanagari.ttf": "NotoSansDevanagari[wght].ttf"}
"""By their addresses: files of the package that prints papers. Without it a reader's machine shows what it has."""


def _font(name: str) -> HttpResponse:
    package = find_spec("manimgx_fonts")
    path = package and package.origin and Path(package.origin).with_name(name)
    if not path or not path.is_file():
        raise Http404
    return HttpResponse(
        path.read_bytes(), content_type="font/ttf", headers={"Cache-Control": "public, max-age=31536000"}
    )


def static_file(request: HttpRequest, name: str) -> HttpResponse:
    """A file by its path below /static/."""
    if name in FONTS:
        return _font(FONTS[name])
    kind = KINDS.get(Path(name).suffix)
    found = finders.find(name) if kind else None
    if found is None:
        raise Http404
    response = HttpResponse(Path(str(found)).read_bytes(), content_type=f"{kind}; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=300"
    return response
