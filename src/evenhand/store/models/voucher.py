"""Vouchers: the terms of a series, what is known of each paper, merchants' receipts, and what they were paid."""

from __future__ import annotations

from django.db import models


class VoucherSeries(models.Model):
    """The terms of vouchers issued together; `cents` is what a merchant is paid a step (0: nothing, as for points).
    `person` issued it, `second` signed terms and tags (`confirmed`, a COSE_Sign1)."""

    pk = models.CompositePrimaryKey("programme", "series")
    programme = models.TextField()
    series = models.TextField()
    benefit = models.TextField()
    worth = models.BigIntegerField()
    first = models.DateField()
    last = models.DateField()
    parts = models.BooleanField()
    merchant = models.TextField()
    cents = models.BigIntegerField()
    person = models.TextField()
    second = models.TextField()
    confirmed = models.BinaryField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "voucher_series"
        constraints = [
            models.CheckConstraint(condition=models.Q(worth__gt=0, cents__gte=0), name="voucher_series_terms")
        ]


class Voucher(models.Model):
    """One paper: its tag, whose it is (a card number, or empty), its leaf in a book. Its r left with the paper."""

    tag = models.BinaryField(primary_key=True)
    programme = models.TextField()
    series = models.TextField()
    number = models.BigIntegerField()
    card = models.TextField()
    leaf = models.BigIntegerField()
    leaves = models.BigIntegerField()

    class Meta:
        db_table = "voucher"
        constraints = [models.UniqueConstraint(fields=["programme", "series", "number"], name="voucher_number")]


class VoucherReceipt(models.Model):
    """A merchant's receipt as it came, known by its hash; `steps` of the series' benefit."""

    hash = models.BinaryField(primary_key=True)
    programme = models.TextField()
    series = models.TextField()
    device = models.TextField()
    sequence = models.BigIntegerField()
    previous = models.BinaryField(null=True)
    merchant = models.TextField()
    tag = models.BinaryField()
    steps = models.BigIntegerField()
    raw = models.BinaryField()

    class Meta:
        db_table = "voucher_receipt"
        indexes = [models.Index(fields=["tag"], name="voucher_receipt_tag")]


class VoucherPayment(models.Model):
    """A payment file's row: what a merchant was paid, or (below zero) owes back because others took the same vouchers."""

    pk = models.CompositePrimaryKey("programme", "series", "merchant", "number")
    programme = models.TextField()
    series = models.TextField()
    merchant = models.TextField()
    number = models.BigIntegerField()
    steps = models.BigIntegerField()
    cents = models.BigIntegerField()
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "voucher_payment"
