"""What a person does with a policy file: check it, run its tests, run it on households. No database is needed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from evenhand.actions.key_order import households_in_order, members_in_order
from evenhand.actions.policy_files import (
    absent_inputs,
    as_table,
    header_of,
    kinds_of,
    publish,
    refuse_faults,
    same_keys,
)
from evenhand.core.engine import Engine
from evenhand.core.errors import UsageError, input_error
from evenhand.flow.entitlement import faults_plan, needs, plan
from evenhand.flow.policy import (
    Policy,
    TestResult,
    drafts,
    extended,
    join,
    load,
    period_for,
    run_tests,
    untouched_rows,
    written,
)
from evenhand.flow.policy.join import MOST_TEXTS

LARGEST_BYTES = 4_000_000


@dataclass(frozen=True)
class Ran:
    """What `run_policy` did. `totals` are base units (of 1/parts) by entitlement."""

    policy: str
    period: str
    households: int
    undecided: int
    totals: dict[str, int]
    files: tuple[Path, ...]


def read_policy(path: Path) -> Policy:
    """The policy in a file; InputError with every fault and its line."""
    return load(read_policy_text(path), str(path))


def read_policy_text(path: Path) -> str:
    """The text of a policy as it is adopted: the file's own, or, where it extends others, all of them joined.

    What it extends lies in its own folder or below: nothing else is ever read.
    """
    texts = [(path.name, _text(path))]
    folder = path.parent.resolve()
    here, shown = path, str(path)
    while (name := extended(texts[-1][1], shown)) is not None:
        here = here.parent / name
        shown = str(here)
        if not here.resolve().is_relative_to(folder):
            raise input_error(
                shown, 0, "extends", name, "it lies outside the policy's folder", "copy it beside the policy"
            )
        known = [here.parent / path.name, *(folder / other for other, _ in texts)]
        if here.resolve() in [one.resolve() for one in known] or len(texts) >= MOST_TEXTS:
            chain = " -> ".join([*(other for other, _ in texts), name])
            raise input_error(str(path), 1, "extends", name, f"texts extend each other in a circle or too far: {chain}",
                              "let the first of them stand by itself")  # fmt: skip
        if not here.is_file():
            advice = "put it beside the policy, or mend the name"
            raise input_error(str(path), 1, "extends", name, "there is no such file", advice)
        texts.append((here.relative_to(path.parent).as_posix(), _text(here)))
    return texts[0][1] if len(texts) == 1 else join(texts, str(path))


def _text(path: Path) -> str:
    """A file's text; InputError if it cannot be read."""
    name = str(path)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise input_error(name, 0, "", None, "far too long for a policy", "give the policy's own file")
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = bytes(error.object[: error.start]).count(b"\n") + 1
        raise input_error(name, line, "", None, "the text here is not UTF-8", "save the file as UTF-8") from None
    except OSError as error:
        raise input_error(name, 0, "", None, f"it cannot be read: {error.strerror}", "check the path") from None


def run_policy_tests(path: Path) -> tuple[Policy, list[TestResult], list[str]]:
    """The policy, how each of its tests went, and the rows no test reached."""
    policy = read_policy(path)
    results = run_tests(policy)
    return policy, results, untouched_rows(policy, results)


def write_drafts(policy: Policy, results: list[TestResult], out: Path,
                 progress: Callable[[int, int], None] = lambda done, total: None) -> int:  # fmt: skip
    """Write the tests that are missing as drafts; how many. UsageError if `out` is there already."""
    if out.exists():
        raise UsageError(
            f'"{out}" is there already', "name a new file: drafts are never written over what somebody kept"
        )
    if not out.parent.is_dir():
        raise UsageError(f'there is no folder "{out.parent}"', "make it first")
    found = drafts(policy, results, progress)
    out.write_text(written(policy, found), encoding="utf-8")
    return len(found)


def run_policy(engine: Engine, policy: Policy, on: date, households: Path, members: Path | None, out: Path,
               reasons: Path | None = None, prices: Path | None = None,
               progress: Callable[[int, int], None] = lambda done, total: None) -> Ran:  # fmt: skip
    """What each household of a file is due in the period that holds `on`; written to `out` (why to `reasons`, and what
    it pays to `prices`).

    InputError for files that cannot be used, UsageError if the policy is not in force then. Nothing is written on an error.
    """
    period = period_for(policy, on)
    wanted = needs(policy, period)
    if wanted.members and members is None:
        raise UsageError(f'policy "{policy.id}" reads members', "give their file: --members FILE")
    for path in (out, reasons, prices):
        if path is not None:
            _check_target(path)
    progress(0, 4)
    with tempfile.TemporaryDirectory(prefix="evenhand-") as folder:
        work = Path(folder)
        head = header_of(households)
        stated = "size" in head
        absent = absent_inputs(policy, wanted.household, head)
        own = [name for name in wanted.household if name not in absent]
        files = {"household": as_table(households, "household", ("household",), own, work)}
        people: list[str] = []
        if members is not None:
            absent |= absent_inputs(policy, wanted.member, header_of(members))
            people = [name for name in wanted.member if name not in absent]
            files["member"] = as_table(members, "member", ("household", "member"), people, work)
        same_keys(files, work)
        kinds = {name: kinds_of(path) for name, path in files.items()}
        progress(1, 4)
        sure = households_in_order(files["household"])
        refuse_faults(
            engine, faults_plan(policy, "household", own, stated, kinds["household"], sure), files, households
        )
        if members is not None:
            sure = members_in_order(files["household"], files["member"])
            refuse_faults(engine, faults_plan(policy, "member", people, False, kinds["member"], sure), files, members)
        progress(2, 4)
        also = {"reasons": reasons, "prices": prices}
        outputs = ("wide", *(name for name, path in also.items() if path is not None))
        compiled = plan(policy, period, outputs=outputs, members=members is not None, points=False, stated_size=stated,
                        absent=absent, kinds=kinds)  # fmt: skip
        found = engine.run(compiled, files, work / "out")
        progress(3, 4)
        ran = _summary(policy, period.id, found["wide"])
        made = [publish(found["wide"], out)]
        made += [publish(found[name], path) for name, path in also.items() if path is not None]
    progress(4, 4)
    return Ran(ran.policy, ran.period, ran.households, ran.undecided, ran.totals, tuple(made))


def _check_target(path: Path) -> None:
    if path.suffix not in (".csv", ".parquet"):
        raise UsageError(f'"{path}" is neither .csv nor .parquet', "name the file with one of these endings")
    if not path.parent.is_dir():
        raise UsageError(f'there is no folder "{path.parent}"', "make it first")


def _summary(policy: Policy, period: str, wide: Path) -> Ran:
    file = pq.ParquetFile(wide)
    totals = {entitlement.name: 0 for entitlement in policy.entitlements}
    undecided = 0
    for batch in file.iter_batches(1 << 18, columns=[*totals, "undecided"]):
        # Compared with a text of Python's own, pyarrow would first import pandas, if that is there: a quarter of a second.
        undecided += pc.binary_length(batch.column("undecided")).cast(pa.bool_()).true_count
        for name in totals:
            totals[name] += _total(batch.column(name))
    return Ran(policy.id, period, file.metadata.num_rows, undecided, totals, ())


def _total(amounts: Any) -> int:
    """The exact sum; 64 bits do where the greatest of so many cannot leave them."""
    least, most = (found.as_py() or 0 for found in pc.min_max(amounts).values())
    small = max(-least, most) * len(amounts) < 2**63
    return int(pc.sum(amounts if small else amounts.cast(pa.decimal128(38))).as_py() or 0)
