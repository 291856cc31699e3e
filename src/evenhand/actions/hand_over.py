"""Hand over from a list: rows that a person typed, decided and signed by the server's own device for each point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

from evenhand.actions.cards import KEYS
from evenhand.actions.close import final_rolls, read_receipts, reserves
from evenhand.actions.cycles import Progress, find, quiet
from evenhand.actions.hold import held_values
from evenhand.actions.holding import holders
from evenhand.actions.redeem import Taken, redeem
from evenhand.actions.releases import custody_of
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.flow.redemption import HELD, UNDONE, Link, Presented, Receipt, Row, Settlement, chain, decide, settle
from evenhand.flow.redemption.receipt import Items
from evenhand.formats import cbor, code
from evenhand.formats.tag import tag_of
from evenhand.store import Store

Rows = Sequence[Mapping[str, str]]
"""Rows with point, card, coupon (a code) and exception (a reason): card and exception, or coupon."""


def hand_over(store: Store, cycle: str, rows: Rows, file: str, progress: Progress = quiet) -> Taken:
    """Decide, sign and take in every row of a list, in its order, all or none. The same list again changes nothing.

    InputError naming row and field for an unknown point, card or code, a row without coupon or reason, or a point whose
    device's key is not on this server.
    """
    wanted: list[cbor.Value] = [[row["point"], row["card"], row["coupon"], row["exception"]] for row in rows]
    digest = sha256(cbor.dumps([cycle, wanted])).digest()
    kind = f"redeem:{cycle}"
    with store.transaction("cycle"):
        if store.rows("select 1 from import_file where sha256 = %s and kind = %s", (digest, kind)):
            return Taken(0, len(rows), [], [], [])
        batch = _receipts_for(store, cycle, rows, file)
        taken = redeem(store, cycle, batch, progress)
        store.execute(
            "insert into import_file (sha256, kind, programme, rows, at) values (%s, %s, %s, %s, %s)",
            (digest, kind, store.programme.id, len(rows), store.clock()),
        )
    return taken


def _receipts_for(store: Store, cycle: str, rows: Rows, file: str) -> list[bytes]:
    found = find(store, cycle)
    if found.state != "open":
        raise UsageError(f"cycle {cycle} is {found.state}, not open", f"see: evenhand cycle show {cycle}")
    desk = _Desk(store, cycle, tuple(found.policy().benefits), found.period.id)
    problems: list[Problem] = []
    for number, row in enumerate(rows, 1):
        fault = desk.take(row)
        if fault is not None:
            field, value, message, remedy = fault
            problems.append(Problem(file, number, field, value, message, remedy))
    if problems:
        raise InputError(problems)
    return desk.sign()


_REFUSED = {HELD: 'serve the card with the exception "held", or lift the hold first: evenhand hold list'}
"""What to do where a row is refused, by the reason."""


class _Desk:
    """The points as they stand while a list is worked through."""

    def __init__(self, store: Store, cycle: str, benefits: tuple[str, ...], period: str) -> None:
        self._store, self._cycle, self._benefits = store, cycle, benefits
        rolls = final_rolls(store, cycle)
        known = read_receipts(store, cycle)
        left = reserves(store, cycle)
        settled = settle(rolls, benefits, known, left, custody_of(store, cycle))
        for pair, steps in settled.over_issue.items():
            left[pair] = left.get(pair, 0) - steps
        self._reserve = left
        self._rows = {
            (point, tag): dict(zip(benefits, rations, strict=True))
            for tag, point, rations in zip(
                rolls["tag"].to_pylist(), rolls["point"].to_pylist(), rolls["rations"].to_pylist(), strict=True
            )
        }
        self._given: dict[tuple[str, bytes], dict[str, int]] = {}
        undone = {receipt.previous for receipt in known if receipt.proof == UNDONE}
        for receipt in known:
            if receipt.proof != UNDONE and receipt.hash not in undone:
                self._add((receipt.point, receipt.tag), receipt.items)
        self._move(settled)
        self._held = held_values(store, cycle)
        self._listed = [
            (point, tag)
            for point, tag, listed in zip(
                *(rolls[name].to_pylist() for name in ("point", "tag", "listed")), strict=True
            )
            if listed
        ]
        for key in self._listed:
            for benefit, steps in self._given.get(key, {}).items():
                if (key[0], benefit) in left:
                    left[key[0], benefit] -= steps
        self._last: dict[str, Link] = {}
        for receipt in known:
            if receipt.device not in self._last or self._last[receipt.device].sequence < receipt.sequence:
                self._last[receipt.device] = receipt.link
        self._tags = {
            card: bytes(tag)
            for card, tag in store.rows(
                f"select k.number, p.tag from {KEYS} p join card k on k.household = p.household and k.epoch = p.epoch",
                {"period": period},
            )
        }
        self._holders = holders(store)
        self._drafts: dict[str, list[Receipt]] = {}

    def take(self, row: Mapping[str, str]) -> tuple[str, str, str, str] | None:
        """Decide one row; (field, value, what is wrong, remedy) if it cannot be taken."""
        point, card, coupon, reason = (row[name].strip() for name in ("point", "card", "coupon", "exception"))
        if point not in self._holders:
            return "point", point, "no device holds this point", f"run: evenhand enrol device NAME --point {point}"
        if bool(coupon) == bool(reason):
            return "coupon", coupon, "give a coupon, or a card and the reason of an exception", "fill one of the two"
        try:
            r = code.decode(coupon) if coupon else None
            tag = tag_of(r) if r is not None else self._tags[code.check_card_number(card)]
        except code.CodeError as error:
            return (
                ("coupon", coupon, str(error), "read it again")
                if coupon
                else ("card", card, str(error), "read it again")
            )
        except KeyError:
            return "card", card, "no such card has a coupon this period", "read the number again"
        if reason and not (len(reason) <= 16 and reason.isascii() and reason.isprintable()):
            return (
                "exception",
                reason,
                "not 1 to 16 printable ASCII characters",
                "write a short word, such as no-coupon",
            )
        due = self._rows.get((point, tag))
        listed = (point, tag) in self._listed
        state = None if due is None else Row(tag, due, self._given.get((point, tag)), listed, (tag in self._held))
        decision = decide(state, Presented(r, reason), self._left(point, listed))
        if decision.verdict == "refuse":
            return (
                "coupon",
                coupon or card,
                decision.reason,
                _REFUSED.get(decision.reason, "leave it out: it stays owed"),
            )
        if decision.from_reserve:
            for benefit, steps in decision.items.items():
                if (point, benefit) in self._reserve:
                    self._reserve[point, benefit] -= steps
        self._add((point, tag), tuple(decision.items.items()))
        self._drafts.setdefault(self._holders[point], []).append(
            Receipt(
                1, None, self._store.programme.id, self._cycle, point, self._holders[point], decision.tag, decision.proof,
                tuple(decision.items.items()), "",
            )
        )  # fmt: skip
        return None

    def _left(self, point: str, listed: bool) -> dict[str, int]:
        """What the reserve of a point has left: for its lists, and for everybody else what they have yet to collect less."""
        left = {
            benefit: self._reserve[point, benefit] for benefit in self._benefits if (point, benefit) in self._reserve
        }
        if not listed:
            for key in self._listed:
                given = self._given.get(key, {})
                for benefit in left if key[0] == point else ():
                    left[benefit] -= self._rows[key][benefit] - given.get(benefit, 0)
        return {benefit: max(0, steps) for benefit, steps in left.items()}

    def _move(self, settled: Settlement) -> None:
        """Rows that left: at their own point as given, so that whoever comes there all the same is served from the reserve;
        at the other one, where its goods are there, as ordinary rows."""
        there = {
            (point, bytes(tag))
            for point, tag in self._store.rows(
                "select point, tag from guest where programme = %s and cycle = %s",
                (self._store.programme.id, self._cycle),
            )
        }
        for tag, moved in settled.moved.items():
            due = self._rows[moved.home, tag]
            self._given[moved.home, tag] = dict(due)
            if (moved.point, tag) in there:
                self._rows[moved.point, tag] = due
                self._given.pop((moved.point, tag), None)
                for (_, benefit), steps in moved.given.items():
                    self._add((moved.point, tag), ((benefit, steps),))

    def _add(self, key: tuple[str, bytes], items: Items) -> None:
        before = self._given.setdefault(key, {})
        for benefit, steps in items:
            before[benefit] = before.get(benefit, 0) + steps

    def sign(self) -> list[bytes]:
        """Every receipt, signed in its device's chain."""
        made: list[bytes] = []
        for device, drafts in sorted(self._drafts.items()):
            made += chain(drafts, self._store.keys.device(device), self._last.get(device))
        return made
