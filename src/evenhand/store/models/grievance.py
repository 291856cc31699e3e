"""Complaints and what happened to them. Who complained is sealed (`store/seals.py`)."""

from __future__ import annotations

from django.db import models


class Grievance(models.Model):
    """A complaint as it came in. `sealed`: household, name, contact, and for a restricted kind its words too; null where it
    is anonymous and not restricted. `mark`: keyed hash of the household. `note`: the counter's note or the form it came
    from: nothing comes in twice."""

    reference = models.TextField(primary_key=True)
    programme = models.TextField()
    kind = models.TextField()
    point = models.TextField()
    area = models.TextField()
    channel = models.TextField()
    anonymous = models.BooleanField()
    words = models.TextField()
    sealed = models.BinaryField(null=True)
    mark = models.BinaryField(null=True)
    note = models.BinaryField(null=True, unique=True)
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "grievance"
        indexes = [
            models.Index(fields=["programme", "area"], name="grievance_area"),
            models.Index(fields=["mark"], name="grievance_mark"),
            models.Index(fields=["programme", "at"], name="grievance_at"),
        ]


class GrievanceEvent(models.Model):
    """Something that happened to a case (`flow/grievance`), numbered from 1 in each. `person` is empty for the household."""

    id = models.BigAutoField(primary_key=True)
    reference = models.TextField()
    number = models.IntegerField()
    act = models.TextField()
    at = models.BigIntegerField()
    person = models.TextField()
    words = models.TextField()
    outcome = models.TextField()
    office = models.TextField()
    remedy = models.TextField()
    benefit = models.TextField()
    amount_base = models.BigIntegerField()

    class Meta:
        db_table = "grievance_event"
        constraints = [models.UniqueConstraint(fields=["reference", "number"], name="grievance_event_number")]
        indexes = [
            models.Index(fields=["reference"], condition=models.Q(act="decision"), name="grievance_decided"),
            models.Index(fields=["reference", "number"], condition=models.Q(act="appeal"), name="grievance_appealed"),
            models.Index(fields=["id"], condition=models.Q(act="remedy"), name="grievance_remedy"),
            models.Index(fields=["at"], condition=models.Q(act="decision"), name="grievance_decided_at"),
        ]


class GrievancePaper(models.Model):
    """Something that came with a complaint: a photograph, a paper, a spoken word, sealed. `media`: what it is, as its own
    first bytes say; `size` in bytes before it was sealed. `person` is empty for the household."""

    pk = models.CompositePrimaryKey("reference", "number")
    reference = models.TextField()
    number = models.IntegerField()
    media = models.TextField()
    size = models.IntegerField()
    sealed = models.BinaryField()
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "grievance_paper"
