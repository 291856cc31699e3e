"""The one place that picks engine, database and clock. Each is imported when it is wanted: a policy needs no database."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from evenhand.core.engine import Engine
from evenhand.core.errors import UsageError

if TYPE_CHECKING:
    from evenhand.flow.redemption.merge import Pool
    from evenhand.store import Store


def read_clock() -> int:
    """UTC seconds now. Everything below takes a clock as an argument; only faces read this one."""
    return int(time.time())


def data_folder(data: Path | None) -> Path:
    """The data folder: the platform's own if none is named."""
    from evenhand.store import default_data_folder

    return data or default_data_folder()


def open_store(data: Path | None, clock: object = read_clock) -> Store:
    """The store of the data folder, the platform's own if `data` is None; use it in a `with`."""
    from evenhand.store import open_store

    return open_store(data_folder(data), clock)


@contextmanager
def worker_pool() -> Iterator[Pool]:
    """Worker processes for signatures, one a core. They start when first used: a small batch needs none."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        yield pool


def engine(name: str = "duckdb") -> Engine:
    """The engine that runs plans: `duckdb`, or `spark` for tables that outgrow one machine. UsageError for another."""
    if name == "duckdb":
        from evenhand.engines.duckdb import DuckDB

        return DuckDB()
    if name == "spark":
        from evenhand.engines.spark import Spark

        return Spark(os.environ.get("EVENHAND_SPARK_MASTER") or "local[*]")
    raise UsageError(f'there is no engine "{name}"', "choose duckdb or spark")


def default_demo_folder() -> Path:
    """Where the demo keeps its data unless told otherwise: beside the real data folder, never in it."""
    folder = data_folder(None)
    return folder.with_name(folder.name + "-demo")


def guide_folder() -> Path:
    """The pages of the guide shipped with the program, or in the checkout it runs from."""
    packaged = Path(__file__).parent / "guide"
    return packaged if packaged.exists() else Path(__file__).parents[2] / "docs" / "guide"


def examples_folder(name: str = "dprk-2008") -> Path:
    """An example shipped with the program, or in the checkout it runs from."""
    packaged = Path(__file__).parent / "examples" / name
    return packaged if packaged.exists() else Path(__file__).parents[2] / "examples" / name
