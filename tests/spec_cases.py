"""The cases of `spec/cases/` that bind every implementation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parents[1] / "spec" / "cases"


def load(name: str) -> Any:
    """The cases of `spec/cases/NAME.json`."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def value(tagged: Any) -> Any:
    """A value written in JSON: {"bytes": hex}, {"int": decimal}, {"map": pairs}; all else is itself."""
    if isinstance(tagged, list):
        return [value(item) for item in tagged]
    if isinstance(tagged, dict):
        if "bytes" in tagged:
            return bytes.fromhex(tagged["bytes"])
        if "int" in tagged:
            return int(tagged["int"])
        return {value(key): value(item) for key, item in tagged["map"]}
    return tagged


def name(case: dict[str, Any]) -> str:
    """The name of a case, for pytest."""
    return str(case.get("name", ""))
