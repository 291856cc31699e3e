"""`evenhand horizon FILE… --out FOLDER`: months ahead, and the rations that never break."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evenhand.cli.common import JsonOption, say, say_json
from evenhand.cli.files import read_csv

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def horizon(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="CSV: month, commodity, demand, receipts, …")],
    out: Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the tables and the page go.")],
    late: Annotated[
        Path | None,
        typer.Option("--late", metavar="FILE", help="CSV of scenarios: scenario, months, …", show_default=False),
    ] = None,
    language: Annotated[str, typer.Option("--language", help="Language of the page: en, fr, ar or hi.")] = "en",
    json: JsonOption = False,
) -> None:
    """Look months ahead: when full rations break, and the most equal rations that never do.

    A row a month and commodity: demand (the full ration), receipts (what should come before it is given out); if needed
    area, opening (stock, in the first month), loss (share of the stock carried in, such as 2 %), minimum (stock that
    must remain). Quantities are numbers, or texts such as 40 t.

    A scenario lets receipts come some months late; if needed month, commodity, area say which, arrives how much.

    Written: rations.csv and findings.csv (exact fractions), and index.html with the picture.

    Example: evenhand horizon plan.csv --late late.csv --out ahead
    """
    from evenhand.actions.horizon import look_ahead
    from evenhand.flow.allocation import horizon_tables as tables
    from evenhand.flow.network.cells import rows_of

    rows = [row for f in files for row in rows_of(str(f), read_csv(f, tables.COLUMNS, tables.OPTIONAL))]
    delays = rows_of(str(late), read_csv(late, tables.LATE_COLUMNS, tables.LATE_OPTIONAL)) if late else []
    done = look_ahead(rows, delays, str(files[0]), out, language)
    if json:
        say_json(
            {
                "pipelines": [
                    row | {"finding": sentence}
                    for row, (_, _, sentence) in zip(
                        tables.findings_table(done.seen, done.plan).to_pylist(), done.sentences, strict=True
                    )
                ],
                "files": [str(path) for path in done.files],
            }
        )
        return
    for name, scenario, sentence in done.sentences:
        say(f"{name}, {scenario}: {sentence}".replace("\u00a0", " "))
    say(f"written: {', '.join(str(path) for path in done.files)}")
