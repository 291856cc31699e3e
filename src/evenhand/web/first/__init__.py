"""First run: the pages that ask five questions on an empty data folder, before there is a database, an account or a key.

A small server of its own, on this machine's own address alone, behind an address that only the terminal shows. What was
answered is held in its memory until the programme is made; passphrases are asked last and written nowhere.
"""
