"""Receipts, devices' heads, and how each row ended."""

from __future__ import annotations

from django.db import models


class Receipt(models.Model):
    """A receipt as it arrived; known by its hash. A fork of a device's chain is kept whole."""

    hash = models.BinaryField(primary_key=True)
    programme = models.TextField()
    cycle = models.TextField()
    device = models.TextField()
    sequence = models.BigIntegerField()
    previous = models.BinaryField(null=True)
    point = models.TextField()
    tag = models.BinaryField()
    exception = models.TextField(null=True)
    raw = models.BinaryField()
    arrived = models.BigIntegerField(unique=True)

    class Meta:
        db_table = "receipt"
        indexes = [
            models.Index(fields=["programme", "cycle", "device", "sequence"], name="receipt_chain"),
            models.Index(fields=["programme", "cycle", "tag"], name="receipt_tag"),
        ]


class Head(models.Model):
    """The end of a device's chain, signed by the device and by the log key, or unclosed. After another day there is a later
    one: the longest counts."""

    pk = models.CompositePrimaryKey("programme", "cycle", "device", "receipts")
    programme = models.TextField()
    cycle = models.TextField()
    device = models.TextField()
    receipts = models.BigIntegerField()
    hash = models.BinaryField(null=True)
    device_cose = models.BinaryField()
    server_cose = models.BinaryField()

    class Meta:
        db_table = "head"


class Outcome(models.Model):
    """How a row of a roll ended (formats/roll)."""

    pk = models.CompositePrimaryKey("programme", "cycle", "tag")
    programme = models.TextField()
    cycle = models.TextField()
    tag = models.BinaryField()
    point = models.TextField()
    status = models.SmallIntegerField()
    value = models.BinaryField()

    class Meta:
        db_table = "outcome"
