"""Second factors: a household enrols a PIN, an answer or a photo; a phone is given what it tests them with.

No fingerprint and no face is measured: a photo is a picture that the clerk looks at. Nothing here keeps food from anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest

from evenhand.actions.cycles import find, signer_of
from evenhand.actions.importing import policy_in_force
from evenhand.core.errors import UsageError
from evenhand.flow.policy.model import Policy
from evenhand.flow.redemption.factor import TRIES
from evenhand.formats import cbor, factor
from evenhand.render.photo import small_photo
from evenhand.store import Store
from evenhand.store.seals import Seals

PIN_LENGTH = range(4, 9)
ANSWER_LENGTH = range(3, 65)
QUESTION_MAX = 120
NEWEST = """
select r.tag, r.household, f.kind, f.question, f.sealed, f.photo_sha256, k.factor_key from roll_row r
join lateral (select * from household_factor f where f.household = r.household order by id desc limit 1) f on true
join card_period k on k.tag = r.tag
where r.programme = %(programme)s and r.cycle = %(cycle)s and f.kind = %(kind)s
"""


@dataclass(frozen=True)
class Said:
    """What a household enrols: a `pin` or an `answer` (with its `question`) in words, or the bytes of a `photo`; of `none`
    nothing: it takes its factor back."""

    kind: str
    words: str = ""
    question: str = ""
    photo: bytes = b""


def enrol_factor(store: Store, household: str, said: Said, person: str, passphrase: str) -> None:
    """Enrol a household's second factor in the place of any before, entered by `person`.

    UsageError for a household without a card, a kind that the policy in force does not ask for, a PIN that is not 4 to 8
    digits or is all one digit, an answer under 3 letters, or a picture that is none.
    """
    signer_of(store, person, passphrase)
    policy = policy_in_force(store)
    if said.kind != "none" and (policy is None or policy.second_factor != said.kind):
        asked = "no policy is in force" if policy is None else f"the policy in force asks for: {policy.second_factor}"
        raise UsageError(asked, f'write second_factor = "{said.kind}" in the policy, and adopt it')
    rows = store.rows("select number from card where household = %s order by epoch desc limit 1", (household,))
    if not rows:
        raise UsageError(f'household "{household}" has no card', "issue one first: evenhand card issue PERIOD…")
    plain, photo = _content(store, said, rows[0][0])
    sealed = Seals(store.data).seal_bytes(_label(household, said.kind), plain)
    store.execute(
        "insert into household_factor (household, kind, question, sealed, photo_sha256, person, at)"
        " values (%s, %s, %s, %s, %s, %s, %s)",
        (household, said.kind, said.question.strip(), sealed, photo, person, store.clock()),
    )


def _content(store: Store, said: Said, card: str) -> tuple[bytes, bytes | None]:
    """What is sealed, and the SHA-256 of a picture."""
    if said.kind == "none":
        return b"", None
    if said.kind == "photo":
        picture = small_photo(said.photo)
        return picture, sha256(picture).digest()
    plain = factor.plain(said.words)
    if said.kind == "pin":
        if not plain.isascii() or not plain.isdigit() or len(plain) not in PIN_LENGTH or len(set(plain)) == 1:
            raise UsageError("a PIN is 4 to 8 digits, not all the same", "let the household choose another one")
    elif said.kind == "question":
        if not said.question.strip() or len(said.question) > QUESTION_MAX or not said.question.isprintable():
            raise UsageError(f"a question has 1 to {QUESTION_MAX} plain letters", "write the question as it is asked")
        if len(plain) not in ANSWER_LENGTH:
            raise UsageError("an answer has 3 to 64 letters", "choose a question with a longer answer")
    else:
        raise UsageError(f'"{said.kind}" is no second factor', "use pin, question, photo or none")
    return factor.stretched(plain, store.programme.origin, store.programme.id, card), None


def _label(household: str, kind: str) -> str:
    return f"factor {kind} {household}"


def factor_of(store: Store, household: str) -> tuple[str, str, int] | None:
    """(kind, who entered it, when) of what a household enrolled; None if nothing, or if it was taken back."""
    rows = store.rows(
        "select kind, person, at from household_factor where household = %s order by id desc limit 1", (household,)
    )
    return None if not rows or rows[0][0] == "none" else rows[0]


def factors_at(store: Store, cycle: str, point: str) -> bytes | None:
    """What a phone tests with at a point, of rows that came there too (`GET factors` of spec/counter-api.md); None where the
    policy asks for nothing."""
    policy = find(store, cycle).policy()
    if policy.second_factor == "none":
        return None
    newest = store.rows("select coalesce(max(id), 0) from household_factor")[0][0]
    guests = store.rows(
        "select tag from guest where programme = %s and cycle = %s and point = %s order by tag",
        (store.programme.id, cycle, point),
    )
    return _packed(store, policy, cycle, point, tuple(bytes(row[0]) for row in guests), newest)


def _packed(store: Store, policy: Policy, cycle: str, point: str, guests: tuple[bytes, ...], newest: int) -> bytes:
    key = (str(store.data), cycle, point, guests, newest)
    if key not in _KEPT:
        while len(_KEPT) >= KEPT_MAX:
            _KEPT.pop(next(iter(_KEPT)))
        _KEPT[key] = _pack(store, policy, cycle, point, guests)
    return _KEPT[key]


KEPT_MAX = 64
_KEPT: dict[tuple[str, str, str, tuple[bytes, ...], int], bytes] = {}
"""Every phone asks with each state whether its factors changed: they are packed once for each that does."""


def _pack(store: Store, policy: Policy, cycle: str, point: str, guests: tuple[bytes, ...]) -> bytes:
    seals, coupons = Seals(store.data), policy.presence == "coupon"
    named = {"programme": store.programme.id, "cycle": cycle, "kind": policy.second_factor, "point": point}
    found: list[cbor.Value] = []
    for tag, household, kind, question, sealed, photo, key in store.rows(
        f"{NEWEST} and (r.point = %(point)s or r.tag = any(%(guests)s)) order by r.tag", {**named, "guests": [*guests]}
    ):
        check = None
        if kind != "photo":
            stretched = seals.open_bytes(_label(household, kind), bytes(sealed))
            check = factor.check(bytes(key) if coupons else factor.WITHOUT_COUPONS, stretched)
        found.append([bytes(tag), check, question or None, None if photo is None else bytes(photo)])
    return cbor.dumps({"factor": policy.second_factor, "rows": found})


def photo_of(store: Store, cycle: str, point: str, tag: bytes) -> bytes | None:
    """The picture of a household on this point's roll; None if there is none, or the policy does not ask for it."""
    found = _enrolled(store, cycle, point, tag)
    if found is None or found[1] != "photo":
        return None
    household, kind, sealed = found
    return Seals(store.data).open_bytes(_label(household, kind), sealed)


def try_factor(store: Store, cycle: str, point: str, tag: bytes, stretched: bytes, device: str) -> tuple[bool, int]:
    """Whether what was said for a row of this point without its coupon fits, and how many tries are left on this server.
    After the last one it is not looked at any more: the household is served by an exception all the same."""
    row = (store.programme.id, cycle, tag)
    with store.transaction(f"factor:{tag.hex()}"):
        found = _enrolled(store, cycle, point, tag)
        wrong = store.rows(
            "select count(*) from factor_try where programme = %s and cycle = %s and tag = %s and not held", row
        )[0][0]
        if found is None or found[1] == "photo" or wrong >= TRIES:
            return False, 0
        household, kind, sealed = found
        right = Seals(store.data).open_bytes(_label(household, kind), sealed)
        held = compare_digest(right, stretched)
        store.execute(
            "insert into factor_try (programme, cycle, tag, device, held, at) values (%s, %s, %s, %s, %s, %s)",
            (*row, device, held, store.clock()),
        )
    return held, TRIES - wrong - (not held)


def _enrolled(store: Store, cycle: str, point: str, tag: bytes) -> tuple[str, str, bytes] | None:
    """(household, kind, what is sealed) of a row of a point's roll; None where nothing is asked of it."""
    named = {"programme": store.programme.id, "cycle": cycle, "kind": find(store, cycle).policy().second_factor}
    rows = store.rows(
        f"{NEWEST} and r.tag = %(tag)s and (r.point = %(point)s or exists (select from guest g where"
        " g.programme = r.programme and g.cycle = r.cycle and g.tag = r.tag and g.point = %(point)s))",
        {**named, "point": point, "tag": tag},
    )
    return (rows[0][1], rows[0][2], bytes(rows[0][4])) if rows else None
