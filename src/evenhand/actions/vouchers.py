"""Vouchers: enrol merchants, issue series, take in what merchants' devices signed, serve where the server is asked."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from evenhand.actions.cycles import Progress, person_signer, quiet
from evenhand.actions.enrol import Place, enrol_key
from evenhand.actions.reissue import People
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.flow.redemption import Device, Link, Receipt, chain, merge, read
from evenhand.flow.redemption.errors import RedemptionError
from evenhand.flow.voucher import Series, Voucher, VoucherError, confirm, decide, issue, merchant_of, read_voucher
from evenhand.flow.voucher.merchant import ROLE
from evenhand.formats import code
from evenhand.formats.tag import tag_of
from evenhand.store import Store

MOST = 100_000
"""Vouchers of one series: they are signed one by one."""

SERIES = "select series, benefit, worth, first, last, parts, merchant, cents from voucher_series where programme = %s"
INSERT = """
insert into voucher_receipt (hash, programme, series, device, sequence, previous, merchant, tag, steps, raw)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


@dataclass(frozen=True)
class Leaf:
    """What one voucher's paper gets: its number, the code of its r (kept nowhere else), and its signed bytes."""

    number: int
    voucher: Voucher
    code: str
    signed: bytes


@dataclass(frozen=True)
class Taken:
    """What became of receipts: `refused` are (place in the file from 1, reason); `missing` are (device, first, last)."""

    new: int
    known: int
    refused: list[tuple[int, str]]
    missing: list[tuple[str, int, int]]


def enrol_merchant(store: Store, device: str, merchant: str, root_passphrase: str) -> str:
    """Make and certify the key of a device for one merchant; the certificate's SHA-256 in hex. The same again changes
    nothing. UsageError where another device signs for the merchant: it has one."""
    if not 1 <= len(merchant) <= 64 or not merchant.isprintable():
        raise UsageError("a merchant's id is 1 to 64 printable characters", "shorten it")
    root = store.keys.root(root_passphrase)
    others = [d.name for d in _devices(store) if merchant in d.points and d.name != device]
    if others:
        raise UsageError(f'device "{others[0]}" already signs for merchant "{merchant}"', "a merchant has one device")
    public = store.keys.create_device(device).public_key
    return enrol_key(store, root, "device", device, [f"{ROLE}{merchant}"], public, Place(second=True))


def issue_vouchers(
    store: Store, series: Series, cents: int, secrets: Sequence[bytes], cards: Sequence[str], leaves: int, people: People,
    keep: Callable[[list[Leaf]], None] = lambda leaves: None,
) -> list[Leaf]:  # fmt: skip
    """Issue a series, once: a preparer signs each voucher, an approver, who is somebody else, terms and tags of all; what
    its paper says.

    `cents`: what a merchant is paid a step. `keep` writes the paper before anything stands here: a full disk issues nothing.
    UsageError for terms that make no sense, a series that exists, a merchant
    without a device, or card numbers that were never issued.
    """
    series.check()
    if not 1 <= len(secrets) <= MOST:
        raise UsageError(f"{len(secrets)} vouchers cannot be issued at once", f"issue 1 to {MOST}")
    if cents < 0:
        raise UsageError("a merchant cannot be paid less than nothing a step", "name 0 or more")
    if leaves < 0 or (leaves and len(secrets) % leaves):
        raise UsageError(f"{len(secrets)} vouchers do not fill books of {leaves}", "name a multiple of it")
    if not people.second:
        raise UsageError("nobody confirms the series", "a second person, enrolled as approver, has to: --second NAME")
    people.check(store)
    signer = person_signer(store, people.person, people.passphrase, "preparer")
    second = person_signer(store, people.second, people.second_passphrase, "approver")
    if series.merchant and not any(series.merchant in d.points for d in _devices(store)):
        raise UsageError(f'no device signs for merchant "{series.merchant}"', "first: evenhand voucher merchant")
    unknown = set(cards) - {
        row[0] for row in store.rows("select number from card where number = any(%s)", (list(cards),))
    }
    if unknown:
        raise UsageError(f"no card has the number {min(unknown)}", "name cards that were issued")
    made = issue(series, secrets, cards, leaves, store.programme.id, signer)
    programme = store.programme.id
    papers = [Leaf(n, v, code.encode(r), raw) for n, ((v, raw), r) in enumerate(zip(made, secrets, strict=True), 1)]
    confirmed = confirm(series, cents, [voucher for voucher, _ in made], programme, second)
    with store.transaction("voucher"):
        if any(row[0] == series.id for row in store.rows(SERIES, (programme,))):
            raise UsageError(f'the series "{series.id}" is issued already', "name another one")
        store.execute(
            "insert into voucher_series (programme, series, benefit, worth, first, last, parts, merchant, cents, person,"
            " second, confirmed, at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (programme, series.id, series.benefit, series.worth, series.first, series.last, series.parts, series.merchant,
             cents, people.person, people.second, confirmed, store.clock()),
        )  # fmt: skip
        store.execute_many(
            "insert into voucher (tag, programme, series, number, card, leaf, leaves) values (%s, %s, %s, %s, %s, %s, %s)",
            [(v.tag, programme, series.id, n, v.card, v.leaf, v.leaves) for n, (v, _) in enumerate(made, 1)],
        )
        keep(papers)
    return papers


def take_receipts(store: Store, series: str, batch: Sequence[bytes]) -> Taken:
    """Take in receipts of merchants' devices for one series: each counts once, however often it is sent.

    UsageError for a series that is not there. Receipts after the series ended are taken: when they were made cannot be seen.
    """
    with store.transaction("voucher"):
        terms = series_named(store, series)
        devices = _devices(store)
        tags = [bytes(row[0]) for row in store.rows(TAGS, (store.programme.id, series))]
        held = {merchant: device.name for device in devices for merchant in device.points}
        rolls = {m: tags for m in held if not terms.merchant or m == terms.merchant}
        merged = merge(_links(store, series), batch, devices, store.programme.id, series, rolls, held)
        _keep(store, terms, merged.new)
    refused = [(one.item, one.reason) for one in merged.refused]
    return Taken(len(merged.new), len(merged.duplicates), refused, [(g.device, g.first, g.last) for g in merged.gaps])


TAGS = "select tag from voucher where programme = %s and series = %s"
SPENT = "select coalesce(sum(steps), 0) from voucher_receipt where programme = %s and tag = %s"


def serve(store: Store, series: str, rows: Sequence[Mapping[str, str]], file: str, progress: Progress = quiet) -> Taken:
    """Serve vouchers at merchants that ask this server: rows of merchant, voucher (its code), steps, card (where it bears a
    number). Decided and signed one after another by the devices whose keys are here, all or none.

    InputError with each row that cannot be served, and why.
    """
    programme, day = store.programme.id, store.today()
    with store.transaction("voucher"):
        terms = series_named(store, series)
        held = {merchant: device.name for device in _devices(store) for merchant in device.points}
        known = vouchers_of(store, terms)
        ends = _ends(store, series)
        used: dict[bytes, int] = {}
        problems: list[Problem] = []
        receipts: list[Receipt] = []
        for line, row in enumerate(rows, 2):
            progress("serving vouchers", line - 1, len(rows))
            try:
                r = code.decode(row["voucher"])
                voucher, wanted = known[tag_of(r)], _steps(row["steps"])
                device = held[row["merchant"]]
            except (code.CodeError, KeyError, ValueError) as error:
                problems.append(_problem(file, line, row, error))
                continue
            before = used.setdefault(voucher.tag, int(store.rows(SPENT, (programme, voucher.tag))[0][0]))
            answer = decide(voucher, wanted, before, day, row["merchant"], True, row.get("card", ""))
            if not answer.steps:
                problems.append(Problem(file, line, "voucher", row["voucher"], answer.reason, answer.remedy))
                continue
            used[voucher.tag] += answer.steps
            items = ((terms.benefit, answer.steps),)
            draft = Receipt(0, None, programme, series, row["merchant"], device, voucher.tag, r, items, "served online")
            receipts.append(read(chain([draft], store.keys.device(device), ends.get(device))[0]))
            ends[device] = receipts[-1].link
        if problems:
            raise InputError(problems)
        _keep(store, terms, [replace(one, signed=None) for one in receipts])
    return Taken(len(receipts), 0, [], [])


def check_voucher(store: Store, text: str) -> Voucher:
    """The voucher whose QR says `text` (its code, a point, and the voucher as signed), by its signature alone: as a merchant
    without a network reads it. UsageError if it is none of this programme."""
    letters, _, rest = text.strip().partition(".")
    issuers = store.rows("select public_key from certificate where kind = 'person' and 'preparer' = any(roles)")
    try:
        signed = b32decode(rest + "=" * (-len(rest) % 8), casefold=True)
        return read_voucher(signed, code.decode(letters), store.programme.id, [bytes(row[0]) for row in issuers])
    except (ValueError, VoucherError) as error:
        raise UsageError(f"this is no voucher: {error}", "scan it again; else do not take it") from error


def series_named(store: Store, name: str) -> Series:
    """The terms of a series; UsageError if there is none of this name."""
    for row in store.rows(SERIES + " and series = %s", (store.programme.id, name)):
        return Series(*row[:7])
    raise UsageError(f'there is no series "{name}"', "see the vouchers' paper, or issue it: evenhand voucher issue")


def all_series(store: Store) -> list[tuple[Series, int, int]]:
    """Every series, the newest first, with how many vouchers it has and the steps that receipts claim of it."""
    rows = store.rows(
        f"select s.*, (select count(*) from voucher v where v.programme = %(programme)s and v.series = s.series),"
        " (select coalesce(sum(steps), 0)::bigint from voucher_receipt r where r.programme = %(programme)s"
        f" and r.series = s.series) from ({SERIES.replace('%s', '%(programme)s')} order by at desc limit 100) s",
        {"programme": store.programme.id},
    )
    return [(Series(*row[:7]), row[8], row[9]) for row in rows]


def vouchers_of(store: Store, series: Series) -> dict[bytes, Voucher]:
    """Tag -> voucher of a series, in the order of their numbers."""
    rows = store.rows(
        "select tag, card, leaf, leaves from voucher where programme = %s and series = %s order by number",
        (store.programme.id, series.id),
    )
    return {bytes(tag): Voucher(series, bytes(tag), card, leaf, leaves) for tag, card, leaf, leaves in rows}


def _devices(store: Store) -> list[Device]:
    root, origin = store.keys.root_vkey.public_key, store.programme.origin
    rows = store.rows("select cose from certificate where kind = 'device' order by name, epoch")
    try:
        found = [merchant_of(bytes(row[0]), root, origin) for row in rows]
    except RedemptionError as error:
        raise UsageError(error.reason, "the data folder was changed from outside: use a backup") from error
    return [device for device in found if device.points]


def _links(store: Store, series: str) -> list[Link]:
    rows = store.rows(
        "select device, sequence, hash, previous from voucher_receipt where programme = %s and series = %s"
        " order by device, sequence",
        (store.programme.id, series),
    )
    return [Link(d, n, bytes(h), None if before is None else bytes(before)) for d, n, h, before in rows]


def _ends(store: Store, series: str) -> dict[str, Link]:
    return {link.device: link for link in _links(store, series)}


def _keep(store: Store, series: Series, receipts: Sequence[Receipt]) -> None:
    # Without the paper's r a receipt spends nothing, whatever it says: nobody empties a voucher that was not shown.
    rows = []
    for r in receipts:
        steps = dict(r.items).get(series.benefit, 0) if isinstance(r.proof, bytes) else 0
        rows.append((r.hash, r.programme, series.id, r.device, r.sequence, r.previous, r.point, r.tag, steps, r.raw))
    store.execute_many(INSERT, rows)


def _steps(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise ValueError("steps are a whole number")
    return int(text)


def _problem(file: str, line: int, row: Mapping[str, str], error: Exception) -> Problem:
    if isinstance(error, code.CodeError):
        return Problem(file, line, "voucher", row["voucher"], str(error), "scan it, or type it again")
    if isinstance(error, KeyError) and error.args == (row["merchant"],):
        return Problem(file, line, "merchant", row["merchant"], "no device signs for this merchant", "enrol one")
    if isinstance(error, KeyError):
        return Problem(file, line, "voucher", row["voucher"], "it is no voucher of this series", "look at the paper")
    return Problem(file, line, "steps", row["steps"], str(error), "write digits alone")
