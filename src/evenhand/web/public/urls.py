"""The public pages."""

from __future__ import annotations

from django.urls import path, re_path

from evenhand.web.public.files import disclosure_file, disclosure_zip
from evenhand.web.public.places import front, place, place_csv, place_note, places
from evenhand.web.public.verifying import verify

POINT, PERIOD = r"places/(?P<point>[^\n\0]{1,256})", r"(?P<period>[0-9]{4}-[0-9]{2})"
"""An id may hold any sign, a stroke too: the month behind it is what ends it."""

urls = [
    path("", front, name="public"),
    path("places/", places, name="places"),
    path("verify/", verify, name="verify"),
    re_path(rf"^{POINT}/{PERIOD}\.csv$", place_csv, name="place_csv"),
    re_path(rf"^{POINT}/{PERIOD}\.csv\.note$", place_note, name="place_note"),
    re_path(rf"^{POINT}/{PERIOD}/$", place, name="place_month"),
    re_path(rf"^{POINT}/$", place, name="place"),
    re_path(rf"^{PERIOD}\.zip$", disclosure_zip, name="disclosure_zip"),
    re_path(rf"^{PERIOD}/files/(?P<path>[^\n\0]{{1,1024}})$", disclosure_file, name="disclosure_file"),
]
