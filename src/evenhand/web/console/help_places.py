"""Which page of the guide tells of which place of the console."""

from __future__ import annotations

ADDRESS = "/console/help/"
HELP = {
    "registry": "registry",
    "policy": "console#policies-in-the-browser",
    "allocation": "console#cycle-and-allocation",
    "stock": "console#stock-and-dispatch",
    "cards": "console#cards-and-devices",
    "points": "console#what-needs-me",
    "grievances": "grievances",
    "publish": "console#publish",
    "people": "console#the-first-administrators",
    "jobs": "console",
    "account": "console#the-first-administrators",
    "key": "console#the-first-administrators",
    "reads": "console#the-first-administrators",
}
"""Place of the console -> page and part of the guide that tell of it."""


def help_address(here: str) -> str:
    """Where the guide tells of a place; its first page for any other, nothing on the guide itself."""
    return "" if here == "help" else ADDRESS + HELP.get(here, "")
