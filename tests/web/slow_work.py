"""Work for tests of long work, and what asks for it: `python -m web.slow_work work|ask …` with EVENHAND_DATA."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evenhand.core.errors import UsageError
from evenhand.web import works

works.WORK["test.slow"] = "web.slow_work:slow"
STEPS = 200


def slow(store: Any, subject: str, person: str, given: dict[str, Any], progress: Any, secret: str) -> dict[str, Any]:
    """Ten seconds in steps, unless the file `hurry` lies in the folder; `bad` is refused, `broken` breaks."""
    if subject == "bad":
        raise UsageError("this cannot be", "do something else")
    if subject == "broken":
        raise RuntimeError("the words of a secret")
    for step in range(STEPS):
        progress("slow: steps", step, STEPS)
        if not (Path(given["folder"]) / "hurry").exists():
            time.sleep(0.05)
    progress("slow: steps", STEPS, STEPS)
    return {"to": "/console/", "letters": len(secret)}


@dataclass(frozen=True)
class Asker:
    """Who asks."""

    username: str
    store: Any


@dataclass(frozen=True)
class Clock:
    """What of a store `start` needs."""

    def clock(self) -> int:
        return int(time.time())


def main() -> None:
    """Work until killed, or ask for work and print its number."""
    if sys.argv[1] == "work":
        from evenhand.web.worker import main as work

        del sys.argv[1]
        work()
        return
    os.environ["DJANGO_SETTINGS_MODULE"] = "evenhand.web.settings"
    import django

    from evenhand.web import jobs

    django.setup()
    seat = Asker("ana", Clock())
    for asked in sys.argv[2:]:
        kind, _, subject = asked.partition(" ")
        if kind == "stop":
            jobs.stop(seat, int(subject))
        else:
            print(jobs.start(seat, kind, subject, {"folder": os.environ["EVENHAND_DATA"]}))


if __name__ == "__main__":
    main()
