"""A generated country, its offline points, its shocks, and the lies an operator could tell: for demos and tests.

Reads the small typed tables of an example folder, and data of a cycle given as arguments; writes tables for `import`,
batches of receipts, and changed data. Invariant: everything here is a pure function of its arguments and a seed (the
PCG64 bit stream of numpy), the same on every machine; nothing here knows a database, a clock or a verdict.
"""
