"""The long steps of a cycle, as the process that does long work calls them."""

from __future__ import annotations

from typing import Any

from evenhand.actions.cycles import Progress
from evenhand.store import Store

TO = {"to": "/console/cycle/"}


def freeze(
    store: Store, cycle: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """Freeze; `secret` opens the preparer's key, which signs what was frozen in the same transaction."""
    from evenhand.actions.freeze import freeze as act

    act(store, cycle, person, secret, given["event"], progress)
    return TO


def compute(
    store: Store, cycle: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """Compute the files that the preparer then signs, and draw what they look at before."""
    from evenhand.actions.compute import stage
    from evenhand.wiring import engine

    stage(store, engine(), cycle, progress)
    return draw(store, cycle, person, given, progress, secret)


def draw(
    store: Store, cycle: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """Draw the picture of a computed cycle."""
    from evenhand.actions.cycle_picture import draw as act

    act(store, cycle, progress)
    return TO


def commit(
    store: Store, cycle: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """Put the rolls in place and into the log."""
    from evenhand.actions.commit import commit as act

    act(store, cycle, person, progress)
    return TO


def open_(
    store: Store, cycle: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """Let the loads leave."""
    from evenhand.actions.opening import open_cycle

    open_cycle(store, cycle, person)
    return TO


def close(
    store: Store, cycle: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """End every row; `given["unclosed"]` names devices that are lost."""
    from evenhand.actions.close import close as act
    from evenhand.wiring import worker_pool

    with worker_pool() as pool:
        act(store, cycle, person, progress, pool, unclosed=given.get("unclosed", ()))
    return TO
