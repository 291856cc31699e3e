"""The web face: the counter app and its interface; later the console, the household and the public pages.

Reads requests, calls actions, writes answers. Invariant: nothing here decides; nothing a browser loads comes from another
host.
"""
