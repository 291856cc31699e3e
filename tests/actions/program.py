"""The programs `evenhand` and `evenhand-verify` as processes of their own, started quickly and, where wanted, killed.

One helper process imports both programs once and forks for every command, so a command costs its work and not two
seconds of imports. Each command is a real process: own stdin, stdout, stderr, environment, exit code, and SIGKILL ends it
as it would end any other. `kill_at` is the number of calls into the rooms that keep things (actions, store, formats) after
which the process kills itself, in the middle of whatever it was doing.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

WORDS = {"EVENHAND_ROOT_PASSPHRASE": "root passphrase", "EVENHAND_PASSPHRASE": "ana's word"}
"""The passphrases a command finds in its environment unless told otherwise."""


@dataclass(frozen=True)
class Done:
    """How a command ended. `calls`: how many calls it made into the rooms that can be killed in."""

    returncode: int
    stdout: str
    stderr: str
    calls: int

    @property
    def killed(self) -> bool:
        """Whether SIGKILL ended it."""
        return self.returncode == -9

    def json(self) -> Any:
        """stdout as the one JSON document it must be."""
        return json.loads(self.stdout)


def evenhand(*arguments: object, kill_at: int = 0, count: bool = False, **environment: str) -> Done:
    """Run `evenhand ARGUMENTS`, with these environment variables added."""
    return _helper().run("evenhand", [str(a) for a in arguments], environment, kill_at, count)


def verify(*arguments: object) -> Done:
    """Run `evenhand-verify ARGUMENTS`."""
    return _helper().run("evenhand-verify", [str(a) for a in arguments], {}, 0, False)


class _Helper:
    def __init__(self) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )  # fmt: skip
        self._pipes = (self._process.stdin, self._process.stdout)
        self._lock = threading.Lock()
        atexit.register(self.stop)

    def stop(self) -> None:
        self._process.stdin.close()  # type: ignore[union-attr]
        self._process.wait()

    def start(self, program: str, arguments: list[str], environment: dict[str, str], kill_at: int, count: bool) -> Any:
        """Begin a command; what `finish` needs."""
        folder = tempfile.TemporaryDirectory(prefix="evenhand-program-")
        order = [program, arguments, environment, kill_at, count, folder.name]
        with self._lock:
            self._ask(order)
        return folder

    def finish(self, folder: Any) -> Done:
        """Wait for a command that was begun, and say how it ended."""
        with self._lock:
            code = int(self._ask(["wait", folder.name]))
        where = Path(folder.name)
        counted = where / "calls"
        calls = int(counted.read_text()) if counted.exists() else 0
        done = Done(code, (where / "stdout").read_text(), (where / "stderr").read_text(), calls)
        folder.cleanup()
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def run(self, program: str, arguments: list[str], environment: dict[str, str], kill_at: int, count: bool) -> Done:
        return self.finish(self.start(program, arguments, environment, kill_at, count))

    def _ask(self, order: list[Any]) -> str:
        stdin, stdout = self._pipes
        stdin.write(json.dumps(order) + "\n")  # type: ignore[union-attr]
        stdin.flush()  # type: ignore[union-attr]
        return stdout.readline()  # type: ignore[union-attr]


@cache
def _helper() -> _Helper:
    return _Helper()


def together(*commands: tuple[list[object], dict[str, str]]) -> list[Done]:
    """Run several commands of `evenhand` at the same moment; how each of them ended, in the order given."""
    helper = _helper()
    begun = [helper.start("evenhand", [str(a) for a in args], env, 0, False) for args, env in commands]
    return [helper.finish(folder) for folder in begun]


def _serve() -> None:
    """The helper process: fork for each order, and wait when asked to."""
    import evenhand_verify.main  # noqa: F401  (imported once, before any fork)

    import evenhand.wiring  # noqa: F401
    from evenhand.actions import claims, close, commit, compute, freeze, hand_over, publish, receive  # noqa: F401
    from evenhand.cli import cycle, importing, main, policy, redeem  # noqa: F401
    from evenhand.engines import duckdb  # noqa: F401

    children: dict[str, int] = {}
    for line in sys.stdin:
        order = json.loads(line)
        if order[0] == "wait":
            _, status = os.waitpid(children.pop(order[1]), 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                _child(*order)
            children[order[5]] = answer
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


def _child(
    program: str, arguments: list[str], environment: dict[str, str], kill_at: int, count: bool, folder: str
) -> None:
    code = 70
    try:
        for number, name, flags in (
            (0, os.devnull, os.O_RDONLY),
            (1, f"{folder}/stdout", 0),
            (2, f"{folder}/stderr", 0),
        ):
            opened = os.open(name, flags or os.O_WRONLY | os.O_CREAT, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        for name in [name for name in os.environ if name.startswith("EVENHAND_")]:
            del os.environ[name]
        os.environ.update({**WORDS, **environment})
        sys.argv = [program, *arguments]
        code = _run(program, kill_at, count, folder)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run(program: str, kill_at: int, count: bool, folder: str) -> int:
    from evenhand_verify.main import main as check

    from evenhand.cli.main import main

    counter = _Counter(kill_at)
    if kill_at or count:
        sys.setprofile(counter.see)
    try:
        result = main() if program == "evenhand" else check()
    except SystemExit as error:
        result = error.code
        if isinstance(result, str):
            print(result, file=sys.stderr)
            result = 1
    except BaseException:
        import traceback

        traceback.print_exc()
        result = 70
    finally:
        sys.setprofile(None)
    if count:
        Path(folder, "calls").write_text(str(counter.calls))
    return int(result or 0)


class _Counter:
    """Counts calls into actions, store and the writing of files, and what they call of C; kills at the given one."""

    def __init__(self, kill_at: int) -> None:
        self.calls, self._kill_at = 0, kill_at

    def see(self, frame: Any, event: str, argument: Any) -> None:
        """What sys.setprofile calls. Returns count too: a kill may come right after something was done."""
        name = frame.f_code.co_filename
        if "/evenhand/actions/" not in name and "/evenhand/store/" not in name:
            return
        self.calls += 1
        if self.calls == self._kill_at:
            os.kill(os.getpid(), 9)


if __name__ == "__main__":
    _serve()
