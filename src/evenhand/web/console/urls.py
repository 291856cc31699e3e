"""The console's pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path

from evenhand.web.console.account import urls as account
from evenhand.web.console.cards import urls as cards
from evenhand.web.console.cycle import cycle
from evenhand.web.console.cycle import urls as steps
from evenhand.web.console.grievances import urls as grievances
from evenhand.web.console.guide import urls as guide
from evenhand.web.console.home import home
from evenhand.web.console.jobs import urls as jobs
from evenhand.web.console.keys import urls as keys
from evenhand.web.console.months_ahead import urls as months_ahead
from evenhand.web.console.parts import parts
from evenhand.web.console.people import people, people_add, people_answer, people_change, people_propose
from evenhand.web.console.policy import urls as policy
from evenhand.web.console.publishing import urls as publishing
from evenhand.web.console.registry import urls as registry
from evenhand.web.console.stock import urls as stock

urls = [
    *account,
    path("", home, name="home"),
    path("cycle/", cycle, name="cycle"),
    *steps,
    path("people/", people, name="people"),
    path("people/add", people_add, name="people_add"),
    path("people/propose", people_propose, name="people_propose"),
    path("people/answer", people_answer, name="people_answer"),
    path("people/change", people_change, name="people_change"),
    path("components/", parts, name="components"),
    *grievances,
    *jobs,
    *keys,
    *months_ahead,
    *registry,
    *stock,
    *cards,
    *policy,
    *publishing,
    *guide,
]


def to_console(request: HttpRequest) -> HttpResponse:
    """The server's own address."""
    return HttpResponseRedirect("/console/")
