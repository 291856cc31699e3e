"""Second factors of households, tries of them, and visits to whoever was served by an exception."""

from __future__ import annotations

from django.db import models


class HouseholdFactor(models.Model):
    """A PIN, an answer or a photo that a household enrolled, or `none` where it took it back; the newest row counts.
    `sealed` is encrypted under a key outside the database: what was stretched of the words, or the picture."""

    id = models.BigAutoField(primary_key=True)
    household = models.TextField()
    kind = models.TextField()
    question = models.TextField(db_default="")
    sealed = models.BinaryField()
    photo_sha256 = models.BinaryField(null=True)
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "household_factor"
        indexes = [models.Index(fields=["household"], name="household_factor_of")]


class FactorTry(models.Model):
    """What was said for a row without its coupon, tested here."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    cycle = models.TextField()
    tag = models.BinaryField()
    device = models.TextField()
    held = models.BooleanField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "factor_try"
        indexes = [models.Index(fields=["programme", "cycle", "tag"], name="factor_try_tag")]


class FollowUp(models.Model):
    """What a visitor was told by a household whose row ended by an exception: `received`, `not received`, `not met`."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    cycle = models.TextField()
    tag = models.BinaryField()
    found = models.TextField()
    words = models.TextField(db_default="")
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "follow_up"
        indexes = [models.Index(fields=["programme", "cycle"], name="follow_up_cycle")]
