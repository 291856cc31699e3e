"""Phones at distribution points: who was invited to enrol, and which key answered."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class CounterInvitation(models.Model):
    """An officer's invitation of one phone; the token itself is only in the QR that the phone scans."""

    token_sha256 = models.BinaryField(primary_key=True)
    device = models.TextField()
    points = ArrayField(models.TextField())
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
