"""Where everything stands in a disclosure folder (DESIGN §12). Paths are relative to it and use `/`."""

from __future__ import annotations

from urllib.parse import quote

DATAPACKAGE = "datapackage.json"
POLICY = "policy"
TABLES = "tables"
TABLES_README = "tables/README.md"
SIGNED = "signed"
ROLLS = "rolls"
SUPPLEMENTS = "supplements"
REDEEMED = "redeemed"
LOG = "log"
KEYS = "keys"
REPORT = "report/index.html"
CLAIMS = "report/claims.json"
ROOT_VKEY = "keys/root.vkey"
LOG_VKEY = "keys/log.vkey"
CHECKPOINT = "log/checkpoint"


def table_path(name: str) -> str:
    """`tables/NAME.parquet`."""
    return f"{TABLES}/{name}.parquet"


def point_file(folder: str, point: str) -> str:
    """`FOLDER/POINT.cbor`, the point's id percent-encoded as one URL path segment."""
    return f"{folder}/{quote(point, safe='')}.cbor"


def in_package(path: str) -> bool:
    """Whether the datapackage lists `path`: everything but the package itself and the log, which contains its hash."""
    return path != DATAPACKAGE and path != LOG and not path.startswith(f"{LOG}/")
