"""A published disclosure as files, as its folder has them, and as one zip."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse

from evenhand.actions.publishing import file_of, folder_of, zipped
from evenhand.store import Store
from evenhand.web.public.open_page import Answer, missing, open_page

PERIOD = re.compile(r"[0-9A-Za-z-]{1,32}")
KINDS = {".json": "application/json", ".md": "text/plain", ".toml": "text/plain", ".vkey": "text/plain"}
SHOWN = frozenset({"log/checkpoint"})
STYLE = re.compile(r"<style>(.*?)</style>", re.S)


@open_page
def disclosure_file(request: HttpRequest, store: Store, period: str, path: str) -> Answer:
    """A file of a disclosure. The report is shown, texts are shown as texts, all else is downloaded."""
    folder = folder_of(store, period) if PERIOD.fullmatch(period) else None
    found = file_of(folder, path) if folder else None
    if found is None:
        return missing(request, store)
    if path == "report/index.html":
        return _report(found.read_text(encoding="utf-8"))
    kind = "text/plain" if path in SHOWN else KINDS.get(found.suffix, "")
    if kind:
        return HttpResponse(found.read_bytes(), content_type=f"{kind}; charset=utf-8")
    return FileResponse(found.open("rb"), as_attachment=True, content_type="application/octet-stream")


@open_page
def disclosure_zip(request: HttpRequest, store: Store, period: str) -> Answer:
    """The whole disclosure."""
    folder = folder_of(store, period) if PERIOD.fullmatch(period) else None
    if folder is None:
        return missing(request, store)
    response = StreamingHttpResponse(zipped(folder), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{store.programme.id}-{period}.zip"'
    return response


def _report(text: str) -> HttpResponse:
    """The report with the one style sheet that stands in it allowed by its hash; nothing runs and nothing is loaded."""
    hashes = [f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" for style in STYLE.findall(text)]
    styles = " ".join(hashes) or "'none'"
    response = HttpResponse(text)
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return response
