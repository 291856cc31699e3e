"""What hangs and lies at a distribution point: the notice for the wall, and the roll for the day the phone is dead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files
from typing import Any

from evenhand.core.benefit import Benefit
from evenhand.core.period import month
from evenhand.render.catalogue import Catalogue
from evenhand.render.codes import drawing, qr
from evenhand.render.figures import Figures
from evenhand.render.paper import pdf
from evenhand.render.point_words import TEXT
from evenhand.render.sheets import shown_number

ROWS_A_PAGE = 12
BLANK_LINES = 6
FEW_GOODS, ROWS_FEW_GOODS, ROWS_MANY_GOODS = 4, 8, 6


@dataclass(frozen=True)
class Family:
    """A row of the roll: `rations` in hand-out steps by benefit, what is offered again included."""

    card: str
    name: str
    members: int
    rations: Mapping[str, int]
    proxies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Class:
    """Households of so many persons, which are all due the same: what in base units, and what they get in steps, the least
    and the most of them (a step apart, where rounding turns)."""

    members: int
    due: Mapping[str, int]
    least: Mapping[str, int]
    most: Mapping[str, int]


@dataclass(frozen=True)
class Cut:
    """What was counted at the point instead of what was on the way, in steps, and the share before and after."""

    sent: int
    counted: int
    before: Fraction
    now: Fraction


@dataclass(frozen=True)
class Notice:
    """What a point's papers say. `share`: by benefit, what its households get of what is due, the same each for those in
    `alike`; `everywhere`: what the whole programme has of it. `classes` by size where that decides what is due, else `dues`:
    (due, least, most) by benefit; `more`: there are others, which are not told because they are few. `checkpoint`: size,
    hash in hex, and the note itself. `when`, `complaint`: as told, or empty to be filled in by hand."""

    programme: str
    period: str
    point: str
    benefits: Mapping[str, Benefit]
    titles: Mapping[str, str]
    share: Mapping[str, Fraction]
    alike: frozenset[str]
    everywhere: Mapping[str, Fraction]
    cuts: Mapping[str, Cut]
    classes: Sequence[Class]
    dues: Mapping[str, Sequence[tuple[int, int, int]]]
    more: bool
    checkpoint: tuple[int, str, str]
    printed: str
    when: str = ""
    complaint: str = ""
    language: str = "en"
    demo: bool = False


def poster_pdf(notice: Notice) -> bytes:
    """The notice for the wall, A4, black and white."""
    return pdf(_source("poster.typ"), poster(notice))


def roll_pdf(notice: Notice, families: Sequence[Family]) -> bytes:
    """The roll, A4 across, sorted by card number."""
    return pdf(_source("roll.typ"), roll(notice, families))


def _source(name: str) -> str:
    return files("evenhand.render").joinpath("assets", name).read_text("utf-8")


def _common(notice: Notice) -> dict[str, Any]:
    said, words = Catalogue(notice.language), TEXT[notice.language]
    size, digest, _ = notice.checkpoint
    groups = " ".join(digest[at : at + 8] for at in range(0, 40, 8))
    when = _month(notice.period, said)
    return {
        "words": words, "language": notice.language, "rtl": said.rtl, "draft": said.drafted, "demo": notice.demo,
        "programme": notice.programme, "point": said.alone(notice.point), "month": when,
        "hash": f"{size} {groups}", "printed": words["printed"].format(day=said.alone(notice.printed)),
        "title": words["title"].format(month=when),
    }  # fmt: skip


def poster(notice: Notice) -> dict[str, Any]:
    """What the Typst document of the notice shows, every word as it stands on paper."""
    said, words = Catalogue(notice.language), TEXT[notice.language]
    number = Figures(said)
    names = list(notice.share)
    rows = ROWS_FEW_GOODS if len(names) <= FEW_GOODS else ROWS_MANY_GOODS  # one page, whatever is given
    return _common(notice) | {
        "when": notice.when, "bring": words["bring"].format(month=_month(notice.period, said)),
        "complaint": notice.complaint, "why": reasons(
            notice.share, notice.cuts, notice.everywhere, notice.titles, notice.benefits, said
        ),
        "less": any(share < 1 for share in notice.share.values()), "cut": bool(notice.cuts),
        "goods": [
            {"what": notice.titles[name], "head": _head(notice, name, said), **_good(notice, name, said, number)}
            for name in names
        ],
        "classes": [_class(notice, one, names, said) for one in notice.classes[:rows]],
        "more": notice.more or len(notice.classes) > rows,
        "dues": [_dues(notice, name, pairs, said) for name, pairs in notice.dues.items()] if not notice.classes else [],
        "code": str(drawing(qr(notice.checkpoint[2]), "checkpoint")),
    }  # fmt: skip


def _good(notice: Notice, name: str, said: Catalogue, number: Figures) -> dict[str, str]:
    """`7.5 kg` `of every 10 kg due`; where not everybody stands at one share, the share of all together."""
    words, share, benefit = TEXT[said.language], notice.share[name], notice.benefits[name]
    if share >= 1 or not share:
        return {"get": words["full" if share else "nothing"], "share": ""}
    if name not in notice.alike:
        return {"get": f"{number.percent(share)}\u00a0%", "share": words["share.all"]}
    of = next((of for of in (10, 100) if share * of >= 1), 1000)
    get, due = (said.alone(_shown(benefit, value, said, 1)) for value in (of * share, Fraction(of)))
    return {"get": get, "share": words["every"].format(due=due)}


def _class(notice: Notice, one: Class, names: Sequence[str], said: Catalogue) -> dict[str, Any]:
    who = TEXT[said.language]["size"].format(n=said.counted("unit.person", str(one.members), one.members))
    return {
        "who": who,
        "cells": [_gets(notice.benefits[name], one.due[name], one.least[name], one.most[name], said) for name in names],
    }


def _dues(notice: Notice, name: str, pairs: Sequence[tuple[int, int, int]], said: Catalogue) -> dict[str, Any]:
    cells = [_gets(notice.benefits[name], *pair, said) for pair in pairs]
    return {"what": _head(notice, name, said), "cells": cells}


def _head(notice: Notice, name: str, said: Catalogue) -> str:
    """`Grain, kg`: what a column of bare numbers counts."""
    unit = notice.benefits[name].unit
    word = said.text[f"unit.{LARGER.get(unit, unit)}"].split("|")[-1].format(n="").strip(" \u00a0")
    return f"{notice.titles[name]}, {said.alone(word)}"


def _gets(benefit: Benefit, due: int, least: int, most: int, said: Catalogue) -> dict[str, str]:
    words = TEXT[said.language]
    shown = said.alone(_bare(benefit, due, said))
    low, high = (said.alone(_bare(benefit, steps * benefit.step_base, said)) for steps in (least, most))
    get = low if least == most else words["either" if most - least == 1 else "range"].format(low=low, high=high)
    return {"get": get, "due": shown, "of": words["of"].format(due=shown)}


def reasons(
    share: Mapping[str, Fraction], cuts: Mapping[str, Cut], everywhere: Mapping[str, Fraction], titles: Mapping[str, str],
    benefits: Mapping[str, Benefit], said: Catalogue,
) -> list[str]:  # fmt: skip
    """Why less: stock, then the way, each of all goods it holds down; then what was counted, good by good. As on the notice,
    so on a household's own page."""
    words, number = TEXT[said.language], Figures(said)
    stock, way, counted = [], [], []
    for name, mine in share.items():
        cut, all_have = cuts.get(name), everywhere.get(name, Fraction(1))
        planned, good = cut.before if cut else mine, titles[name]
        if planned < 1 and all_have < 1:
            stock.append(f"{good} {number.percent(all_have)}\u00a0%")
        if planned < min(all_have, 1) and number.percent(planned) != number.percent(all_have):
            way.append(f"{good} {number.percent(planned)}\u00a0%")
        if cut:
            benefit = benefits[name]
            values = {"good": good, "now": number.percent(cut.now), "before": number.percent(cut.before),
                      "sent": _steps(benefit, cut.sent, said), "counted": _steps(benefit, cut.counted, said)}  # fmt: skip
            counted.append(words["why.recut"].format(**{key: said.alone(value) for key, value in values.items()}))
    found = [
        words[key].format(list=said.listed(goods)) for key, goods in (("why.all", stock), ("why.here", way)) if goods
    ]
    return found + counted


LARGER = {"g": "kg", "ml": "l"}


def _shown(benefit: Benefit, value: Fraction, said: Catalogue, digits: int = 3) -> str:
    """So many of the benefit's units: `13.5 kg`."""
    whole = int(value) if value.denominator == 1 else None
    unit = LARGER.get(benefit.unit, benefit.unit)
    return said.counted(f"unit.{unit}", Figures(said).decimal(value, digits), whole).replace(" ", "\u00a0")


def shown(benefit: Benefit, base: int | Fraction, said: Catalogue) -> str:
    """So many base units, exactly; grams as kilograms and millilitres as litres, because people carry those."""
    value = Fraction(base) / (benefit.base_per_unit * (1000 if benefit.unit in LARGER else 1))
    whole = int(value) if value.denominator == 1 else None
    unit = LARGER.get(benefit.unit, benefit.unit)
    return said.counted(f"unit.{unit}", _bare(benefit, base, said), whole).replace(" ", "\u00a0")


def _bare(benefit: Benefit, base: int, said: Catalogue) -> str:
    """The same without its unit."""
    value = Fraction(base, benefit.base_per_unit * (1000 if benefit.unit in LARGER else 1))
    return Figures(said).decimal(value, 3) if (value * 1000).denominator == 1 else str(value)


def _steps(benefit: Benefit, steps: int, said: Catalogue) -> str:
    """So many hand-out steps."""
    return shown(benefit, steps * benefit.step_base, said)


def roll(notice: Notice, families: Sequence[Family]) -> dict[str, Any]:
    """What the Typst document of the roll shows: pages of rows with their sums, then the sum of all and lines to fill in."""
    said, words = Catalogue(notice.language), TEXT[notice.language]
    names = [name for name in notice.benefits if any(name in family.rations for family in families)]
    ordered = sorted(families, key=lambda family: family.card)
    pages = []
    for at in range(0, len(ordered), ROWS_A_PAGE):
        some = ordered[at : at + ROWS_A_PAGE]
        pages.append(
            {"rows": [_row(notice, family, names, said) for family in some], "sums": _sums(notice, some, names, said)}
        )
    every = _sums(notice, ordered, names, said)
    return _common(notice) | {
        "how": words["roll.how"].format(month=_month(notice.period, said)),
        "heads": [notice.titles[name] for name in names], "pages": pages, "all": every, "blank": BLANK_LINES,
        "all_label": words["sum.all"].format(n=Figures(said).whole(len(ordered))),
    }  # fmt: skip


def _row(notice: Notice, family: Family, names: Sequence[str], said: Catalogue) -> dict[str, Any]:
    words = TEXT[said.language]
    named = words["proxies"].format(names=said.listed(list(family.proxies))) if family.proxies else ""
    return {
        "card": shown_number(family.card), "name": said.alone(family.name), "members": str(family.members), "proxies": named,
        "rations": [_cell(notice.benefits[name], family.rations.get(name, 0), said) for name in names],
    }  # fmt: skip


def _sums(notice: Notice, families: Sequence[Family], names: Sequence[str], said: Catalogue) -> list[str]:
    sums = (sum(family.rations.get(name, 0) for family in families) for name in names)
    return [_cell(notice.benefits[name], steps, said) for name, steps in zip(names, sums, strict=True)]


def _cell(benefit: Benefit, steps: int, said: Catalogue) -> str:
    return said.alone(_steps(benefit, steps, said)) if steps else "\u2013"


def _month(period: str, said: Catalogue) -> str:
    first = month(period).first
    return said.say("period.month", month=said.text["months"].split("|")[first.month - 1], year=str(first.year))
