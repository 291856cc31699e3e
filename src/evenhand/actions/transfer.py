"""Transfer: goods of one point go to another while a cycle is open, because it closes or a lorry went wrong.

What a counted point has promised its households never leaves it. A point that has not counted counts less, and is re-cut.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from evenhand.actions.cycles import find, signer_of
from evenhand.actions.moved_rows import promised
from evenhand.actions.noting import write_statement
from evenhand.actions.opening import transfer_number
from evenhand.actions.stock import append_movements, read_stock, steps_of
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.flow.ledger import Movement, loss, node, transit
from evenhand.formats import cbor, cose
from evenhand.formats.entry import Entry
from evenhand.store import Store

NAME = "evenhand/transfer/v1"
COLUMNS = ("from", "to", "commodity", "steps", "reason")
OPTIONAL = ("on_the_way", "received")
Key = tuple[str, str, bool, str]
"""(from, to, whether they were still on the way to it, reason): the rows of a list that make one transfer."""
Fault = tuple[str, object, str, str]
"""(field, value, what is wrong, what to do)."""


@dataclass(frozen=True)
class Line:
    """A row: `steps` leave; `received` of them came, or None where the point has not counted yet and will."""

    row: int
    benefit: str
    steps: int
    received: int | None


def transfer(
    store: Store, cycle: str, person: str, passphrase: str, rows: Sequence[Mapping[str, str]], file: str
) -> list[str]:
    """Enter a list of transfers, all or none, signed by `person`. Their numbers. The same list again changes nothing.

    InputError naming row and field for an unknown point or benefit, a row without reason, more than is there or free to
    leave, and `received` missing where the other point has counted (or given where it has not).
    """
    signer = signer_of(store, person, passphrase)
    digest = sha256(
        cbor.dumps([cycle, [[row.get(name) or "" for name in COLUMNS + OPTIONAL] for row in rows]])
    ).digest()
    kind = f"transfer:{cycle}"
    with store.transaction("cycle"):
        if store.rows("select 1 from import_file where sha256 = %s and kind = %s", (digest, kind)):
            return []
        found = find(store, cycle)
        if found.state != "open":
            raise UsageError(f"cycle {cycle} is {found.state}, not open", f"see: evenhand cycle show {cycle}")
        work = _Work(store, cycle, steps_of(found.policy().benefits.values()), file)
        groups = work.read(rows)
        numbers, entries = [], []
        for key, lines in groups.items():
            number = work.enter(key, lines)
            source, target, on_the_way, reason = key
            listed: list[cbor.Value] = [[line.benefit, line.steps, line.received] for line in lines]
            body: list[cbor.Value] = [
                NAME,
                store.programme.id,
                cycle,
                number,
                source,
                target,
                on_the_way,
                listed,
                reason,
            ]
            signed = cose.sign1(body, signer)
            subject = transfer_number(cycle, number)
            write_statement(store, cycle, "transfer", subject, signed)
            entries.append(Entry("transfer", store.programme.id, cycle, subject, sha256(signed).digest()))
            numbers.append(subject)
        append_movements(store, cycle, work.movements)
        store.log.append(entries)
        store.execute(
            "insert into import_file (sha256, kind, programme, rows, at) values (%s, %s, %s, %s, %s)",
            (digest, kind, store.programme.id, len(rows), store.clock()),
        )
    store.log.publish()
    return numbers


class _Work:
    """The stock as a list of transfers changes it."""

    def __init__(self, store: Store, cycle: str, steps: Mapping[str, int], file: str) -> None:
        at = (store.programme.id, cycle)
        self.store, self.cycle, self.steps, self.file = store, cycle, steps, file
        self.stock = read_stock(store)
        self.movements: list[Movement] = []
        self.points = {row[0] for row in store.rows("select node from node where kind = 'point'")}
        self.counted = {r[0] for r in store.rows("select point from count where programme = %s and cycle = %s", at)}
        self.begun = {
            r[0] for r in store.rows("select distinct point from receipt where programme = %s and cycle = %s", at)
        }
        self.promised = promised(store, find(store, cycle))
        self.number = store.rows(
            "select coalesce(max(number), 0) from transfer where programme = %s and cycle = %s", at
        )[0][0]

    def read(self, rows: Sequence[Mapping[str, str]]) -> dict[Key, list[Line]]:
        """The transfers of the list, in its order."""
        groups: dict[Key, list[Line]] = {}
        problems: list[Problem] = []
        for number, cells in enumerate(rows, 1):
            row = {name: (cells.get(name) or "").strip() for name in COLUMNS + OPTIONAL}
            fault = self._fault(row)
            key = (row["from"], row["to"], row["on_the_way"] == "yes", row["reason"])
            if fault is None and any(line.benefit == row["commodity"] for line in groups.get(key, ())):
                fault = ("commodity", row["commodity"], "stands twice in this transfer", "add the two up")
            if fault is not None:
                problems.append(Problem(self.file, number, fault[0], str(fault[1]), *fault[2:]))
                continue
            received = int(row["received"]) if row["received"] else None
            groups.setdefault(key, []).append(Line(number, row["commodity"], int(row["steps"]), received))
        if problems or not groups:
            raise InputError(
                problems or [Problem(self.file, 0, "", "", "no transfer stands here", "write a row for each")]
            )
        return groups

    def _fault(self, row: Mapping[str, str]) -> Fault | None:
        source, target = row["from"], row["to"]
        for field in ("from", "to"):
            if row[field] not in self.points:
                return field, row[field], "there is no such point", "use the id of a distribution point"
        if source == target:
            return "to", target, "the same point", "name the point the goods go to"
        if row["commodity"] not in self.steps:
            return "commodity", row["commodity"], "not a stocked benefit", f"use one of {', '.join(self.steps)}"
        if not _whole(row["steps"]) or int(row["steps"]) == 0:
            return "steps", row["steps"], "not a whole number of steps above 0", "count whole hand-out steps"
        if not row["reason"] or len(row["reason"]) > 200 or not row["reason"].isprintable():
            return "reason", row["reason"], "no reason, or more than 200 letters", "write why, such as the point closes"
        if row["on_the_way"] not in ("", "yes"):
            return "on_the_way", row["on_the_way"], "neither empty nor yes", "write yes for goods that never came there"
        if row["on_the_way"] and source in self.counted:
            return "on_the_way", "yes", f"{source} has counted: nothing is on the way to it", "leave it empty"
        if not row["on_the_way"] and source in self.begun - self.counted:
            return "from", source, "hands out without a count: all it has is promised", "leave its goods there"
        if target in self.counted | self.begun:
            if not _whole(row["received"]) or int(row["received"]) > int(row["steps"]):
                message = f"{target} has counted, so this must say how much came: 0 to {row['steps']}"
                return "received", row["received"], message, "count what came and write it here"
        elif row["received"]:
            return (
                "received",
                row["received"],
                f"{target} has not counted yet",
                "leave it empty: it is counted in there",
            )
        return None

    def enter(self, key: Key, lines: Sequence[Line]) -> int:
        """One transfer's movements and rows; its number. InputError where there is not so much."""
        source, target, on_the_way, reason = key
        self.number += 1
        ref = f"{self.cycle}/%s/{transfer_number(self.cycle, self.number)}/"
        account, road = (transit if on_the_way else node)(source), transit(target)
        for line in sorted(lines, key=lambda line: line.benefit):
            step = self.steps[line.benefit]
            free = self.stock.total(account, line.benefit) // step
            if source in self.counted:
                free -= min(free, max(0, self.promised.get((source, line.benefit), 0)))
            if line.steps > free:
                what = "on the way to it" if on_the_way else "there and not promised to its households"
                problem = Problem(
                    self.file, line.row, "steps", str(line.steps),
                    f"{source}: only {free} steps of {line.benefit} are {what}",
                    "move less; what a point has promised stays there",
                )  # fmt: skip
                raise InputError([problem])
            moves = [("transfer", account, road, line.steps, "transfer")]
            if line.received is not None:
                moves += [("arrive", road, node(target), line.received, "arrive"),
                          ("loss", road, loss(target), line.steps - line.received, "missing")]  # fmt: skip
            for kind, origin, end, steps, word in moves:
                self.movements += self.stock.move(
                    kind, origin, end, line.benefit, steps * step, ref % word + line.benefit
                )
            self.store.execute(
                "insert into transfer (programme, cycle, number, source, target, benefit, on_the_way, steps, received,"
                " reason) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                (
                    self.store.programme.id, self.cycle, self.number, source, target, line.benefit, on_the_way, line.steps,
                    line.received, reason,
                ),
            )  # fmt: skip
        return self.number


def _whole(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
