"""Cards, coupons and rolls: who may collect, proved without a name.

Reads: household ids, secrets (given: chance is an argument), the rations of a cycle as a table of rows.
Writes: tables of cards and of the keys of coming periods, coupons that leave with the paper, and the packed rolls of a
cycle with their log entries.
Invariant: this room alone derives tags; a tag stands for one household, and the secret is kept nowhere.
"""

from evenhand.flow.card.entries import roll_entries, roll_entry
from evenhand.flow.card.issue import Issued, issue, replace, slip
from evenhand.flow.card.records import with_debts
from evenhand.flow.card.rolls import build_rolls

__all__ = ["Issued", "build_rolls", "issue", "replace", "roll_entries", "roll_entry", "slip", "with_debts"]
