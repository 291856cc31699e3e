"""The named checks of a disclosure, one a file, in the order in which they are run and printed.

Reads a loaded Disclosure; writes nothing. Invariant: a check returns a figure or the list of what does not hold, and
never changes what it reads.
"""

from evenhand_verify.checks import (
    allocation_certificate,
    allocation_flows,
    allocation_idle,
    allocation_levels,
    allocation_order,
    balances,
    certificates,
    classes_policy,
    classes_sum,
    closings,
    counts,
    demand,
    division_rule,
    draw_seed,
    event,
    exceptions,
    files,
    freeze,
    given,
    goods_received,
    grievances,
    heads,
    held,
    holders,
    left,
    loads,
    log_checkpoint,
    log_entries,
    log_order,
    log_tree,
    movements,
    moves,
    network,
    outcomes,
    owed,
    package,
    people,
    policy_frozen,
    presence,
    previous_log,
    previous_owed,
    previous_stock,
    publish,
    recut,
    redeemed_once,
    report,
    rolls,
    root_key,
    sent,
    signed_files,
    stock,
    supplement,
    supply,
    tables,
    tags_unique,
    totals,
    transfers,
    two_approvals,
    waybills,
)
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.result import Check

ALWAYS: tuple[Check[Disclosure], ...] = tuple(
    module.CHECK
    for module in (
        files, package, tables, report, log_checkpoint, log_tree, log_entries, log_order, root_key, certificates,
        signed_files, publish, freeze, policy_frozen, event, draw_seed, two_approvals, rolls, tags_unique, people,
        classes_policy, classes_sum, owed, demand, network, supply, division_rule, allocation_certificate, allocation_levels,
        allocation_flows, allocation_order, allocation_idle, totals, waybills, movements, balances, loads,
        sent, closings, transfers, goods_received, counts, recut, outcomes, presence, redeemed_once, moves, exceptions,
        given, supplement, held, left, heads, holders, stock, grievances,
    )
)  # fmt: skip
WITH_PREVIOUS: tuple[Check[Disclosure], ...] = (previous_log.CHECK, previous_stock.CHECK, previous_owed.CHECK)
"""Run only where the folder before is given."""
