"""Households, members, and which files they came from."""

from __future__ import annotations

from django.db import models


class Household(models.Model):
    """A household: its home point and what the policy asks of it. `serial` is the seed of its card's number."""

    household = models.TextField(primary_key=True)
    serial = models.BigIntegerField(unique=True)
    point = models.TextField()
    name = models.TextField(null=True)
    inputs = models.JSONField(db_default={})

    class Meta:
        db_table = "household"


class Member(models.Model):
    """A person of a household."""

    pk = models.CompositePrimaryKey("household", "member")
    household = models.TextField()
    member = models.TextField()
    birth_date = models.DateField()
    sex = models.TextField()
    occupation = models.TextField()
    name = models.TextField(null=True)
    inputs = models.JSONField(db_default={})

    class Meta:
        db_table = "member"


class ImportFile(models.Model):
    """A file that was imported: the same bytes again are a no-op."""

    pk = models.CompositePrimaryKey("sha256", "kind")
    sha256 = models.BinaryField()
    kind = models.TextField()
    programme = models.TextField()
    rows = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "import_file"
