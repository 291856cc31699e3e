"""SIGKILL at many points of every command that writes, then the same command again: what is published in the end is what
an undisturbed twin publishes, byte for byte.

The points are spread over all calls into actions and store that the command makes, so they fall between a rename and a
commit, between a commit and the checkpoint, in the middle of a COPY. Each killed run leaves what the next one finds.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from actions import village
from actions.program import WORDS, Done, evenhand
from actions.village import BORIS, COUNTS, EVENT, MARCH, STEPS, THROW, at, handed_over, paper, tree
from folders import clock, copy_data, open_folder

from evenhand.store import open_store

POINTS = 12
PROMISED = ("committed", "redeemed", "cbor", "closed")
"""The commands that must survive a kill at any moment get all the points, the others half."""

COMMANDS = {
    "frozen": (["cycle", "freeze", MARCH, "--event", EVENT, "--as", "ana"], village.ANA),
    "computed": (["cycle", "compute", MARCH, "--outcome", THROW, "--as", "ana"], village.ANA),
    "approved": (["cycle", "approve", MARCH, "--as", "boris"], BORIS),
    "committed": (["cycle", "commit", MARCH, "--as", "boris"], BORIS),
    "open": (["cycle", "open", MARCH, "--as", "boris"], BORIS),
    "received": (["receive", "{folder}/counts.csv", "--cycle", MARCH], ""),
    "redeemed": (["redeem", "{folder}/handed.csv", "--cycle", MARCH], ""),
    "cbor": (["redeem", "{folder}/handed.cbor", "--cycle", MARCH], ""),
    "closed": (["cycle", "close", MARCH, "--as", "boris"], BORIS),
    "published": (["cycle", "publish", MARCH, "--as", "boris"], BORIS),
}
"""What brings March into each state; `cbor` is another way to `redeemed`."""


def state_before(step: str) -> str:
    names = ["ready", *STEPS]
    return names[names.index("redeemed" if step == "cbor" else step) - 1]


def run(step: str, data: Path, folder: Path, **more: object) -> Done:
    """Run the command of `step` on `data`, with the files in `folder`."""
    arguments, word = COMMANDS[step]
    words = [a.replace("{folder}", str(folder)) for a in arguments]
    return evenhand(*words, EVENHAND_DATA=str(data), EVENHAND_PASSPHRASE=word, **more)  # type: ignore[arg-type]


def go_on(step: str, data: Path) -> dict[str, bytes]:
    """The steps after `step`, undisturbed; the disclosure."""
    names = list(STEPS)
    with open_store(data, clock) as store:
        for name in names[names.index("redeemed" if step == "cbor" else step) + 1 :]:
            STEPS[name](store, paper())
    return tree(data / "disclosures")


@pytest.fixture(scope="module")
def twin() -> dict[str, bytes]:
    """What is published when nothing disturbs."""
    found = tree(at("published") / "disclosures")
    assert "2008-03/datapackage.json" in found
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    with open_folder() as found:
        (found / "counts.csv").write_text(COUNTS)
        (found / "handed.csv").write_text(handed_over(paper()))
        (found / "handed.cbor").write_bytes(receipts())
        yield found


def receipts() -> bytes:
    """The receipts of `handed_over`, as phones would send them."""
    with open_store(at("redeemed"), clock) as store:
        rows = store.rows("select raw from receipt order by device, sequence")
    return b"".join(bytes(row[0]) for row in rows)


@pytest.mark.parametrize("step", COMMANDS)
def test_killed_anywhere_and_run_again_it_ends_as_if_nothing_had_happened(
    step: str, folder: Path, twin: dict[str, bytes]
) -> None:
    data = copy_data(at(state_before(step)), folder)
    other = folder / "counted"
    other.mkdir()
    calls = run(step, copy_data(at(state_before(step)), other), folder, count=True).calls
    points = POINTS if step in PROMISED else POINTS // 2
    assert calls > points
    killed = 0
    with open_store(data, clock):  # the database keeps running, as it would for other users
        for number in range(points):
            killed += run(step, data, folder, kill_at=1 + calls * number // points).killed
        assert killed >= points // 2, "most of the points must lie within the command's work"
        done = run(step, data, folder)
        assert done.returncode == 0, done.stderr
    assert go_on(step, data) == twin


@pytest.mark.parametrize("step", ["committed", "redeemed", "closed"])
def test_killed_late_at_any_call_it_resumes(step: str, folder: Path, twin: dict[str, bytes]) -> None:
    """The last calls, where the commit and what follows it lie: each on a copy of its own."""
    before = copy_data(at(state_before(step)), folder)
    with open_store(before, clock):
        calls = run(step, before, folder, count=True).calls
    for number in range(2):
        with open_folder() as own:
            data = copy_data(at(state_before(step)), own)
            with open_store(data, clock):
                assert run(step, data, folder, kill_at=calls - 20 - number * calls // 8).killed
                assert run(step, data, folder).returncode == 0
            assert go_on(step, data) == twin


@pytest.mark.parametrize("step", ["committed", "closed"])
def test_killed_with_its_database_by_the_clock(step: str, folder: Path, twin: dict[str, bytes]) -> None:
    """The command starts the database itself and is killed from outside after growing delays, while it starts too."""
    data = copy_data(at(state_before(step)), folder)
    arguments, word = COMMANDS[step]
    program = "import sys; from evenhand.cli import main; sys.argv[0] = 'evenhand'; main()"
    for delay in (0.5, 0.8, 1.1, 1.4):
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**WORDS, "EVENHAND_PASSPHRASE": word, "EVENHAND_DATA": str(data), "PYTHONPATH": ":".join(sys.path)},
        )  # fmt: skip
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = run(step, data, folder)
    assert done.returncode == 0, done.stderr
    assert go_on(step, data) == twin


def test_a_list_sent_twice_and_its_receipts_sent_after_it_count_once(folder: Path, twin: dict[str, bytes]) -> None:
    data = copy_data(at("received"), folder)
    with open_store(data, clock):
        assert run("redeemed", data, folder).stdout.startswith("8 new receipts")
        assert run("redeemed", data, folder).stdout.startswith("0 new receipts, 8 known already")
        assert run("cbor", data, folder).stdout.startswith("0 new receipts, 8 known already")
    assert go_on("redeemed", data) == twin
