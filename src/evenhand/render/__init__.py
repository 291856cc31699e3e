"""Turns what a disclosure says into pages people read: the report, its charts and maps.

Reads months, claims and the assets beside it; returns text, writes no file. Invariant: a page asks nothing of any host,
runs no script, says every number of a picture in a table too, and comes out the same for the same input.
"""
