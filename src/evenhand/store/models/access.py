"""Who may do what in the console, and when each device was heard."""

from __future__ import annotations

from django.db import models


class RoleGrant(models.Model):
    """A word about an account's role: `proposed` by a person; `confirmed` or `declined` by a `second` one; or said on the
    `machine`, which is how the first administrator comes to be. Of those confirmed or said on the machine the newest counts
    for (username, role, area); with `revoked` it takes the role away. `area` null: everywhere."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    step = models.TextField()
    username = models.TextField()
    role = models.TextField()
    area = models.TextField(null=True)
    revoked = models.BooleanField(db_default=False)
    person = models.TextField(db_default="")
    second = models.TextField(db_default="")
    proposal = models.BigIntegerField(null=True, unique=True)
    at = models.BigIntegerField()

    class Meta:
        db_table = "role_grant"
        indexes = [models.Index(fields=["programme", "username"], name="role_grant_username")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(step="machine", person="", second="", proposal=None)
                | models.Q(step="proposed", second="", proposal=None) & ~models.Q(person="")
                | models.Q(step__in=["confirmed", "declined"])
                & ~models.Q(proposal=None)
                & ~models.Q(person="")
                & ~models.Q(second="")
                & ~models.Q(person=models.F("second")),
                name="role_grant_two_persons",
            )
        ]


class Heard(models.Model):
    """A device called in this hour (hours since 1970, UTC); `at`: its first call in it."""

    pk = models.CompositePrimaryKey("device", "hour")
    device = models.TextField()
    hour = models.IntegerField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "heard"
