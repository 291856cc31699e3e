"""The rows of a lookup: keys of every level, `each_more` and `other`, and that no key goes without a value."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Mapping
from fractions import Fraction

from evenhand.flow.policy.model import Input
from evenhand.flow.policy.sheet import Sheet, nearest

Key = tuple[str, ...]

_WHOLE = re.compile(r"(0|[1-9][0-9]{0,5})\Z")
REST = ("each_more", "other")


def flatten(sheet: Sheet, depth: int) -> dict[Key, Fraction]:
    """The values by their keys; `each_more` and `other` stand as the last key, after those they go with."""
    if sheet.path[-1] != "rows" and not sheet.data:
        return {}
    rows: dict[Key, Fraction] = {}
    for key in sheet.data:
        if depth > 1 and not (key == "other" and not isinstance(sheet.data[key], dict)):
            inner = flatten(sheet.child(key), depth - 1)
            rows.update({(key, *rest): value for rest, value in inner.items()})
            continue
        value = sheet.fraction(key, "5")
        if value is not None:
            rows[(key,)] = value
    return rows


def check_keys(sheet: Sheet, by: Key, rows: Mapping[Key, Fraction], mores: Mapping[Key, Fraction],
               others: Mapping[Key, Fraction], inputs: dict[str, Input],
               categories: dict[str, Key]) -> None:  # fmt: skip
    """Note every key that is no value of its input, and every value of an input that has no key."""
    lists = [_words(name, inputs, categories) for name in by]
    for key in dict.fromkeys([*rows, *((*before, "each_more") for before in mores)]):
        for position, (name, words) in enumerate(zip(by, lists, strict=True)):
            text = key[position] if position < len(key) else ""
            if text == "each_more" and position == len(by) - 1:
                if words is not None:
                    sheet.fault(
                        "each_more", f"each_more goes on from a number, and {name} has words", "write other = …"
                    )
            elif words is not None and text not in words:
                advice = nearest(text, words, f"use {', '.join(words)}")
                sheet.fault(None, f'"{text}" is not one of the words of {name}', advice, text)
            elif words is None and not _WHOLE.match(text):
                message = f'"{text}" is not a whole number, and {name} is'
                sheet.fault(None, message, "write whole numbers as keys", text)
    if not rows and not others:
        sheet.fault(None, "no rows", "write rows = {key = value, …}")
    elif rows or () not in others:
        _check_whole(sheet, (), by, lists, rows, mores, others)


def _words(name: str, inputs: dict[str, Input], categories: dict[str, Key]) -> Key | None:
    """The words an input, or a category by itself, can be; None for a number."""
    found = inputs.get(name)
    if found is None:
        return categories.get(name)
    if found.type == "category":
        return categories.get(found.category)
    return ("true", "false") if found.type == "bool" else None


def _check_whole(sheet: Sheet, before: Key, by: Key, lists: list[Key | None], rows: Collection[Key],
                 mores: Mapping[Key, Fraction], others: Mapping[Key, Fraction]) -> None:  # fmt: skip
    """Every key has a value, level by level."""
    if before in others:
        return
    depth = len(before)
    words = lists[depth]
    here = dict.fromkeys(key[depth] for key in rows if key[:depth] == before)
    if depth == len(by) - 1:
        _check_last(sheet, before, by[depth], words, here, mores)
        return
    if words is None:
        sheet.fault(None, f"{by[depth]} may be a number that has no row", "write other = …")
    missing = [word for word in words or () if word not in here and not _within(others, (*before, word))]
    if missing and all(word is not None for word in lists):
        rest = [key for word in missing for key in itertools.product(*(words_ or () for words_ in lists[depth + 1 :]))]
        shown = " / ".join((*before, missing[0], *(rest[0] if rest else ())))
        _tell_missing(sheet, shown, len(rest))
    elif missing:
        _tell_missing(sheet, " / ".join((*before, missing[0])), len(missing))
    for word in here:
        if words is None or word in words:
            _check_whole(sheet, (*before, word), by, lists, rows, mores, others)


def _within(others: Mapping[Key, Fraction], before: Key) -> bool:
    return any(before[:length] in others for length in range(len(before) + 1))


def _check_last(sheet: Sheet, before: Key, name: str, words: Key | None, here: Mapping[str, None],
                mores: Mapping[Key, Fraction]) -> None:  # fmt: skip
    if words is not None:
        missing = [word for word in words if word not in here]
        if missing:
            _tell_missing(sheet, " / ".join((*before, missing[0])), len(missing))
    elif before in mores:
        numbers = sorted(int(key) for key in here if key.isdigit())
        if not numbers or numbers != list(range(numbers[0], numbers[0] + len(numbers))):
            advice = "give every number from the first to the last a value"
            sheet.fault(None, "the numbers have a gap before each_more", advice)
    else:
        sheet.fault(None, f"{name} may be a number that has no row", "write each_more = … or other = …")


def _tell_missing(sheet: Sheet, shown: str, count: int) -> None:
    more = f" and {count - 1} more" if count > 1 else ""
    sheet.fault(None, f"no value for {shown}{more}", "give every key a value, or write other = …", shown)
