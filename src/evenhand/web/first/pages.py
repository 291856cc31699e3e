"""The five questions, one a page, what they make, and the making."""

from __future__ import annotations

import hmac
import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path

from evenhand.actions.first_run import GOODS_MAX, UNITS, Answers, Words, answers_from, check, files
from evenhand.core.errors import InputError
from evenhand.render.catalogue import LANGUAGES
from evenhand.web.console.asking import wrong_by_field
from evenhand.web.console.frame import NAMES
from evenhand.web.language import catalogue_of, choose
from evenhand.web.static_files import static_file

QUESTIONS = ("place", "points", "goods", "often", "people")
FIELDS = {
    "place": ("place", "programme", "origin", "zone"), "points": ("points", "store"), "goods": ("goods",),
    "often": ("begins",), "people": ("first", "second", "root_word", "first_word", "second_word"),
}  # fmt: skip
LONGEST_SECONDS = 300


class Run:
    """The one run of this process: its token, what was answered, what came of it."""

    token = ""
    data = ""
    begins = ""
    zone = ""
    said: dict[str, Any] = {}
    made: dict[str, str] = {}
    over = False


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of every page."""
    words = catalogue_of(request)
    return {
        "language": words.language, "direction": "rtl" if words.rtl else "ltr", "drafted": words.drafted,
        "languages": [(code, NAMES[code]) for code in LANGUAGES], "base": f"/first/{Run.token}/",
    }  # fmt: skip


def _known(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Only behind the address that the terminal shows."""

    def guard(request: HttpRequest, token: str, **captured: str) -> HttpResponse:
        if not Run.token or not hmac.compare_digest(token.encode(), Run.token.encode()):
            raise Http404
        if Run.made and view not in (ready, done):
            return HttpResponseRedirect(f"/first/{Run.token}/ready")
        return view(request, **captured)

    return guard


def start(request: HttpRequest) -> HttpResponse:
    """What this is, and the first question."""
    return HttpResponseRedirect(f"/first/{Run.token}/place")


def question(request: HttpRequest, name: str) -> HttpResponse:
    """One question: asked, answered, or asked again with what is wrong beside its field."""
    if name not in QUESTIONS:
        raise Http404
    wrong: dict[str, list[str]] = {}
    if request.method == "POST":
        given = _given(request, name)
        kept = {key: value for key, value in given.items() if not key.endswith("_word")}
        Run.said |= kept
        wrong = _wrong(name, given)
        if not wrong and name == "people":
            return _make(request, given)
        if not wrong:
            following = QUESTIONS[QUESTIONS.index(name) + 1]
            return HttpResponseRedirect(f"/first/{Run.token}/{following}")
    return _shown(request, name, wrong)


def ready(request: HttpRequest) -> HttpResponse:
    """What was made: the root key to print, both passwords, once."""
    if not Run.made:
        return HttpResponseRedirect(f"/first/{Run.token}/place")
    return render(request, "first/ready.html", {"made": Run.made, "said": _answers()})


def done(request: HttpRequest) -> HttpResponse:
    """The office opens in a moment: this server ends, and the real one begins on the same port."""
    if not Run.made:
        return HttpResponseRedirect(f"/first/{Run.token}/place")
    Run.over = True
    return render(request, "first/opening.html")


def missing(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Anything else: where the address stands."""
    text = "Open the address that the terminal shows: it ends in a word that only this run knows.\n"
    return HttpResponse(text, status=404, content_type="text/plain; charset=utf-8")


def _given(request: HttpRequest, name: str) -> dict[str, Any]:
    post = request.POST
    if name == "points":
        lines = [line.strip() for line in post.get("points", "").replace("\0", "").splitlines() if line.strip()]
        return {"points": lines, "store": post.get("store", "").strip()}
    if name == "goods":
        rows = [
            [
                post.get(f"{cell}{number}", "").replace("\0", "").strip()
                for cell in ("name", "unit", "amount", "per", "step")
            ]
            for number in range(1, GOODS_MAX + 1)
        ]
        return {"goods": [row for row in rows if row[0]]}
    return {field: post.get(field, "").replace("\0", "") for field in FIELDS[name]}


def _answers() -> Answers:
    return answers_from(Run.said)


def _wrong(name: str, given: dict[str, Any]) -> dict[str, list[str]]:
    words = Words(*(given[f"{who}_word"] for who in ("root", "first", "second"))) if name == "people" else None
    try:
        check(_answers(), words)
    except InputError as error:
        fields = {field: field for field in FIELDS[name]}
        found = wrong_by_field(error, fields, "")
        return {field: lines for field, lines in found.items() if field in fields}
    return {}


def _shown(request: HttpRequest, name: str, wrong: dict[str, list[str]]) -> HttpResponse:
    goods = [list(good) for good in Run.said.get("goods", [])] or [["", "kg", "", "person", ""]]
    goods += [["", "kg", "", "person", ""]] * (min(GOODS_MAX, max(3, len(goods) + 1)) - len(goods))
    said = {"zone": Run.zone, "begins": Run.begins} | Run.said
    words = catalogue_of(request)
    return render(request, f"first/{name}.html", {
        "name": name, "wrong": wrong, "said": said, "points": "\n".join(Run.said.get("points", [])),
        "goods": list(enumerate(goods, 1)), "units": [(unit, words.text[f"fi.unit.{unit}"]) for unit in UNITS],
        "pers": [(per, words.text[f"fi.per.{per}"]) for per in ("person", "household")],
        "steps": [(one, one == name, QUESTIONS.index(one) < QUESTIONS.index(name)) for one in QUESTIONS],
        "number": QUESTIONS.index(name) + 1, "before": QUESTIONS[QUESTIONS.index(name) - 1] if name != "place" else "",
        "policy": files(_answers())["policy.toml"] if name == "people" and not _missing() else "",
    }, status=422 if wrong else 200)  # fmt: skip


def _missing() -> bool:
    return any(_wrong(name, {}) for name in QUESTIONS[:-1])


def _make(request: HttpRequest, given: dict[str, Any]) -> HttpResponse:
    """Make it in a process of its own: Django is configured once a process, here for these pages."""
    for name in QUESTIONS[:-1]:
        if _wrong(name, {}):
            return HttpResponseRedirect(f"/first/{Run.token}/{name}")
    told = json.dumps(
        {"data": Run.data, "said": Run.said, "words": {k: v for k, v in given.items() if k.endswith("_word")}}
    )
    finished = subprocess.run(
        [sys.executable, "-m", "evenhand.web.first.making"], input=told, capture_output=True, text=True, check=False,
        timeout=LONGEST_SECONDS,
    )  # fmt: skip
    if finished.returncode != 0:
        lines = finished.stderr.strip().splitlines()[-4:] or ["the programme could not be made"]
        return _shown(request, "people", {"all": [line.strip() for line in lines]})
    Run.made = json.loads(finished.stdout)
    return HttpResponseRedirect(f"/first/{Run.token}/ready")


urlpatterns = [
    path("static/<path:name>", static_file),
    path("language/<slug:language>", choose),
    path("first/<str:token>/", _known(start)),
    path("first/<str:token>/ready", _known(ready)),
    path("first/<str:token>/opening", _known(done)),
    path("first/<str:token>/<slug:name>", _known(question)),
]
handler404 = "evenhand.web.first.pages.missing"
