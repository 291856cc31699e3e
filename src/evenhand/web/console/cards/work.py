"""Long printings, as the process that does long work calls them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from typing import Any

from evenhand.actions.cycles import Progress
from evenhand.actions.print_runs import find_run, sheets_of
from evenhand.store import Store

TO = {"to": "/console/cards/"}


def issue(
    store: Store, subject: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """Cards, coupons and slips of every household that has none. Begun again, it goes on where it was."""
    from evenhand.actions.card_paper import print_cards
    from evenhand.render.sheets import Run

    run = find_run(store, given["run"], None)
    sheets = Run(store.programme.id, run.asked["paper"], run.asked["language"], store.programme.demo)
    out = sheets_of(store, run.name)
    print_cards(store, run.asked["periods"], draw, out, sheets, progress, list(run.points) or None)
    return TO


def renew(
    store: Store, subject: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """New coupons for months to come. `secret`: the passphrases of who asks and who confirms, as JSON."""
    from evenhand.actions.reissue import People
    from evenhand.actions.reissue import renew as act
    from evenhand.render.sheets import Run

    run = find_run(store, given["run"], None)
    first, second = json.loads(secret)
    people = People(person, first, run.asked["second"], second)
    sheets = Run(store.programme.id, run.asked["paper"], run.asked["language"], store.programme.demo)
    out = sheets_of(store, run.name)
    act(store, run.asked["periods"], people, draw, out, sheets, progress, list(run.points) or None)
    return TO


def papers(
    store: Store, subject: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """Notices and rolls of many points. Begun again, they are written anew."""
    from evenhand.actions.point_paper import Wish, print_points

    run = find_run(store, given["run"], None)
    asked = run.asked
    wish = Wish(run.points, asked["poster"], asked["roll"], asked["when"], asked["complaint"], asked["language"])
    print_points(store, asked["cycle"], wish, sheets_of(store, run.name), progress)
    return TO


def draw(households: Sequence[str]) -> list[bytes]:
    """The secret of each household's card: on its paper and nowhere else."""
    return [secrets.token_bytes(16) for _ in households]
