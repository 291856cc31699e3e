"""Signatures under what was counted: of the device that holds a point, here or on its phone; else of the log's key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evenhand.actions.cycles import signer_of
from evenhand.actions.holding import holders
from evenhand.actions.redeem import devices_of
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.formats import cbor, cose
from evenhand.formats.cose import Signer
from evenhand.store import Store

OFFICER_COUNT = "evenhand/officer-count/v1"
REASON_LENGTH = 200


@dataclass(frozen=True)
class Officer:
    """A person who counts for points whose own phone cannot, and why."""

    signer: Signer
    reason: str


def officer_of(store: Store, person: str, passphrase: str, reason: str) -> Officer:
    """An enrolled person as an officer who counts. InputError without a reason, UsageError for an unknown person or key."""
    said = reason.strip()
    if not said or len(said) > REASON_LENGTH or not said.isprintable():
        message = f"a reason of 1 to {REASON_LENGTH} plain letters"
        raise InputError([Problem("", 0, "why", said[:40], message, "say why no phone counts here")])
    return Officer(signer_of(store, person, passphrase), said)


class Desk:
    """Who signs for which point. `signed`: point -> its count as its own phone signed it. `officer` signs for points whose
    key is not here."""

    def __init__(
        self, store: Store, cycle: str, signed: Mapping[str, bytes], file: str, officer: Officer | None = None
    ) -> None:
        self._store, self._cycle, self._signed, self._file, self._officer = store, cycle, signed, file, officer
        devices = devices_of(store)
        self._holders = holders(store)
        # Of a device with several certificates the newest counts.
        self._keys = {device.name: device.public_key for device in devices}

    def cannot_sign(self, point: str) -> tuple[str, str] | None:
        """Why no count of this point can be signed, and what to do; None if it can."""
        if self._officer is not None:
            return None
        if point not in self._holders:
            return "no device holds the point", f"run: evenhand enrol device NAME --point {point}"
        if point not in self._signed and self._signer(point) is None:
            holder = self._holders[point]
            return f'the phone "{holder}" holds the point and its key is not here', "count on the phone that holds it"
        return None

    def is_signed(self, point: str) -> bool:
        """Whether the count of this point comes signed: then it covers what was signed and nothing else."""
        return point in self._signed

    def count(self, point: str, totals: Mapping[str, int]) -> bytes:
        """The signed count of a point: the phone's own, or made here. InputError where the phone signed something else."""
        payload: list[cbor.Value] = ["evenhand/count/v1", self._store.programme.id, self._cycle, point, dict(totals)]
        given = self._signed.get(point)
        if given is None:
            signer = self._signer(point)
            if signer is None and self._officer is not None:
                return cose.sign1([OFFICER_COUNT, *payload[1:], self._officer.reason], self._officer.signer)
            return cose.sign1(payload, self.device(point))
        wrong = _wrong(given, payload, self._keys[self._holders[point]])
        if wrong:
            raise InputError(
                [
                    Problem(
                        self._file,
                        0,
                        "signed",
                        point,
                        f"node {point}: {wrong}",
                        "count again on the phone that holds it",
                    )
                ]
            )
        return given

    def device(self, point: str) -> Signer:
        """The signer of the server's own device for this point."""
        signer = self._signer(point)
        if signer is None:
            raise UsageError(f'no key of a device for "{point}" is here', "count on the phone that holds it")
        return signer

    def note(self, node: str, payload: list[cbor.Value]) -> bytes:
        """A goods received note, signed by the device of its point, else (a depot, a phone's point) by the log's key."""
        return cose.sign1(payload, self._signer(node) or self._store.keys.log())

    def _signer(self, point: str) -> Signer | None:
        if point not in self._holders:
            return None
        try:
            return self._store.keys.device(self._holders[point])
        except UsageError:  # a phone's key never was here
            return None


def _wrong(data: bytes, payload: list[cbor.Value], key: bytes) -> str:
    try:
        signed = cose.parse(data)
    except cose.CoseError as error:
        return f"the count is no signed statement ({error})"
    if not cose.verify(signed, key):
        return "the count is not signed by the phone that holds the point"
    if signed.payload != cbor.dumps(payload):
        return f"the phone signed another count: {signed.array()[1:]}, and here it is {payload[1:]}"
    return ""


def needs_officer(store: Store, point: str) -> bool:
    """Whether no device whose key is here holds this point: then its own phone counts, or an officer who says why."""
    holder = holders(store).get(point)
    if holder is None:
        return True
    try:
        store.keys.device(holder)
    except UsageError:
        return True
    return False
