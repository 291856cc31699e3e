"""What is larger than anything we take is refused before a byte of it is read."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from evenhand.actions.uploads import BYTES_MAX as LIST_MAX
from evenhand.store.media import BYTES_MAX

FORMS = ("/my/", "/console/grievances/")
FORM_MAX = 2 * BYTES_MAX + (1 << 20)
"""Bytes of a whole form: two files and its words."""

LISTS = "/console/registry/bring/"
OTHER_MAX = 16 << 20
"""Bytes of any other form but calls of the API, which have limits of their own. A form is read before its token is known to
be right; so a long list is taken from somebody who is signed in alone."""


class UploadLimit:
    """Middleware: how long a form may be, by what it is for and who sends it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isascii() or not length.isdigit() or int(length) > _most(request):
            from evenhand.web.console.refusals import refusal

            return refusal(request, "large", 413)
        return self._next(request)


def _most(request: HttpRequest) -> int:
    if request.path.startswith(FORMS):
        return FORM_MAX
    if request.path == LISTS and request.session.get("_auth_user_id"):
        return LIST_MAX + (1 << 20)
    return LIST_MAX if request.path.startswith("/api/") else OTHER_MAX
