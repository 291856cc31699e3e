"""Who reviews in the two villages, and references that are drawn the same every time."""

from __future__ import annotations

from hashlib import sha256
from itertools import count

from folders import NOW

from evenhand.store import Store

ROLES = (
    ("dora", "reviewer", "V1"), ("pavel", "reviewer", "V"), ("omar", "ombudsman", None), ("stella", "store", "V1"),
    ("stella", "reviewer", "V1"), ("both", "ombudsman", None), ("both", "reviewer", "V1"), ("eve", "auditor", None),
)  # fmt: skip


def give_roles(store: Store) -> None:
    """Give everybody their role, as said on the machine."""
    for username, role, area in ROLES:
        store.execute(
            "insert into role_grant (programme, step, username, role, area, at) values (%s, 'machine', %s, %s, %s, %s)",
            (store.programme.id, username, role, area, store.clock()),
        )


NUMBERS = count()


def draw() -> bytes:
    return sha256(str(next(NUMBERS)).encode()).digest()


class Moment:
    """A clock that tests set."""

    now = NOW

    def __call__(self) -> int:
        return self.now
