"""Ration cards and what they are for one period."""

from __future__ import annotations

from django.db import models


class Card(models.Model):
    """A household's card."""

    number = models.TextField(primary_key=True)
    household = models.TextField(unique=True)
    epoch = models.IntegerField()

    class Meta:
        db_table = "card"


class CardPeriod(models.Model):
    """What printing derived from a card's secret for a period. Neither secret nor r is ever here."""

    pk = models.CompositePrimaryKey("household", "period")
    household = models.TextField()
    period = models.TextField()
    tag = models.BinaryField(unique=True)
    salt = models.BinaryField()
    seal_key = models.BinaryField()

    class Meta:
        db_table = "card_period"
