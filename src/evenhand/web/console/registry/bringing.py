"""Bring a list: send it, see what it would add or everything that is wrong with it, then say so."""

from __future__ import annotations

import csv
import io
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from evenhand.actions import uploads
from evenhand.actions.list_forms import columns_of
from evenhand.actions.uploads import KINDS, Upload, find, keep
from evenhand.core.errors import EvenhandError
from evenhand.web import jobs
from evenhand.web.console.access import Seat, page
from evenhand.web.console.asking import ALL
from evenhand.web.console.export import harmless
from evenhand.web.console.listing import Column, Held, Listing
from evenhand.web.language import catalogue_of
from evenhand.wiring import engine

AT_ONCE_BYTES = 2 << 20
"""A file up to this size is looked at while its sender waits; a larger one is long work."""
ADDRESS = "/console/registry/bring/"
PROBLEMS = (
    Column("row", "re.row", "number", "#meta+row"),
    Column("field", "re.field"),
    Column("value", "re.value", spare=True),
    Column("message", "re.wrong"),
    Column("remedy", "re.remedy"),
)


@page("registrar", methods=("GET", "POST"))
def bring(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The form; with `?upload=` what was found in a file, and the button that brings it in."""
    try:
        if request.method == "POST" and request.POST.get("upload"):
            return _brought(request, seat, request.POST["upload"])
        if request.method == "POST":
            return _sent(request, seat)
    except EvenhandError as error:
        lines = [line.removeprefix("  what to do: ") for line in error.lines()]
        return _shown(request, seat, wrong={ALL: lines}, status=422)
    name = request.GET.get("upload", "")
    upload = find(seat.store, name, seat.username) if name else None
    if name and upload is None:
        lines = catalogue_of(request).text["re.upload.gone"]
        return _shown(request, seat, wrong={ALL: [lines]}, status=404)
    if upload and upload.state == "wrong":
        zone = ZoneInfo(seat.store.programme.zone)
        listing = Listing(request, Held(upload.problems), PROBLEMS, caption="re.problems", zone=zone, searched=True)
        if listing.wanted:
            return listing.download("problems")
        return _shown(request, seat, upload, listing=listing)
    return _shown(request, seat, upload)


@page("registrar")
def template_file(request: HttpRequest, seat: Seat, kind: str) -> HttpResponse:
    """An empty list of a kind, with the columns that the policy in force asks for."""
    if kind not in KINDS:
        raise Http404
    text = io.StringIO()
    csv.writer(text).writerow([harmless(column.name) for column in columns_of(seat.store, kind)])
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.csv"'
    return answer


def _sent(request: HttpRequest, seat: Seat) -> HttpResponse:
    sent = request.FILES.get("file")
    if sent is None:
        return _shown(request, seat, wrong={"file": [catalogue_of(request).text["re.file.none"]]}, status=422)
    upload = keep(seat.store, seat.username, request.POST.get("kind", ""), str(sent.name), sent.chunks())
    if upload.size <= AT_ONCE_BYTES:
        uploads.look(seat.store, engine(), upload.name, seat.username)
        return HttpResponseRedirect(f"{ADDRESS}?upload={upload.name}")
    return HttpResponseRedirect(f"/console/jobs/{jobs.start(seat, 'registry.check', upload.name)}")


def _brought(request: HttpRequest, seat: Seat, name: str) -> HttpResponse:
    upload = find(seat.store, name, seat.username)
    if upload is not None and upload.size > AT_ONCE_BYTES:
        return HttpResponseRedirect(f"/console/jobs/{jobs.start(seat, 'registry.import', name)}")
    uploads.bring(seat.store, engine(), name, seat.username)
    return HttpResponseRedirect(f"{ADDRESS}?upload={name}")


def _shown(
    request: HttpRequest, seat: Seat, upload: Upload | None = None, listing: Listing | None = None,
    wrong: dict[str, list[str]] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    words = catalogue_of(request)
    everywhere = None in seat.roles.get("registrar", ())
    kinds = [(kind, words.text[f"re.kind.{kind}"]) for kind in KINDS]
    chosen = request.POST.get("kind") or request.GET.get("kind") or "households"
    forms: list[tuple[str, str, Any]] = [
        (kind, words.text[f"re.kind.{kind}"], columns_of(seat.store, kind)) for kind in KINDS if kind == chosen
    ]
    return render(request, "console/registry/bring.html", {
        "here": "registry", "upload": upload, "listing": listing, "wrong": wrong or {}, "kinds": kinds, "kind": chosen,
        "forms": forms, "everywhere": everywhere, "demo": seat.store.programme.demo,
        "megabytes": uploads.BYTES_MAX >> 20,
    }, status=status)  # fmt: skip
