"""Vouchers and points books: papers that are worth goods, money or points at merchants, without a roll.

Reads: series (what a voucher is worth, where, until when), certificates of merchants' devices, receipts in any order.
Writes: signed vouchers for paper, decisions at a counter, a settlement by merchant with its statement and payment rows.
Invariant: for a voucher never more is paid than it was issued for, whatever was copied; the settlement depends on the set of
receipts alone; a receipt that reveals no r of an issued voucher is paid nothing.
"""

from evenhand.flow.voucher.merchant import merchant_of
from evenhand.flow.voucher.paper import VoucherError, confirm, issue, read_voucher
from evenhand.flow.voucher.present import Answer, decide
from evenhand.flow.voucher.series import Series, Voucher
from evenhand.flow.voucher.settle import Line, Settled, settle, statement

__all__ = [
    "Answer",
    "Line",
    "Series",
    "Settled",
    "Voucher",
    "VoucherError",
    "confirm",
    "decide",
    "issue",
    "merchant_of",
    "read_voucher",
    "settle",
    "statement",
]
