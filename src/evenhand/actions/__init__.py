"""What a person does: one verb a function, one module a room.

Reads the store and files the user names; writes through the store. Invariant: an action is one transaction (or says how it
goes on after an interruption), the log is published after it, and running it again changes nothing.
"""
