"""Phones at distribution points: who was invited to enrol, and which key answered."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class CounterInvitation(models.Model):
    """An officer's invitation of one phone to a place at its points: whose it takes (`replaces`, for a `reason`), or that
    of a `second` one. The token itself is only in the QR that the phone scans."""

    token_sha256 = models.BinaryField(primary_key=True)
    device = models.TextField()
    points = ArrayField(models.TextField())
    replaces = models.TextField(db_default="")
    reason = models.TextField(db_default="")
    second = models.BooleanField(db_default=False)
    expires = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "counter_invitation"


class CounterClaim(models.Model):
    """The key that answered an invitation. One key an invitation: a second phone with the same QR is refused."""

    token_sha256 = models.BinaryField(primary_key=True)
    public_key = models.BinaryField(unique=True)
    agent = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "counter_claim"


class CounterNote(models.Model):
    """Something a clerk wrote down that moves no goods: who collected, a complaint, a variance. Known by its hash."""

    hash = models.BinaryField(primary_key=True)
    programme = models.TextField()
    cycle = models.TextField()
    device = models.TextField()
    sequence = models.BigIntegerField()
    point = models.TextField()
    tag = models.BinaryField()
    kind = models.TextField()
    text = models.TextField()
    receipt = models.BigIntegerField()
    noted_at = models.BigIntegerField()
    raw = models.BinaryField()

    class Meta:
        db_table = "counter_note"
        indexes = [
            models.Index(fields=["programme", "cycle", "point"], name="counter_note_point"),
            models.Index(fields=["noted_at"], condition=models.Q(kind="complaint"), name="counter_note_complaint"),
        ]


class Acknowledged(models.Model):
    """How far a device's chain had come here without a gap when its head was acknowledged; the longest one counts."""

    pk = models.CompositePrimaryKey("programme", "cycle", "device", "receipts")
    programme = models.TextField()
    cycle = models.TextField()
    device = models.TextField()
    receipts = models.BigIntegerField()
    hash = models.BinaryField()

    class Meta:
        db_table = "acknowledged"


class Holding(models.Model):
    """From this entry of the log on a device holds a point; the newest row counts. `replaces` is empty for the first holder,
    whose certificate is the entry; for a later one `cose` is the root key's word, with the reason."""

    pk = models.CompositePrimaryKey("point", "since")
    point = models.TextField()
    since = models.BigIntegerField()
    device = models.TextField()
    replaces = models.TextField()
    reason = models.TextField()
    cose = models.BinaryField()

    class Meta:
        db_table = "holding"


class Released(models.Model):
    """A device's signed word that it gives to some rows no more and another device of its point does."""

    hash = models.BinaryField(primary_key=True)
    programme = models.TextField()
    cycle = models.TextField()
    point = models.TextField()
    device = models.TextField()
    target = models.TextField()
    raw = models.BinaryField()

    class Meta:
        db_table = "released"
        indexes = [
            models.Index(fields=["programme", "cycle", "point"], name="released_point"),
            models.Index(fields=["programme", "cycle", "target"], name="released_target"),
        ]
