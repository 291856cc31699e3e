"""What every command shares: where the data is, who is asking, how progress and results are shown."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

from evenhand.core.errors import UsageError

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="EVENHAND_DATA",
        help="Data folder. Default: the platform's user data folder.",
        show_default=False,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")]
AsOption = Annotated[
    str,
    typer.Option(
        "--as", metavar="NAME", envvar="EVENHAND_AS", help="Who you are: a person enrolled with `enrol person`."
    ),
]

OpenCycleOption = Annotated[
    str | None,
    typer.Option(
        "--cycle", metavar="CYCLE", help="The open cycle, as in 2008-03/1. Left out: the newest.", show_default=False
    ),
]

errors = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line for a person, on stdout."""
    sys.stdout.write(text + "\n")


def warn_of_boxes(characters: str) -> None:
    """Say which characters of a PDF no font has, on stderr."""
    if characters:
        errors.print(
            f"no font has {' '.join(characters)}: they print as empty boxes; write those names in another script"
        )


def say_json(document: Any) -> None:
    """One JSON document on stdout."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True, default=str) + "\n")


def passphrase(what: str, variable: str = "EVENHAND_PASSPHRASE", *, new: bool = False) -> str:
    """The passphrase of `what`: from the environment, else asked for at the terminal, a `new` one twice.

    UsageError if neither can be, or if a new one was typed differently the second time.
    """
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError(f"no passphrase for {what}", f"set {variable}, or run the command at a terminal")
    try:
        typed = getpass(f"{'New passphrase' if new else 'Passphrase'} for {what}: ")
        if new and typed and getpass("The same again: ") != typed:
            raise UsageError("the two passphrases differ; nothing was changed", "run the command again")
    except EOFError:
        raise UsageError(f"no passphrase for {what}", f"type one, or set {variable}") from None
    return typed


@contextmanager
def progress_bars(wanted: bool = True) -> Iterator[Callable[[str, int, int], None]]:
    """Progress bars on stderr with the time left; nothing where stderr is not a terminal or `wanted` is False."""
    if not wanted or not sys.stderr.isatty():
        yield lambda label, done, total: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def show(label: str, done: int, total: int) -> None:
            # One line at a time: "computing: rolls" goes on in the bar of "computing: loads".
            work = label.partition(":")[0]
            if work not in tasks:
                tasks[work] = bars.add_task(label, total=total)
            for name, task in tasks.items():
                if name != work:
                    bars.update(task, visible=False)
            bars.update(tasks[work], description=label, completed=done, total=total, visible=done < total)

        yield show
