"""Waybills, what arrived, and re-cuts."""

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
