"""The command: parse, check, print. Exit codes: 0 all holds, 1 something does not, 2 wrong usage, 130 interrupted."""

from __future__ import annotations

import argparse
import gc
import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

from evenhand_verify import limits
from evenhand_verify.allocation import check_folders
from evenhand_verify.card import check_card
from evenhand_verify.checks import ALWAYS, WITH_PREVIOUS
from evenhand_verify.disclosure import Disclosure
from evenhand_verify.note import check_note
from evenhand_verify.result import Malformed, Outcome, UsageError, one_line, run_check
from evenhand_verify.signatures import NoteKey, read_key

EPILOG = """other forms:
  evenhand-verify allocation IN_DIR OUT_DIR   check an allocation's certificate, with no solver
  evenhand-verify card CODE FOLDER            what one household was due, got, and why
  evenhand-verify note FILE --key VKEY        is a signed text, such as a place's figures, signed by this log?

examples:
  evenhand-verify disclosures/2008-03 --root root.vkey --previous disclosures/2008-02
  evenhand-verify disclosures/2008-03 --json

exit codes: 0 all holds; 1 something does not (or cannot be read); 2 wrong usage, or a folder that is not there
A folder that is called `allocation`, `card` or `note` is written ./allocation, ./card or ./note.
"""
DEMO = "DEMO KEYS: anyone can make these keys; this shows how checking works and proves nothing about a country"


class Parser(argparse.ArgumentParser):
    """argparse that says what to do and leaves with 2."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}. What to do: see {self.prog} --help")


def _parser(prog: str, description: str, epilog: str) -> Parser:
    parser = Parser(
        prog=prog, description=description, epilog=epilog, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on standard output and nothing else")
    return parser


def _print(
    outcomes: list[Outcome], verdict: str, before: list[str], between: list[str], as_json: bool, **more: object
) -> None:
    if as_json:
        checks = [{"name": o.name, "pass": o.passed, "figure": o.figure, "failures": o.failures} for o in outcomes]
        document = {**more, "checks": checks, "verdict": verdict}
        print(json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace").decode())
    else:
        print("\n".join([*before, *(outcome.line() for outcome in outcomes), *between, verdict]))


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
    split = " for this split of what lanes share" if any(o.name == "allocation-split" for o in outcomes) else ""
    holds = f"fair{split}: {len(outcomes)} checks hold"
    verdict = f"NOT fair: {failed} of {len(outcomes)} checks failed" if failed else holds
    _print(outcomes, verdict, [], [], options.json)
    return 1 if failed else 0


def root_key(text: str, option: str = "--root") -> NoteKey:
    """The key of an option: a verifier key line, or a file that holds one. UsageError for anything else."""
    path = Path(text)
    try:
        if "+" not in text or path.is_file():
            text = path.read_text(encoding="utf-8")
        return read_key(text.strip(), option)
    except (OSError, ValueError, Malformed) as error:
        raise UsageError(f"{option} is neither a verifier key nor a file with one ({error})") from error


def card(arguments: list[str]) -> int:
    """`evenhand-verify card CODE FOLDER`."""
    parser = _parser(
        "evenhand-verify card",
        "What one household was due, what it got and why, from its own row, which only its code opens.",
        "example:\n  evenhand-verify card 7D2K-... disclosures/2008-03\n\nThe code stands on the check slip.",
    )
    parser.add_argument("code", metavar="CODE", help="the 28 letters and digits of the check slip")
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a disclosure folder")
    parser.add_argument("--root", metavar="VKEY", help="the root key you trust: the line itself or a file")
    options = parser.parse_args(arguments)
    disclosure = Disclosure(options.folder, root_key(options.root) if options.root else None)
    outcomes, found = check_card(options.code, disclosure)
    if disclosure.trusted_root is not None:
        outcomes += [run_check(check, disclosure) for check in ALWAYS if check.name in ("root-key", "certificates")]
    failed = sum(not outcome.passed for outcome in outcomes)
    count = len(outcomes)
    verdict = (
        f"your row does NOT hold: {failed} of {count} checks failed" if failed else f"your row holds: {count} checks"
    )
    told = [one_line(line) for line in found.told]
    _print(
        outcomes, verdict, _demo(disclosure), told, options.json, household=found.facts, demo=bool(_demo(disclosure))
    )
    return 1 if failed else 0


def note(arguments: list[str]) -> int:
    """`evenhand-verify note FILE --key VKEY`."""
    parser = _parser(
        "evenhand-verify note",
        "Check that a signed text, such as the figures of one place, was signed by this log, to the letter.",
        "example:\n  evenhand-verify note 2008-03.csv.note --key disclosures/2008-03/keys/log.vkey\n\n"
        "That the key is the log's stands in every disclosure, which the root key vouches for.",
    )
    parser.add_argument("file", metavar="FILE", type=Path, help="the signed text")
    parser.add_argument("--key", metavar="VKEY", required=True, help="the log's key: the line itself or a file")
    options = parser.parse_args(arguments)
    outcome = check_note(options.file, root_key(options.key, "--key"))
    verdict = "the text is the one that was signed" if outcome.passed else "the text is NOT signed by this key"
    _print([outcome], verdict, [], [], options.json)
    return 0 if outcome.passed else 1


def _demo(disclosure: Disclosure) -> list[str]:
    try:
        return [DEMO] if disclosure.meta.origin.startswith("demo.") or disclosure.meta.demo else []
    except Malformed:
        return []


def folder(arguments: list[str]) -> int:
    """`evenhand-verify FOLDER`."""
    parser = _parser("evenhand-verify", "Check a published distribution cycle without trusting whoever ran it.", EPILOG)
    parser.add_argument("folder", metavar="FOLDER", type=Path, help="a disclosure folder")
    parser.add_argument(
        "--root", metavar="VKEY", help="the root key you trust: the line itself or a file that holds it"
    )
    parser.add_argument("--previous", metavar="FOLDER", type=Path, help="the disclosure of the cycle before")
    options = parser.parse_args(arguments)
    previous = Disclosure(options.previous) if options.previous else None
    disclosure = Disclosure(options.folder, root_key(options.root) if options.root else None, previous)
    checks = [*ALWAYS, *(WITH_PREVIOUS if previous else ())]
    outcomes = []
    for number, check in enumerate(checks, start=1):
        _progress(f"checking {number} of {len(checks)}: {check.name}")
        outcomes.append(run_check(check, disclosure))
    _progress("")
    failed = sum(not outcome.passed for outcome in outcomes)
    if failed:
        verdict = f"NOT verified: {failed} of {len(outcomes)} checks failed"
    elif disclosure.trusted_root is None:
        verdict = "consistent, NOT authenticated: give --root"
    else:
        verdict = f"verified: {len(outcomes)} checks"
    demo = _demo(disclosure)
    _print(outcomes, verdict, demo, limits.lines(), options.json, demo=bool(demo), cannot_show=list(limits.LIMITS))
    return 1 if failed else 0


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["allocation"]:
        return allocation(arguments[1:])
    if arguments[:1] == ["card"]:
        return card(arguments[1:])
    if arguments[:1] == ["note"]:
        return note(arguments[1:])
    return folder(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the command; what it returns is the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # A terminal without UTF-8 still gets every line.
    collecting = gc.isenabled()
    gc.disable()  # A short run over big tables: collecting would cost a third of the time and free nothing.
    try:
        return _run(sys.argv[1:] if arguments is None else arguments)
    except UsageError as error:
        print(f"evenhand-verify: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    finally:
        if collecting:
            gc.enable()
