"""The nouns everything else is written in: errors, units, exact numbers, periods, benefits, table schemas, plans.

Reads nothing, writes nothing. Invariant: no module here imports anything of evenhand outside core.
"""
