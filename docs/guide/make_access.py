"""Writes console-access.md, who may open which page of the console: `python docs/guide/make_access.py`. A test compares."""

from __future__ import annotations

from pathlib import Path

from evenhand.actions.accounts import ROLES
from evenhand.web.console.urls import urls

PAGE = Path(__file__).with_name("console-access.md")
HEAD = """# Who may open which page

Written by `python docs/guide/make_access.py` from what each page declares; a test asks the running server for every row.
Whoever is not signed in is sent to sign in. A role may be given for one area: the points of other areas are then not shown.
Roles are given and taken by two administrators: one proposes, another confirms. The first ones are made on the machine with
`evenhand account add NAME --role admin`.

"""


def table() -> str:
    """A row a page, a column a role."""
    lines = ["| page | " + " | ".join(ROLES) + " |", "|---|" + "---|" * len(ROLES)]
    for url in urls:
        cells = ["yes" if role in url.callback.roles else "no" for role in ROLES]
        lines.append(f"| `/console/{url.pattern}` | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(HEAD + table(), encoding="utf-8")
