"""What a cycle publishes: the tables' schemas, the package that lists every file, the claims tested on it.

Reads the tables and files of a disclosure and the policy as computed with; writes bytes and plain values, no files.
Invariant: a claim's verdict follows from the disclosure alone, in exact arithmetic; nothing of the generator, the
registry or the database is in reach here.
"""
