"""`evenhand basket`: the cheapest food basket, the best for a budget, one food for another."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evenhand.cli.common import JsonOption, say, say_json
from evenhand.cli.files import read_csv, read_header
from evenhand.core.errors import AnswerIsNo, UsageError, input_error

if TYPE_CHECKING:
    from evenhand.flow.network.cells import Row

app = typer.Typer(add_completion=False, rich_markup_mode=None, no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Holds foods.csv, needs.csv, people.csv, prices.csv, …")]


@app.command()
def plan(
    folder: Folder,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the tables and the page go.")],
    budget: Annotated[
        str, typer.Option("--budget", metavar="N", help="Cover as much as this buys a day, for everybody.")
    ] = "",
    share: Annotated[str, typer.Option("--share", metavar="S", help="Share of every need to cover.")] = "1",
    as_given: Annotated[
        bool, typer.Option("--as-given", help="Compute even with figures that cannot be true.")
    ] = False,
    language: Annotated[str, typer.Option("--language", help="Language of the page: en, fr, ar or hi.")] = "en",
    json: JsonOption = False,
) -> None:
    """Find the cheapest basket that covers the needs, or the best one for a budget.

    foods.csv has food and a column a nutrient, in 100 g; needs.csv nutrient, least, most (a person a day); people.csv
    node, people; prices.csv node, food, price (a tonne). If needed: lanes.csv from, to, cost (a tonne); rules.csv rule,
    nutrient, factor (the sum must not be below 0); limits.csv food, least, most (grams a person a day).

    The answer is exact, and proved: no basket is better. Written: basket.csv, nutrients.csv, sources.csv, index.html.

    Example: evenhand basket plan basket --out plan --budget 6000
    """
    from evenhand.actions.basket import plan as run

    wanted, money = _number(share, "--share"), _number(budget, "--budget") if budget else None
    if not 0 <= wanted <= 1:
        raise UsageError(f"--share {share} is not between 0 and 1", "write a share such as 0.9")
    done = run(_tables(folder), str(folder), out, money, wanted, as_given, language)
    if json:
        say_json(
            {
                "finding": done.sentence,
                "cost": str(done.chosen.cost),
                "covered": str(done.chosen.covered),
                "people": done.people,
                "grams": {food: str(grams) for food, grams in done.chosen.grams.items()},
                "binding": [name for name, _ in done.chosen.binding],
                "files": [str(path) for path in done.files],
            }
        )
        return
    say(done.sentence.replace("\u00a0", " "))
    say(f"written: {', '.join(str(path) for path in done.files)}")


@app.command()
def check(folder: Folder, json: JsonOption = False) -> None:
    """Look for figures that cannot be true: more grams of nutrients in a food than grams of food, more energy than fat.

    Exit code 1 if there are any.

    Example: evenhand basket check basket
    """
    from evenhand.flow.allocation.basket_tables import impossible, read_basket

    tables = _tables(folder)
    read_basket(tables, str(folder))
    found = impossible(tables["foods"])
    if json:
        say_json({"foods": len(tables["foods"]), "problems": [problem.line() for problem in found]})
    else:
        for problem in found:
            say(problem.line())
        say(f"{len(tables['foods'])} foods, {len(found)} figures that cannot be true")
    if found:
        raise AnswerIsNo(f"{len(found)} figures cannot be true", "correct them in foods.csv")


@app.command()
def swap(
    folder: Folder,
    food: Annotated[str, typer.Option("--food", metavar="NAME", help="The food that is short.")],
    other: Annotated[str, typer.Option("--for", metavar="NAME", help="The food to give instead.")],
    grams: Annotated[str, typer.Option("--grams", metavar="N", help="Grams of it.")] = "100",
    by: Annotated[str, typer.Option("--by", metavar="NUTRIENT", help="What must stay the same.")] = "Energy(kcal)",
    json: JsonOption = False,
) -> None:
    """Give one food for another, counted by a nutrient, and say what else changes.

    Example: evenhand basket swap basket --food Maize --for Rice --grams 400
    """
    from evenhand.actions.basket import swap as run
    from evenhand.render.catalogue import Catalogue
    from evenhand.render.figures import Figures

    needed, change = run(_tables(folder, ("foods",))["foods"], food, _number(grams, "--grams"), other, by)
    if json:
        say_json({"grams": str(needed), "change": {name: str(value) for name, value in change.items()}})
        return
    decimal = Figures(Catalogue("en")).decimal
    say(f"{grams} g of {food} = {decimal(needed, 1)} g of {other}, by {by}")
    for name, value in change.items():
        if value:
            say(f"  {name}: {'+' if value > 0 else '-'}{decimal(abs(value), 2)}")


def _number(text: str, option: str) -> Fraction:
    from evenhand.flow.network.cells import Cells, Row

    cells = Cells()
    found = cells.number(Row("", 0, {option: text}), option)
    if cells.problems:
        raise UsageError(f"{option} {text} is not a number of 0 or more", "write a number such as 12 or 0.5")
    return found


def _tables(folder: Path, only: tuple[str, ...] = ()) -> dict[str, list[Row]]:
    """The rows of every table of the folder, as CSV or Parquet."""
    from evenhand.flow.allocation.basket_tables import COLUMNS, OPTIONAL
    from evenhand.flow.network.cells import rows_of

    if not folder.is_dir():
        raise UsageError(f"{folder} is not a folder", "name the folder that holds foods.csv, needs.csv, …")
    found = {}
    for name in only or ("foods", *COLUMNS):
        path = next((p for p in (folder / f"{name}.csv", folder / f"{name}.parquet") if p.exists()), None)
        if path is None:
            if name in OPTIONAL:
                continue
            raise input_error(str(folder / f"{name}.csv"), 0, "", "", "there is no such file", f"add {name}.csv")
        columns, more = COLUMNS.get(name, (("food",), ()))
        if name == "foods":
            more = tuple(column for column in read_header(path) if column != "food")
        found[name] = rows_of(str(path), read_csv(path, columns, more))
    return found
