"""Checking a table of texts against its schema, as a whole: a Plan of SELECTs that an engine runs.

The table comes as it was read: every column of the schema as text (null where the cell is empty or the column absent),
and `row`, counted from 1. Out come `problems` (row, field, value, code; at most `LISTED`) and `tally` (how many).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from evenhand.core.errors import InputError, Problem
from evenhand.core.plan import Plan, Select
from evenhand.core.schema import Column, Table

LISTED = 1_000
"""So many problems are kept; of the others only the number."""
TEXT_LENGTH_MAX = 300
SHOWN = 60

PROBLEMS = Table(
    "problems",
    (
        Column("row", "int", "data row, from 1"),
        Column("field", "text", "column"),
        Column("value", "text", "what stands there, cut short", required=False),
        Column("code", "text", "what is wrong with it"),
    ),
    ("row", "field", "code"),
    "What is wrong with a file.",
    ("row", "field", "code"),
)
TALLY = Table("tally", (Column("problems", "int", "how many problems"),), (), "How much is wrong with a file.")

_INT = "[+-]?[0-9]{1,18}"
_CONTROL = r"[\x00-\x1f\x7f\x{85}\x{2028}\x{2029}\x{202a}-\x{202e}\x{2066}-\x{2069}]"
"""Control characters, other line ends, and marks that turn the writing direction: in a name they hide what is there."""


class ManyProblems(InputError):
    """More problems than are kept one by one."""

    def __init__(self, problems: Iterable[Problem], total: int) -> None:
        super().__init__(problems)
        self.total = max(total, len(self.problems))
        self.message = f"{self.total} problem{'s' if self.total != 1 else ''} in the input; nothing was changed"

    def lines(self) -> list[str]:
        shown = [problem.line() for problem in self.problems[: self.shown]]
        rest = self.total - len(shown)
        return [*shown, *([f"… and {rest} more"] if rest > 0 else []), self.message]


def literal(text: str) -> str:
    """`text` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """`text` as an SQL name."""
    return '"' + text.replace('"', '""') + '"'


def check_plan(table: Table, extra: Sequence[tuple[str, str, str]] = ()) -> Plan:
    """The plan that checks `rows` against `table`: cells, keys that stand twice, and references.

    A reference (T, C) of a column reads the input `known_T`, column C; the input must hold what is allowed, the file's
    own rows included where the file may refer to itself. `extra` are more checks: (field, SQL condition of what is
    wrong, code); they see the table's columns as text.
    """
    checks = [check for column in table.columns for check in _cell_checks(column)] + list(extra)
    listed = ",\n    ".join(
        f"CASE WHEN {condition} THEN "
        f"struct_pack(field := {literal(field)}, value := {name(field)}, code := {literal(code)}) END"
        for field, condition, code in checks
    )
    any_wrong = " OR ".join(f"coalesce({condition}, false)" for _, condition, _ in checks)
    cells = (
        f'SELECT "row", p.field AS field, p.value AS value, p.code AS code FROM (\n'
        f'  SELECT "row", unnest([\n    {listed}\n  ]) AS p FROM "rows" WHERE {any_wrong}\n) WHERE p IS NOT NULL'
    )
    selects = [Select("cells", cells)]
    if table.key:
        selects.append(Select("twice", _duplicates(table)))
    references = [column for column in table.columns if column.references]
    selects += [Select(f"lost_{number}", _lost(column)) for number, column in enumerate(references)]
    union = "\nUNION ALL ".join(f'SELECT "row", field, value, code FROM {select.name}' for select in selects)
    selects.append(Select("every_problem", union))
    shown = f"CASE WHEN length(value) > {SHOWN} THEN left(value, {SHOWN}) || '…' ELSE value END"
    selects.append(
        Select(
            "problems",
            f'SELECT "row", field, {shown} AS value, code FROM every_problem '
            f'ORDER BY "row", field, code LIMIT {LISTED}',
            PROBLEMS,
        )
    )
    selects.append(Select("tally", "SELECT count(*)::BIGINT AS problems FROM every_problem", TALLY))
    known = sorted({f"known_{column.references[0]}" for column in references if column.references})
    return Plan(("rows", *known), tuple(selects), ("problems", "tally"))


def _cell_checks(column: Column) -> list[tuple[str, str, str]]:
    """(field, what is wrong, code). A cell that is empty, or of the wrong form, is told once."""
    cell = name(column.name)
    checks = [(column.name, f"{cell} IS NULL", "missing")] if column.required else []
    if column.type == "text":
        long, control = f"length({cell}) > {TEXT_LENGTH_MAX}", f"regexp_matches({cell}, {literal(_CONTROL)})"
        checks.append((column.name, long, "long"))
        checks.append((column.name, f"NOT ({long}) AND {control}", "control"))
        checks.append((column.name, f"NOT ({long}) AND NOT ({control}) AND trim({cell}) <> {cell}", "blanks"))
        if column.maximum is not None:
            checks.append(
                (column.name, f"NOT ({long}) AND length({cell}) > {column.maximum}", f"longer:{column.maximum}")
            )
    elif column.type == "int":
        fits = f"regexp_full_match({cell}, {literal(_INT)})"
        checks.append((column.name, f"NOT {fits}", "int"))
        number = f"TRY_CAST({cell} AS BIGINT)"
        if column.minimum is not None:
            checks.append((column.name, f"{fits} AND {number} < {column.minimum}", f"least:{column.minimum}"))
        if column.maximum is not None:
            checks.append((column.name, f"{fits} AND {number} > {column.maximum}", f"most:{column.maximum}"))
    elif column.type == "date":
        day = f"TRY_CAST({cell} AS DATE)"
        fits = f"(regexp_full_match({cell}, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') AND {day} IS NOT NULL)"
        checks.append((column.name, f"{cell} IS NOT NULL AND NOT {fits}", "date"))
        # For dates the bounds are days written as yyyymmdd.
        written = f"CAST(replace({cell}, '-', '') AS INTEGER)"
        if column.minimum is not None:
            checks.append(
                (column.name, f"CASE WHEN {fits} THEN {written} < {column.minimum} END", f"early:{column.minimum}")
            )
        if column.maximum is not None:
            checks.append(
                (column.name, f"CASE WHEN {fits} THEN {written} > {column.maximum} END", f"late:{column.maximum}")
            )
    elif column.type == "bool":
        checks.append((column.name, f"{cell} NOT IN ('yes', 'no')", "bool"))
    elif column.type == "quantity":
        checks.append((column.name, f"length({cell}) > 60", "long"))
    if column.choices:
        words = ", ".join(map(literal, column.choices))
        checks.append((column.name, f"{cell} NOT IN ({words})", "choice:" + ", ".join(column.choices)))
    if column.pattern:
        checks.append((column.name, f"NOT regexp_full_match({cell}, {literal(column.pattern)})", f"form:{column.doc}"))
    return checks


def _duplicates(table: Table) -> str:
    """Every row but the first of a key that stands twice."""
    key = ", ".join(map(name, table.key))
    filled = " AND ".join(f"{name(column)} IS NOT NULL" for column in table.key)
    same = " AND ".join(f"a.{name(column)} = b.{name(column)}" for column in table.key)
    shown = " || ' / ' || ".join(f"a.{name(column)}" for column in table.key)
    return (
        f"SELECT a.\"row\", {literal(table.key[-1])} AS field, {shown} AS value, 'twice:' || b.began AS code\n"
        f'FROM "rows" a JOIN (SELECT {key}, min("row") AS began FROM "rows" WHERE {filled} GROUP BY {key}'
        f' HAVING count(*) > 1) b ON {same}\nWHERE a."row" > b.began'
    )


def _lost(column: Column) -> str:
    """Cells that refer to nothing."""
    assert column.references is not None
    table, target = column.references
    cell = name(column.name)
    return (
        f'SELECT "row", {literal(column.name)} AS field, {cell} AS value, {literal("reference:" + table)} AS code\n'
        f'FROM "rows" WHERE {cell} IS NOT NULL AND {cell} NOT IN '
        f"(SELECT {name(target)} FROM {name('known_' + table)} WHERE {name(target)} IS NOT NULL)"
    )


_WORDS = {
    "missing": ("the cell is empty", "fill it in"),
    "long": ("the text is too long", f"use at most {TEXT_LENGTH_MAX} characters"),
    "control": ("the text holds a line end, a control character or a mark of writing direction", "remove it"),
    "blanks": ("the text begins or ends with a blank", "remove the blank"),
    "int": ("not a whole number", "write digits only, such as 12"),
    "date": ("not a date", "write it as 2008-03-01"),
    "bool": ("neither yes nor no", "write yes or no"),
}
_WITH_WORD = {
    "longer": ("the text is too long", "use at most {} characters"),
    "least": ("the number is too small", "write at least {}"),
    "most": ("the number is too large", "write at most {}"),
    "early": ("the day is too early", "write {} or later"),
    "late": ("the day is too late", "write {} or earlier"),
    "form": ("not in the form of this column", "it holds {}"),
    "choice": ("not a word of the list", "write one of: {}"),
    "twice": ("this already stands in row {}", "keep one of the rows"),
    "reference": ("there is no such {}", "correct it, or import the {} first"),
}


def printable(text: str, length: int = SHOWN) -> str:
    """`text` cut short, with what a terminal would obey or hide written out."""
    cut = text if len(text) <= length else text[:length] + "…"
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in cut)


def problem(file: str, row: int, field: str, value: str | None, code: str) -> Problem:
    """A problem in words, from what the plan found. An unknown code `WHAT|REMEDY` speaks for itself."""
    what, _, word = code.partition(":")
    if code in _WORDS:
        message, remedy = _WORDS[code]
    elif what in _WITH_WORD and word:
        if what in ("early", "late"):
            word = f"{word[:-4]}-{word[-4:-2]}-{word[-2:]}"
        message, remedy = (part.format(word) for part in _WITH_WORD[what])
    else:
        message, _, remedy = code.partition("|")
    return Problem(file, row, field, printable(value or "", 200), message, remedy or "correct it")
