"""Reading the ```console blocks of a page and running them: commands begin with "$ ", go on with "> ", and output follows.

In the expected output "…" stands for anything, within a line or as a line of its own for any number of lines.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
MARK = "@@evenhand-docs@@"


@dataclass
class Command:
    """A command line of a page, with what the page says it prints."""

    line: int
    text: str
    expected: list[str] = field(default_factory=list)


def commands(page: Path) -> list[Command]:
    """Every command of the page's console blocks, in order."""
    found: list[Command] = []
    inside = False
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("```"):
            inside = line == "```console"
        elif inside and line.startswith("$ "):
            found.append(Command(number, line[2:]))
        elif inside and (line == ">" or line.startswith("> ")):
            found[-1].text += "\n" + line[2:]
        elif inside:
            found[-1].expected.append(line)
    return found


def run(page: Path, folder: Path) -> list[str]:
    """Run the page's commands in `folder`, in one shell; what went wrong, if anything."""
    found = commands(page)
    script = ["exec 2>&1"]
    for command in found:
        script += [command.text, f"status=$?; echo; echo {MARK} $status"]
    base = {key: value for key, value in os.environ.items() if not key.startswith("EVENHAND_")}
    programs = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL,
        timeout=300, check=False,
        env={**base, "PATH": f"{programs}{os.pathsep}{base['PATH']}", "COLUMNS": "120", "EXAMPLES": str(ROOT / "examples")},
    )  # fmt: skip
    parts = re.split(rf"\n{MARK} (\d+)\n", done.stdout)
    faults = []
    for index, command in enumerate(found):
        where = f"{page.name}, line {command.line}: {command.text}"
        if 2 * index + 1 >= len(parts):
            faults.append(f"{where}\n  did not run: {done.stdout[-500:]}")
            break
        output, code = parts[2 * index], parts[2 * index + 1]
        if code != "0":
            faults.append(f"{where}\n  exit code {code}: {output.strip()}")
            break
        if not fits(command.expected, output):
            wanted = "\n    ".join(command.expected)
            faults.append(f"{where}\n  the page says\n    {wanted}\n  it printed\n{output}")
    return faults


def fits(expected: list[str], output: str) -> bool:
    """Whether the output is what the page shows. A page that shows nothing promises nothing."""
    if not expected:
        return True
    pattern = "".join(
        r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"[ ]*\n" for line in expected
    )
    return re.fullmatch(pattern, output.rstrip("\n").lstrip("\n") + "\n") is not None
