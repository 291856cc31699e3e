"""The one error of this room."""

from __future__ import annotations

from evenhand.core.errors import EvenhandError


class RedemptionError(EvenhandError):
    """A receipt, certificate or head that cannot stand. `reason` says why, in words for a clerk."""

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(reason, remedy)
        self.reason = reason
