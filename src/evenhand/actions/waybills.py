"""Waybills of a committed cycle on paper, each with a code that holds its load and the signature of the log's key."""

from __future__ import annotations

from base64 import b32decode, b32encode
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from evenhand.actions.cycles import find
from evenhand.actions.opening import LINES, packs_of_cycle
from evenhand.actions.writing import write_bytes, write_text
from evenhand.core.errors import AnswerIsNo, UsageError
from evenhand.formats import cbor, cose
from evenhand.render.paper import unprintable
from evenhand.render.waybills import Line, Papers, Waybill, paper_data, waybills_page, waybills_pdf
from evenhand.store import Store

NAME = "evenhand/waybill/v1"
PREFIX = "WAYBILL:"
SHEETS_MAX = 2_000
"""A PDF of more takes gigabytes of memory."""


@dataclass(frozen=True)
class Checked:
    """What the code of a waybill says, once its signature held: (benefit, steps), and whether it still stands so."""

    number: str
    cycle: str
    source: str
    target: str
    lines: tuple[tuple[str, int], ...]


def print_waybills(
    store: Store, cycle: str, out: Path, language: str = "en", depot: str | None = None
) -> tuple[int, str]:
    """Write the waybills of `cycle`, or those that leave `depot`, to `out`, a PDF where it is so called, else a page: how
    many there are, and the characters that no font of the PDF has.

    UsageError where there are none, or more than a PDF should hold.
    """
    policy = find(store, cycle).policy()
    names = dict(store.rows("select node, name from node"))
    rows = store.rows(LINES, {"programme": store.programme.id, "cycle": cycle})
    if not rows:
        raise UsageError(f"{cycle} has no waybills yet", f"commit it first: evenhand cycle commit {cycle} --as NAME")
    if depot is not None:
        rows = [row for row in rows if row[2] == depot]
    if not rows:
        raise UsageError(f'no waybill of {cycle} leaves "{depot}"', "name a node that sends, by its id")
    packs, bills = packs_of_cycle(store, cycle, policy), []
    for (waybill, lane, source, target), group in groupby(rows, key=lambda row: row[:4]):
        lines = [(row[4], row[5]) for row in group]
        bills.append(
            Waybill(
                waybill, lane, _named(source, names), _named(target, names),
                tuple(Line(policy.benefits[b], n, packs.get(b, 0)) for b, n in lines),
                code_of(store, cycle, waybill, source, target, lines),
            )
        )  # fmt: skip
    papers = Papers(store.programme.id, cycle, store.programme.origin, bills, language)
    if out.suffix.lower() == ".pdf":
        if len(bills) > SHEETS_MAX:
            raise UsageError(f"{len(bills):,} sheets are more than one PDF should hold", "print by depot: --from NODE")
        write_bytes(out, waybills_pdf(papers))
        return len(bills), unprintable(paper_data(papers))
    write_text(out, waybills_page(papers))
    return len(bills), ""


def code_of(store: Store, cycle: str, waybill: str, source: str, target: str, lines: list[tuple[str, int]]) -> str:
    """What the QR holds: the waybill as a COSE_Sign1 of the log's key, in base 32. Nothing in it can be spent."""
    load: list[cbor.Value] = [[benefit, steps] for benefit, steps in lines]
    signed = cose.sign1([NAME, store.programme.id, cycle, waybill, source, target, load], store.keys.log())
    return PREFIX + b32encode(signed).decode().rstrip("=")


def check_code(store: Store, text: str) -> Checked:
    """What a waybill's code says. AnswerIsNo where this log did not sign it, or the waybill no longer stands so."""
    raw = text.strip().removeprefix(PREFIX)
    try:
        signed = cose.parse(b32decode(raw + "=" * (-len(raw) % 8)))
        name, programme, cycle, waybill, source, target, load = signed.array()
        lines = [(str(benefit), steps) for benefit, steps in load]  # type: ignore[union-attr, misc, str-unpack]
    except (ValueError, TypeError) as error:
        raise UsageError(
            "this is not the code of a waybill", "scan the code of the sheet, and give all of it"
        ) from error
    if name != NAME or not cose.verify(signed, store.keys.log_vkey.public_key):
        raise AnswerIsNo("this waybill was not signed by this log", "do not load it: ask the depot where it came from")
    rows = store.rows(LINES, {"programme": programme, "cycle": cycle})
    now = [(row[4], row[5]) for row in rows if row[0] == waybill and row[2:4] == (source, target)]
    if now != lines:
        stands = ", ".join(f"{steps} steps of {benefit}" for benefit, steps in now) or "nothing"
        raise AnswerIsNo(f"{waybill} was signed so, and now carries {stands}", "print the waybills again")
    return Checked(str(waybill), str(cycle), str(source), str(target), tuple(lines))


def _named(node: str, names: dict[str, str]) -> str:
    name = names.get(node)
    return f"{name} ({node})" if name and name != node else node
