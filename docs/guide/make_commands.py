"""Writes the middle of commands.md from the help texts of `evenhand`: `python docs/guide/make_commands.py`.

What stands before the first command and from `evenhand-verify` on is written by hand and kept.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from evenhand.cli.main import COMMANDS

PAGE = Path(__file__).with_name("commands.md")
FIRST, HAND_WRITTEN = "### `evenhand demo`", "### `evenhand-verify`"


def commands() -> dict[str, Any]:
    """Every command by its full name."""
    found: dict[str, Any] = {}
    for name, (module, _) in COMMANDS.items():
        command: Any = typer.main.get_command(import_module(f"evenhand.cli.{module}").app)
        children = getattr(command, "commands", None)
        found |= {f"{name} {child}": one for child, one in children.items()} if children else {name: command}
    return found


def section(name: str, command: Any) -> str:
    """A command: what it does, an example, its arguments and options."""
    text, _, example = inspect.cleandoc(command.help or "").partition("Example: ")
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n") if paragraph.strip()]
    rows = [row(parameter) for parameter in command.params if parameter.name != "help"]
    parts = [f"### `evenhand {name}`", *paragraphs, f"```sh\n{' '.join(example.split())}\n```"]
    return "\n\n".join([*parts, "\n".join(["| | |", "|---|---|", *rows])]) + "\n"


def row(parameter: Any) -> str:
    """A line of the table: the option with what it takes, and what it is for."""
    name = parameter.opts[0]
    if not name.startswith("--"):
        label = parameter.metavar or name.upper()
    elif getattr(parameter, "is_flag", False):
        label = name
    else:
        label = f"{name} {parameter.metavar or ('FOLDER' if name == '--data' else 'TEXT')}"
    default = parameter.default
    notes = []
    if parameter.required:
        notes.append("required")
    elif default not in (None, False, "", ()) and not callable(default):
        notes.append(f"default {default}")
    if parameter.envvar:
        notes.append(f"or `{parameter.envvar}`")
    about = (parameter.help or "").rstrip()
    more = f" ({'; '.join(notes)})" if notes else ""
    return f"| `{label}` | {about}{more} |"


def main() -> None:
    """Rewrite the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, after = page[: page.index(FIRST)], page[page.index(HAND_WRITTEN) :]
    middle = "\n".join(section(name, command) for name, command in commands().items())
    PAGE.write_text(f"{before}{middle}\n{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
