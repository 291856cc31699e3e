"""Waybills on paper: a sheet each, with what is on the lorry, a signed code, and room for hands to sign. Page and PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files

from evenhand.core.benefit import Benefit
from evenhand.render.catalogue import Catalogue
from evenhand.render.codes import drawing, qr
from evenhand.render.grid import Col, table
from evenhand.render.html import Child, Html, el, join
from evenhand.render.page import document, masthead
from evenhand.render.paper import pdf
from evenhand.render.paper_words import TEXT


@dataclass(frozen=True)
class Line:
    """What one waybill carries of one benefit, in hand-out steps. `pack_steps`: so many make a pack; 0: it comes loose."""

    benefit: Benefit
    steps: int
    pack_steps: int = 0


@dataclass(frozen=True)
class Waybill:
    """A waybill as it goes. `source` and `target` are names of nodes with their ids; `code` is what its QR holds."""

    number: str
    lane: str
    source: str
    target: str
    lines: tuple[Line, ...]
    code: str


@dataclass(frozen=True)
class Papers:
    """The waybills of a cycle, for one printing."""

    programme: str
    cycle: str
    origin: str
    waybills: Sequence[Waybill]
    language: str = "en"


def exact(benefit: Benefit, steps: int, said: Catalogue) -> str:
    """Steps in the benefit's unit, never rounded: `13.5 kg`; in twelfths and the like, `5/12 pair`."""
    value = Fraction(steps * benefit.step_base, benefit.base_per_unit)
    thousandths = value * 1000
    if thousandths.denominator != 1:
        shown = str(value)
    else:
        whole, rest = divmod(thousandths.numerator, 1000)
        shown = f"{whole:,}" + (f".{rest:03}".rstrip("0") if rest else "")
    amount = said.counted(f"unit.{benefit.unit}", shown, int(value) if value.denominator == 1 else None)
    return amount.replace(" ", "\u00a0")


def packs(line: Line, said: Catalogue) -> str:
    """`8 × 50 kg, 13.5 kg loose`; empty where it comes loose."""
    if not line.pack_steps:
        return ""
    whole, rest = divmod(line.steps, line.pack_steps)
    parts = [f"{whole:,} × {exact(line.benefit, line.pack_steps, said)}"] if whole else []
    if rest:
        parts.append(TEXT[said.language]["loose"].format(amount=exact(line.benefit, rest, said)))
    return said.text["list.comma"].join(parts)


def waybills_page(papers: Papers) -> str:
    """The page, to be printed. The same waybills give the same bytes."""
    said, words = Catalogue(papers.language), TEXT[papers.language]
    named = words["waybills"].format(cycle=said.alone(papers.cycle))
    title = el("div", el("p", _over(papers), cls="over"), el("h1", named), cls="title")
    foot = [words["nothing"], words["draft"] if said.drafted else None]
    body = join([
        el("a", words["skip"], cls="skip", href="#main"),
        masthead("Evenhand", words["waybill"]),
        el("main", title, *[_sheet(papers, one, said) for one in papers.waybills], cls="page", id="main"),
        el("footer", el("div", *[el("p", text) for text in foot if text]), cls="foot page"),
    ])  # fmt: skip
    return document(f"{named} · Evenhand", body, "waybills.css", language=papers.language, rtl=said.rtl)


def waybills_pdf(papers: Papers) -> bytes:
    """The same as PDF, a sheet a waybill."""
    return pdf(files("evenhand.render").joinpath("assets", "waybill.typ").read_text("utf-8"), paper_data(papers))


def paper_data(papers: Papers) -> dict[str, object]:
    """What the Typst document says: every word and number as it stands on paper."""
    said, words = Catalogue(papers.language), TEXT[papers.language]
    sheets = [
        {
            "number": bill.number, "lane": words["lane"].format(lane=said.alone(bill.lane)), "source": bill.source,
            "target": bill.target, "code": str(drawing(qr(bill.code), bill.number)),
            "lines": [
                {"what": line.benefit.title, "sent": exact(line.benefit, line.steps, said), "packs": packs(line, said),
                 "steps": f"{line.steps:,}"}
                for line in bill.lines
            ],
        }
        for bill in papers.waybills
    ]  # fmt: skip
    return {
        "title": words["waybills"].format(cycle=papers.cycle), "over": _over(papers), "language": papers.language,
        "rtl": said.rtl, "draft": said.drafted, "words": words,
        "signed": words["signed"].format(origin=said.alone(papers.origin)), "waybills": sheets,
    }  # fmt: skip


def _over(papers: Papers) -> str:
    said = Catalogue(papers.language)
    programme, cycle = said.alone(papers.programme), said.alone(papers.cycle)
    return TEXT[papers.language]["over"].format(programme=programme, cycle=cycle)


def _sheet(papers: Papers, waybill: Waybill, said: Catalogue) -> Html:
    words = TEXT[papers.language]
    rows: list[Sequence[Child]] = [
        [line.benefit.title, exact(line.benefit, line.steps, said), packs(line, said), f"{line.steps:,}", "", "", ""]
        for line in waybill.lines
    ]
    styles = {
        "sent": "n",
        "packs": "spare",
        "steps": "n spare",
        "received": "fill",
        "damaged": "fill spare",
        "reason": "fill",
    }
    heads = [Col(words["what"]), *[Col(words[name], cls) for name, cls in styles.items()]]
    way = [
        el("div", el("dt", words[name]), el("dd", value))
        for name, value in (("from", waybill.source), ("to", waybill.target))
    ]
    head = el(
        "div",
        el(
            "div",
            el("p", f"{_over(papers)} · ", words["lane"].format(lane=said.alone(waybill.lane)), cls="small soft"),
            el("h2", said.alone(waybill.number)),
            el("dl", *way),
        ),
        el("div", drawing(qr(waybill.code), waybill.number), cls="code"),
        cls="head",
    )
    signs = [el("p", el("span", words[f"sign.{name}"])) for name in ("sent", "driver", "received")]
    return el(
        "section", head, table(heads, rows, words["load"], hidden_caption=True), el("div", *signs, cls="signs"),
        el("p", words["signed"].format(origin=said.alone(papers.origin)), cls="small soft seal"), cls="waybill",
    )  # fmt: skip
