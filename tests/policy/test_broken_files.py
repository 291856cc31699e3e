"""Files that are broken as files, and texts that extend each other wrongly: refused with the line, never a traceback."""

import re
import time
from pathlib import Path

import pytest
from policy.samples import GRAIN

from evenhand.actions.policy import read_policy
from evenhand.core.errors import InputError

EXTENDS = 'extends = "grain.toml"\n[policy]\nid = "grain-2"\n'
VALUE = "param.phh.values.2013-07-05.value"


def amend(target: str, action: str, new: str = "with = 5\n") -> bytes:
    return f'{EXTENDS}[[amend]]\ntarget = "{target}"\naction = "{action}"\n{new}source = "Order 5"\n'.encode()


FILES: dict[str, tuple[bytes, str, str]] = {  # the bytes, the place that is named, words of what is said
    "Latin-1": (GRAIN.replace("Grain", "Gräin").encode("latin-1"), "row 3", "not UTF-8"),
    "UTF-16": (GRAIN.encode("utf-16"), "row 1", "not UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf" + GRAIN.encode(), "line 1", "without BOM"),
    "lines of an old Mac": (GRAIN.replace("\n", "\r").encode(), "line 1", "plain line ends"),
    "a zero byte": (GRAIN.replace('kind = "good"', 'kind\0 = "good"').encode(), "line 12", "invisible character"),
    "an image": (bytes(range(256)) * 50, "row 2", "not UTF-8"),
    "nothing": (b"", "line 1", "begin with [policy]"),
    "blank lines": (b"  \n\n# a remark\n", "line 1", "begin with [policy]"),
    "two megabytes": (GRAIN.encode() + b"#" * 2_000_000, "policy.toml: ", "write less than 1000000"),
    "arrays 5,000 deep": ((GRAIN + "[x]\ny = " + "[" * 5000 + "]" * 5000).encode(), "row 48", "nested too deep"),
    "a formula of a megabyte": (GRAIN.replace("phh * size", "(" * 450_000).encode(), "line 33", "split it into steps"),
    "a section again at the end": ((GRAIN + "[policy]\n").encode(), "line 47", "the name stands twice"),
    "extending itself": (b'extends = "policy.toml"\n[policy]\nid = "x"\n', "row 1", "circle"),
    "extending what is not there": (b'extends = "no.toml"\n[policy]\nid = "x"\n', "row 1", "there is no such file"),
    "extending out of its folder": (b'extends = "../grain.toml"\n[policy]\nid = "x"\n', "line 1", 'no ".."'),
    "extending a system file": (b'extends = "/etc/passwd"\n[policy]\nid = "x"\n', "line 1", "no path from the root"),
    "extending an address": (b'extends = "https://a.example/x.toml"\n[policy]\nid = "x"\n', "line 1", "same folder"),
    "extending two": (b'extends = ["grain.toml", "b.toml"]\n[policy]\nid = "x"\n', "line 1", "same folder"),
    "two that extend each other": (b'extends = "circle.toml"\n[policy]\nid = "x"\n', "row 1", "circle"),
    "the same id": (b'extends = "grain.toml"\n[policy]\nid = "grain"\n', "line 3", "an id of its own"),
    "the base's name again": ((EXTENDS + '[step.large]\nis = "size > 3"\n').encode(), "line 4", "[[amend]]"),
    "amending what is not there": (amend("param.phn.values", "add"), "line 5", 'did you mean "phh"?'),
    "amending another day": (amend("param.phh.values.2013-07-06.value", "replace"), "line 5", '"2013-07-05"?'),
    "an unknown action": (amend(VALUE, "change"), "line 6", "replace, withdraw, add"),
    "amending without new text": (amend(VALUE, "replace", ""), "line 4", '"with" is missing'),
    "amending with nonsense": (amend("table.due.aay.then", "replace", 'with = "35 *"\n'), "line 7", "stands after *"),
    "amending without a source": (amend(VALUE, "replace").replace(b'source = "Order 5"\n', b""), "line 4", "source ="),
    "withdrawing the only entitlement": (amend("entitlement.grain", "withdraw", ""), "line 1", "no entitlement"),
    "withdrawing the only benefit": (amend("benefit.grain", "withdraw", ""), "line 1", "no benefit"),
    "adding a word without a price": (amend("category.card", "add", 'with = "BPL"\n'), "line 25", "no value for BPL"),
    "one path amended twice": (
        amend(VALUE, "replace") + amend(VALUE, "replace").removeprefix(EXTENDS.encode()), "line 10", "amended twice"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_broken_file_is_refused_at_once_with_its_place(name: str, tmp_path: Path) -> None:
    data, place, words = FILES[name]
    path = tmp_path / "policy.toml"
    (tmp_path / "grain.toml").write_text(GRAIN, "utf-8")
    (tmp_path / "circle.toml").write_bytes(b'extends = "policy.toml"\n[policy]\nid = "y"\n')
    path.write_bytes(data)
    before = time.process_time()
    with pytest.raises(InputError) as caught:
        read_policy(path)
    assert time.process_time() - before < 1
    told = " | ".join(problem.line() for problem in caught.value.problems)
    assert re.search(rf"{re.escape(place)}\b" if place[-1].isdigit() else re.escape(place), told), told
    assert words in told, told
    assert all(problem.remedy for problem in caught.value.problems)
