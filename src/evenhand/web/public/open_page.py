"""What every public page has in common: it is read only, lent a store, and may be kept by caches for a while."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from evenhand.store import Store
from evenhand.web.sessions import store as lent_store

Answer = HttpResponse | StreamingHttpResponse
SECONDS = 300


def open_page(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """A page of `view(request, store, …)` that anybody may read."""

    @wraps(view)
    def answer(request: HttpRequest, **captured: str) -> Answer:
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(("GET", "HEAD"))
        with lent_store() as store:
            response = view(request, store, **captured)
        if response.status_code == 200:
            response.headers.setdefault("Cache-Control", f"public, max-age={SECONDS}")
            patch_vary_headers(response, ("Accept-Language", "Cookie"))
        return response

    return answer


def missing(request: HttpRequest, store: Store) -> HttpResponse:
    """404 in words: no such place, or not closed yet."""
    return render(request, "public/missing.html", {"programme": store.programme}, status=404)
