"""Texts are sent compressed: every kilobyte counts where a megabyte costs a meal. PDF, zip and pictures are so already."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

TEXTS = ("text/", "application/json", "application/cbor", "application/javascript", "image/svg+xml", "font/ttf")


class CompressTexts(GZipMiddleware):
    """Django's, which adds a random length so that a page's length tells nothing of the secrets in it; for texts alone."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response, compressed if it is a text."""
        if not response.headers.get("Content-Type", "").startswith(TEXTS):
            return response
        return super().process_response(request, response)
