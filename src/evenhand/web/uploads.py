"""What is larger than anything we take is refused before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from evenhand.store.media import BYTES_MAX

FORMS = ("/my/", "/console/grievances/")
FORM_MAX = 2 * BYTES_MAX + (1 << 20)
"""Bytes of a whole form: two files and its words."""


class UploadLimit:
    """Middleware for the forms that take files of strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if request.path.startswith(FORMS) and (not length.isascii() or not length.isdigit() or int(length) > FORM_MAX):
            from evenhand.web.console.refusals import refusal

            return refusal(request, "large", 413)
        return self._next(request)
