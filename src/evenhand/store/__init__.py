"""The store: PostgreSQL for what people write, Parquet for what machines compute, keys, and the log.

Reads and writes the data folder (DESIGN §12) and the database. Invariant: rows are only ever added; a file is whole or
absent; what the log once said stays said.
"""

from evenhand.store.opening import Store, address, create_store, default_data_folder, mark_ready, open_store, running
from evenhand.store.sessions import Sessions, open_sessions

__all__ = [
    "Sessions", "Store", "address", "create_store", "default_data_folder", "mark_ready", "open_sessions", "open_store",
    "running",
]  # fmt: skip
