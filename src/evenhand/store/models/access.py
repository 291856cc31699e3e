"""Who may do what in the console, and when each device was heard."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
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


class PersonalRead(models.Model):
    """Somebody was shown a household's record, on this page or by this call of the API."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    username = models.TextField()
    page = models.TextField()
    household = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "personal_read"
        indexes = [
            models.Index(fields=["household", "-id"], name="personal_read_household"),
            models.Index(fields=["username", "-id"], name="personal_read_username"),
        ]


class AccountChange(models.Model):
    """An administrator's word about an account: switched `off`, back `on`, or given a new password (`reset`)."""

    id = models.BigAutoField(primary_key=True)
    programme = models.TextField()
    username = models.TextField()
    act = models.TextField()
    reason = models.TextField()
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "account_change"
        indexes = [models.Index(fields=["username", "-id"], name="account_change_username")]
        constraints = [
            models.CheckConstraint(condition=models.Q(act__in=["off", "on", "reset"]), name="account_change_act"),
            models.CheckConstraint(condition=~models.Q(username=models.F("person")), name="account_change_of_others"),
        ]


class ApiToken(models.Model):
    """A program's way in by the API, on behalf of an account: it may do what its scopes name and that account's roles allow.
    The token itself is shown once and kept nowhere. `ends`: UTC seconds."""

    token_sha256 = models.BinaryField(primary_key=True)
    programme = models.TextField()
    username = models.TextField()
    title = models.TextField()
    scopes = ArrayField(models.TextField())
    ends = models.BigIntegerField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "api_token"
        indexes = [models.Index(fields=["programme", "username"], name="api_token_username")]


class ApiTokenRevoked(models.Model):
    """A token that counts no more, though its time is not over."""

    token_sha256 = models.BinaryField(primary_key=True)
    person = models.TextField()
    at = models.BigIntegerField()

    class Meta:
        db_table = "api_token_revoked"
