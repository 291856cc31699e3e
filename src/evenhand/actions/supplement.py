"""Supplementary lists: people who came to a point in an open cycle. One person proposes a list, a second confirms it.

What they get is what the cycle's own policy gives them, at the level of the point, from the reserve that is left there.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from evenhand.actions.cards import KEYS
from evenhand.actions.commit import roll_rows
from evenhand.actions.countersign import Payload, check_words, sign_first, sign_second, signers
from evenhand.actions.cycles import Cycle, find, person_signer, place
from evenhand.actions.removal import gone
from evenhand.actions.reserve import levels_at, reserve_left
from evenhand.actions.supplement_dues import dues_of
from evenhand.core.engine import Engine
from evenhand.core.errors import InputError, Problem, UsageError
from evenhand.flow.card import build_rolls
from evenhand.flow.cycle.countersigning import supplement_digest, supplement_entry
from evenhand.flow.cycle.supplementing import Level, list_rows, shares
from evenhand.formats import parquet, roll
from evenhand.store import Store
from evenhand.store.files import write_whole

NAME = "evenhand/supplement/v1"
EXAMPLE = '--reason "12 families from the flooded quarter, registered on 11 March"'


@dataclass(frozen=True)
class Listed:
    """A supplementary list. `rations`: household -> benefit -> steps; `promised` their sums by benefit, of what is divided;
    `room`: what the reserve of the point had for them. `confirmed_by` is "" while it waits for the second person."""

    number: str
    point: str
    reason: str
    rations: Mapping[str, Mapping[str, int]]
    cards: Mapping[str, str]
    promised: Mapping[str, int]
    levels: Mapping[str, Level]
    digest: bytes
    proposed_by: str
    confirmed_by: str


def propose(
    store: Store,
    engine: Engine,
    cycle: str,
    point: str,
    households: Sequence[str],
    reason: str,
    person: str,
    passphrase: str,
    file: str = "list",
) -> Listed:
    """Propose a list for `point`, signed by a preparer. It counts when a second person confirms it.

    UsageError unless the cycle is open and the point has counted in; InputError naming every household that is not
    registered there, has no card for the period or stands on a roll already.
    """
    reason = check_words(reason, "a list has a reason, which is published", EXAMPLE)
    person_signer(store, person, passphrase, "preparer")
    _check_may(store, _open(store, cycle), point, households, file)
    # Worked out before the lock is taken: phones send their receipts meanwhile.
    people, dues = dues_of(store, engine, find(store, cycle), point, households, file)
    with store.transaction("cycle"):
        found = _open(store, cycle)
        _check_may(store, found, point, households, file)
        benefits = tuple(found.policy().benefits.values())
        made = shares(benefits, dues, levels_at(store, cycle, point), reserve_left(store, found, point))
        number = _next(store, cycle)
        rows = list_rows(benefits, people.select(["point", "household", "card", "tag"]), dues, made)
        packed = _sealed(store, found, point, number, rows)
        folder = place(store, cycle) / "supplements"
        folder.mkdir(exist_ok=True)
        write_whole(folder / f"{number}.cbor", packed.encode())
        parquet.write(rows, folder / f"{number}.parquet")
        digest_of_file = sha256(packed.encode()).digest()
        digest = supplement_digest(store.programme.id, cycle, number, digest_of_file, point, made.levels, reason)
        store.execute(
            "insert into supplement (programme, cycle, number, point, reason, sha256, levels, digest, at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                store.programme.id, cycle, number, point, reason, digest_of_file, _levels_json(made.levels), digest,
                store.clock(),
            ),
        )  # fmt: skip
        sign_first(
            store, cycle, f"{cycle}-{number}", _payload(store, cycle, number, digest), digest, person, passphrase
        )
    return find_list(store, cycle, number)


def confirm(store: Store, cycle: str, number: str, person: str, passphrase: str) -> Listed:
    """Confirm a proposed list as the second person: its rows are on the roll from now on, and the log says so. Confirming it
    again changes nothing.

    UsageError for its proposer, for files that are not those proposed, for a household that came on a roll meanwhile, or
    where receipts have used up the reserve since: then propose a new list.
    """
    with store.transaction("cycle"):
        found = _open(store, cycle)
        one = find_list(store, cycle, number)
        if not one.confirmed_by:
            packed = _file(store, cycle, number)
            rows = pq.read_table(_rows_path(store, cycle, number))
            _check_still(store, found, one)
            _check_file(store, found, one, packed, rows)
            signed = sign_second(
                store, cycle, f"{cycle}-{number}", _payload(store, cycle, number, one.digest), one.digest, person,
                passphrase,
            )  # fmt: skip
            wide = roll_rows(rows, store.programme.id, cycle)
            store.copy_in("roll_row", wide.append_column("supplement", pa.array([number] * len(wide), pa.string())))
            store.log.append([supplement_entry(packed, number, one.levels, one.reason, one.digest, signed)])
    store.log.publish()
    return find_list(store, cycle, number)


def lists(store: Store, cycle: str, point: str | None = None, number: str | None = None) -> list[Listed]:
    """The lists of a cycle by number, of one point or of all, or one; those too that wait for a second person."""
    rows = store.rows(
        "select number, point, reason, levels, digest from supplement where programme = %s and cycle = %s"
        " and (%s::text is null or point = %s) and (%s::text is null or number = %s) order by length(number), number",
        (store.programme.id, cycle, point, point, number, number),
    )
    signed = signers(store, cycle, [f"{cycle}-{row[0]}" for row in rows])
    found = []
    divided = {b.id for b in find(store, cycle).policy().benefits.values() if b.division == "leximin"}
    for name, at, reason, levels, digest in rows:
        rations: dict[str, dict[str, int]] = {}
        cards: dict[str, str] = {}
        promised: Counter[str] = Counter()
        for row in pq.read_table(_rows_path(store, cycle, name)).to_pylist():
            rations.setdefault(row["household"], {})[row["benefit"]] = row["ration_steps"]
            cards[row["household"]] = row["card"]
            if row["benefit"] in divided:
                promised[row["benefit"]] += row["ration_steps"]
        who = signed.get(f"{cycle}-{name}", {})
        stands: dict[str, Level] = {benefit: (rungs, int(num), int(den)) for benefit, rungs, num, den in levels}
        found.append(
            Listed(
                name, at, reason, rations, cards, dict(promised), stands, bytes(digest), who.get("preparer", ""),
                who.get("approver", ""),
            )
        )  # fmt: skip
    return found


def _open(store: Store, cycle: str) -> Cycle:
    found = find(store, cycle)
    if found.state != "open":
        raise UsageError(f"cycle {cycle} is {found.state}, not open", "people are added to a cycle while it is open")
    return found


def _check_may(store: Store, cycle: Cycle, point: str, households: Sequence[str], file: str) -> None:
    if not store.rows("select from node where node = %s and kind = 'point'", (point,)):
        raise UsageError(f'there is no point "{point}"', "name it as in the list of points")
    if store.log.find("received", cycle.id, point) is None:
        raise UsageError(
            f"{point} has not counted in, so its reserve is not known",
            "count what arrived first: evenhand receive FILE",
        )
    _check_people(store, cycle, point, households, file)


_WHO = f"""
select h.household, h.point, exists (select from {KEYS} c where c.household = h.household),
  (select r.supplement from card_period p join roll_row r on r.programme = %(programme)s and r.cycle = %(cycle)s
     and r.tag = p.tag where p.household = h.household and p.period = %(period)s limit 1)
from household_now h where h.household = any(%(households)s)
"""


def _check_people(store: Store, cycle: Cycle, point: str, households: Sequence[str], file: str) -> None:
    if not households:
        raise UsageError(f"{file} names nobody", "give it a column household with a household in each row")
    named = {
        "programme": store.programme.id, "cycle": cycle.id, "period": cycle.period.id, "households": list(households),
    }  # fmt: skip
    known = {row[0]: row[1:] for row in store.rows(_WHO, named)}
    off = set(gone(store))
    problems, seen = [], set()
    for number, household in enumerate(households, 1):
        at, carded, on = known.get(household, (None, False, None))
        wrong = None
        if household in seen:
            wrong = "the household stands twice", "name it once"
        elif at is None:
            wrong = "the household is not registered", "import it first: evenhand import households FILE"
        elif household in off:
            wrong = "the household was taken off the lists", "put it back first, where that was wrong"
        elif at != point:
            wrong = f"the household is registered at {at}", f"name it in a list of {at}, or move it first"
        elif on is not None:
            where = f"list {on}" if on else "the roll"
            wrong = f"the household stands on {where} of {cycle.id} already", "leave it out: it has its row"
        elif not carded:
            wrong = (
                f"the household has no card for {cycle.period.id}",
                f"run: evenhand card issue {cycle.period.id} --out FOLDER",
            )
        seen.add(household)
        if wrong:
            problems.append(Problem(file, number, "household", household, *wrong))
    if problems:
        raise InputError(problems)


def _sealed(store: Store, cycle: Cycle, point: str, number: str, rows: pa.Table) -> roll.Packed:
    """The roll file of a list: the same bytes from the same rows."""
    keys = {
        household: (bytes(salt), bytes(key))
        for household, salt, key in store.rows(
            f"select household, salt, seal_key from {KEYS} k where household = any(%(households)s)",
            {"period": cycle.period.id, "households": rows["household"].to_pylist()},
        )
    }
    mine = [keys[household] for household in rows["household"].to_pylist()]
    for name, column in (("salt", [salt for salt, _ in mine]), ("seal_key", [key for _, key in mine])):
        rows = rows.append_column(name, pa.array(column, pa.binary()))
    return build_rolls(rows, store.programme.id, cycle.id, cycle.policy_sha256, number)[point]


def _next(store: Store, cycle: str) -> str:
    rows = store.rows(
        "select count(*) from supplement where programme = %s and cycle = %s", (store.programme.id, cycle)
    )
    return f"S{rows[0][0] + 1:03d}"


def _levels_json(levels: Mapping[str, Level]) -> str:
    return json.dumps([[benefit, rungs, str(num), str(den)] for benefit, (rungs, num, den) in sorted(levels.items())])


def _payload(store: Store, cycle: str, number: str, digest: bytes) -> Payload:
    return lambda role: [NAME, store.programme.id, cycle, role, number, digest]


def _rows_path(store: Store, cycle: str, number: str) -> Path:
    return place(store, cycle) / "supplements" / f"{number}.parquet"


def _file(store: Store, cycle: str, number: str) -> roll.Packed:
    return roll.unpack((place(store, cycle) / "supplements" / f"{number}.cbor").read_bytes())


def find_list(store: Store, cycle: str, number: str) -> Listed:
    """One list. UsageError naming those there are."""
    if found := lists(store, cycle, number=number):
        return found[0]
    known = ", ".join(one.number for one in lists(store, cycle))
    raise UsageError(
        f'cycle {cycle} has no list "{number}"',
        f"the lists are {known}" if known else "propose one: evenhand supplement propose FILE --point POINT --as NAME",
    )


def _check_still(store: Store, cycle: Cycle, one: Listed) -> None:
    """The households are still on no roll, and the reserve still goes so far."""
    _check_people(store, cycle, one.point, list(one.rations), one.number)
    room = reserve_left(store, cycle, one.point)
    short = {benefit: steps for benefit, steps in one.promised.items() if steps > room.get(benefit, 0)}
    if short:
        said = ", ".join(f"{steps} steps of {b} where {room.get(b, 0)} are left" for b, steps in sorted(short.items()))
        raise UsageError(f"the reserve of {one.point} was used since: {said}", "propose the list again")


def _check_file(store: Store, cycle: Cycle, one: Listed, packed: roll.Packed, rows: pa.Table) -> None:
    """The file is the one that was signed, and says what the rows say that phones will get."""
    digest = supplement_digest(
        store.programme.id, cycle.id, one.number, sha256(packed.encode()).digest(), one.point, one.levels, one.reason
    )
    if digest != one.digest or packed != _sealed(store, cycle, one.point, one.number, rows):
        raise UsageError(
            f"the file of {one.number} is not the one that {one.proposed_by} signed",
            "find out who changed it, and propose the list again",
        )
