"""Areas, nodes and lanes."""

from __future__ import annotations

from django.db import models


class Area(models.Model):
    """An administrative area by its P-code."""

    pcode = models.TextField(primary_key=True)
    name = models.TextField()
    parent = models.ForeignKey("self", models.PROTECT, null=True, db_column="parent", db_index=False)
    level = models.IntegerField()

    class Meta:
        db_table = "area"


class Node(models.Model):
    """An entry point, depot or distribution point."""

    node = models.TextField(primary_key=True)
    name = models.TextField()
    kind = models.TextField()
    area = models.ForeignKey(Area, models.PROTECT, null=True, db_column="area", db_index=False)
    latitude_microdegrees = models.IntegerField(null=True)
    longitude_microdegrees = models.IntegerField(null=True)

    class Meta:
        db_table = "node"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=["entry", "depot", "point"]), name="node_kind")
        ]


class LaneVersion(models.Model):
    """A lane as it stood from some import on: the newest row of a lane counts."""

    id = models.BigAutoField(primary_key=True)
    lane = models.TextField()
    source = models.ForeignKey(Node, models.PROTECT, db_column="source", related_name="+", db_index=False)
    target = models.ForeignKey(Node, models.PROTECT, db_column="target", related_name="+", db_index=False)
    commodity = models.TextField(null=True)
    capacity_base = models.BigIntegerField(null=True)
    cost = models.BigIntegerField()
    open = models.BooleanField()

    class Meta:
        db_table = "lane_version"
        indexes = [models.Index(fields=["lane", "-id"], name="lane_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(capacity_base__gte=0) | models.Q(capacity_base=None), name="lane_capacity"
            ),
            models.CheckConstraint(condition=models.Q(cost__gte=0), name="lane_cost"),
        ]
