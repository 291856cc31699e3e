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
        indexes = [models.Index(fields=["point", "household"], name="household_point")]


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


class HouseholdChange(models.Model):
    """Somebody corrected a field of a household, or of one of its members, for a reason. The newest of a (household, member,
    field) counts; `member` empty: the household itself. `old` and `new` are as in a list, null: unknown. Field `listed` of a
    member is yes or no: whether it belongs to the household. Cycles that are frozen keep what they froze."""

    id = models.BigAutoField(primary_key=True)
    household = models.TextField()
    member = models.TextField(db_default="")
    field = models.TextField()
    old = models.TextField(null=True)
    new = models.TextField(null=True)
    reason = models.TextField()
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "household_change"
        indexes = [models.Index(fields=["household", "member", "field", "-id"], name="household_change_newest")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(person=""), name="household_change_says_why"
            )
        ]


class HouseholdRemoval(models.Model):
    """A removal of a household from the lists: `announced` by one person with a reason and how the household was told;
    `confirmed` by a second one when its time to object is over; `withdrawn` before that, or `restored` after it, by one
    person with a reason. `announcement` is the row that a later step answers. What a guard enforces: see `guards.sql`."""

    id = models.BigAutoField(primary_key=True)
    household = models.TextField()
    step = models.TextField()
    announcement = models.BigIntegerField(null=True)
    reason = models.TextField()
    notice = models.TextField(db_default="")
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "household_removal"
        indexes = [models.Index(fields=["household", "-id"], name="household_removal_newest")]
        constraints = [
            models.UniqueConstraint(fields=["announcement", "step"], name="household_removal_once"),
            models.CheckConstraint(
                condition=models.Q(step="announced", announcement=None) & ~models.Q(notice="")
                | models.Q(step__in=["confirmed", "withdrawn", "restored"], announcement__isnull=False),
                name="household_removal_step",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason="") & ~models.Q(person=""), name="household_removal_says_why"
            ),
        ]


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
