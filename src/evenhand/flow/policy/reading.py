"""A policy's text as data, with the places of everything in it; what is no TOML is refused with its line and column."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from typing import Any

from evenhand.core.errors import InputError, Problem, input_error
from evenhand.flow.policy import slips
from evenhand.flow.policy.positions import LARGEST, Place, TooDeep, positions
from evenhand.flow.policy.sheet import Faults

_AT = re.compile(r"\(at line ([0-9]+), column ([0-9]+)\)|\(at end of document\)")


def read_toml(text: str, file: str, place: str = "") -> tuple[dict[str, Any], Faults]:
    """The data of a text, and where its faults are noted. `place` names the file in places, if it is not the policy's own.

    InputError if the text is no TOML.
    """
    if len(text) >= LARGEST:
        raise input_error(file, 0, "", None, f"a policy of {len(text)} characters", f"write less than {LARGEST}")
    if text.startswith("\ufeff"):
        message = "the file begins with a byte order mark"
        raise InputError([Problem(file, 1, "", "", message, "save it as UTF-8 without BOM", 1)])
    try:
        lines = positions(text, place)
        lines.setdefault((), Place(1, 1, place))
        data = tomllib.loads(text, parse_float=Decimal)
    except TooDeep as error:
        raise input_error(file, error.line, "", None, "brackets nested too deep", "a policy needs few levels") from None
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        written = text.split("\n")
        line = int(found[1]) if found and found[1] else len(written)
        column = int(found[2]) if found and found[2] else len(written[-1]) + 1
        message = _AT.sub("", str(error)).strip()
        shown = written[line - 1].strip()[:60] if 0 < line <= len(written) else ""
        advice = slips.remedy(message, written[line - 1] if 0 < line <= len(written) else "")
        raise InputError([Problem(file, line, "", shown, f"not TOML: {message}", advice, column)]) from None
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise input_error(file, 0, "", None, f"not TOML that can be read: {error}", "look for absurd numbers") from None
    if not data:
        advice = 'begin with [policy], id = "…" and period = "month" (see spec/policy-grammar.md)'
        raise InputError([Problem(file, 1, "", "", "the file holds nothing", advice, 1)])
    return data, Faults(file, lines, text)
