"""Files made to break the loader: refused at once, never a traceback."""

import random
import re
import time
from pathlib import Path

import pytest
from entitlement.rich_policy import policy_text
from policy.samples import GRAIN

from evenhand.core.errors import EvenhandError, InputError
from evenhand.flow.policy import load, run_tests

HUGE = {
    "brackets in an expression": GRAIN.replace('"due"', '"' + "(" * 990_000 + '"'),
    "more than a megabyte": GRAIN + "#" * 1_000_000,
    "nested arrays": GRAIN + "\n[x]\ny = " + "[" * 900_000,
    "nested tables": GRAIN + "\n[x]\ny = " + "{a = " * 180_000,
    "a long dotted key": GRAIN + "\n" + ".".join(["a"] * 300_000) + " = 1",
    "unknown keys": GRAIN.replace("[policy]", "[policy]\n" + "\n".join(f"k{i} = 1" for i in range(60_000))),
    "many rows": GRAIN.replace(
        "rows = [\n", "rows = [" + "{id = 'a', when = 'size > 2', then = '1', because = 'x'}," * 9_000 + "\n"
    ),
    "rules upon rules": GRAIN
    + "".join(f'[step.s{i}]\nis = "s{i + 1} and s{i + 1}"\n' for i in range(300))
    + '[step.s300]\nis = "true"\n',
    "an absurd number": GRAIN.replace("value = 6", "value = 1e999999999"),
    "an absurd integer": GRAIN.replace("value = 6", "value = " + "9" * 5000),
    "a zero byte": GRAIN + "\x00",
    "nothing": "",
    "no policy": "hello",
}


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_or_senseless_file_is_refused_at_once(name: str) -> None:
    before = time.process_time()
    with pytest.raises(InputError) as caught:
        load(HUGE[name], "hostile.toml")
    assert all(problem.remedy for problem in caught.value.problems)
    assert time.process_time() - before < 10


def test_a_policy_spoiled_anywhere_is_loaded_or_refused() -> None:
    chance = random.Random(4)
    pieces = [
        '"',
        "'",
        "{",
        "}",
        "[",
        "]",
        "=",
        "0",
        "-1",
        "nan",
        "inf",
        "[[",
        "\n",
        ",",
        "true",
        "size",
        "sum(",
        ")",
        "1/0",
        "any(",
        "age(",
        "and",
        "not",
        "{}",
        "[]",
        "é",
        "9999-12-31",
        "0001-01-01",
        "* size * size",
        "/ rent",
        "07:32:00",
        '"1/3"',
        '"kg/person"',
    ]
    sources = [GRAIN, policy_text("floor")]
    for _ in range(250):
        text = chance.choice(sources)
        for _ in range(chance.choice([1, 1, 2])):
            tokens = [found.span() for found in re.finditer(r"[A-Za-z_0-9.]+|\S", text)]
            start, end = chance.choice(tokens)
            text = text[:start] + chance.choice([*pieces, text[slice(*chance.choice(tokens))], ""]) + text[end:]
        try:
            run_tests(load(text, "spoiled.toml"))
        except EvenhandError as error:
            assert error.lines()


def test_no_policy_reaches_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("x\n1\n")
    for trick in (f"read_csv('{secret}')", f"'{secret}'", "household", "due.x", "pg_catalog", "getenv('HOME')"):
        with pytest.raises(InputError):
            load(GRAIN.replace("phh * size", trick), "trick.toml")
