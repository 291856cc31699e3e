"""The stages, pure: the whole story of a distribution is in this folder.

Reads plain data, tables and plans; writes the same. Invariant: nothing here runs a query, knows the time or draws a lot.
"""
