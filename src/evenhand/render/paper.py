"""Paper: a Typst document and its data become a PDF, with fonts that come with the packages of extra `paper`.

The document finds its data as `data`. Text of the data is never read as Typst, so nobody's name can change the page.
The same document, data and versions give the same bytes: no clock, no font of the system.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from evenhand.core.errors import UsageError

REMEDY = "pip install 'evenhand[paper]'"
FAMILIES = (
    "Noto Sans", "Noto Sans Arabic", "Noto Sans Devanagari", "Noto Sans CJK KR", "Noto Sans CJK SC", "Noto Sans CJK JP",
    "Noto Sans Hebrew", "Noto Sans Bengali", "Noto Sans Ethiopic", "Noto Sans Myanmar", "Noto Sans Khmer",
    "Noto Sans Tamil", "Noto Sans Telugu", "Noto Sans Kannada", "Noto Sans Malayalam", "Noto Sans Gujarati",
    "Noto Sans Gurmukhi", "Noto Sans Oriya", "Noto Sans Sinhala", "Noto Sans Thai", "Noto Sans Lao", "Noto Sans Armenian",
    "Noto Sans Georgian", "Noto Sans Symbols",
)  # fmt: skip
"""Tried in this order for each character. The CJK fonts draw shared characters as the first of them does."""

ISOLATE, POP = "\u2068", "\u2069"

PRELUDE = f"""
#let data = json(bytes(sys.inputs.data))
#let ink = rgb("#1a1e1c")
#let soft = rgb("#4a514d")
#let rule = rgb("#d9d8d0")
#let edge = rgb("#7a807b")
#let act = rgb("#0d5138")
#let alert = rgb("#a01a20")
#let alone(said) = "{ISOLATE}" + said + "{POP}"
#let svg(drawn, ..size) = image(bytes(drawn), format: "svg", ..size)
#set text(font: ({", ".join(f'"{name}"' for name in FAMILIES)}), size: 10pt, fill: ink, number-width: "tabular")
#set document(date: none)
"""
"""What every document may use: its data, the colours of the pages, text of another direction, drawings."""


def pdf(source: str, data: object) -> bytes:
    """A Typst document as PDF. `data` is what JSON can hold. UsageError where Typst or its fonts are not installed."""
    return bytes(_compile(source, data, format="pdf"))


def pictures(source: str, data: object, dots_an_inch: int = 203) -> list[bytes]:
    """The pages of the same document as PNG, for thermal printers and for tests that look."""
    made = _compile(source, data, format="png", ppi=float(dots_an_inch))
    return [bytes(page) for page in made] if isinstance(made, list) else [bytes(made)]


def unprintable(data: object) -> str:
    """The characters of `data` that no font has, in order: they would print as empty boxes, without any warning."""
    used = {character for text in _texts(data) for character in text if character.isprintable() and character != " "}
    return "".join(sorted(character for character in used if ord(character) not in _covered()))


def _compile(source: str, data: object, **settings: Any) -> Any:
    try:
        import typst
    except ImportError as error:
        raise UsageError("typst, which makes the PDF, is not installed", REMEDY) from error
    compiler = typst.Compiler(font_paths=_fonts(), ignore_system_fonts=True)
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    return compiler.compile((PRELUDE + source).encode(), sys_inputs=inputs, timestamp=0, **settings)


def _folders() -> Sequence[Path]:
    try:
        import manimgx_fonts
        import manimgx_fonts_cjk
    except ImportError as error:
        raise UsageError("the fonts of printed papers are not installed", REMEDY) from error
    return [Path(package.__path__[0]) for package in (manimgx_fonts, manimgx_fonts_cjk)]


@cache
def _fonts() -> Any:
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder) for folder in _folders()]
    )


@cache
def _covered() -> frozenset[int]:
    """The characters that the fonts have together."""
    from fontTools.ttLib import TTFont

    found: set[int] = set()
    for path in sorted(path for folder in _folders() for path in folder.glob("NotoSans*.tt[fc]")):
        with TTFont(path, lazy=True, fontNumber=0) as font:
            found |= font.getBestCmap().keys()
    return frozenset(found)


def _texts(data: object) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from _texts(value)
    elif isinstance(data, list | tuple):
        for value in data:
            yield from _texts(value)
