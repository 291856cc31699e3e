"""Tables as files: CSV and XLSX with a row of HXL tags, numbers as numbers, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from tempfile import TemporaryFile
from typing import IO

import xlsxwriter
from django.http import FileResponse

KINDS = ("csv", "xlsx")
ROWS_MAX = 100_000
"""Rows a file holds; one that was cut says so in its name."""
DIGITS = 6
Cell = int | Fraction | str | None
_RUN = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a text begins that some spreadsheet takes for a formula, also after blanks and in its full-width forms."""
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def written(kind: str, name: str, heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Cell]]) -> FileResponse:
    """The file as an answer. `heads` are (heading, HXL tag). Rows go to disk one by one, before the first byte is sent: an
    error on the way is an error, not half a file."""
    file: IO[bytes] = TemporaryFile()  # noqa: SIM115 (the answer closes it)
    cut = (_csv if kind == "csv" else _xlsx)(file, heads, rows)
    file.seek(0)
    kinds = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    shown = f"{name}-first-{ROWS_MAX}.{kind}" if cut else f"{name}.{kind}"
    return FileResponse(file, as_attachment=True, filename=shown, content_type=kinds[kind])


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would take it for a formula."""
    clean = _UNWRITABLE.sub("", text)
    return f"'{clean}" if _RUN.match(clean) else clean


def decimal(value: int | Fraction) -> str:
    """A number as CSV has it: exact where six decimals say it, else rounded half up to six."""
    scaled = (2 * abs(value.numerator) * 10**DIGITS + value.denominator) // (2 * value.denominator)
    whole, rest = divmod(scaled, 10**DIGITS)
    return ("-" if value < 0 and scaled else "") + str(whole) + (f".{rest:0{DIGITS}d}".rstrip("0") if rest else "")


def _csv(file: IO[bytes], heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Cell]]) -> bool:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    out = csv.writer(text)
    out.writerow([harmless(heading) for heading, _ in heads])
    out.writerow([tag for _, tag in heads])
    cut = False
    for number, row in enumerate(rows):
        cut = number == ROWS_MAX
        if cut:
            break
        out.writerow(["" if v is None else harmless(v) if isinstance(v, str) else decimal(v) for v in row])
    text.detach()
    return cut


def _xlsx(file: IO[bytes], heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[Cell]]) -> bool:
    # Every cell is written by its type: a text is never looked at for a formula, a number or an address.
    book = xlsxwriter.Workbook(file, {"constant_memory": True})
    sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
    for column, (heading, _) in enumerate(heads):
        sheet.write_string(0, column, harmless(heading), bold)
    for column, (_, tag) in enumerate(heads):
        sheet.write_string(1, column, tag)
    sheet.freeze_panes(2, 0)
    sheet.set_column(0, len(heads) - 1, 18)
    cut = False
    for number, row in enumerate(rows):
        cut = number == ROWS_MAX
        if cut:
            break
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number + 2, column, harmless(value)[:32_767])
            elif value is not None:
                sheet.write_number(number + 2, column, float(value))
    book.close()
    return cut
