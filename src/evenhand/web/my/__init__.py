"""The household's own pages under /my/: what is due, complaints, corrections. For any phone, without a script or an account.

A card's number and a second fact open them for a quarter of an hour; a signed cookie remembers whose they are meanwhile.
"""
