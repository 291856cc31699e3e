"""Certificates of keys."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Certificate(models.Model):
    """The root key's word that a public key is the log's, a person's or a device's. `cose` is the signed file."""

    sha256 = models.BinaryField(primary_key=True)
    kind = models.TextField()
    name = models.TextField()
    roles = ArrayField(models.TextField())
    public_key = models.BinaryField()
    epoch = models.IntegerField()
    cose = models.BinaryField()

    class Meta:
        db_table = "certificate"
        constraints = [
            models.UniqueConstraint(fields=["kind", "name", "epoch"], name="certificate_epoch"),
            models.CheckConstraint(condition=models.Q(kind__in=["log", "person", "device"]), name="certificate_kind"),
        ]
