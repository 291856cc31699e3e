"""Who held a point: each replacement of a device is the root key's word; only who held a point counted and gave there."""

from __future__ import annotations

from collections import defaultdict

from evenhand_verify.disclosure import Disclosure
from evenhand_verify.journal import Entry
from evenhand_verify.numbers import many
from evenhand_verify.result import Check, Malformed, capped

NAME = "evenhand/holding/v1"


def run(d: Disclosure) -> str | list[str]:
    """Replacements in the log, one after the other from the first device certified for a point; counts by the holder of
    that moment; heads of none that was replaced before the roll was committed."""
    failures: list[str] = []
    held: dict[str, list[tuple[int, str]]] = defaultdict(list)
    replaced = 0
    certified = {c.index: c for c in d.certificates if c.kind == "device"}
    roles = {c.name: c.roles for c in certified.values()}
    for entry in d.entries:
        certificate = certified.get(entry.index)
        if certificate is not None:
            for role in certificate.roles:
                point = role.removeprefix("point:")
                if role != point and not held[point]:
                    held[point].append((entry.index, certificate.name))
        elif entry.kind == "holder":
            replaced += 1
            failures += _replace(d, entry, held, roles)
    failures += _in_their_time(d, held)
    return capped(failures) or f"{many(len(held), 'point')}, {many(replaced, 'replacement')}"


def _replace(
    d: Disclosure, entry: Entry, held: dict[str, list[tuple[int, str]]], roles: dict[str, tuple[str, ...]]
) -> list[str]:
    point, device, before = (entry.part(name, str) for name in ("point", "device", "replaces"))
    try:
        cose = d.signed_file(entry.sha256, NAME, 6, entry.where)
    except Malformed as error:
        return [str(error)]
    failures = []
    if not cose.signed_by(d.root_key.public_key):
        failures.append(f"the replacement is not signed by the root key, {cose.where}")
    if cose.body[:5] != [d.meta.origin, entry.programme, point, device, before]:
        failures.append(f"what was signed is another replacement, {entry.where}")
    if not (isinstance(cose.body[5], str) and cose.body[5].strip()):
        failures.append(f"a replacement without a reason, {cose.where}")
    if f"point:{point}" not in roles.get(device, ()):
        failures.append(f'the device "{device}" is not certified for point {point}, {entry.where}')
    now = held[point][-1][1] if held[point] else None
    if now != before:
        failures.append(f'"{before}" is replaced and did not hold point {point}, {entry.where}')
    held[point].append((entry.index, device))
    return failures


def _in_their_time(d: Disclosure, held: dict[str, list[tuple[int, str]]]) -> list[str]:
    failures = []
    for point, entry in d.by_point("received").items():
        try:
            signer = d.signer(d.signed_file(entry.sha256, "evenhand/count/v1", 4, entry.where), "device", entry.index)
        except Malformed:
            continue  # told by `counts`
        now = [name for index, name in held[point] if index < entry.index]
        if now and now[-1] != signer.name:
            failures.append(f'"{signer.name}" counted and "{now[-1]}" held point {point}, {entry.where}')
    rolls = {point: entry.index for point, entry in d.by_point("roll").items()}
    for point, entry in d.by_point("redeemed").items():
        heads = [head[0] for head in entry.part("heads", list) if isinstance(head, list) and head]
        before = [name for index, name in held[point] if index < rolls.get(point, 0)]
        since = {name for index, name in held[point] if index >= rolls.get(point, 0)}
        gone = set(before[:-1]) - since - set(before[-1:])
        failures += [
            f'"{name}" was replaced before this cycle and gave in it, {entry.where}' for name in heads if name in gone
        ]
        if before and before[-1] not in heads:
            failures.append(f'no head of "{before[-1]}", which held point {point}, {entry.where}')
    return failures


CHECK = Check(
    "holders", "devices are replaced by the root key's word, and only who held a point counted and gave there", run
)
