"""The columns a list of each kind has, by the policy in force: for empty lists to fill in, and to tell what is asked."""

from __future__ import annotations

from evenhand.actions.import_registry import declared_inputs
from evenhand.actions.importing import policy_in_force
from evenhand.core.schema import Column
from evenhand.flow import network, registry
from evenhand.store import Store

NETWORK = {
    "areas": network.AREAS, "points": network.POINTS, "depots": network.DEPOTS, "lanes": network.LANES,
    "stock": network.STOCK, "proxies": registry.PROXIES,
}  # fmt: skip


def columns_of(store: Store, kind: str) -> tuple[Column, ...]:
    """The columns of a list of `kind` (importing.KINDS)."""
    policy = policy_in_force(store)
    if kind == "households":
        return registry.household_table(declared_inputs(policy, "household")).columns
    if kind == "members":
        occupations = () if policy is None else policy.categories.get("occupation", ())
        return registry.member_table(declared_inputs(policy, "member"), occupations, store.today()).columns
    return NETWORK[kind].columns
