"""Waybills, what arrived, transfers, what a closed lane changed, and re-cuts."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Waybill(models.Model):
    """What a lorry carries of one benefit, in hand-out steps."""

    pk = models.CompositePrimaryKey("programme", "cycle", "waybill", "benefit")
    programme = models.TextField()
    cycle = models.TextField()
    waybill = models.TextField()
    lane = models.TextField()
    source = models.TextField()
    target = models.TextField()
    benefit = models.TextField()
    steps = models.BigIntegerField()

    class Meta:
        db_table = "waybill"
        constraints = [models.CheckConstraint(condition=models.Q(steps__gt=0), name="waybill_steps")]


class Count(models.Model):
    """What a point counted in, signed by its device: {benefit: steps}."""

    pk = models.CompositePrimaryKey("programme", "cycle", "point")
    programme = models.TextField()
    cycle = models.TextField()
    point = models.TextField()
    counted = models.JSONField()
    cose = models.BinaryField()

    class Meta:
        db_table = "count"


class Statement(models.Model):
    """A signed paper about goods on their way, whose hash the log has: a goods received note, a transfer, a closing."""

    sha256 = models.BinaryField(primary_key=True)
    programme = models.TextField()
    cycle = models.TextField()
    kind = models.TextField()
    subject = models.TextField()
    cose = models.BinaryField()

    class Meta:
        db_table = "statement"
        constraints = [models.UniqueConstraint("programme", "cycle", "kind", "subject", name="statement_once")]


class GoodsReceived(models.Model):
    """A line of a goods received note, in hand-out steps: what came of a waybill, and why less than was sent."""

    pk = models.CompositePrimaryKey("programme", "cycle", "waybill", "benefit")
    programme = models.TextField()
    cycle = models.TextField()
    waybill = models.TextField()
    benefit = models.TextField()
    sent = models.BigIntegerField()
    received = models.BigIntegerField()
    damaged = models.BigIntegerField()
    missing = models.BigIntegerField()
    reason = models.TextField()

    class Meta:
        db_table = "goods_received"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sent__gte=0, received__gte=0, damaged__gte=0, missing__gte=0),
                name="goods_received_steps",
            )
        ]


class Transfer(models.Model):
    """A line of a transfer between points, in hand-out steps. `received` is null where the point still has to count."""

    pk = models.CompositePrimaryKey("programme", "cycle", "number", "benefit")
    programme = models.TextField()
    cycle = models.TextField()
    number = models.IntegerField()
    source = models.TextField()
    target = models.TextField()
    benefit = models.TextField()
    on_the_way = models.BooleanField()
    steps = models.BigIntegerField()
    received = models.BigIntegerField(null=True)
    reason = models.TextField()

    class Meta:
        db_table = "transfer"
        constraints = [models.CheckConstraint(condition=models.Q(steps__gt=0), name="transfer_steps")]


class Reroute(models.Model):
    """What the closing of lanes changed: steps of a new waybill, or (below zero) taken off one that had not left."""

    pk = models.CompositePrimaryKey("programme", "cycle", "number", "waybill", "benefit")
    programme = models.TextField()
    cycle = models.TextField()
    number = models.IntegerField()
    waybill = models.TextField()
    lane = models.TextField()
    source = models.TextField()
    target = models.TextField()
    benefit = models.TextField()
    steps = models.BigIntegerField()

    class Meta:
        db_table = "reroute"


class Recut(models.Model):
    """A point's rations of a benefit brought down to what arrived."""

    pk = models.CompositePrimaryKey("programme", "cycle", "point", "benefit")
    programme = models.TextField()
    cycle = models.TextField()
    point = models.TextField()
    benefit = models.TextField()
    counted = models.BigIntegerField()
    reserve = models.BigIntegerField()
    carry_micro = models.BigIntegerField()
    rungs = models.IntegerField()
    num = models.TextField()
    den = models.TextField()
    units = models.BigIntegerField()

    class Meta:
        db_table = "recut"


class RecutRow(models.Model):
    """What a tag is due after the re-cut, in hand-out steps."""

    pk = models.CompositePrimaryKey("programme", "cycle", "tag")
    programme = models.TextField()
    cycle = models.TextField()
    tag = models.BinaryField()
    rations = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "recut_row"
