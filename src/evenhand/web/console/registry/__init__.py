"""Registry: find a household, its record and history, corrections, removals, and bringing in a list."""

from __future__ import annotations

from django.urls import path

from evenhand.web.console.registry.bringing import bring, template_file
from evenhand.web.console.registry.correcting import registry_correct
from evenhand.web.console.registry.finding import registry
from evenhand.web.console.registry.household import household, household_cases
from evenhand.web.console.registry.removing import removal_answer, removal_propose

urls = [
    path("registry/", registry, name="registry"),
    path("registry/household/", household, name="household"),
    path("registry/correct/", registry_correct, name="registry_correct"),
    path("registry/removal/propose", removal_propose, name="removal_propose"),
    path("registry/removal/answer", removal_answer, name="removal_answer"),
    path("registry/cases/answer", household_cases, name="household_cases"),
    path("registry/bring/", bring, name="registry_bring"),
    path("registry/bring/<slug:kind>.csv", template_file, name="registry_template"),
]
