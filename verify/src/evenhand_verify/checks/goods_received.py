"""Goods received notes: every line of what was sent, and every loss with its reason, as the ledger has them."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify import facts, papers
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check, Malformed, capped


def run(d: Disclosure) -> str | list[str]:
    """Signature; sent = received + damaged + missing on each line; a reason for each loss; per node what came, and what was
    lost on the way, is what the ledger says."""
    failures, books = [], facts.books(d)
    lost: dict[str, int] = defaultdict(int)
    for note in papers.notes(d):
        failures += _signature(d, note)
        came: dict[str, int] = defaultdict(int)
        gone: dict[str, int] = defaultdict(int)
        for waybill, benefit, sent, received, damaged, missing, reason in note.lines:
            where = f"{waybill}, {benefit}, {note.entry.where}"
            if benefit not in d.policy.divided:
                failures.append(f"not stocked, {where}")
                continue
            if min(received, damaged, missing) < 0 or sent != received + damaged + missing:
                failures.append(f"{received} + {damaged} + {missing} steps are not the {sent} that were sent, {where}")
            if damaged + missing and not reason.strip():
                failures.append(f"{damaged + missing} steps were lost without a reason, {where}")
            came[benefit] += received
            gone[benefit] += damaged + missing
            lost[benefit] += damaged + missing
        for one in papers.transfers(d):  # those that came after its count are on no note
            for benefit, (steps, arrived) in one.lines.items():
                if one.target == note.node and arrived is not None:
                    came[benefit] += arrived
                    gone[benefit] += steps - arrived
        for benefit in d.policy.divided:
            step, key = d.policy.benefit(benefit).step, (note.node, benefit)
            for word, told, moved in (("came", came, books.arrive), ("was lost on the way", gone, books.lost_on_way)):
                if told[benefit] * step != moved.get(key, 0):
                    failures.append(
                        f"{told[benefit] * step:,} base units of {benefit} are noted and {moved.get(key, 0):,} entered:"
                        f" {word}, node {note.node}"
                    )
    count = len(papers.notes(d))
    return capped(failures) or (
        f"{count:,} notes; lost: {facts.shown(dict(lost))}" if count else "no notes: counts alone"
    )


def _signature(d: Disclosure, note: papers.Note) -> list[str]:
    if note.cose.signed_by(d.log_key.public_key):
        return []
    try:
        device = d.signer(note.cose, "device", note.entry.index)
    except Malformed as error:
        return [str(error)]
    if f"point:{note.node}" not in device.roles:
        return [f'the device "{device.name}" is not certified for {note.node}, {note.cose.where}']
    return []


CHECK = Check(
    "goods-received", "goods received notes add up, give a reason for each loss, and are what the ledger has", run
)
