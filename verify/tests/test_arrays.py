"""The checks on arrays against their plain form: the same verdicts in the same words, whatever the tables say."""

from __future__ import annotations

import copy
import random
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from checker_kit import plain, plain_case
from checker_kit.cases import Rows, rows_of, tables_of
from checker_kit.filling import Instance
from evenhand_verify import allocation, case, exact, fairness
from evenhand_verify.columns import Columns, decimals
from evenhand_verify.numbers import NumberError, integer
from evenhand_verify.result import Malformed, run_check

SIZES = (1, 1, 10**6 + 3, 2**58 + 1, 2**62 - 1, 10**30)
GOODS = ("grain", "oil", "salt")
Verdict = list[tuple[str, str, list[str]]] | str


def instance(chance: random.Random) -> Instance:
    depots, points = [f"D{i}" for i in range(chance.randint(1, 3))], [f"P{i}" for i in range(chance.randint(1, 4))]
    supply = {node: chance.randint(0, 30) for node in depots}
    supply |= {node: chance.randint(0, 6) for node in points if chance.random() < 0.3}
    lanes = {}
    for depot in depots:
        for other in [*points, *depots]:
            if other != depot and chance.random() < (0.7 if other in points else 0.2):
                lanes[f"{depot}-{other}"] = (depot, other, None if chance.random() < 0.4 else chance.randint(0, 12))
    ladders = {p: [chance.choice([0, 3, 5, 8, 13]) for _ in range(chance.randint(1, 3))] for p in points}
    return Instance(supply, lanes, ladders, depots)


def honest(chance: random.Random) -> Rows:
    """One to three commodities on the nodes that all have, divided fairly; every node stands in a block of each."""
    goods = GOODS[: chance.randint(1, 3)]
    rows = rows_of({good: instance(chance) for good in goods})
    size = chance.choice(SIZES)
    for table, column in (("supply", 2), ("lanes", 4), ("demand", 3), ("levels", 5), ("flows", 2)):
        for row in rows[table]:
            row[column] = row[column] if row[column] == "" else row[column] * size
    stands, spare = {(row[0], row[1]) for row in rows["certificate"]}, len(rows["blocks"])
    alone = [[node, good, spare] for node, _ in rows["nodes"] for good in goods if (node, good) not in stands]
    if alone:  # a block of nodes that this commodity does not reach
        rows["blocks"].append([spare, 0, 0, 1])
        rows["certificate"] += alone
    return rows


def forge(rows: Rows, chance: random.Random) -> None:
    """One change of one row of any table."""
    table = chance.choice([*rows, "levels", "flows", "blocks", "certificate"])
    if not rows[table]:
        return
    row = chance.choice(rows[table])
    what = chance.random()
    if what < 0.1:
        rows[table].remove(row)
    elif what < 0.2:
        rows[table].append([chance.choice(["Atlantis", *GOODS]) if isinstance(c, str) and c else c for c in row])
    else:
        column = chance.randrange(len(row))
        elsewhere = [other[column] for other in rows[table]]
        old = row[column]
        near = (
            [old + 1, old - 1, -old, 2 * old, 0, 1, 2**63, 10**25]
            if isinstance(old, int)
            else ["Atlantis", "tea", "P0"]
        )
        row[column] = chance.choice(elsewhere if old == "" else [*near, *elsewhere])


def same_keys(tables: dict[str, Columns]) -> bool:
    """Whether a key stands twice: files with such a table are not read at all."""
    keys = {"nodes": 1, "supply": 2, "lanes": 1, "demand": 3, "levels": 2, "flows": 2, "blocks": 1, "certificate": 2}
    return any(
        max(Counter(tables[name].rows(*list(tables[name].columns)[:n])).values(), default=1) > 1
        for name, n in keys.items()
    )


def with_more(rows: Rows, chance: random.Random) -> dict[str, Columns]:
    """The tables, sometimes with handling capacities or bundles."""
    tables = tables_of(rows)
    some = chance.random()
    if some < 0.2:
        nodes = [row[0] for row in rows["nodes"] if chance.random() < 0.4]
        capacity = [chance.choice([row[2] for row in rows["supply"]] or [5]) * chance.randint(0, 2) for _ in nodes]
        tables["handling"] = Columns.of("handling", ("node", "capacity"), list(zip(nodes, capacity, strict=True)))
    elif some < 0.4:
        tables["bundles"] = Columns.of("bundles", ("bundle", "commodity"), [("box", "grain"), ("box", "oil")])
    return tables


def verdict(form: Any, checks: Any, make: Callable[[Any, Any], Any], tables: dict[str, Columns]) -> Verdict:
    try:
        made = make(form.problem(tables), form.answer(tables))
    except Malformed as error:
        return str(error)
    found = [run_check(check, made) for check in checks.CHECKS]
    # The plain form also counts what a handling capacity lets through of goods that do not exist: told before, as such.
    return [(o.name, o.figure, o.failures[: 1 if "handling" in tables else None]) for o in found]


def both(tables: dict[str, Columns]) -> tuple[Verdict, Verdict]:
    new = verdict(allocation, fairness, case.Case, tables)
    return new, verdict(plain_case, plain, plain_case.Case, tables)


def test_honest_and_forged_answers_get_the_same_verdict_in_the_same_words() -> None:
    chance, seen = random.Random(13), Counter[str]()
    for _ in range(150):
        rows = honest(chance)
        new, old = both(tables_of(rows))
        assert new == old
        seen["fair" if not isinstance(new, str) and not any(failed for _, _, failed in new) else "not fair"] += 1
        for _ in range(10):
            forged = copy.deepcopy(rows)
            for _ in range(chance.randint(1, 4)):
                forge(forged, chance)
            tables = with_more(forged, chance)
            if same_keys(tables):
                continue
            new, old = both(tables)
            assert new == old, forged
            seen["malformed" if isinstance(new, str) else "checked"] += 1
            seen.update([] if isinstance(new, str) else [name for name, _, failed in new if failed])
    assert (
        seen["fair"] > 100 and seen["malformed"] > 100 and min(seen[check.name] for check in fairness.CHECKS) > 100
    ), seen


TEXTS = ("0", "7", "-7", "123456789012345678", "-123456789012345678", "1" * 19, "9" * 40)
ODD = ("", "-", "-0", "+1", "01", "-01", " 1", "1 ", "1_0", "1.0", "1e3", "0x1", "٣", "NaN", "--1", "1-", "9" * 4001)


def test_decimal_texts_are_read_at_once_only_where_each_is_in_its_one_form() -> None:
    assert decimals(pa.array(TEXTS[:5])).tolist() == [int(text) for text in TEXTS[:5]]
    assert decimals(pa.array(["99", *TEXTS[:5]]).slice(2, 3)).tolist() == [7, -7, 123456789012345678]
    for text in (*TEXTS[5:], *ODD):
        assert decimals(pa.array(["12", text, "3"])) is None, text
    assert decimals(pa.array(["1", None])) is None and decimals(pa.array([], pa.string())).tolist() == []


@pytest.mark.parametrize("text", [*TEXTS, *ODD])
def test_a_column_of_texts_says_what_each_text_says(text: str) -> None:
    table = Columns("levels", {"num": pa.array(["5", text])}, 2)
    try:
        wanted = integer(text)
    except NumberError:
        with pytest.raises(NumberError):
            table.whole("num")
        return
    assert table.whole("num").tolist() == [5, wanted]


def number(chance: random.Random) -> int:
    return chance.choice([1, -1]) * chance.choice(
        [chance.randrange(9), 2 ** chance.randrange(130) + chance.randrange(-2, 3)]
    )


def test_arithmetic_on_arrays_is_that_of_pythons_integers() -> None:
    chance = random.Random(4)
    for _ in range(400):
        top = chance.choice([10, 2**31, 2**62, 2**63, 2**200])
        a, b, c, d = ([number(chance) % (2 * top) - top for _ in range(5)] for _ in range(4))
        b, d = [abs(x) or 1 for x in b], [abs(x) or 1 for x in d]
        arrays = [exact.whole(values) for values in (a, b, c, d)]
        assert exact.times(arrays[0], arrays[2]).tolist() == [x * y for x, y in zip(a, c, strict=True)]
        assert exact.plus(arrays[0], arrays[2]).tolist() == [x + y for x, y in zip(a, c, strict=True)]
        order = [(x > y) - (x < y) for x, y in zip(map(Fraction, a, b), map(Fraction, c, d), strict=True)]
        assert exact.signs(*arrays).tolist() == order
        at = np.array([chance.randrange(3) for _ in range(5)])
        total = [sum(x for x, place in zip(a, at, strict=True) if place == p) for p in range(3)]
        assert exact.sums(at, arrays[0], 3).tolist() == total
        num, den = exact.fraction_sums(at, arrays[0], arrays[1], 3)
        shares = [sum(Fraction(x, y) for x, y, place in zip(a, b, at, strict=True) if place == p) for p in range(3)]
        assert [Fraction(int(x), int(y)) for x, y in zip(num, den, strict=True)] == shares


def test_levels_stand_in_their_order_whatever_the_size_of_their_numbers() -> None:
    chance = random.Random(5)
    for top in (3, 2**62, 2**400):
        den = [chance.randrange(1, top) for _ in range(40)]
        num = [chance.randrange(d) for d in den]
        rungs = [chance.randrange(3) for _ in den]
        values = [r + Fraction(n, d) for r, n, d in zip(rungs, num, den, strict=True)]
        places = {value: place for place, value in enumerate(sorted(set(values)))}
        found = case.order_of(*(exact.whole(column) for column in (rungs, num, den)))
        assert found == [places[value] for value in values]
