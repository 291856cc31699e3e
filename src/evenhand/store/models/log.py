"""The log's entries and signed checkpoints."""

from __future__ import annotations

from django.db import models


class LogEntry(models.Model):
    """An entry at its index; the indexes have no gap (see `guards.sql`)."""

    index = models.BigIntegerField(primary_key=True)
    kind = models.TextField()
    programme = models.TextField()
    cycle = models.TextField(null=True)
    subject = models.TextField()
    entry = models.BinaryField()

    class Meta:
        db_table = "log_entry"
        constraints = [
            # A policy may be amended under its own id; everything else is said once.
            models.UniqueConstraint(
                fields=["programme", "kind", "cycle", "subject"],
                condition=~models.Q(kind="policy"),
                nulls_distinct=False,
                name="log_entry_once",
            )
        ]


class Checkpoint(models.Model):
    """A signed checkpoint over the first `size` entries."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()

    class Meta:
        db_table = "checkpoint"
