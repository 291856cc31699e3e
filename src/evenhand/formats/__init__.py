"""Bytes that others must be able to read: canonical CBOR, COSE_Sign1, signed notes, tlog tiles, tags, codes, rolls.

Reads and writes bytes only; no files, no clock, no chance.
Invariant: one value has one encoding, and any other is refused.
What stands here is written down in `spec/formats.md` and bound by `spec/cases/*.json`.
"""
