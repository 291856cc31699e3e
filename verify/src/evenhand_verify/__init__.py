"""The checker: recomputes what a published Evenhand cycle claims, without trusting whoever ran it.

Reads a disclosure folder (or the input and output of an allocation); writes lines or one JSON document. Invariant: it
imports nothing of evenhand and runs no solver; whatever is malformed in what it reads is a failed check, not a crash.
"""
