"""The command: parse, check, print. Exit codes: 0 all holds, 1 something does not, 2 wrong usage, 130 interrupted."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import NoReturn

from evenhand_verify.allocation import check_folders
from evenhand_verify.result import Outcome, UsageError

EPILOG = """examples:
  evenhand-verify disclosures/2008-03 --root root.vkey --previous disclosures/2008-02
  evenhand-verify allocation problem/ answer/
  evenhand-verify card 3X7K-... disclosures/2008-03

exit codes: 0 all holds; 1 something does not (or cannot be read); 2 wrong usage, or a folder that is not there
A folder that is called `allocation` or `card` is written ./allocation or ./card.
"""


class Parser(argparse.ArgumentParser):
    """argparse that says what to do and leaves with 2."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. What to do: see {self.prog} --help")


def _parser(prog: str, description: str, example: str) -> Parser:
    parser = Parser(
        prog=prog, description=description, epilog=example, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output and nothing else")
    return parser


def document(outcomes: list[Outcome], verdict: str, **more: object) -> str:
    """The same as one JSON document."""
    checks = [{"name": o.name, "pass": o.passed, "figure": o.figure, "failures": o.failures} for o in outcomes]
    return json.dumps({**more, "checks": checks, "verdict": verdict}, indent=2, sort_keys=True, ensure_ascii=False)


def allocation(arguments: list[str]) -> int:
    """`evenhand-verify allocation IN_DIR OUT_DIR`."""
    parser = _parser(
        "evenhand-verify allocation",
        "Check by arithmetic, with no solver, that an allocation is feasible and as equal as can be.",
        "example:\n  evenhand-verify allocation problem/ answer/",
    )
    parser.add_argument("inputs", metavar="IN_DIR", type=Path, help="what `evenhand allocate` read")
    parser.add_argument("outputs", metavar="OUT_DIR", type=Path, help="what it wrote")
    options = parser.parse_args(arguments)
    outcomes = check_folders(options.inputs, options.outputs)
    failed = sum(not outcome.passed for outcome in outcomes)
    verdict = f"NOT fair: {failed} of {len(outcomes)} checks failed" if failed else f"fair: {len(outcomes)} checks hold"
    if options.json:
        print(document(outcomes, verdict))
    else:
        print("\n".join([*(outcome.line() for outcome in outcomes), verdict]))
    return 1 if failed else 0


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["allocation"]:
        return allocation(arguments[1:])
    raise UsageError("only `allocation` is there yet")


def main(arguments: list[str] | None = None) -> int:
    """Run the command; what it returns is the exit code."""
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except UsageError as error:
        print(f"evenhand-verify: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
