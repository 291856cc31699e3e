"""Plans: what a table stage returns instead of running anything. An action gives them to an engine."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.core.schema import Table


@dataclass(frozen=True)
class Select:
    """One named SELECT. It may read the plan's inputs and earlier selects by name. `schema` is what it yields.

    `bare` is short SQL that yields the same where the earlier select `given` has no rows: an engine need not plan the rest.
    """

    name: str
    sql: str
    schema: Table | None = None
    given: str = ""
    bare: str = ""


@dataclass(frozen=True)
class Plan:
    """Selects in order; `outputs` names those whose rows are wanted; `inputs` the tables it expects."""

    inputs: tuple[str, ...]
    selects: tuple[Select, ...]
    outputs: tuple[str, ...]
