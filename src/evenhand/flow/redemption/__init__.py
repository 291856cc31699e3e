"""Redemption: what a point may hand out, the receipts it signs, and what they come to when all are in.

Reads: rolls (tags and final rations), devices and the points they hold, receipts in any order and number.
Writes: decisions, receipts, device heads, and a settlement: how every row ended, what was given, what was over-issued.
Invariant: every receipt is new, a duplicate or refused with a reason, never dropped; the settlement depends on the set
of receipts alone; food is refused to nobody for a dispute between two holders of one coupon.
"""

from evenhand.flow.redemption.custody import Custody, Release, is_release, read_release, write_release
from evenhand.flow.redemption.decide import HELD, NOT_ON_ROLL, UNDONE, Decision, Presented, Row, decide
from evenhand.flow.redemption.device import Device, device_of
from evenhand.flow.redemption.errors import RedemptionError
from evenhand.flow.redemption.head import Head, check_head, read_head, write_head
from evenhand.flow.redemption.merge import Fork, Gap, Merged, Refused, merge, parse, read_many
from evenhand.flow.redemption.outcome import pack_outcomes, redeemed_entry
from evenhand.flow.redemption.receipt import Link, Receipt, chain, read, split, write
from evenhand.flow.redemption.settle import Beyond, Contested, Settlement, Unsettled, settle

__all__ = [
    "HELD",
    "NOT_ON_ROLL",
    "UNDONE",
    "Beyond",
    "Contested",
    "Custody",
    "Decision",
    "Device",
    "Fork",
    "Gap",
    "Head",
    "Link",
    "Merged",
    "Presented",
    "Receipt",
    "RedemptionError",
    "Refused",
    "Release",
    "Row",
    "Settlement",
    "Unsettled",
    "chain",
    "check_head",
    "decide",
    "device_of",
    "is_release",
    "merge",
    "pack_outcomes",
    "parse",
    "read",
    "read_head",
    "read_many",
    "read_release",
    "redeemed_entry",
    "settle",
    "split",
    "write",
    "write_head",
    "write_release",
]
