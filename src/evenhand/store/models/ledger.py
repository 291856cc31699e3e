"""Lots and movements of stock."""

from __future__ import annotations

from django.db import models


class Lot(models.Model):
    """A batch of a benefit. `pack_base`: base units a bag or crate of it holds; null where it comes loose."""

    pk = models.CompositePrimaryKey("lot", "benefit")
    lot = models.TextField()
    benefit = models.TextField()
    best_before = models.DateField(null=True)
    source = models.TextField()
    pack_base = models.BigIntegerField(null=True)

    class Meta:
        db_table = "lot"
        constraints = [
            models.CheckConstraint(condition=models.Q(pack_base__gt=0) | models.Q(pack_base=None), name="lot_pack")
        ]


class Movement(models.Model):
    """So many base units from one account to another: double entry by construction. `ref` makes a replay harmless."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    cycle = models.TextField(null=True)
    kind = models.TextField()
    source = models.TextField()
    target = models.TextField()
    benefit = models.TextField()
    lot = models.TextField()
    quantity = models.BigIntegerField()
    ref = models.TextField(unique=True)

    class Meta:
        db_table = "movement"
        constraints = [
            models.CheckConstraint(condition=models.Q(quantity__gt=0), name="movement_quantity"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="movement_moves"),
        ]
