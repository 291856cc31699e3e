"""The database's tables, one file a room. Django makes and migrates them; actions read and write them by SQL.

Reads nothing, writes nothing. Invariant: every table is append-only (see `guards.sql`), times are UTC seconds,
quantities are integers of base units or hand-out steps as their column says.
"""

from evenhand.store.models.access import Heard, RoleGrant
from evenhand.store.models.card import Card, CardMove, CardPeriod, Guest, Proxy
from evenhand.store.models.counter import Acknowledged, CounterClaim, CounterInvitation, CounterNote, Holding, Released
from evenhand.store.models.cycle import Approval, Cycle, CycleEvent, Freeze, Programme, StagedFile
from evenhand.store.models.dispatch import Count, GoodsReceived, Recut, RecutRow, Reroute, Statement, Transfer, Waybill
from evenhand.store.models.factor import FactorTry, FollowUp, HouseholdFactor
from evenhand.store.models.grievance import Grievance, GrievanceEvent, GrievancePaper
from evenhand.store.models.keys import Certificate
from evenhand.store.models.ledger import Lot, Movement, WriteOff
from evenhand.store.models.log import Checkpoint, LogEntry
from evenhand.store.models.network import Area, LaneVersion, Node
from evenhand.store.models.pair import Countersign, Hold, Supplement
from evenhand.store.models.policy import PolicyAnswer, PolicyProposal, PolicyText
from evenhand.store.models.redemption import Head, Outcome, Receipt
from evenhand.store.models.registry import Household, HouseholdChange, HouseholdRemoval, ImportFile, Member
from evenhand.store.models.roll import Roll, RollRow
from evenhand.store.models.voucher import Voucher, VoucherPayment, VoucherReceipt, VoucherSeries

__all__ = [
    "Acknowledged", "Approval", "Area", "Card", "CardMove", "CardPeriod", "Certificate", "Checkpoint", "Count",
    "CounterClaim", "CounterInvitation", "CounterNote", "Countersign", "Cycle", "CycleEvent", "FactorTry", "FollowUp",
    "Freeze", "GoodsReceived", "Grievance", "GrievanceEvent", "GrievancePaper", "Guest", "Head", "Heard", "Hold",
    "Holding", "Household", "HouseholdChange", "HouseholdFactor", "HouseholdRemoval", "ImportFile", "LaneVersion",
    "LogEntry", "Lot", "Member", "Movement", "Node", "Outcome", "PolicyAnswer", "PolicyProposal", "PolicyText",
    "Programme", "Proxy", "Receipt", "Recut", "RecutRow", "Released", "Reroute", "RoleGrant", "Roll", "RollRow",
    "StagedFile", "Statement", "Supplement", "Transfer", "Voucher", "VoucherPayment", "VoucherReceipt", "VoucherSeries",
    "Waybill", "WriteOff",
]  # fmt: skip
