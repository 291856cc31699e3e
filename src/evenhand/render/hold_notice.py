"""The notice of a hold, for the household: its number, the reason, where to object, and what of its food."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evenhand.core.period import month
from evenhand.render.catalogue import Catalogue
from evenhand.render.hold_words import TEXT
from evenhand.render.paper import pdf
from evenhand.render.point_paper import shown_number

SOURCE = """
#set page("a5", margin: 16mm)
#set text(size: 11pt, lang: data.lang, dir: if data.rtl { rtl } else { ltr })
#set par(leading: 0.6em)
#let part(title, ..lines) = {
  block(above: 7mm, below: 0mm, text(weight: 700, title))
  for line in lines.pos() { block(above: 3mm, below: 0mm, line) }
}
#text(fill: soft, data.programme)
#v(2mm)
#text(size: 20pt, weight: 700, data.title)
#v(1mm)
#grid(columns: (auto, 1fr), column-gutter: 4mm, align: horizon,
  text(size: 26pt, weight: 700, data.number), text(fill: soft, data.label))
#v(1mm)
#text(data.whose)
#line(length: 100%, stroke: 0.5pt + rule)
#part(data.why, data.reason, data.doubt)
#part(data.object, text(size: 14pt, weight: 700, data.complain), data.free)
#part(data.food, data.serve, data.kept)
#v(1fr)
#text(size: 9pt, fill: soft, data.foot)
"""


@dataclass(frozen=True)
class Notice:
    """What stands on it. `number`: H001; `reason`: one of those a row may be held for; `first` and `second` hold it."""

    programme: str
    period: str
    number: str
    name: str
    card: str
    point: str
    reason: str
    complain: str
    first: str
    second: str
    language: str = "en"
    demo: bool = False


def notice(one: Notice) -> dict[str, Any]:
    """What the Typst document shows. UsageError for a language without words."""
    said = Catalogue(one.language)
    words, day = TEXT[one.language], month(one.period).first
    when = said.say("period.month", month=said.text["months"].split("|")[day.month - 1], year=str(day.year))
    whose = {"name": one.name, "card": shown_number(one.card), "point": one.point, "month": when}
    foot = [words["who"].format(first=said.alone(one.first), second=said.alone(one.second)), words["draft"]]
    return {
        "lang": one.language, "rtl": said.rtl, "programme": said.alone(one.programme), "title": words["title"],
        "number": one.number, "label": words["number"],
        "whose": words["for"].format(**{name: said.alone(text) for name, text in whose.items()}),
        "reason": words[one.reason], "complain": said.alone(one.complain),
        "foot": " ".join(filter(None, [*foot, words["demo"] if one.demo else ""])),
        **{name: words[name] for name in ("why", "doubt", "object", "free", "food", "serve", "kept")},
    }  # fmt: skip


def notice_pdf(one: Notice) -> bytes:
    """The notice as a page of A5."""
    return pdf(SOURCE, notice(one))
