"""What is known of a card: whose it is, which issue of it counts, and who had it replaced for what reason."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.core.errors import UsageError
from evenhand.formats import code
from evenhand.formats.tag import card_mark
from evenhand.store import Store

PREFIX = "CARD:"


@dataclass(frozen=True)
class Replacement:
    """One issue of a card: who asked for it, who confirmed it, why; the first has none of these."""

    epoch: int
    since: str
    reason: str
    person: str
    second: str


@dataclass(frozen=True)
class Found:
    """A card. `epoch` is that of the QR that was read; None where only the number was given."""

    number: str
    household: str
    point: str
    epoch: int | None
    issues: tuple[Replacement, ...]

    @property
    def replaced(self) -> bool:
        """Whether this piece of paper was replaced by a later issue."""
        return self.epoch is not None and self.epoch < self.issues[-1].epoch


def find_card(store: Store, text: str) -> Found:
    """The card of a number, or of what its QR holds. UsageError if it was mistyped or is none of this programme."""
    said = text.strip()
    try:
        if said.upper().startswith(PREFIX):
            mark = card_mark(code.decode(said[len(PREFIX) :]))
            rows = store.rows("select household, epoch from card where mark = %s", (mark,))
        else:
            number = code.check_card_number(said)
            rows = [(row[0], None) for row in store.rows("select household from card where number = %s", (number,))]
    except code.CodeError as error:
        raise UsageError(f"this is not a card: {error}", "read it again, or scan the QR of the card") from error
    if not rows:
        raise UsageError("this programme has no such card", "it may be of another programme, or a forgery")
    household, epoch = rows[0]
    issues = store.rows(
        "select epoch, from_period, reason, person, second, number from card where household = %s order by epoch",
        (household,),
    )
    point = store.rows("select point from household_now where household = %s", (household,))[0][0]
    return Found(issues[0][5], household, point, epoch, tuple(Replacement(*row[:5]) for row in issues))


def number_of(store: Store, household: str) -> str:
    """The number of a household's card, for ever the same. UsageError if it has none."""
    rows = store.rows("select number from card where household = %s limit 1", (household,))
    if not rows:
        raise UsageError(f'household "{household}" has no card', "print one first")
    return str(rows[0][0])
