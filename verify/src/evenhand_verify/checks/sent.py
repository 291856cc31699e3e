"""Lorries that a person signed for carried no more than the ledger has loaded."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from evenhand_verify import facts
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.numbers import many
from evenhand_verify.result import Check, Malformed, capped

NAME = "evenhand/sent/v1"


def run(d: Disclosure) -> str | list[str]:
    """Every sent entry: a person's signature over this waybill; by (from, to, benefit) no more than was loaded."""
    failures: list[str] = []
    told: dict[tuple[str, str, str], int] = defaultdict(int)
    entries = d.of_cycle("sent")
    for entry in entries:
        try:
            cose = d.signed_file(entry.sha256, NAME, 7, entry.where)
            d.signer(cose, "person", entry.index)
            source, target, lines = _lines(cose.body, cose.where)
        except Malformed as error:
            failures.append(str(error))
            continue
        if cose.body[:3] != [entry.programme, entry.cycle, entry.subject]:
            failures.append(f"what was signed is another waybill, {entry.where}")
        for benefit, steps in lines:
            if benefit not in d.policy.divided:
                failures.append(f"{benefit} is not stocked, {entry.where}")
                continue
            told[source, target, benefit] += steps * d.policy.benefit(benefit).step
    loaded = facts.books(d).load
    for (source, target, benefit), quantity in sorted(told.items()):
        if quantity > loaded.get((source, target, benefit), 0):
            failures.append(
                f"{quantity:,} base units of {benefit} were signed for and {loaded.get((source, target, benefit), 0):,}"
                f" loaded, from {source} to {target}"
            )
    return capped(failures) or f"{many(len(entries), 'lorry load')} signed for by a person"


def _lines(body: list[Any], where: str) -> tuple[str, str, list[tuple[str, int]]]:
    source, target, lines, carrier = body[3:]
    texts = (source, target, carrier)
    if not all(isinstance(text, str) for text in texts) or not isinstance(lines, list):
        raise Malformed(where, "a part of the paper has another type than it should")
    for line in lines:
        right = isinstance(line, list) and len(line) == 2 and isinstance(line[0], str) and type(line[1]) is int
        if not right or line[1] <= 0:
            raise Malformed(where, "a line is not a benefit and its steps")
    return source, target, [(line[0], line[1]) for line in lines]


CHECK = Check("sent", "lorries that a person signed for carried no more than was loaded", run)
