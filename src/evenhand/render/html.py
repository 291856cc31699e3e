"""HTML and SVG as nested calls: everything that is not already markup is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TypeAlias


class Html(str):
    """Markup that is safe as it stands."""

    __slots__ = ()


Child: TypeAlias = "str | int | None | Iterable[Child]"
_EMPTY = frozenset({"meta", "path", "rect", "circle", "use", "br"})


def join(children: Iterable[Child]) -> Html:
    """Children one after another; None is left out, plain text is escaped."""
    return Html("".join(_text(child) for child in children))


def _text(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Html):
        return child
    if isinstance(child, (str, int)):
        return escape(str(child), quote=False)
    return join(child)


def el(tag: str, *children: Child, **attributes: str | int | None) -> Html:
    """One element. Of attribute names, `cls` is class, a trailing `_` falls, other `_` become `-`; None is left out."""
    shown = []
    for name, value in attributes.items():
        if value is not None:
            written = "class" if name == "cls" else name.rstrip("_").replace("_", "-")
            shown.append(f' {written}="{escape(str(value))}"')
    head = f"<{tag}{''.join(shown)}"
    if tag in _EMPTY and not children:
        return Html(f"{head}>" if tag in ("meta", "br") else f"{head}/>")
    return Html(f"{head}>{join(children)}</{tag}>")


def number(value: float) -> str:
    """A coordinate of a picture: one decimal at most, no trailing zero."""
    text = f"{value:.1f}"
    return text.removesuffix(".0")


def picture(name: str, width: float, height: float, title: str, description: str, *children: Child) -> Html:
    """An SVG with its title and description for those who do not see it."""
    return el(
        "svg",
        el("title", title, id=f"{name}-t"),
        el("desc", description, id=f"{name}-d"),
        *children,
        viewBox=f"0 0 {number(width)} {number(height)}",
        role="img",
        aria_labelledby=f"{name}-t {name}-d",
    )


def rect(cls: str, x: float, y: float, width: float, height: float) -> Html:
    """A rectangle of a picture."""
    return el("rect", cls=cls, x=number(x), y=number(y), width=number(width), height=number(height))


def line(cls: str, x1: float, y1: float, x2: float, y2: float) -> Html:
    """A straight line of a picture."""
    return el("path", cls=cls, d=f"M{number(x1)} {number(y1)}L{number(x2)} {number(y2)}")


def label(cls: str, x: float, y: float, *text: Child) -> Html:
    """A text of a picture; `end` and `mid` in its class set its anchor."""
    return el("text", *text, cls=cls or None, x=number(x), y=number(y))
