"""The program `evenhand`: a table of commands, and one place that turns errors into exit codes."""

from __future__ import annotations

import sys
from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version

import typer

from evenhand.core.errors import EvenhandError

COMMANDS = {
    "demo": ("demo", "a generated country, three months, and which of its claims hold"),
    "init": ("init", "make a data folder for a programme, with its root key"),
    "enrol": ("enrol", "enrol a person or a device: make and certify a key"),
    "policy": ("policy", "check, test, run, propose and adopt a policy"),
    "import": ("importing", "bring in areas, points, depots, lanes, stock, households, members, proxies"),
    "household": ("household", "a household's record: correct it, or take it off the lists by two persons"),
    "card": ("card", "issue cards and coupons"),
    "factor": ("factor", "a household's PIN, answer or photo, where the policy asks for one"),
    "follow-up": ("follow_up", "visits to some of those who were served by an exception"),
    "cycle": ("cycle", "the steps of a cycle, from draft to published"),
    "receive": ("receive", "record what arrived at depots and points"),
    "waybills": ("waybills", "print the waybills of a cycle, and check the code of one"),
    "transfer": ("transfer", "move goods from one point to another while a cycle is open"),
    "lane": ("lane", "close a lane in the middle of a cycle: what has not left goes other ways"),
    "redeem": ("redeem", "take in receipts of what was handed out"),
    "grievance": ("grievance", "complaints: take one in, decide it in time, appeal, remedy"),
    "account": ("account", "accounts of the console: who may sign in, and as what"),
    "supplement": ("supplement", "people added to an open cycle, served from the reserve of their point"),
    "hold": ("hold", "hold a row with a reason and a notice, and release it"),
    "voucher": ("voucher", "vouchers and points books: issue, redeem at merchants, settle"),
    "serve": ("serve", "serve the console to officers and the counter app to phones"),
    "claims": ("claims", "test the claims made of a distribution against its disclosures"),
    "allocate": ("allocate", "divide stock fairly over a network given as CSV files"),
    "basket": ("basket", "the cheapest food basket, the best for a budget, one food for another"),
    "trips": ("trips", "plan the lorries of each depot, and check a plan that a dispatcher changed"),
    "simulate": ("simulate", "play through a distribution without a network: does the bound hold?"),
    "horizon": ("horizon", "look months ahead: when full rations break, and the even ones that never do"),
}
"""Command -> (module of evenhand.cli that holds its `app`, what it is for). A module is imported when it is used."""

HELP = """Evenhand: a public distribution system whose claims anyone can check.

Usage: evenhand COMMAND [OPTIONS]

Each command explains itself: evenhand COMMAND --help

{commands}

Examples:
  evenhand demo            a generated country of 24,000 people in half a minute
  evenhand init --help     the same on your own files: start here
  evenhand cycle show      how every cycle stands

Checking is a program of its own: evenhand-verify --help
"""


def help_text() -> str:
    """What `evenhand --help` prints."""
    width = max(map(len, COMMANDS))
    return HELP.format(commands="\n".join(f"  {name:<{width}}  {text}" for name, (_, text) in COMMANDS.items()))


def run(arguments: list[str]) -> None:
    """Run one command line; errors come out as exceptions of evenhand.core.errors or as SystemExit."""
    name = arguments[0] if arguments else ""
    if name in ("", "--help", "-h", "help"):
        print(help_text(), end="", file=sys.stdout if name else sys.stderr)
        sys.exit(0 if name else 2)
    if name == "--version":
        print(f"evenhand {version('evenhand')}")
        sys.exit(0)
    if name not in COMMANDS:
        near = get_close_matches(name, COMMANDS, n=1)
        hint = f'did you mean "{near[0]}"?' if near else "see: evenhand --help"
        print(f'there is no command "{name}": {hint}', file=sys.stderr)
        sys.exit(2)
    module = import_module(f"evenhand.cli.{COMMANDS[name][0]}")
    typer.main.get_command(module.app).main(args=arguments[1:], prog_name=f"evenhand {name}")


def main() -> None:
    """The entry point: exit 0 done, 1 the answer is no, 2 wrong input or usage, 3 try again, 130 interrupted."""
    try:
        run(sys.argv[1:])
    except EvenhandError as error:
        for line in error.lines():
            print(line, file=sys.stderr)
        sys.exit(error.exit_code)
    except OSError as error:
        # A folder that cannot be written, a full disk: the system's own words, and no traceback.
        print(f"{error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
        print(
            "  what to do: check the folder, its rights and the space left, then run the same command again",
            file=sys.stderr,
        )
        sys.exit(2)
    except (KeyboardInterrupt, SystemExit) as error:
        if isinstance(error, SystemExit) and error.code != 130:  # the library turns an interrupt into an exit, silently
            raise
        print("\ninterrupted; run the same command again: it goes on where it stopped", file=sys.stderr)
        sys.exit(130)
