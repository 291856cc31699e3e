"""Help beside the thing: the pages of the guide, shipped with the program, inside the console."""

from __future__ import annotations

from functools import cache

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.safestring import mark_safe

from evenhand.render.guide import GuidePage, guide_page
from evenhand.web.console.access import EVERY_ROLE, Seat, page
from evenhand.web.console.help_places import ADDRESS
from evenhand.wiring import guide_folder

FIRST = "README"


@cache
def names() -> tuple[str, ...]:
    """The pages of the guide by name, without `.md`."""
    return tuple(sorted(found.stem for found in guide_folder().glob("*.md")))


@cache
def guide(name: str) -> GuidePage:
    """A page; 404 if there is none of that name."""
    if name not in names():
        raise Http404
    return guide_page((guide_folder() / f"{name}.md").read_text(encoding="utf-8"), names(), ADDRESS)


@page(*EVERY_ROLE)
def help_(request: HttpRequest, seat: Seat, name: str = FIRST) -> HttpResponse:
    """A page of the guide; without a name the list of all."""
    found = guide(name)
    return render(request, "console/help.html", {
        "here": "help", "guide": found, "matter": mark_safe(found.matter), "first": name == FIRST,
    })  # fmt: skip


urls = [path("help/", help_, name="help"), path("help/<slug:name>", help_, name="help_page")]
