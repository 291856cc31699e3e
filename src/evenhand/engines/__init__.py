"""Engines run plans on files and leave files.

Reads Parquet and CSV, writes Parquet. Invariant: equal rows are equal bytes, whatever the number of threads.
"""
