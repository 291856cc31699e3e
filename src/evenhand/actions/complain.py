"""Complain: a complaint comes in, by whatever channel, and gets a reference; who complained is sealed at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from evenhand.actions.cases import Draw, new_reference
from evenhand.core.errors import UsageError
from evenhand.flow.grievance import KINDS
from evenhand.flow.grievance.case import CONTROL, WORDS_MAX
from evenhand.store import Store
from evenhand.store.media import accepted
from evenhand.store.seals import Seals

CHANNELS = ("page", "counter", "telephone", "paper")
CELL_MAX = 200
PAPERS_MAX = 3


@dataclass(frozen=True)
class Complaint:
    """What somebody says. `point`: complained about, if it is one; `area`: where, if no point is. Everything that tells who
    says it (`household`, `name`, `contact`) is sealed. `words` may be empty: a picture was chosen."""

    kind: str
    words: str = ""
    point: str = ""
    area: str = ""
    household: str = ""
    name: str = ""
    contact: str = ""
    channel: str = "paper"
    anonymous: bool = False


def complain(
    store: Store,
    complaint: Complaint,
    draw: Draw,
    person: str = "",
    papers: Sequence[bytes] = (),
    form: str = "",
) -> str:
    """Take in a complaint; its reference, by which the household asks and appeals. `person`: who wrote it down for them;
    `papers`: files that came with it; `form`: what names the page it was sent from, so that sending it twice is once.

    UsageError for an unknown kind, point, area or household, words that are too long, an anonymous one with a name, or
    a file that is no photo, paper or voice note.
    """
    kept = [accepted(data) for data in papers]
    if len(kept) > PAPERS_MAX:
        raise UsageError(f"more than {PAPERS_MAX} files", "leave the least telling ones out")
    with store.transaction("grievances"):
        if len(person) > CELL_MAX or CONTROL.search(person):
            raise UsageError("who writes it down has no such name", "give a plain name")
        note = sha256(b"evenhand/form " + form.encode()).digest() if form else None
        if note and (sent := store.rows("select reference from grievance where note = %s", (note,))):
            return str(sent[0][0])
        reference = keep(store, _checked(store, complaint), draw, store.clock(), person, note)
        for number, (media, data) in enumerate(kept, 1):
            store.execute(
                "insert into grievance_paper (reference, number, media, size, sealed, person, at)"
                " values (%s, %s, %s, %s, %s, %s, %s)",
                (
                    reference, number, media, len(data), Seals(store.data).seal_bytes(f"{reference}/{number}", data),
                    person, store.clock(),
                ),
            )  # fmt: skip
        return reference


def keep(store: Store, complaint: Complaint, draw: Draw, at: int, person: str = "", note: bytes | None = None) -> str:
    """Within a transaction: write down a checked complaint, come in `at`."""
    seals, reference = Seals(store.data), new_reference(draw)
    who = {n: v for n in ("household", "name", "contact") if (v := getattr(complaint, n))}
    hidden = KINDS[complaint.kind].restricted
    content = {**who, "words": complaint.words} if hidden else who
    store.execute(
        "insert into grievance (reference, programme, kind, point, area, channel, anonymous, words, sealed, mark, note,"
        " person, at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            reference, store.programme.id, complaint.kind, complaint.point, complaint.area, complaint.channel,
            complaint.anonymous, "" if hidden else complaint.words, seals.seal(reference, content) if content else None,
            seals.mark(complaint.household) if complaint.household else None, note, person, at,
        ),
    )  # fmt: skip
    return reference


def _checked(store: Store, said: Complaint) -> Complaint:
    """The complaint with its area; UsageError for what cannot be."""
    if said.kind not in KINDS:
        raise UsageError(f'"{said.kind}" is no kind of complaint', f"choose one of {', '.join(KINDS)}")
    if said.channel not in CHANNELS:
        raise UsageError(f'"{said.channel}" is no channel', f"choose one of {', '.join(CHANNELS)}")
    if len(said.words) > WORDS_MAX or CONTROL.search(said.words):
        raise UsageError(f"the words are longer than {WORDS_MAX} letters, or unprintable", "say it shorter")
    for cell in (said.name, said.contact, said.household, said.point, said.area):
        if len(cell) > CELL_MAX or CONTROL.search(cell) or "\n" in cell:
            raise UsageError(f"a name, contact or id is longer than {CELL_MAX} letters, or unprintable", "shorten it")
    if said.anonymous and (said.household or said.name or said.contact):
        raise UsageError(
            "an anonymous complaint names nobody", "leave out household, name and contact, or file it sealed"
        )
    home = _home(store, said.household)
    point = said.point or ("" if said.area else home)
    area = said.area
    if point:
        found = store.rows("select coalesce(area, '') from node where node = %s and kind = 'point'", (point,))
        if not found:
            raise UsageError(f'there is no point "{point}"', "give the id of an imported point, or an area")
        if area and area != found[0][0]:
            raise UsageError(f'point "{point}" is not in area "{area}"', "leave the area out")
        area = found[0][0]
    elif not area:
        raise UsageError("the complaint names no place", "give --point, or --area where no point is meant")
    elif not store.rows("select 1 from area where pcode = %s", (area,)):
        raise UsageError(f'there is no area "{area}"', "give the P-code of an imported area")
    return Complaint(
        said.kind, said.words.strip(), point, area, said.household, said.name.strip(), said.contact.strip(), said.channel,
        said.anonymous,
    )  # fmt: skip


def _home(store: Store, household: str) -> str:
    if not household:
        return ""
    rows = store.rows("select point from household_now where household = %s", (household,))
    if not rows:
        raise UsageError(f'no household "{household}" is registered', "leave it out, and give name and contact")
    return str(rows[0][0])
