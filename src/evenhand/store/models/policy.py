"""Adopted policies."""

from __future__ import annotations

from django.db import models


class PolicyText(models.Model):
    """A policy's text as adopted; the one with the highest ordinal is in force for cycles drafted after it."""

    sha256 = models.BinaryField(primary_key=True)
    ordinal = models.BigIntegerField(unique=True)
    policy_id = models.TextField()
    title = models.TextField()
    text = models.TextField()
    adopted_by = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "policy_text"
