"""What if: sentences that change a network, in the words of its tables.

    stock COMMODITY@NODE +N | -N | N         lane LANE closed | capacity N | capacity none
    demand POINT COMMODITY RUNG +N | -N | N  handling NODE +N | -N | N | none
    fuel DEPOT +N | -N | N

A unit may stand behind N: +500t, +500 t. The capacity of a lane that several commodities share is that of all of them
together.

`;` joins several changes to one scenario; an id with blanks stands in "quotation marks".
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from evenhand.core.errors import UsageError
from evenhand.flow.allocation.check import Input
from evenhand.flow.allocation.pools import FUEL, SHARED, Pool
from evenhand.flow.allocation.tables import LARGEST

Array = np.ndarray[Any, Any]

GRAMMAR = (
    'write "stock COMMODITY@NODE +N", "lane LANE closed", "lane LANE capacity N" (or none), '
    '"demand POINT COMMODITY RUNG +N", "handling NODE N" (or none) or "fuel DEPOT +N"; N is whole: '
    "+N adds, -N takes away, N alone replaces; join changes with ;"
)


def unit_of(sentences: Sequence[str], unit: str = "") -> str:
    """The word behind quantities, as in +500t or +500 t: `unit`, or where that is empty the one the sentences use.
    UsageError where they use another, or two."""
    for sentence in sentences:
        for part in _split(sentence):
            _, word = _bare(part)
            if word and not unit:
                unit = word
            elif word and word != unit:
                raise _refusal(sentence, word, f"is another unit than {unit}, in which quantities are counted")
    return unit


def _bare(words: list[str]) -> tuple[list[str], str]:
    """The words of a change without the unit behind its number, and the unit. Fuel is in litres always."""
    unit = ""
    glued = re.fullmatch(r"([+-]?[0-9]+)([^\W\d_]\w{0,15})", words[-1]) if len(words) > 2 else None
    if glued:
        words, unit = [*words[:-1], glued[1]], glued[2]
    elif (
        len(words) > 3
        and words[-1] not in ("none", "closed")
        and re.fullmatch(r"[+-]?[0-9]+", words[-2])
        and re.fullmatch(r"[^\W\d_]\w{0,15}", words[-1])
    ):
        words, unit = words[:-1], words[-1]
    return words, "" if words and words[0] == "fuel" and unit in ("l", "L", "litre", "litres") else unit


def changed(given: Input, sentence: str) -> Input:
    """The network as the sentence changes it. UsageError names the part that is not understood or not there. A unit behind
    a number is left out: `unit_of` sees that it is the one meant."""
    parts = [_bare(part)[0] for part in _split(sentence) if part]
    if not parts:
        raise _refusal(sentence, "", "says nothing")
    for words in parts:
        kind = words[0]
        if kind not in CHANGES:
            raise _refusal(sentence, kind, f"is none of {', '.join(CHANGES)}")
        given = CHANGES[kind](given, sentence, words[1:])
    return given


def _refusal(sentence: str, part: str, message: str) -> UsageError:
    return UsageError(f'--what-if "{sentence}": "{part}" {message}', GRAMMAR)


def _split(sentence: str) -> list[list[str]]:
    """The words of each change."""
    lexer = shlex.shlex(sentence, posix=True, punctuation_chars=";")
    lexer.whitespace_split, lexer.commenters, lexer.quotes, lexer.escape = True, "", '"', ""
    parts: list[list[str]] = [[]]
    try:
        for word in lexer:
            if set(word) == {";"}:
                parts.append([])
            else:
                parts[-1].append(word)
    except ValueError as error:
        raise _refusal(sentence, sentence.partition('"')[2], "has a quotation mark that is not closed") from error
    return parts


def _find(names: list[str], name: str, what: str, sentence: str) -> int:
    if name in names:
        return names.index(name)
    near = get_close_matches(name, names, 1)
    raise _refusal(sentence, name, f"is no {what}" + (f'; is "{near[0]}" meant?' if near else ""))


def _amount(was: int, text: str, sentence: str, what: str) -> int:
    """`was` changed by +N or -N, or replaced by N."""
    if not re.fullmatch(r"[+-]?[0-9]{1,19}", text, re.ASCII):
        raise _refusal(sentence, text, "is no whole number such as +500, -500 or 500")
    now = was + int(text) if text[0] in "+-" else int(text)
    if now < 0:
        raise _refusal(sentence, text, f"takes away more than there is: the {what} is {was}")
    if now > LARGEST:
        raise _refusal(sentence, text, "is too large")
    return now


def _count(sentence: str, words: list[str], kind: str, form: str, count: int) -> None:
    if len(words) < count:
        raise _refusal(sentence, " ".join([kind, *words]), f"ends too early: {kind} {form}")
    if len(words) > count:
        raise _refusal(sentence, " ".join(words[count:]), f"is too much: {kind} {form}")


def _put(columns: tuple[Array, ...], values: Array, key: tuple[int, ...], now: int) -> tuple[tuple[Array, ...], Array]:
    """Set the value of the row with this key, or add the row."""
    there = np.ones(len(values), bool)
    for column, part in zip(columns, key, strict=True):
        there &= column == part
    if there.any():
        return columns, np.where(there, now, values)
    added = tuple(np.append(column, part) for column, part in zip(columns, key, strict=True))
    return added, np.append(values, now)


def _was(columns: tuple[Array, ...], values: Array, key: tuple[int, ...], default: int = 0) -> int:
    there = np.ones(len(values), bool)
    for column, part in zip(columns, key, strict=True):
        there &= column == part
    return int(values[there][0]) if there.any() else default


def _stock(given: Input, sentence: str, words: list[str]) -> Input:
    _count(sentence, words, "stock", "COMMODITY@NODE +N", 2)
    nodes, goods = given.nodes.to_pylist(), given.commodities.to_pylist()
    cuts = [(words[0][:at], words[0][at + 1 :]) for at, sign in enumerate(words[0]) if sign == "@"]
    if not cuts:
        raise _refusal(sentence, words[0], "is not COMMODITY@NODE")
    commodity, node = next((cut for cut in cuts if cut[0] in goods and cut[1] in nodes), cuts[0])
    key = (_find(nodes, node, "node", sentence), _find(goods, commodity, "commodity of supply or demand", sentence))
    columns = given.supply_node, given.supply_commodity
    now = _amount(_was(columns, given.supply_quantity, key), words[1], sentence, "stock")
    (node_column, commodity_column), quantity = _put(columns, given.supply_quantity, key, now)
    return replace(given, supply_node=node_column, supply_commodity=commodity_column, supply_quantity=quantity)


def _lane(given: Input, sentence: str, words: list[str]) -> Input:
    if len(words) < 2:
        raise _refusal(sentence, " ".join(["lane", *words]), "ends too early: lane LANE closed, or capacity N")
    lane = _find(given.lanes.to_pylist(), words[0], "lane", sentence)
    pool = next((n for n, p in enumerate(given.pools) if p.kind == SHARED and p.lanes == (lane,)), -1)
    was = given.pools[pool].capacity if pool >= 0 else int(given.lane_capacity[lane])
    if words[1] == "closed":
        _count(sentence, words, "lane", "LANE closed", 2)
        now = 0
    elif words[1] == "capacity":
        _count(sentence, words, "lane", "LANE capacity N", 3)
        if words[2] != "none" and was < 0 and words[2][:1] in ("+", "-"):
            raise _refusal(sentence, words[2], "cannot be added: the lane has no limit")
        now = -1 if words[2] == "none" else _amount(was, words[2], sentence, "capacity")
    else:
        raise _refusal(sentence, words[1], "is neither closed nor capacity")
    if pool >= 0 and now > 0:
        return replace(given, pools=_pool(given, pool, now))
    if pool >= 0 and now < 0:
        return replace(given, pools=(*given.pools[:pool], *given.pools[pool + 1 :]))
    capacity = given.lane_capacity.copy()
    capacity[lane] = now
    return replace(given, lane_capacity=capacity)


def _pool(given: Input, place: int, capacity: int) -> tuple[Pool, ...]:
    return (*given.pools[:place], replace(given.pools[place], capacity=capacity), *given.pools[place + 1 :])


def _fuel(given: Input, sentence: str, words: list[str]) -> Input:
    _count(sentence, words, "fuel", "DEPOT +N", 2)
    depots = {pool.name: place for place, pool in enumerate(given.pools) if pool.kind == FUEL}
    _find(sorted(depots), words[0], "depot with a limit of fuel", sentence)
    place = depots[words[0]]
    return replace(given, pools=_pool(given, place, _amount(given.pools[place].capacity, words[1], sentence, "fuel")))


def _demand(given: Input, sentence: str, words: list[str]) -> Input:
    _count(sentence, words, "demand", "POINT COMMODITY RUNG +N", 4)
    nodes = given.nodes.to_pylist()
    points = [nodes[n] for n in np.unique(given.demand_node).tolist()]
    _find(points, words[0], "point that is due anything", sentence)
    commodity = _find(given.commodities.to_pylist(), words[1], "commodity of supply or demand", sentence)
    if not re.fullmatch(r"[1-9][0-9]{0,17}", words[2], re.ASCII):
        raise _refusal(sentence, words[2], "is no rung (1, 2, …)")
    key = (nodes.index(words[0]), commodity, int(words[2]))
    columns = given.demand_node, given.demand_commodity, given.demand_rung
    now = _amount(_was(columns, given.demand_quantity, key), words[3], sentence, "demand")
    (node, good, rung), quantity = _put(columns, given.demand_quantity, key, now)
    return replace(given, demand_node=node, demand_commodity=good, demand_rung=rung, demand_quantity=quantity)


def _handling(given: Input, sentence: str, words: list[str]) -> Input:
    _count(sentence, words, "handling", "NODE N", 2)
    node = _find(given.nodes.to_pylist(), words[0], "node", sentence)
    if words[1] == "none":
        kept = given.handling_node != node
        return replace(
            given,
            handling_node=given.handling_node[kept],
            handling_capacity=given.handling_capacity[kept],
            handling_row=given.handling_row[kept],
        )
    was = _was((given.handling_node,), given.handling_capacity, (node,), -1)
    if was < 0 and words[1][:1] in ("+", "-"):
        raise _refusal(sentence, words[1], "cannot be added: the node has no handling limit")
    now = _amount(was, words[1], sentence, "capacity")
    (nodes,), capacity = _put((given.handling_node,), given.handling_capacity, (node,), now)
    order = np.argsort(nodes, kind="stable")
    rows = np.append(given.handling_row, [0] * (len(nodes) - len(given.handling_row))).astype(np.int64)
    return replace(given, handling_node=nodes[order], handling_capacity=capacity[order], handling_row=rows[order])


CHANGES = {"stock": _stock, "lane": _lane, "demand": _demand, "handling": _handling, "fuel": _fuel}

__all__ = ["GRAMMAR", "changed"]
