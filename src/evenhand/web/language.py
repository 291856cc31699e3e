"""Which language a reader reads: the one they chose, else the first of the browser's that has a catalogue."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation.trans_real import parse_accept_lang_header

from evenhand.render.catalogue import LANGUAGES, Catalogue

COOKIE = "language"
YEAR_SECONDS = 365 * 24 * 3600


def language_of(request: HttpRequest) -> str:
    """The reader's language."""
    chosen = request.COOKIES.get(COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    for wanted, _ in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if wanted.split("-")[0] in LANGUAGES:
            return wanted.split("-")[0]
    return LANGUAGES[0]


def catalogue_of(request: HttpRequest) -> Catalogue:
    """The words of the reader's language, looked up once a request."""
    found = getattr(request, "catalogue", None)
    if found is None:
        found = request.catalogue = Catalogue(language_of(request))  # type: ignore[attr-defined]
    return found  # type: ignore[no-any-return]


class ReadersLanguage:
    """Middleware: what the libraries say themselves, they say in the reader's language too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/api/"):
            return self._next(request)
        with translation.override(language_of(request)):
            return self._next(request)


def choose(request: HttpRequest, language: str) -> HttpResponse:
    """Remember a language and go back to where the reader was."""
    back = request.GET.get("back", "/console/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/console/"
    response = HttpResponseRedirect(back)
    if language in LANGUAGES:
        response.set_cookie(
            COOKIE, language, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=request.is_secure()
        )
    return response
