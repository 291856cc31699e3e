"""Programmes, cycles, and the steps a cycle took."""

from __future__ import annotations

from django.db import models


class Programme(models.Model):
    """The programme of this data folder, and the origin of its log."""

    id = models.TextField(primary_key=True)
    origin = models.TextField()
    zone = models.TextField()
    demo = models.BooleanField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "programme"


class Cycle(models.Model):
    """One attempt at one period."""

    pk = models.CompositePrimaryKey("programme", "cycle")
    cycle = models.TextField()
    programme = models.TextField()
    period = models.TextField()
    attempt = models.IntegerField()
    policy_sha256 = models.BinaryField()

    class Meta:
        db_table = "cycle"


class CycleEvent(models.Model):
    """A cycle reached a state: who, when, and what the step found."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    cycle = models.TextField()
    state = models.TextField()
    person = models.TextField()
    at = models.BigIntegerField()
    detail = models.JSONField()

    class Meta:
        db_table = "cycle_event"
        constraints = [models.UniqueConstraint(fields=["programme", "cycle", "state"], name="cycle_event_once")]


class Freeze(models.Model):
    """The inputs of a cycle, by content hash, signed, with the name of the public event that will break ties."""

    pk = models.CompositePrimaryKey("programme", "cycle")
    programme = models.TextField()
    cycle = models.TextField()
    cose = models.BinaryField()
    snapshots = models.JSONField()
    event = models.TextField()
    person = models.TextField()

    class Meta:
        db_table = "freeze"


class Approval(models.Model):
    """One of the two signatures over what was computed; the two are of two persons (see `guards.sql`)."""

    pk = models.CompositePrimaryKey("programme", "cycle", "role")
    programme = models.TextField()
    cycle = models.TextField()
    role = models.TextField()
    person = models.TextField()
    digest = models.BinaryField()
    cose = models.BinaryField()

    class Meta:
        db_table = "approval"
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=["preparer", "approver"]), name="approval_role"),
            models.UniqueConstraint(fields=["programme", "cycle", "person"], name="approval_two_persons"),
        ]


class StagedFile(models.Model):
    """A file of the disclosure as computed, before anybody approved it."""

    pk = models.CompositePrimaryKey("programme", "cycle", "path")
    programme = models.TextField()
    cycle = models.TextField()
    path = models.TextField()
    sha256 = models.BinaryField()

    class Meta:
        db_table = "staged_file"
