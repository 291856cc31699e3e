"""The console's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from evenhand.web.console.cycle import cycle
from evenhand.web.console.cycle import urls as steps
from evenhand.web.console.guide import urls as guide
from evenhand.web.console.home import home
from evenhand.web.console.jobs import urls as jobs
from evenhand.web.console.parts import parts
from evenhand.web.console.people import people, people_add, people_answer, people_propose
from evenhand.web.console.policy import urls as policy

urls = [
    path("", home, name="home"),
    path("cycle/", cycle, name="cycle"),
    *steps,
    path("people/", people, name="people"),
    path("people/add", people_add, name="people_add"),
    path("people/propose", people_propose, name="people_propose"),
    path("people/answer", people_answer, name="people_answer"),
    path("components/", parts, name="components"),
    *jobs,
    *policy,
    *guide,
]


def to_console(request: HttpRequest) -> HttpResponse:
    """The server's own address."""
    return HttpResponseRedirect("/console/")
