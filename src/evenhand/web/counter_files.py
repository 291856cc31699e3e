"""The built counter app: files beside this module, with the types and lifetimes a browser needs to keep them offline."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect

BUILT = Path(__file__).parent / "counter"
TYPES = {".webmanifest": "application/manifest+json", ".wasm": "application/wasm", ".js": "text/javascript"}
MISSING = (
    "The counter app is not built here.\n"
    "In a checkout: make counter. An installed wheel carries it; if it does not, report this.\n"
)


def counter_file(request: HttpRequest, name: str = "") -> HttpResponse | FileResponse:
    """A file of the app; its page for the folder itself."""
    root = BUILT.resolve()
    path = (root / (name or "index.html")).resolve()
    if not root.exists():
        return HttpResponse(MISSING, status=503, content_type="text/plain; charset=utf-8")
    if root not in path.parents or not path.is_file():
        raise Http404
    kind = TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = FileResponse(path.open("rb"), content_type=kind)
    # Names under assets/ carry the hash of what they hold; the page and the worker must be asked for anew.
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if "assets/" in name else "no-cache"
    return response


def to_counter(request: HttpRequest) -> HttpResponse:
    """The folder's name without its slash."""
    return HttpResponseRedirect("/counter/")
