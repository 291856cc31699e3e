"""Load lists on paper: a sheet for each lorry and day, with its stops in order, its map, and room to sign at each."""

from __future__ import annotations

from importlib.resources import files

from evenhand.flow.dispatch.trip_check import Checked, Run, clock
from evenhand.flow.dispatch.trips import Problem
from evenhand.render.catalogue import Catalogue
from evenhand.render.paper import pdf
from evenhand.render.paper_words import TEXT
from evenhand.render.trip_map import paper_map
from evenhand.render.trips import kilometres, litres


def load_lists_pdf(problem: Problem, checked: Checked, language: str = "en") -> bytes:
    """The PDF. The same plan gives the same bytes."""
    source = files("evenhand.render").joinpath("assets", "load-list.typ").read_text("utf-8")
    return pdf(source, load_list_data(problem, checked, language))


def load_list_data(problem: Problem, checked: Checked, language: str) -> dict[str, object]:
    """What the Typst document says: every word and number as it stands on paper."""
    said, words = Catalogue(language), TEXT[language]
    return {
        "title": words["list"], "language": language, "rtl": said.rtl, "draft": said.drafted, "words": words,
        "runs": [_run(problem, run, said) for run in checked.runs],
    }  # fmt: skip


def _run(problem: Problem, run: Run, said: Catalogue) -> dict[str, object]:
    words, first = TEXT[said.language], run.visits[0]
    return {
        "depot": first.depot,
        "day": words["day"].format(day=first.day, lorry=said.alone(first.lorry)),
        "home": words["home"].format(km=kilometres(run.metres), litres=litres(run.fuel), clock=said.alone(clock(run.home))),
        "map": paper_map(problem, run),
        "total": f"{sum(visit.load for visit in run.visits):,}",
        "stops": [
            {"trip": str(visit.trip), "stop": str(visit.stop), "point": visit.point, "arrives": clock(begin),
             "load": f"{visit.load:,}"}
            for visit, begin in zip(run.visits, run.begins, strict=True)
        ],
    }  # fmt: skip
