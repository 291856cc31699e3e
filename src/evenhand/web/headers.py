"""Headers on every answer: what a page may load, and from where (its own host, nothing else)."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self';"
    " connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; form-action 'self';"
    " base-uri 'none'; frame-ancestors 'none'"
)
_SERVICE = f" {settings.OIDC.origin}" if settings.OIDC else ""
SIGN_IN_POLICY = POLICY.replace("form-action 'self'", f"form-action 'self'{_SERVICE}")
"""Of the pages of accounts: the form there may lead to the sign-in service, if there is one."""
COUNTER_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
"""The counter reads QR codes by WebAssembly, which needs this word and nothing more."""


class SecurityHeaders:
    """Middleware: content policy, permissions, no sharing of the window with strangers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._next = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._next(request)
        counter = request.path.startswith("/counter/")
        account = request.path.startswith("/accounts/")
        policy = COUNTER_POLICY if counter else SIGN_IN_POLICY if account else POLICY
        response.headers.setdefault("Content-Security-Policy", policy)
        camera = "camera=(self)" if counter else "camera=()"
        response.headers.setdefault("Permissions-Policy", f"{camera}, geolocation=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store")
        return response
