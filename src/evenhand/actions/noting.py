"""Goods received notes: what came of each line of each waybill, what was damaged, what is missing, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from evenhand.actions.signing import Desk
from evenhand.core.errors import InputError, Problem
from evenhand.flow.ledger import Movement, Stock, loss, node, transit
from evenhand.formats import cbor
from evenhand.formats.entry import Entry
from evenhand.store import Store

NAME = "evenhand/goods-received/v1"
NOTE, NOTE_OPTIONAL = ("waybill", "commodity", "steps"), ("packs", "damaged", "reason")
REASON_LENGTH = 200
LineKey = tuple[str, str]
"""(waybill, benefit)."""


@dataclass(frozen=True)
class Came:
    """A line as it was written down: its row, whole packs and hand-out steps beside them, steps damaged, and why."""

    row: int
    packs: int
    steps: int
    damaged: int
    reason: str


Notes = Mapping[LineKey, Came]
"""The lines of one node's note."""


def notes_from_rows(rows: Sequence[Mapping[str, str]], file: str) -> dict[LineKey, Came]:
    """Lines from the rows of a CSV with waybill, commodity, steps and if needed packs, damaged, reason. InputError."""
    found: dict[LineKey, Came] = {}
    problems: list[Problem] = []
    for number, row in enumerate(rows, 1):
        cells = {name: (row.get(name) or "").strip() for name in NOTE + NOTE_OPTIONAL}
        amounts = {}
        for name in ("packs", "steps", "damaged"):
            text = cells[name] or ("" if name == "steps" and not cells["packs"] else "0")
            if text.isascii() and text.isdigit() and len(text) <= 15:
                amounts[name] = int(text)
            else:
                problems.append(
                    Problem(file, number, name, text, "not a whole number", "count whole packs and steps; 0 if none")
                )
        key = (cells["waybill"], cells["commodity"])
        if key in found:
            problems.append(Problem(file, number, "waybill", key[0], f"{key[1]} stands twice", "leave one out"))
        if len(cells["reason"]) > REASON_LENGTH or not all(c.isprintable() for c in cells["reason"]):
            problems.append(
                Problem(
                    file, number, "reason", "", f"longer than {REASON_LENGTH} letters, or unprintable", "shorten it"
                )
            )
        if len(amounts) == 3:
            found[key] = Came(number, amounts["packs"], amounts["steps"], amounts["damaged"], cells["reason"])
    if problems:
        raise InputError(problems)
    return found


def sent_of(store: Store, cycle: str, steps: Mapping[str, int]) -> dict[LineKey, int]:
    """Steps loaded so far by (waybill, benefit), transfers among them by their numbers. What was sent on to another point
    while it was on its way is taken off the first waybills that carried it."""
    at = (store.programme.id, cycle)
    sums: dict[LineKey, int] = {}
    carried: dict[tuple[str, str], list[LineKey]] = {}
    for ref, target, benefit, quantity in store.rows(
        "select ref, target, benefit, quantity from movement where programme = %s and cycle = %s"
        " and kind in ('load', 'transfer') order by id",
        at,
    ):
        # The ref is CYCLE/load/WAYBILL/BENEFIT/LOT, and a waybill's number begins with its cycle (see `handling.loads`).
        key = ("/".join(ref.removeprefix(f"{cycle}/").split("/")[1:3]), benefit)
        if key not in sums:
            carried.setdefault((target, benefit), []).append(key)
        sums[key] = sums.get(key, 0) + quantity
    for source, benefit, gone in store.rows(
        "select source, benefit, steps from transfer where programme = %s and cycle = %s and on_the_way order by number",
        at,
    ):
        left = gone * steps[benefit]
        for key in carried[transit(source), benefit]:
            off = min(left, sums[key])
            sums[key] -= off
            left -= off
    return {key: quantity // steps[key[1]] for key, quantity in sums.items()}


class Noted:
    """One node's note, worked out against what was sent."""

    def __init__(self, name: str, notes: Notes, sent: Mapping[LineKey, int], file: str) -> None:
        self.name, self._notes, self._file = name, notes, file
        self._sent = {key: sent.get(key, 0) for key in sorted(notes)}
        self.benefits = sorted({benefit for _, benefit in notes})
        problems = []
        for (waybill, benefit), came in sorted(notes.items()):
            missing = self._sent[waybill, benefit] - came.steps - came.damaged
            if missing < 0:
                came_all = came.steps + came.damaged
                message = f"{waybill}: {came_all} steps of {benefit}, and {came_all + missing} were sent"
                remedy = "count again; goods of another waybill stand on its line"
                problems.append(self._problem(came.row, "steps", came.steps, message, remedy))
            elif (missing or came.damaged) and not came.reason:
                message = (
                    f"{waybill}: {missing + came.damaged} steps of {benefit} are damaged or missing without a reason"
                )
                problems.append(
                    self._problem(came.row, "reason", "", message, "write why, such as bags torn in the rain")
                )
        if problems:
            raise InputError(problems)

    def _problem(self, row: int, field: str, value: object, message: str, remedy: str) -> Problem:
        return Problem(self._file, row, field, str(value), message, remedy)

    @property
    def lines(self) -> list[tuple[str, str, int, int, int, int, str]]:
        """(waybill, benefit, sent, received, damaged, missing, reason), sorted."""
        return [
            (*key, self._sent[key], came.steps, came.damaged, self._sent[key] - came.steps - came.damaged, came.reason)
            for key, came in sorted(self._notes.items())
        ]

    def enter(self, stock: Stock, steps: Mapping[str, int], cycle: str) -> list[Movement]:
        """What came goes into stock, what was damaged or is missing is lost, each with its waybill in its ref."""
        made: list[Movement] = []
        road = transit(self.name)
        for waybill, benefit, _, received, damaged, missing, _ in self.lines:
            ends = (("arrive", node(self.name), received, "arrive"), ("loss", loss(self.name), damaged, "damaged"),
                    ("loss", loss(self.name), missing, "missing"))  # fmt: skip
            for kind, target, quantity, word in ends:
                ref = f"{cycle}/{word}/{waybill}/{benefit}"
                made += stock.move(kind, road, target, benefit, quantity * steps[benefit], ref)
        left = [benefit for benefit in steps if stock.total(road, benefit)]
        if left:
            message = f"node {self.name}: {', '.join(left)} is on the way and stands on no line of the note"
            raise InputError(
                [
                    self._problem(
                        0, "waybill", "", message, "add every waybill and transfer that comes here; 0 if none came"
                    )
                ]
            )
        return made

    def write(self, store: Store, cycle: str, desk: Desk) -> Entry:
        """Append the lines and the signed note; its log entry."""
        programme = store.programme.id
        listed: list[cbor.Value] = [list(line) for line in self.lines]
        signed = desk.note(self.name, [NAME, programme, cycle, self.name, listed])
        write_statement(store, cycle, "goods-received", self.name, signed)
        for waybill, benefit, sent, received, damaged, missing, reason in self.lines:
            store.execute(
                "insert into goods_received (programme, cycle, waybill, benefit, sent, received, damaged, missing, reason)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (programme, cycle, waybill, benefit, sent, received, damaged, missing, reason),
            )
        return Entry("goods-received", programme, cycle, self.name, sha256(signed).digest())


def write_statement(store: Store, cycle: str, kind: str, subject: str, signed: bytes) -> None:
    """Keep a signed statement, to be published with the cycle."""
    store.execute(
        "insert into statement (sha256, programme, cycle, kind, subject, cose) values (%s, %s, %s, %s, %s, %s)",
        (sha256(signed).digest(), store.programme.id, cycle, kind, subject, signed),
    )
