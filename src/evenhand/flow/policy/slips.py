"""Text that is not TOML: what the officer most likely meant, and how to write it."""

from __future__ import annotations

import re

_DATE = "write dates as year-month-day, such as 2013-07-05"
_SLIPS: tuple[tuple[str, str], ...] = (
    ("[\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb]", "write straight quotes, as in \"kg\" or 'AAY'"),
    ("\u00a0", "a space that does not break stands here: write a plain one"),
    (r",\s*\}", "leave the last comma before } out"),
    (r"\{[^}]*,\s*$", "write everything between { and } on one line"),
    (r"=\s*\"[^\"]*\"[A-Za-z0-9]", "write words inside a formula in single quotes, as in \"card = 'AAY'\""),
    (r"=\s*'[^']*'[A-Za-z0-9]", "write the formula in double quotes, as in \"card = 'AAY'\""),
    (r"[0-9]\s*%", 'write a share as a fraction, such as "1/5", or as 0.2, without the percent sign'),
    (r"[=\[,]\s*-?[0-9]+,[0-9]+\s*(?:[,}\]#]|$)", "write decimals with a point, such as 5.5"),
    (r"=\s*[0-9]{1,4}[/.][0-9]{1,2}[/.][0-9]{1,4}\b", _DATE),
    (r"=\s*[0-9]{1,2}-[0-9]{1,2}-[0-9]{2,4}\b", _DATE),
    (r"=\s*[0-9]{4}-[0-9]{2}\s*(?:[,}\]#]|$)", _DATE),
    (r"=\s*[0-9]{5,}-[0-9]{2}-[0-9]{2}", "write the year with four digits, such as 2013-07-05"),
    (
        r"=\s*[0-9]{4}-(?:1[3-9]|[2-9][0-9]|00)-[0-9]{2}",
        "there is no such month: write year-month-day, such as 2013-07-05",
    ),
    (r"=\s*[0-9]{4}-(?:[0-9]-|[0-9]{2}-[0-9](?![0-9]))", "write dates with two digits each, such as 2013-07-05"),
    (r"=\s*[-+]?0[0-9]", "write numbers without a leading zero"),
    (r"=\s*[-+]?(?:\.[0-9]|[0-9]+\.\s*(?:[,}\]#]|$))", "write digits on both sides of the point, such as 0.6 or 6.0"),
    (r"=\s*[^\x00-\x7f]", "write numbers in the digits 0-9, and texts in quotes"),
    (r"=\s*(?:#|$)", 'write a value after the =, as in unit = "kg"'),
    (r"=\s*[0-9.]+\s*[A-Za-z]+", 'write a quantity in quotes, as in "500 g"'),
    (r"=\s*(?:True|False|TRUE|FALSE|yes|no|Yes|No)\b", "write true or false in small letters"),
    (r"^[^\"'#=]*[^\x00-\x7f][^\"'#=]*=", "write names in a-z, 0-9 and _, without letters of other alphabets"),
    (r"^\s*\[[^\]\"']*[^\x00-\x7f]", "write names in a-z, 0-9 and _, without letters of other alphabets"),
    (r";\s*$", "a line ends without ;"),
    (r"^\s*[A-Za-z_]+\s+[\"']", 'write key = value, as in unit = "kg"'),
    (r"^\s*[A-Za-z_]+\s*:", 'write key = value, as in unit = "kg"'),
    (r"=\s*[A-Za-z_][A-Za-z0-9_ -]*\s*(?:[,}\]#]|$)", 'write texts in quotes, as in kind = "good"'),
)


def remedy(message: str, line: str) -> str:
    """What to write instead of `line`, which tomllib refused with `message`."""
    if "\r" in line.rstrip("\r"):
        return "save the file with plain line ends (LF)"
    if "Illegal character '\\x" in message or re.search(
        r"[\x00-\x08\x0b-\x1f\x7f\u200b\u2060\ufeff]", line.rstrip("\r")
    ):
        return "take the invisible character out"
    if "Unescaped" in message:
        return "write \\\\ for one \\, or put the text in single quotes"
    if any(word in message for word in ("namespace", "overwrite", "twice", "mutate", "Duplicate")):
        return "the name stands twice: keep one of the two"
    if "Invalid date" in message and re.search(r"=\s*[0-9]{4}-[0-9]{2}-[0-9]{2}", line):
        return "there is no such day: look at the month's length"
    for pattern, advice in _SLIPS:
        if re.search(pattern, line):
            return advice
    if "Unclosed" in message or "Unterminated" in message or line.count('"') % 2:
        return "close every quote and bracket that is opened on this line or above it"
    return "mend the line (see spec/policy-grammar.md)"
