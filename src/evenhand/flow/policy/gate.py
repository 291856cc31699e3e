"""The token gate: a policy's expression is untrusted text, and only a small closed alphabet passes on to the parser.

What passes is written out again token by token, names quoted and functions renamed, so that the parser behind it can read
no comment, no alias, no keyword and no second statement into it.
"""

from __future__ import annotations

import re
from difflib import get_close_matches

LONGEST = 2_000
DEEPEST = 30
FUNCTIONS = ("greatest", "least", "any", "all", "sum", "count", "min", "max", "nth", "age", "add_years", "days")
WORDS = ("and", "or", "not", "in", "between", "true", "false")
_COMPARING = ("=", "<>", "<", "<=", ">", ">=")
INFIX = ("and", "or", "not", "in", "between")

_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<number>[0-9]+(?:\.[0-9]+)?)|'(?P<word>[^'\\\x00-\x1f]*)'"
    r"|(?P<sign><=|>=|<>|[-+*/(),=<>])"
)


class Refused(Exception):
    """An expression that is not in the language: what stands there, why, and what to write instead."""

    def __init__(self, text: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.text = text
        self.message = message
        self.remedy = remedy


def gate(text: str) -> str:
    """The expression as the parser may see it; `Refused` if it is not in the alphabet."""
    if len(text) > LONGEST:
        raise Refused(text[:40] + "…", f"longer than {LONGEST} characters", "split it into steps")
    if not text.strip():
        raise Refused(text, "empty", "write an expression, for example phh * size")
    out: list[str] = []
    position = depth = unary = 0
    last = ""
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            raise _strange(text, position)
        kind, token = str(found.lastgroup), found[0]
        start, position = position, found.end()
        if kind == "space":
            continue
        after = text[position : position + 1]
        if kind == "number":
            _check_number(token, after, text[start : start + 20])
        if kind == "sign" and token in _COMPARING and out and out[-1] in _COMPARING:
            advice = {"==": "write one =", "=>": "write >=", "=<": "write <=", "><": "write <>"}
            raise Refused(
                out[-1] + token, "two comparing signs in a row", advice.get(out[-1] + token, "write one of them")
            )
        if kind == "name" and token not in WORDS and token.lower() in INFIX and last == "value":
            raise Refused(token, f'"{token}" is written in small letters', f"write {token.lower()}")
        value = kind in ("name", "number", "word") and token not in INFIX
        if last == "value" and (value or token == "("):
            raise Refused(
                text[start : start + 20],
                f'"{token}" follows a value without an operator',
                "write numbers bare, without their unit, and join values by an operator",
            )
        if token == ")" and out and out[-1] == ",":
            raise Refused(text[start - 10 : start + 1], "a comma with nothing after it", "leave the comma out")
        depth += (token == "(") - (token == ")")
        if depth > DEEPEST:
            raise Refused(token, f"brackets nested deeper than {DEEPEST}", "split it into steps")
        if depth < 0:
            raise Refused(token, "a bracket is closed that was never opened", "count the brackets")
        lower = token.lower()
        unary = unary + 1 if lower in ("-", "+", "not") else 0
        if unary > 2:
            raise Refused(token, "more than two signs or `not` in a row", "write it without them")
        if kind == "name":
            written, last = _name(token, lower, text[position:])
        else:
            written, last = token, "sign" if kind == "sign" and token != ")" else "value"
        out.append(written)
    if depth:
        raise Refused("(", "a bracket is not closed", "count the brackets")
    return " ".join(out)


def _name(token: str, lower: str, rest: str) -> tuple[str, str]:
    called = rest.lstrip().startswith("(")
    if lower in WORDS:
        if token != lower:
            raise Refused(token, f'"{token}" is written in small letters', f"write {lower}")
        return lower.upper(), "value" if lower in ("true", "false") else "sign"
    if called and lower in FUNCTIONS and token == lower:
        return f"fn_{lower}", "sign"
    if called:
        advice = nearest_function(lower) or f"a lookup is written by its name alone; use one of {', '.join(FUNCTIONS)}"
        raise Refused(token, f'there is no function "{token}"', advice)
    return f'"{token}"', "value"


def nearest_function(name: str) -> str:
    """What is written instead of a function of another language."""
    meant = {"avg": "sum(x) / size", "average": "sum(x) / size", "if": "a row of a [table]", "iif": "a row of a [table]",
             "case": "a row of a [table]", "round": "round = {to, mode} on a step or table", "floor": "round = {to, mode}",
             "ceil": "round = {to, mode}", "ceiling": "round = {to, mode}", "len": "size", "today": "period_start",
             "now": "period_start", "abs": "greatest(x, -x)", "year": "age(birth_date, period_start)"}  # fmt: skip
    close = get_close_matches(name, FUNCTIONS, 1, 0.7)
    return f"write {meant[name]}" if name in meant else f'did you mean "{close[0]}"?' if close else ""


def _check_number(token: str, after: str, shown: str) -> None:
    if len(token) > 1 and token[0] == "0" and token[1] != ".":
        raise Refused(
            shown,
            "a number may not begin with 0",
            f"write {token.lstrip('0') or '0'}; a large number without spaces or commas: 35000",
        )
    if after.isalpha() or after in ("_", ".") and after:
        raise Refused(shown, "a number runs into other text", "write numbers bare, such as 35 or 0.5, without a unit")
    if len(token) > 30:
        raise Refused(shown, "a number of more than 30 characters", "write a smaller number")


def _strange(text: str, position: int) -> Refused:
    shown = text[position : position + 20]
    sign = text[position]
    if sign == "'":
        return Refused(shown, "a word in quotes that does not end on the line", "close it with '")
    if sign in "\u2018\u2019\u201c\u201d\u201e\u201a":
        return Refused(shown, "a curled quote", "write words in straight single quotes, as in card = 'AAY'")
    if sign == "%":
        return Refused(shown, "a percent sign", "write a share as a fraction, such as 20/100 or 0.2")
    if sign == '"':
        return Refused(shown, "double quotes", "write words in single quotes, as in card = 'AAY'")
    if sign == ";":
        return Refused(shown, "an expression is one formula: no ;", "write one formula only")
    if not sign.isascii():
        return Refused(shown, "a character that is not ASCII outside a word", "write names in a-z, 0-9 and _")
    if sign == "!":
        return Refused(shown, '"!=" is not in the language', "write <>")
    return Refused(shown, f'the sign "{sign}" is not in the language', "use + - * / = <> < <= > >= ( ) , and words")
