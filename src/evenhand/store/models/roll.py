"""Committed rolls."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Roll(models.Model):
    """A point's roll file of a cycle."""

    pk = models.CompositePrimaryKey("programme", "cycle", "point")
    programme = models.TextField()
    cycle = models.TextField()
    point = models.TextField()
    sha256 = models.BinaryField()
    rows = models.IntegerField()

    class Meta:
        db_table = "roll"


class RollRow(models.Model):
    """What a tag is due, in hand-out steps, in the order of the policy's benefits. `supplement`: the number of the
    supplementary list it came on, "" for a row of the roll itself."""

    pk = models.CompositePrimaryKey("programme", "cycle", "tag")
    programme = models.TextField()
    cycle = models.TextField()
    tag = models.BinaryField()
    point = models.TextField()
    household = models.TextField()
    rations = ArrayField(models.BigIntegerField())
    supplement = models.TextField(db_default="")

    class Meta:
        db_table = "roll_row"
