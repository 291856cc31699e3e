"""Who does what in the registry, and the address of a household."""

from __future__ import annotations

from django.utils.http import urlencode

from evenhand.actions import correct, removal
from evenhand.render.catalogue import Catalogue
from evenhand.web.console.access import Seat

READ = ("registrar", "approver", "reviewer", "auditor")
CORRECT = correct.ROLES
REMOVE = removal.ROLES


def may_correct(seat: Seat) -> bool:
    """Whether the account corrects, somewhere."""
    return seat.has(*CORRECT)


def address(household: str, part: str = "household", **more: str) -> str:
    """Where a household's record is. Ids are anything, so they stand behind the question mark."""
    return f"/console/registry/{part}/?{urlencode({'household': household, **more})}"


SAID = ("point", "name", "birth_date", "sex", "occupation", "listed")
"""Fields that have words of ours; the others have the policy's."""


def label(field: str, words: Catalogue) -> str:
    """A field's name in the reader's words, or as the policy calls it."""
    return words.text[f"re.f.{field}"] if field in SAID else field


def change_said(field: str, old: str | None, new: str | None, words: Catalogue) -> dict[str, str | None]:
    """A correction in the reader's words: the field's name, what it was, what it is."""
    said = {"listed": "re.", "sex": "re.sex."}
    shown = [words.text.get(f"{said.get(field, '?')}{value}", value) for value in (old or "", new or "")]
    return {"said": label(field, words), "was": shown[0], "is": shown[1]}
