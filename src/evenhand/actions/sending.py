"""Send: a storekeeper signs that a lorry left with what the ledger has loaded, and who drives it."""

from __future__ import annotations

from hashlib import sha256

from evenhand.actions.cycles import find, signer_of
from evenhand.actions.noting import sent_of, write_statement
from evenhand.actions.opening import waybills_of
from evenhand.actions.stock import steps_of
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.formats import cbor, cose
from evenhand.formats.entry import Entry
from evenhand.store import Store

NAME = "evenhand/sent/v1"
CARRIER_LENGTH = 100


def send(store: Store, cycle: str, waybill: str, person: str, passphrase: str, carrier: str) -> None:
    """Sign a loaded waybill as sent, with its lorry or driver. The same again changes nothing.

    UsageError for a waybill that is not there, that waits to be loaded, or whose goods were counted in already; InputError
    where nobody is said to drive.
    """
    carrier = carrier.strip()
    if not carrier or len(carrier) > CARRIER_LENGTH or not carrier.isprintable():
        message = f"1 to {CARRIER_LENGTH} plain letters"
        raise InputError(
            [Problem("", 0, "carrier", carrier[:40], message, "write the lorry's plate or the driver's name")]
        )
    signer = signer_of(store, person, passphrase)
    with store.transaction("cycle"):
        found = find(store, cycle)
        if found.state != "open":
            raise UsageError(f"cycle {cycle} is {found.state}, not open", "lorries leave while it is open")
        bills = [bill for bill in waybills_of(store, cycle) if bill[0] == waybill]
        if not bills:
            raise UsageError(f'no waybill of {cycle} has the number "{waybill}"', "read it again")
        source, target = bills[0][1:3]
        at = (store.programme.id, cycle)
        if store.rows(
            "select 1 from statement where programme = %s and cycle = %s and kind = 'sent' and subject = %s",
            (*at, waybill),
        ):
            return
        if store.rows("select 1 from count where programme = %s and cycle = %s and point = %s", (*at, target)):
            raise UsageError(f"{target} has counted in what came", "nothing of this waybill is on the way any more")
        sent = sent_of(store, cycle, steps_of(found.policy().benefits.values()))
        lines: list[cbor.Value] = [[bill[3], steps] for bill in bills if (steps := sent.get((waybill, bill[3]), 0))]
        if not lines:
            raise UsageError(
                f"{waybill} is not loaded: its goods wait at {source}", f"count in what came to {source} first"
            )
        signed = cose.sign1([NAME, *at, waybill, source, target, lines, carrier], signer)
        write_statement(store, cycle, "sent", waybill, signed)
        store.log.append([Entry("sent", *at, waybill, sha256(signed).digest())])
    store.log.publish()
