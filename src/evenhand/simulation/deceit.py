"""One lie told during a demo: what the actions call at their hooks, and which families it short-changed."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace
from typing import Any

from evenhand.formats.cose import Signer
from evenhand.simulation.lies import short_changed, tamper
from evenhand.simulation.population import Country


class Deceit:
    """The lie called `name` (empty: none). Used in the last month, except for households made up before the first."""

    def __init__(self, name: str) -> None:
        self._act = tamper(name or None)
        self.victims: list[str] = []

    def population(self, country: Country) -> Country:
        """The country as it is registered."""
        households, members = self._act("population", (country.households, country.members))
        return replace(country, households=households, members=members)

    def __call__(self, hook: str, data: Any) -> Any:
        """What the actions go on with instead of the honest `data` of a hook."""
        changed = self._act(hook, data)
        if hook == "rations":
            self.victims = short_changed(data, changed)
        return changed

    def leave_out(self, households: Set[str]) -> None:
        """Households whom the lie no longer costs anything."""
        self.victims = [victim for victim in self.victims if victim not in households]

    def approver(self, preparer: Signer, approver: Signer) -> Signer:
        """Whose key makes the second signature."""
        signers: dict[str, Signer] = self._act("approver", {"preparer": preparer, "approver": approver})
        return signers["approver"]

    def families(self, households: Sequence[str], count: int) -> list[str]:
        """A few families spread over the list; the first one short-changed by the lie where there is one."""
        spread = [households[i * len(households) // count] for i in range(count)]
        return [*self.victims[:1], *(h for h in spread if h not in self.victims[:1])][:count]
