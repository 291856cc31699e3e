"""The demo: a generated country's ration over some months, every step through the actions anyone else uses."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evenhand.actions.approve import approve
from evenhand.actions.close import close
from evenhand.actions.commit import commit
from evenhand.actions.compute import compute
from evenhand.actions.cycle_picture import draw
from evenhand.actions.cycles import Progress, quiet
from evenhand.actions.draft import draft
from evenhand.actions.freeze import freeze
from evenhand.actions.opening import open_cycle
from evenhand.actions.publish import publish
from evenhand.actions.summary import percent
from evenhand.core.engine import Engine
from evenhand.core.errors import UsageError
from evenhand.core.period import Period, cycle_id
from evenhand.flow.policy import load
from evenhand.flow.redemption.merge import Pool
from evenhand.simulation.deceit import Deceit
from evenhand.simulation.demo_world import APPROVER, OFFICE, ORIGIN, PREPARER, PROGRAMME, Wish, World
from evenhand.simulation.population import generate
from evenhand.simulation.secrets import DemoSecrets
from evenhand.simulation.tables import load as load_tables
from evenhand.store import Store

__all__ = ["Told", "Wish", "run"]


@dataclass(frozen=True)
class Told:
    """What a demo did: its disclosures in order, its root key, where the slips are, and a line a month."""

    folders: tuple[Path, ...]
    root_vkey: str
    slips: Path
    lines: tuple[str, ...]
    short_changed: str
    """The first family in slips.csv, where the lie took from it."""
    passphrases: Mapping[str, str]
    """Of the keys of those who sign, by name; with `ahead` the approver's signature is waited for."""


def run(wish: Wish, engine: Engine, pool: Pool | None, clock: Callable[[], int], progress: Progress = quiet) -> Told:
    """Run the demo. `wish.data` must be a new folder; `wish.out` gets one disclosure a month and slips.csv."""
    if wish.months < 1 or wish.months + wish.ahead > 12:
        raise UsageError(f"a demo of {wish.months} months cannot be made", f"ask for 1 to {12 - wish.ahead}")
    deceit = Deceit(wish.lie)
    tables = load_tables(wish.examples)
    policy_file = wish.examples / "policy.toml"
    policy = load(policy_file.read_text(encoding="utf-8"), str(policy_file))
    work = wish.data.with_name(wish.data.name + ".files")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        progress("generating the population", 0, 1)
        country = deceit.population(generate(wish.people, wish.seed, tables))
        progress("generating the population", 1, 1)
        secrets = DemoSecrets(wish.seed, ORIGIN)
        world = World(wish, engine, pool, progress, tables, policy, country, secrets, deceit, work)
        with world.set_up(policy_file, clock) as store:
            return _months(world, store)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _months(world: World, store: Store) -> Told:
    """Every month in turn; a lie acts in the last."""
    world.wish.out.mkdir(parents=True, exist_ok=True)
    folders: list[Path] = []
    lines: list[str] = []
    periods, ahead = world.periods()[: world.wish.months], world.periods()[world.wish.months :]
    for number, period in enumerate(periods, 1):
        last = number == len(periods)
        line = _month(world, store, number, period, world.deceit if last else Deceit(""), folders)
        lines.append(f"{period.id}  {line}")
    world.deceit.leave_out(_recut_households(store, cycle_id(periods[-1], 1)))
    slips = world.write_slips(store)
    if ahead:
        world.enrol_office(store)
    for period in ahead:
        cycle, _ = _computed(world, store, len(periods) + 1, period, Deceit(""))
        draw(store, cycle, world.progress)
    return Told(
        tuple(folders),
        store.keys.root_vkey.line(),
        slips,
        tuple(lines),
        world.deceit.victims[0] if world.deceit.victims else "",
        {name: world.word(name) for name in (PREPARER, APPROVER, *(OFFICE if ahead else ()))},
    )


def _computed(world: World, store: Store, number: int, period: Period, deceit: Deceit) -> tuple[str, dict[str, Any]]:
    """A month up to the preparer's signature: its cycle, and what `compute` said."""
    world.lay_in_stock(store, number, period)
    cycle = draft(store, period.id, PREPARER)
    assert cycle == cycle_id(period, 1)
    word = world.word(PREPARER)
    freeze(store, cycle, PREPARER, word, f"dice thrown in public on {period.first}", world.progress)
    throw = " ".join(str(1 + byte % 6) for byte in world.secrets.derive("dice", cycle, 8))
    return cycle, compute(store, world.engine, cycle, PREPARER, word, throw, world.progress, deceit)


def _month(world: World, store: Store, number: int, period: Period, deceit: Deceit, folders: list[Path]) -> str:
    cycle, made = _computed(world, store, number, period, deceit)
    words = (world.word(PREPARER), world.word(APPROVER))
    signer = deceit.approver(store.keys.person(PREPARER, words[0]), store.keys.person(APPROVER, words[1]))
    approve(store, cycle, APPROVER, words[1], signer)
    commit(store, cycle, APPROVER, world.progress, signer)
    open_cycle(store, cycle, APPROVER)
    world.deliver(store, cycle, number)
    world.people_come(store, cycle, number, period)
    close(store, cycle, APPROVER, world.progress, world.big_pool(), deceit)
    folder = publish(store, cycle, APPROVER, world.wish.out, world.progress, deceit)
    folders.append(folder)
    return ", ".join(f"{benefit} {percent(*shares)}" for benefit, shares in made["fill"].items())


def _recut_households(store: Store, cycle: str) -> set[str]:
    """Everybody at a point that was re-cut: their rations were divided again, by the honest rule."""
    rows = store.rows(
        "select household from household where point in (select point from recut where programme = %s and cycle = %s)",
        (PROGRAMME, cycle),
    )
    return {row[0] for row in rows}
