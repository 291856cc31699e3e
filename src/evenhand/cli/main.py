"""The program `evenhand`: one typer application, one place that turns errors into exit codes."""

from __future__ import annotations

import sys
from importlib import import_module

import click
import typer

from evenhand.core.errors import EvenhandError


COMMANDS = {
    "demo": ("evenhand.cli.demo", "A generated country, three months, and what of its claims holds."),
    "init": ("evenhand.cli.init", "Make a data folder for a programme, with its root key."),
    "enrol": ("evenhand.cli.enrol", "Enrol a person or a device: make and certify a key."),
    "import": ("evenhand.cli.importing", "Bring in areas, points, depots, lanes, stock, households, members (CSV)."),
    "policy": ("evenhand.cli.policy", "Check, test and run a policy; adopt it for the programme."),
    "card": ("evenhand.cli.card", "Issue cards and coupons."),
    "cycle": ("evenhand.cli.cycle", "The steps of a cycle, from draft to published."),
    "receive": ("evenhand.cli.receive", "Record what arrived at depots and points (goods received notes)."),
    "redeem": ("evenhand.cli.redeem", "Take in receipts of what was handed out."),
    "claims": ("evenhand.cli.claims", "Test the claims made of a distribution against its disclosures."),
    "allocate": ("evenhand.cli.allocate", "Divide stock fairly over a network given as CSV files."),
}


class Lazy(click.Group):
    """Commands by name; a module is imported when its command is used, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name][0])
        command = typer.main.get_command(module.app)
        command.name = cmd_name
        command.short_help = COMMANDS[cmd_name][1]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


HELP = """A public distribution system whose claims anyone can check.

\b
Examples:
  evenhand demo                      a country of 24,000 people in half a minute
  evenhand init --programme relief   the same on your own files: start here
  evenhand cycle show                how every cycle stands

Checking is a program of its own: evenhand-verify --help
"""

group = Lazy(name="evenhand", help=HELP, no_args_is_help=True, context_settings={"help_option_names": ["--help", "-h"]})
group.params.append(
    click.Option(
        ["--version"], is_flag=True, expose_value=False, is_eager=True, help="Print the version.",
        callback=lambda ctx, _, on: (click.echo(f"evenhand {_version()}"), ctx.exit()) if on else None,
    )
)  # fmt: skip


def _version() -> str:
    from importlib.metadata import version

    return version("evenhand")


def main() -> None:
    """Run the command line; exit 0 done, 1 the answer is no, 2 wrong input or usage, 3 try again, 130 interrupted."""
    try:
        group.main(prog_name="evenhand", standalone_mode=False)
    except EvenhandError as error:
        for line in error.lines():
            print(line, file=sys.stderr)
        sys.exit(error.exit_code)
    except click.exceptions.NoArgsIsHelpError as error:
        print(error.ctx.get_help() if error.ctx else "", file=sys.stderr)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        print("interrupted; run the same command again: it goes on where it stopped", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
