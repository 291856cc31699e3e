"""The household's pages."""

from __future__ import annotations

from django.urls import path

from evenhand.web.my.case import appealed, case
from evenhand.web.my.complain import complain
from evenhand.web.my.details import details
from evenhand.web.my.door import close, door
from evenhand.web.my.ration import ration

urls = [
    path("", door),
    path("ration", ration),
    path("complain", complain),
    path("details", details),
    path("case", case),
    path("case/appeal", appealed),
    path("close", close),
]
