"""What every form of the console needs: errors beside the field they are about, and numbers as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from allauth.core import ratelimit
from django.http import HttpRequest

from evenhand.core.benefit import Benefit
from evenhand.core.errors import EvenhandError, InputError, TryAgain

ALL = "all"
"""What is wrong with a form as a whole, in the place of a field's name."""


@contextmanager
def attempt(request: HttpRequest, action: str = "sign") -> Iterator[None]:
    """Within it a passphrase is tried. Five attempts that fail in five minutes are the last; one that succeeds forgets them,
    so that whoever signs for twenty lorries is not stopped. `root` attempts are counted apart: signing well with a key of
    one's own must not buy guesses at the root key."""
    if not ratelimit.consume(request, action=action, user=request.user):
        raise TryAgain("too many attempts to sign", "wait five minutes")
    yield
    ratelimit.clear(request, action=action, user=request.user)


def wrong_by_field(
    error: EvenhandError | None, fields: Mapping[str, str], passphrase: str = "passphrase"
) -> dict[str, list[str]]:
    """Field of the form -> lines that stand beside it. `fields`: what an action calls a field -> what the form does. What is
    about a key's passphrase stands beside `passphrase`; the rest at `all`, at the head of the form."""
    if error is None:
        return {}
    if not isinstance(error, InputError):
        key = passphrase if "passphrase" in error.message and passphrase else ALL
        return {key: [line.removeprefix("  what to do: ") for line in error.lines()]}
    found: dict[str, list[str]] = {}
    for problem in error.problems[: error.shown]:
        place = fields.get(problem.field, ALL)
        found.setdefault(place, []).append(
            f"{problem.message}: {problem.remedy}" if problem.remedy else problem.message
        )
    return found


SAID = {"g": "kg", "ml": "l"}
"""What stock is said in, where the benefit's own unit is a thousandth of it."""


def unit_of(benefit: Benefit) -> tuple[str, int]:
    """The one unit in which every amount of a good is shown and typed, and its base units."""
    if benefit.unit in SAID:
        return SAID[benefit.unit], 1000 * benefit.base_per_unit
    return benefit.unit, benefit.base_per_unit


def with_unit(text: str, benefit: Benefit) -> str:
    """A quantity as it was typed beside its unit: a bare number counts that unit, never base units."""
    said = text.strip().replace("\u00a0", " ")
    if re.fullmatch(r"[0-9]+([.,][0-9]+)?", said):
        return f"{said.replace(',', '.')} {unit_of(benefit)[0]}"
    return said
