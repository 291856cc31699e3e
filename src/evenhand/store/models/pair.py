"""What two persons sign in an open cycle: supplementary lists, and rows that are held or released."""

from __future__ import annotations

from django.db import models


class Supplement(models.Model):
    """A supplementary list as it was proposed; it stands once two persons signed its digest (`Countersign`). `sha256` names
    its roll file, `levels` are [benefit, rungs, num, den]."""

    pk = models.CompositePrimaryKey("programme", "cycle", "number")
    programme = models.TextField()
    cycle = models.TextField()
    number = models.TextField()
    point = models.TextField()
    reason = models.TextField()
    sha256 = models.BinaryField()
    levels = models.JSONField()
    digest = models.BinaryField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "supplement"


class Hold(models.Model):
    """A row of a roll is to be held (`act` place) or released (lift): so it is once two persons signed its digest.
    `commitment` is the reason as the log has it; `complain` says to the household where to object."""

    pk = models.CompositePrimaryKey("programme", "cycle", "notice", "act")
    programme = models.TextField()
    cycle = models.TextField()
    notice = models.TextField()
    act = models.TextField()
    point = models.TextField()
    tag = models.BinaryField()
    reason = models.TextField()
    complain = models.TextField()
    commitment = models.BinaryField()
    digest = models.BinaryField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "hold"
        constraints = [models.CheckConstraint(condition=models.Q(act__in=["place", "lift"]), name="hold_act")]


class Countersign(models.Model):
    """One of the two signatures under `subject` (a list or a hold, as the log calls it), of two persons."""

    pk = models.CompositePrimaryKey("programme", "cycle", "subject", "role")
    programme = models.TextField()
    cycle = models.TextField()
    subject = models.TextField()
    role = models.TextField()
    person = models.TextField()
    digest = models.BinaryField()
    cose = models.BinaryField()

    class Meta:
        db_table = "countersign"
        constraints = [
            models.CheckConstraint(condition=models.Q(role__in=["preparer", "approver"]), name="countersign_role"),
            models.UniqueConstraint(fields=["programme", "cycle", "subject", "person"], name="countersign_two_persons"),
        ]
