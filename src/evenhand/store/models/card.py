"""Ration cards and what they are for one period."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Card(models.Model):
    """One issue of a household's card. The number is the household's for ever; a replacement has the same number, the next
    epoch and other keys, and counts in every period from `from_period` on. `mark`: the hash of the id in its QR. `person`
    and `second` said that it be replaced, for `reason`; the first issue has none of the three."""

    pk = models.CompositePrimaryKey("household", "epoch")
    number = models.TextField()
    household = models.TextField()
    epoch = models.IntegerField()
    from_period = models.TextField()
    mark = models.BinaryField(unique=True)
    reason = models.TextField(db_default="")
    person = models.TextField(db_default="")
    second = models.TextField(db_default="")
    at = models.BigIntegerField()

    class Meta:
        db_table = "card"
        constraints = [
            models.UniqueConstraint(fields=["number", "epoch"], name="card_number_epoch"),
            models.CheckConstraint(
                condition=models.Q(second="") | ~models.Q(second=models.F("person")), name="card_two_persons"
            ),
        ]
        indexes = [
            models.Index(fields=["household"], condition=models.Q(epoch__gt=1), name="card_replaced"),
        ]


class CardPeriod(models.Model):
    """What printing derived from a card's secret for a period. Neither secret nor r is ever here; `factor_key` comes of r
    and tells nothing of it."""

    pk = models.CompositePrimaryKey("household", "period", "epoch")
    household = models.TextField()
    period = models.TextField()
    epoch = models.IntegerField()
    tag = models.BinaryField(unique=True)
    salt = models.BinaryField()
    seal_key = models.BinaryField()
    factor_key = models.BinaryField()

    class Meta:
        db_table = "card_period"


class Proxy(models.Model):
    """A household names somebody who may collect for it from `since` on, or withdraws the name from that day."""

    id = models.BigAutoField(primary_key=True)
    household = models.TextField()
    name = models.TextField()
    since = models.DateField()
    withdrawn = models.BooleanField(db_default=False)

    class Meta:
        db_table = "proxy"
        constraints = [
            models.UniqueConstraint(fields=["household", "name", "since", "withdrawn"], name="proxy_said_once")
        ]


class CardMove(models.Model):
    """A household asks to collect at another point in this cycle. Its row leaves when the holder of `source` releases it."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    cycle = models.TextField()
    tag = models.BinaryField()
    household = models.TextField()
    source = models.TextField()
    target = models.TextField()
    reason = models.TextField()
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "card_move"
        indexes = [models.Index(fields=["programme", "cycle", "source"], name="card_move_source")]


class Guest(models.Model):
    """A row that moved is at its new point: from now on goods that lie there are its own, `due` steps of each benefit in
    the policy's order."""

    pk = models.CompositePrimaryKey("programme", "cycle", "tag", "point")
    programme = models.TextField()
    cycle = models.TextField()
    tag = models.BinaryField()
    point = models.TextField()
    due = ArrayField(models.BigIntegerField())
    at = models.BigIntegerField()

    class Meta:
        db_table = "guest"
        indexes = [models.Index(fields=["programme", "cycle", "point"], name="guest_point")]
