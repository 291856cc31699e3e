"""Policy: what is in force, what waits for a second person, writing a new version, who would gain and who would lose."""

from __future__ import annotations

from django.urls import path

from evenhand.web.console.policy.answering import adopt_, decline_
from evenhand.web.console.policy.comparing import compare, compare_file, compare_start
from evenhand.web.console.policy.reading import policies, policy, policy_text
from evenhand.web.console.policy.writing import policy_check, policy_propose, policy_write

urls = [
    path("policy/", policies, name="policy"),
    path("policy/write", policy_write, name="policy_write"),
    path("policy/check", policy_check, name="policy_check"),
    path("policy/propose", policy_propose, name="policy_propose"),
    path("policy/compare/<slug:name>/", compare, name="policy_compare"),
    path("policy/compare/<slug:name>/<str:file>", compare_file, name="policy_compare_file"),
    path("policy/<slug:sha>/", policy, name="policy_one"),
    path("policy/<slug:sha>/text", policy_text, name="policy_text"),
    path("policy/<slug:sha>/compare", compare_start, name="policy_compare_start"),
    path("policy/<slug:sha>/adopt", adopt_, name="policy_adopt"),
    path("policy/<slug:sha>/decline", decline_, name="policy_decline"),
]
