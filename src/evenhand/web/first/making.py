"""`python -m evenhand.web.first.making`: makes the programme from answers on standard input; prints what is shown once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from evenhand.actions.first_run import Words, answers_from, make
from evenhand.core.errors import EvenhandError
from evenhand.wiring import engine, read_clock


def main() -> None:
    """Read, make, print; the lines of an error go to standard error."""
    told = json.load(sys.stdin)
    folder, words = Path(told["data"]), told["words"]

    def prepare() -> None:
        # A process of its own: Django is configured once a process, here for the flow's tables.
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        command = [sys.executable, "-m", "evenhand.web.prepare"]
        subprocess.run(command, env=environment | {"EVENHAND_DATA": str(folder)}, check=True)

    try:
        said = Words(*(words[f"{who}_word"] for who in ("root", "first", "second")))
        made = make(folder, engine(), answers_from(told["said"]), said, read_clock, prepare)
    except EvenhandError as error:
        sys.exit("\n".join(error.lines()))
    json.dump(vars(made), sys.stdout)


if __name__ == "__main__":
    main()
