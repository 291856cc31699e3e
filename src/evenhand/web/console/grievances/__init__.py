"""Grievances in the console: the queue by clock, a case, intake for callers and papers, remedies to carry out, figures."""

from __future__ import annotations

from django.urls import path

from evenhand.web.console.grievances.case import case, case_decide, case_open, case_paper, case_remedy
from evenhand.web.console.grievances.figures import figures
from evenhand.web.console.grievances.intake import intake, intake_appeal
from evenhand.web.console.grievances.queue import queue
from evenhand.web.console.grievances.tasks import tasks, tasks_take

urls = [
    path("grievances/", queue, name="grievances"),
    path("grievances/new/", intake, name="grievances_new"),
    path("grievances/new/appeal", intake_appeal, name="grievances_appeal"),
    path("grievances/todo/", tasks, name="grievances_todo"),
    path("grievances/todo/take", tasks_take, name="grievances_take"),
    path("grievances/figures/", figures, name="grievances_figures"),
    path("grievances/<slug:reference>/", case, name="grievances_case"),
    path("grievances/<slug:reference>/open", case_open, name="grievances_open"),
    path("grievances/<slug:reference>/decide", case_decide, name="grievances_decide"),
    path("grievances/<slug:reference>/remedy", case_remedy, name="grievances_remedy"),
    path("grievances/<slug:reference>/paper/<int:number>", case_paper, name="grievances_paper"),
]
