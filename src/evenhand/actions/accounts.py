"""Accounts and roles of the console: an administrator proposes, another confirms; the first one is made on the machine."""

from __future__ import annotations

import re
from dataclasses import dataclass

from evenhand.core.errors import UsageError
from evenhand.store import Store
from evenhand.store.people import account_names, add_account, reset_password, switch

ROLES = ("registrar", "policy", "approver", "store", "reviewer", "ombudsman", "operator", "auditor", "admin")
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,29}")
"""Small letters of one script: two names cannot look alike."""

NAME_MAX, REASON_MAX = 30, 200

IN_FORCE = """
select distinct on (username, role, area) username, role, area, revoked from role_grant
where programme = %(programme)s and step in ('machine', 'confirmed')
  and (%(username)s::text is null or username = %(username)s)
order by username, role, area, id desc
"""


@dataclass(frozen=True)
class Proposal:
    """A change of a role that waits for a second administrator."""

    id: int
    username: str
    role: str
    area: str | None
    revoked: bool
    person: str
    at: int


def add_on_machine(store: Store, username: str, roles: list[str], area: str | None = None) -> str:
    """Make an account with these roles, said by whoever has the machine. Its password, shown once.

    UsageError for a name that is taken or malformed, an unknown role or area.
    """
    _check_name(username)
    for role in roles:
        _check(store, role, area)
    password = add_account(store.data, username)
    for role in roles:
        store.execute(
            "insert into role_grant (programme, step, username, role, area, at) values (%s, 'machine', %s, %s, %s, %s)",
            (store.programme.id, username, role, area, store.clock()),
        )
    return password


def add_by(store: Store, username: str, admin: str) -> str:
    """Make an account without any role, by an administrator: what it may do comes by proposals. Its password."""
    _check_name(username)
    _check_admin(store, admin)
    return add_account(store.data, username)


def roles_of(store: Store, username: str) -> dict[str, tuple[str | None, ...]]:
    """Role -> the areas an account has it in; (None,) is everywhere."""
    return all_roles(store, username).get(username, {})


def all_roles(store: Store, username: str | None = None) -> dict[str, dict[str, tuple[str | None, ...]]]:
    """Account -> role -> areas, of every account that has a role, or of one."""
    found: dict[str, dict[str, tuple[str | None, ...]]] = {}
    for name, role, area, revoked in store.rows(IN_FORCE, {"programme": store.programme.id, "username": username}):
        if not revoked:
            mine = found.setdefault(name, {})
            mine[role] = (*mine.get(role, ()), area)
    return found


def propose(store: Store, admin: str, username: str, role: str, area: str | None, revoked: bool = False) -> None:
    """An administrator asks that an account get a role, or lose it. UsageError for what is unknown or already so."""
    with store.transaction("roles"):
        _check_admin(store, admin)
        _check(store, role, area)
        if username not in account_names(store.data):
            raise UsageError(f'there is no account "{username}"', "make it first")
        has = area in roles_of(store, username).get(role, ())
        if has != revoked:
            raise UsageError(
                f"{username} {'has this role already' if has else 'does not have this role'}", "nothing to do"
            )
        if any((p.username, p.role, p.area) == (username, role, area) for p in waiting(store)):
            raise UsageError("this change waits for a second administrator already", "let them confirm or decline it")
        store.execute(
            "insert into role_grant (programme, step, username, role, area, revoked, person, at)"
            " values (%s, 'proposed', %s, %s, %s, %s, %s, %s)",
            (store.programme.id, username, role, area, revoked, admin, store.clock()),
        )


def waiting(store: Store) -> list[Proposal]:
    """Proposals nobody has answered yet, the oldest first."""
    rows = store.rows(
        "select id, username, role, area, revoked, person, at from role_grant p where programme = %s and step = 'proposed'"
        " and not exists (select from role_grant a where a.proposal = p.id) order by id",
        (store.programme.id,),
    )
    return [Proposal(*row) for row in rows]


def answer(store: Store, admin: str, proposal: int, confirmed: bool) -> None:
    """A second administrator confirms a proposal or declines it; who proposed it may only take it back.

    UsageError where it was answered already, or by whom it was proposed or whom it is about.
    """
    with store.transaction("roles"):
        _check_admin(store, admin)
        found = {p.id: p for p in waiting(store)}.get(proposal)
        if found is None:
            raise UsageError("this proposal was answered already", "see how the roles stand")
        if admin in (found.person, found.username):
            raise UsageError(f"{admin} cannot answer this proposal", "another administrator must")
        store.execute(
            "insert into role_grant (programme, step, username, role, area, revoked, person, second, proposal, at)"
            " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            (
                store.programme.id, "confirmed" if confirmed else "declined", found.username, found.role, found.area,
                found.revoked, found.person, admin, found.id, store.clock(),
            ),
        )  # fmt: skip


def points_seen(store: Store, areas: tuple[str | None, ...]) -> frozenset[str] | None:
    """The points of these areas and those below them; None is every point."""
    if None in areas:
        return None
    rows = store.rows(
        "with recursive below as (select pcode from area where pcode = any(%(areas)s) union"
        " select a.pcode from area a join below b on a.parent = b.pcode)"
        " select node from node where kind = 'point' and area in (select pcode from below)",
        {"areas": list(areas)},
    )
    return frozenset(row[0] for row in rows)


def _check_name(username: str) -> None:
    if not NAME.fullmatch(username):
        raise UsageError(
            f'"{username}" cannot be the name of an account',
            "use 1 to 30 small letters a to z, digits, dots, hyphens",
        )


def _check(store: Store, role: str, area: str | None) -> None:
    if role not in ROLES:
        raise UsageError(f'there is no role "{role}"', f"choose one of {', '.join(ROLES)}")
    if role == "admin" and area is not None:
        raise UsageError("an administrator is one everywhere", "leave the area out")
    if area is not None and not store.rows("select from area where pcode = %s", (area,)):
        raise UsageError(f'there is no area "{area}"', "give the P-code of an imported area, or none for everywhere")


def _check_admin(store: Store, admin: str) -> None:
    if "admin" not in roles_of(store, admin):
        raise UsageError(f"{admin} is no administrator", "ask somebody who is")


@dataclass(frozen=True)
class AccountChange:
    """What an administrator did to an account: switched it `off`, `on` again, or gave it a new password (`reset`)."""

    username: str
    act: str
    reason: str
    person: str
    at: int


def change_account(store: Store, admin: str, username: str, act: str, reason: str) -> str:
    """Switch an account off or on, or give it a new password, which is the answer ("" otherwise); with a reason. Off takes
    effect at once: one administrator is enough to stop somebody, not to give anybody a right.

    UsageError for oneself, an account or act there is not, or no reason.
    """
    with store.transaction("roles"):
        _check_admin(store, admin)
        if username not in account_names(store.data):
            raise UsageError(f'there is no account "{username[:NAME_MAX]}"', "see the list of accounts")
        if username == admin:
            raise UsageError("nobody does this to their own account", "another administrator can")
        if act not in ("off", "on", "reset"):
            raise UsageError(f'there is no such change as "{act[:NAME_MAX]}"', "choose off, on or reset")
        if not reason.strip() or len(reason) > REASON_MAX or not reason.isprintable():
            raise UsageError(f"the reason is empty or longer than {REASON_MAX} letters", "say why in a line")
        store.execute(
            "insert into account_change (programme, username, act, reason, person, at) values (%s, %s, %s, %s, %s, %s)",
            (store.programme.id, username, act, reason.strip(), admin, store.clock()),
        )
        if act == "reset":
            return reset_password(store.data, username)
        switch(store.data, username, act == "on")
    return ""


def account_changes(store: Store, limit: int = 50) -> list[AccountChange]:
    """What was done to accounts, the newest first."""
    rows = store.rows(
        "select username, act, reason, person, at from account_change where programme = %s order by id desc limit %s",
        (store.programme.id, limit),
    )
    return [AccountChange(*row) for row in rows]
