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


class PolicyProposal(models.Model):
    """A text that a preparer signed (`cose`) and wants adopted; it waits until a second person answers."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    sha256 = models.BinaryField()
    policy_id = models.TextField()
    title = models.TextField()
    text = models.TextField()
    person = models.TextField()
    cose = models.BinaryField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "policy_proposal"


class PolicyAnswer(models.Model):
    """What became of a proposal: `adopted` with a second person's signature, or `declined` with a reason. The two are of two
    persons (see `guards.sql`), except that a proposer may take a proposal back."""

    proposal = models.BigIntegerField(primary_key=True)
    step = models.TextField()
    person = models.TextField()
    reason = models.TextField(db_default="")
    cose = models.BinaryField(null=True)
    at = models.BigIntegerField()

    class Meta:
        db_table = "policy_answer"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(step="adopted", reason="", cose__isnull=False)
                | models.Q(step="declined", cose=None) & ~models.Q(reason=""),
                name="policy_answer_step",
            )
        ]
