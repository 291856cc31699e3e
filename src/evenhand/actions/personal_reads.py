"""Every read of a personal record is written down: who was shown which household, where, when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from evenhand.store import Store


@dataclass(frozen=True)
class PersonalRead:
    """`username` was shown `household` on `page` (a page's name, or `api` and the call); `at` in UTC seconds."""

    username: str
    page: str
    household: str
    at: int


def note_read(store: Store, username: str, page: str, households: Iterable[str]) -> None:
    """Write down that `username` is shown these households, once each, before they are shown."""
    shown = sorted(set(households))
    if shown:
        store.execute(
            "insert into personal_read (programme, username, page, household, at)"
            " select %s, %s, %s, household, %s from unnest(%s::text[]) household",
            (store.programme.id, username, page, store.clock(), shown),
        )


def reads_of(store: Store, *, household: str = "", username: str = "", limit: int = 50) -> list[PersonalRead]:
    """The newest reads, of one household or by one account where one is named."""
    rows = store.rows(
        "select username, page, household, at from personal_read where programme = %s"
        " and (%s = '' or household = %s) and (%s = '' or username = %s) order by id desc limit %s",
        (store.programme.id, household, household, username, username, limit),
    )
    return [PersonalRead(*row) for row in rows]
