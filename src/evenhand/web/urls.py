"""What lies where."""

from __future__ import annotations

from django.urls import include, path

from evenhand.web import counter_api
from evenhand.web.counter_files import counter_file, to_counter

urlpatterns = [
    path("counter", to_counter),
    path("counter/", counter_file),
    path("counter/<path:name>", counter_file),
    path("api/counter/1/", include((counter_api.urls, "counter"))),
]
