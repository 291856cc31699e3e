"""The trial of the bound: the day played through, each claim checked, and what other reserves and rules would have done."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from evenhand.actions.cycles import Progress, quiet
from evenhand.core.errors import UsageError
from evenhand.flow.redemption import NOT_ON_ROLL, Settlement
from evenhand.render.offline_figures import Check, Reserve, Rule, Trial
from evenhand.simulation.chance import Chance
from evenhand.simulation.offline import Played, play
from evenhand.simulation.offline_moves import moves_check
from evenhand.simulation.offline_rules import compare
from evenhand.simulation.offline_server import Server
from evenhand.simulation.offline_world import COPIED, COPIES, DAYS, HOUSEHOLDS_A_POINT, Scenario, World, build

RESERVES = (0, 10, 30, 50, 100, 150)
"""Reserves in per mille whose effect is shown beside the one asked for."""
LEAST, MOST = 4 * HOUSEHOLDS_A_POINT, 200_000


def trial(scenario: Scenario, progress: Progress = quiet) -> Trial:
    """Play the scenario with its paper and without, check every claim, and compare. UsageError for a wrong scenario."""
    if not LEAST <= scenario.households <= MOST:
        raise UsageError(f"{scenario.households} households cannot be played", f"ask for {LEAST} to {MOST}")
    if not 0 <= scenario.reserve_permille <= 1000:
        raise UsageError("the reserve is not between 0 and 100 %", "name it as a share of the rations, such as 15")
    world = build(scenario)
    played = play(world, progress=progress)
    bare = play(replace(world, scenario=replace(scenario, paper=False)), progress=progress)
    settled = played.settlement()
    checks = (*_people(played), *_receipts(played, settled), _any_order(played, settled, progress), moves_check(world))
    over, reserves = sum(played.over_issue().values()), _reserves(world, progress)
    refused = dict(sorted(played.server.refused.items()))
    return Trial(
        scenario.seed, scenario.households, len(world.points), len(world.offline), DAYS, scenario.reserve_permille, COPIED,
        COPIES, sum(map(sum, world.rations)), over, _counts(played, settled), refused, checks,
        _people(bare), _rules(world, reserves), reserves,
    )  # fmt: skip


def _people(played: Played) -> tuple[Check, ...]:
    """The claims about food: what left the points, whatever the receipts say."""
    over = played.over_issue()
    reserve = played.reserve()
    excess = sum(max(0, over.get(key, 0) - most) for key, most in reserve.items())
    people = played.people
    victims = people["fed"] + people["part"] + people["claimed"]
    return (
        Check("over-issue", not excess, {"over_issue": sum(over.values()), "reserve": sum(reserve.values()),
                                         "beyond_the_reserve": excess, "given_twice_unknown": played.forgotten}),
        Check("stock", not played.short, {"visits_with_too_little_stock": played.short}),
        Check("open-rows", not played.turned_away, {"families": people["whole"], "sent_away": played.turned_away}),
        Check("victims", not people["claimed"], {"families": victims, "fed": people["fed"], "fed_in_part": people["part"],
                                                 "claim_only": people["claimed"]}),
    )  # fmt: skip


def _receipts(played: Played, settled: Settlement) -> tuple[Check, ...]:
    """The claims about receipts: nothing sent is dropped, nothing handed over is untold."""
    server = played.server
    refused, here = sum(server.refused.values()), len(server.receipts)
    honest = {raw for phone in played.phones for raw in phone.signed} - played.by_thieves
    arrived = {r.raw for r in server.receipts.values()}
    told = Counter((r.tag, r.proof) for r in server.receipts.values())
    untold = sum(max(0, times - told[key]) for key, times in played.hand_overs.items())
    items = {"sent": server.sent, "new": here, "again": server.duplicates, "refused": refused}
    receipts = {
        "signed": len(honest),
        "arrived": len(honest & arrived),
        "lost_with_a_phone": len(honest - arrived),
        "signed_again_from_paper": played.reentered,
        "hand_overs_untold": untold,
    }
    return (
        Check("items", server.sent == here + server.duplicates + refused and not arrived & played.forged, items),
        Check("receipts", not untold, receipts),
        _settled(played, settled),
    )


def _settled(played: Played, settled: Settlement) -> Check:
    """Every receipt is in the rations, or named; what is named is over-issue within the reserve, or named as beyond it."""
    extra = (*settled.contested, *settled.not_on_roll)
    aside = {one.hash for one in extra} | {one.hash for one in settled.refused}
    rations: Counter[tuple[str, str]] = Counter()
    for r in played.server.receipts.values():
        if r.hash not in aside:
            rations.update({(r.point, benefit): steps for benefit, steps in r.items})
    named = sum(steps for one in extra for _, steps in one.items)
    over, beyond = sum(settled.over_issue.values()), sum(one.steps for one in settled.beyond)
    reserve = played.reserve()
    holds = (
        rations == Counter(settled.given)
        and named == over + beyond
        and all(steps <= reserve[key] for key, steps in settled.over_issue.items())
    )
    figures = {
        "receipts": len(played.server.receipts),
        "rations": sum(settled.given.values()),
        "contested": len(settled.contested),
        "not_on_roll": len(settled.not_on_roll),
        "over_issue": over,
        "beyond_the_reserve": beyond,
    }
    return Check("settled", holds, figures)


def _any_order(played: Played, settled: Settlement, progress: Progress) -> Check:
    """The receipts once more, in another order, in other pieces, some twice: the settlement must be the same."""
    chance = Chance(played.world.scenario.seed, "offline", "again")
    before, phones = played.server, played.phones
    again = Server(before.rolls, holders=before.holders, beside=before.beside, releases=before.releases[::-1])
    for n, i in enumerate(chance.order(len(phones)).tolist()):
        again.devices[phones[i].name] = phones[i].device()
        raws = [r.raw for r in played.server.of(phones[i].name)]
        mixed = [raws[j] for j in chance.order(len(raws)).tolist()]
        for at in range(0, len(mixed), 40):
            again.take(phones[i].name, mixed[at : at + 50])
        progress("once more, in another order", n + 1, len(phones))
    other = again.settle(played.world, list(again.receipts.values()))
    same = other == settled and again.receipts.keys() == played.server.receipts.keys()
    return Check("order", same, {"receipts": len(again.receipts), "again": again.duplicates})


def _counts(played: Played, settled: Settlement) -> dict[str, int]:
    how = [gone.how for gone in played.world.gone]
    copies, server = played.copies, played.server
    return {
        "phones": len(played.world.points) * 2,
        "forgot": how.count("reset"),
        "lost": how.count("lost"),
        "stolen": how.count("stolen"),
        "found_again": sum(gone.found for gone in played.world.gone),
        "families": sum(played.people.values()),
        "waited_for_a_new_phone": played.waited,
        "copies": sum(copies.values()),
        "copies_elsewhere": copies["elsewhere"],
        "copies_first": copies["give"],
        "copies_fed": copies["contested"],
        "copies_nothing": copies["nothing"],
        "batches": played.batches,
        "gaps": server.gaps_seen,
        "forks": server.forks,
        "signed_by_thieves": len(played.by_thieves),
        "forged": len(played.forged),
        "no_row_here": sum(r.proof == NOT_ON_ROLL for r in server.receipts.values()),
        "uncollected_steps": sum(settled.left["steps"].to_pylist()),
    }


def _rules(world: World, reserves: tuple[Reserve, ...]) -> tuple[Rule, ...]:
    others = (Rule(o.rule, o.over_issue, o.turned_away) for o in compare(world))
    asked = next(r for r in reserves if r.permille == world.scenario.reserve_permille)
    none = next(r for r in reserves if not r.permille)
    ours = (
        Rule("one holder, no reserve", none.over_issue, none.claimed),
        Rule("one holder", asked.over_issue, asked.claimed),
    )
    return (*others, *ours)


def _reserves(world: World, progress: Progress) -> tuple[Reserve, ...]:
    found = []
    asked = sorted({*RESERVES, world.scenario.reserve_permille})
    for n, permille in enumerate(asked):
        played = play(replace(world, scenario=replace(world.scenario, reserve_permille=permille)), signs=False)
        people = played.people
        found.append(
            Reserve(permille, sum(played.over_issue().values()), people["fed"], people["part"], people["claimed"])
        )
        progress("other reserves", n + 1, len(asked))
    return tuple(found)
