"""Releases: rows that the holder of a point leaves to a second device there, or to another point, by its own signed word.

It is made without a network, carried as a QR or a file, and sent here by either of the two. That a row leaves its point is
said in the log.
"""

from __future__ import annotations

from collections.abc import Sequence

from evenhand.actions.cycles import find
from evenhand.actions.holding import held_at, held_in
from evenhand.actions.noting import write_statement
from evenhand.actions.redeem import devices_of
from evenhand.core.errors import UsageError
from evenhand.flow.redemption import Custody, Device, Release, read_release
from evenhand.flow.redemption.custody import POINT
from evenhand.flow.redemption.errors import RedemptionError
from evenhand.formats import cbor, cose
from evenhand.formats.entry import Entry
from evenhand.store import Store

BATCH_MAX = 100


def keep_releases(store: Store, cycle: str, batch: Sequence[bytes], sender: Device | None = None) -> tuple[int, int]:
    """Keep releases (COSE `evenhand/release/v1`) of an open cycle; (new, known before). `sender`: a phone may send its own
    and those made to it. UsageError for one that cannot stand; then none is kept."""
    if len(batch) > BATCH_MAX:
        raise UsageError(f"{len(batch)} releases in one batch", f"send at most {BATCH_MAX} at a time")
    devices = {device.name: device for device in devices_of(store, _named(batch))}
    found = [_read(store, cycle, raw, devices, sender) for raw in batch]
    leaving = [release for release in found if release.target is not None]
    with store.transaction(
        "cycle" if sender is None else f"device:{sender.name}", beside=None if sender is None else "cycle"
    ):
        state = find(store, cycle).state
        if state != "open":
            raise UsageError(f"cycle {cycle} is {state}, not open", "ask the officer", "not-open")
        new = 0
        for release in found:
            new += store.execute(
                "insert into released (hash, programme, cycle, point, device, target, raw)"
                " values (%s, %s, %s, %s, %s, %s, %s) on conflict (hash) do nothing",
                (
                    release.hash, release.programme, release.cycle, release.point, release.device, release.to,
                    release.raw,
                ),
            )  # fmt: skip
        _check_leaving(store, cycle, leaving)
        store.log.append([_entry(release) for release in leaving])
        for release in leaving:
            if not store.rows("select from statement where sha256 = %s", (release.hash,)):
                write_statement(store, cycle, "release", _subject(release), release.raw)
    if leaving:
        store.log.publish()
    return new, len(batch) - new


def _subject(release: Release) -> str:
    return f"{release.point}/{release.device}/{release.number}"


def _entry(release: Release) -> Entry:
    totals: dict[str, cbor.Value] = {"from": release.point, "to": str(release.target)}
    return Entry("release", release.programme, release.cycle, _subject(release), release.hash, totals)


def _check_leaving(store: Store, cycle: str, leaving: Sequence[Release]) -> None:
    """UsageError where rows are to leave for a point that is none, or are not on the roll of the point they leave, nor came
    there. Rows of supplementary lists stay."""
    for release in leaving:
        tags = [tag for tag, _ in release.ranges]
        here = store.rows(
            "select count(*) from (select tag from roll_row where programme = %(programme)s and cycle = %(cycle)s"
            " and point = %(point)s and supplement = '' union select tag from guest where programme = %(programme)s"
            " and cycle = %(cycle)s and point = %(point)s) here where tag = any(%(tags)s)",
            {"programme": store.programme.id, "cycle": cycle, "point": release.point, "tags": tags},
        )[0][0]
        if here != len(set(tags)):
            raise UsageError(f'a row of the release is not at "{release.point}"', "release rows of this point's roll")
        if store.rows(
            "select from guest where programme = %s and cycle = %s and point = %s and tag = any(%s)",
            (store.programme.id, cycle, release.target, tags),
        ):
            raise UsageError(
                f"a row of the release was at {release.target} before", "in a cycle a row comes to a point once"
            )
        if not store.rows("select from node where node = %s and kind = 'point'", (release.target,)):
            raise UsageError(f'there is no point "{release.target}"', "name the point as it is registered")


def _named(batch: Sequence[bytes]) -> set[str]:
    """The devices that these releases name, as far as they are any."""
    found: set[str] = set()
    for raw in batch:
        try:
            found |= {name for name in cose.parse(raw).array()[5:7] if isinstance(name, str) and "\0" not in name}
        except cose.CoseError:
            continue
    return found


def _read(store: Store, cycle: str, raw: bytes, devices: dict[str, Device], sender: Device | None) -> Release:
    remedy = "make it again on the phone that holds the rows"
    try:
        release = read_release(raw, {name: device.public_key for name, device in devices.items()})
    except RedemptionError as error:
        raise UsageError(error.reason, remedy) from error
    if (release.programme, release.cycle) != (store.programme.id, cycle):
        raise UsageError("the release is of another programme or cycle", "send the one of this cycle")
    for name in (release.device,) if release.target is not None else (release.device, release.to):
        if name not in devices or release.point not in devices[name].points:
            raise UsageError(
                f'device "{name}" is not certified for "{release.point}"', "enrol it for this point", "not-certified"
            )
    if sender is not None and sender.name not in (release.device, release.to):
        raise UsageError("the release is between two other phones", "one of the two sends it")
    return release


def releases_of(store: Store, cycle: str, points: Sequence[str] | None = None) -> list[Release]:
    """Every release known of a cycle, or those of some points of it."""
    some = None if points is None else list(points)
    rows = store.rows(
        "select device, raw from released where programme = %s and cycle = %s"
        " and (%s::text[] is null or point = any(%s)) order by hash",
        (store.programme.id, cycle, some, some),
    )
    keys = {device.name: device.public_key for device in devices_of(store, {row[0] for row in rows})}
    return [read_release(bytes(row[1]), keys) for row in rows]


def custody_of(store: Store, cycle: str) -> Custody:
    """Who held what, when, in a cycle."""
    return Custody(held_in(store, cycle), releases_of(store, cycle))


def custody_of_moves(store: Store, cycle: str, more: Sequence[str] = ()) -> Custody:
    """The same, of the points that rows left or went to, and of `more`: what a page about them needs."""
    rows = store.rows(
        "select distinct point, substr(target, %s) from released where programme = %s and cycle = %s and target like %s",
        (len(POINT) + 1, store.programme.id, cycle, f"{POINT}%"),
    )
    points = sorted({*more, *(point for row in rows for point in row)})
    return Custody(held_at(store, cycle, points), releases_of(store, cycle, points))
