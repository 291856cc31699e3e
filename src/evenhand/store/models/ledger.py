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
        indexes = [
            models.Index(fields=["target"], name="movement_target"),
            models.Index(fields=["source"], name="movement_source"),
            models.Index(fields=["lot"], name="movement_lot"),
            models.Index(fields=["programme", "cycle", "kind"], name="movement_cycle"),
        ]


class WriteOff(models.Model):
    """A word about goods that are there no more: `proposed` by a person with a reason, then `confirmed` or `declined` by a
    `second` one, or `withdrawn` by the first. Only a confirmed one moves goods (see `guards.sql`). `quantity`: base units;
    `cycle`: the one that was open when it was confirmed, whose loss it is as far as these were its goods."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    step = models.TextField()
    node = models.TextField()
    benefit = models.TextField()
    lot = models.TextField()
    quantity = models.BigIntegerField()
    reason = models.TextField()
    person = models.TextField()
    second = models.TextField(db_default="")
    proposal = models.BigIntegerField(null=True, unique=True)
    cycle = models.TextField(null=True)
    at = models.BigIntegerField()

    class Meta:
        db_table = "write_off"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(quantity__gt=0)
                & ~models.Q(reason="")
                & ~models.Q(person="")
                & (
                    models.Q(step="proposed", second="", proposal=None, cycle=None)
                    | models.Q(step="withdrawn", second="", cycle=None) & ~models.Q(proposal=None)
                    | models.Q(step="declined", cycle=None) & ~models.Q(proposal=None) & ~models.Q(second="")
                    | models.Q(step="confirmed") & ~models.Q(proposal=None) & ~models.Q(second="")
                ),
                name="write_off_step",
            ),
            models.CheckConstraint(
                condition=models.Q(second="") | ~models.Q(second=models.F("person")), name="write_off_two_persons"
            ),
        ]
