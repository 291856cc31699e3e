"""The command line: parse, call an action, print.

Reads arguments, writes stdout and stderr. Invariant: no rule of the system stands here; exit codes are those of DESIGN §12.
"""

from evenhand.cli.main import main

__all__ = ["main"]
