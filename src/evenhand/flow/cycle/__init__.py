"""The cycle: its states and the tuple of stages that compute it.

Reads the snapshots of a freeze; writes the tables and rolls that two persons sign. Invariant: a state has one way on, and
the same freeze and event give the same rows.
"""
