"""Long lists, as the process that does long work calls them."""

from __future__ import annotations

from typing import Any

from evenhand.actions.cycles import Progress
from evenhand.store import Store


def check(
    store: Store, upload: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """Look at a list as a whole; nothing is changed."""
    from evenhand.actions.uploads import look
    from evenhand.wiring import engine

    look(store, engine(), upload, person, progress)
    return {"to": f"/console/registry/bring/?upload={upload}"}


def bring(
    store: Store, upload: str, person: str, given: dict[str, Any], progress: Progress, secret: str
) -> dict[str, Any]:
    """Bring a checked list in: as a whole or not at all; again is once."""
    from evenhand.actions.uploads import bring as act
    from evenhand.wiring import engine

    act(store, engine(), upload, person, progress)
    return {"to": f"/console/registry/bring/?upload={upload}"}
