"""The web as a Django application: its templates and tags; it has no tables of its own."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Named apart from the package, so that its label says what it is."""

    name = "evenhand.web"
    label = "web"
