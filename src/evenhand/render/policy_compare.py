"""What a change of policy does, as a page for the officer who has to approve it: finding, picture, numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from evenhand.core.unit import UNITS
from evenhand.render.grid import Col, details, figure, part, table
from evenhand.render.html import Child, Html, el, label, line, picture, rect
from evenhand.render.policy_frame import dated, framed
from evenhand.render.policy_said import Said

Found = Mapping[str, Any]
MOST_AREAS = 20
"""Areas drawn: those that change most. The table has them all."""


class Told(Said):
    """Says what a comparison found, in one language."""

    def k(self, key: str, /, **values: object) -> str:
        """A sentence of this page with its values."""
        return self.say(f"k.{key}", **values)

    def count(self, value: int) -> str:
        """A number of households."""
        return self.number(Fraction(value))

    def drawn(self, text: str) -> str:
        """A text inside a picture, which runs from left to right in every language."""
        return self.alone(text)

    def part_of(self, count: int, whole: int) -> str:
        """A share in whole per cent; `under 1 %` where it is not nothing, `over 99 %` where it is not all."""
        value = Fraction(count, whole) if whole else Fraction(0)
        if 0 < value < Fraction(1, 100):
            return self.k("under", share=self.share(Fraction(1, 100)))
        if Fraction(99, 100) < value < 1:
            return self.k("over", share=self.share(Fraction(99, 100)))
        return self.share(Fraction(round(100 * value), 100))

    def signed(self, value: int, text: str) -> str:
        """An amount that is a change: with its sign, whichever way the page is read."""
        if value <= 0:
            return "0" if not value else text
        return re.sub(r"[0-9][0-9.,\u202f]*", lambda found: self.left_to_right(f"+{found[0]}"), text, count=1)


class Benefit:
    """A benefit of the comparison with its numbers as they are written."""

    def __init__(self, found: Found, told: Told) -> None:
        self.found = found
        self.told = told
        self.title = told.own(found, "title")
        self.scale = Fraction(1, int(found["parts"]) * UNITS[str(found["unit"])].base_per_unit)

    def amount(self, value: int) -> str:
        """Base units of 1/parts in the benefit's unit."""
        return self.told.unit(value * self.scale, str(self.found["unit"]))

    def change(self, value: int) -> str:
        """The same with its sign."""
        return self.told.signed(value, self.amount(value))

    @property
    def changes(self) -> bool:
        """Whether anybody gets more or less of it, or it is decided for others."""
        return any(self.found[name] for name in ("gain", "lose", "newly_decided", "no_longer_decided"))


FILES = ("compare.json", "benefits.csv", "classes.csv", "areas.csv", "bins.csv", "changes.csv")


def page(comparison: Found, language: str) -> str:
    """The page."""
    told = Told(language)
    main: list[Child] = list(matter(comparison, language))
    titles = {side: told.own(comparison[side], "title") for side in ("old", "new")}
    foot = [told.say("draft") if told.drafted else None, told.say("own") if told.drafted else None, told.k("foot")]
    return framed(language, told.k("head", **titles), told.k("page"), told.k("skip"), main, foot, told.rtl)


def matter(comparison: Found, language: str, files: Sequence[str] = FILES) -> list[Html]:
    """What stands on the page, part by part; the first is the title, the last leads to `files` that lie beside it."""
    told = Told(language)
    benefits = [Benefit(found, told) for found in comparison["benefits"]]
    changed = [benefit for benefit in benefits if benefit.changes]
    parts = [_title(told, comparison), _who(told, comparison, benefits)]
    if changed:
        parts += [_how_much(told, changed), _stock(told, benefits), _classes(told, changed)]
        if any(benefit.found["areas"] for benefit in changed):
            parts.append(_areas(told, changed))
    return [*parts, _files(told, files)]


def _title(told: Told, comparison: Found) -> Html:
    names = ("households", "gain", "lose", "mixed", "same", "undecided")
    counts = {name: told.count(comparison[name]) for name in names}
    lead = told.k("lead.none" if comparison["same"] == comparison["households"] else "lead", **counts)
    if comparison["mixed"]:
        lead += " " + told.k("lead.mixed", **counts)
    if comparison["undecided"]:
        lead += " " + told.k("lead.open", **counts)
    docket: list[tuple[str, Child]] = []
    for side in ("old", "new"):
        policy = comparison[side]
        name = f"{told.own(policy, 'title')} ({told.alone(policy['id'])})"
        docket.append((told.k(f"docket.{side}"), name))
        docket.append(
            (told.k("docket.period"), dated(told.say("period.span", first=policy["first"], last=policy["last"])))
        )
    docket.append((told.k("docket.households"), counts["households"]))
    over = el("p", el("bdi", f"{comparison['old']['id']} → {comparison['new']['id']}", dir="ltr"), cls="over")
    return el(
        "div", over, el("h1", told.k("title")), el("p", lead, cls="lead"),
        el("dl", *[el("div", el("dt", name), el("dd", value)) for name, value in docket], cls="docket"), cls="title",
    )  # fmt: skip


def _who(told: Told, comparison: Found, benefits: Sequence[Benefit]) -> Html:
    """Households that gain and lose, by benefit: bars to both sides of a line."""
    households = comparison["households"]
    most = max([max(b.found["gain"], b.found["lose"]) for b in benefits] + [1])
    drawn: list[Child] = [line("axis axis--0", 180, 2, 180, 4 + 42 * len(benefits))]
    for at, benefit in enumerate(benefits):
        y, lose, gain = 2 + 42 * at, benefit.found["lose"], benefit.found["gain"]
        drawn.append(label("b halo", 2, y + 12, told.drawn(benefit.title)))
        drawn += _both(told, y + 17, lose, gain, most, told.count(lose), told.count(gain))
    top = max(benefits, key=lambda b: b.found["gain"] + b.found["lose"])
    finding = told.k("who.none")
    if top.found["gain"] + top.found["lose"]:
        finding = told.k("who.finding", title=top.title, gain=told.part_of(top.found["gain"], households),
                         lose=told.part_of(top.found["lose"], households))  # fmt: skip
    columns = [Col(told.k("benefit")), *[Col(told.k(f"col.{name}"), "n") for name in ("gain", "lose", "same")],
               Col(told.k("col.open"), "n spare")]  # fmt: skip
    rows: list[list[Child]] = [
        [b.title, *[told.count(b.found[name]) for name in ("gain", "lose", "same")],
         told.count(b.found["newly_decided"] + b.found["no_longer_decided"] + b.found["undecided"])] for b in benefits
    ]  # fmt: skip
    one = [told.k("who.one", title=b.title, gain=told.count(b.found["gain"]), lose=told.count(b.found["lose"]))
           for b in benefits]  # fmt: skip
    drawing = picture("who", 360, 8 + 42 * len(benefits), told.k("who.chart"), "; ".join(one), *drawn)
    numbers = table(columns, rows, told.k("who.table"), told.k("who.unit"))
    shown = el("div", figure(finding, told.k("who.measure"), drawing), numbers, cls="pair")
    return part("who", told.k("who"), told.k("who.aside"), shown)


def _both(told: Told, y: float, left: int, right: int, most: int, left_text: str, right_text: str) -> list[Child]:
    """A bar to the left for those who lose and one to the right for those who gain, each with its number."""
    drawn: list[Child] = [] if left or right else [label("soft", 186, y + 12.5, told.drawn(told.k("nobody")))]
    for value, text, sign in ((left, left_text, -1), (right, right_text, 1)):
        if not value:
            continue
        length = max(1.5, 96 * value / most)
        drawn.append(rect("less" if sign < 0 else "more", 180 - length if sign < 0 else 180, y, length, 16))
        drawn.append(label("end" if sign < 0 else "", 180 + sign * (length + 5), y + 12.5, text))
    return drawn


def _how_much(told: Told, benefits: Sequence[Benefit]) -> Html:
    """How large the changes are, by benefit, in classes of per cent."""
    parts: list[Child] = []
    for number, benefit in enumerate(benefits):
        bins = [found for found in benefit.found["bins"] if found["bin"] != "same" and found["households"]]
        if not bins:
            continue
        most = max(found["households"] for found in bins)
        drawn: list[Child] = [line("axis axis--0", 150, 2, 150, 6 + 24 * len(bins))]
        rows: list[list[Child]] = []
        for at, found in enumerate(bins):
            y, count = 4 + 24 * at, int(found["households"])
            name, down = told.k(f"bin.{found['bin']}"), found["bin"].startswith("lose")
            drawn.append(label("end", 144, y + 13, told.drawn(name)))
            length = max(1.5, 150 * count / most)
            drawn += [
                rect("less" if down else "more", 150, y, length, 17),
                label("", 156 + length, y + 13, told.count(count)),
            ]
            rows.append([name, told.count(count), benefit.change(found["change"])])
        worst = max(bins, key=lambda found: found["households"])
        finding = told.k("much.finding", title=benefit.title, count=told.count(worst["households"]),
                         change=told.k(f"bin.{worst['bin']}"))  # fmt: skip
        listed = "; ".join(f"{row[0]}: {row[1]}" for row in rows)
        drawing = picture(
            f"much{number}", 360, 10 + 24 * len(bins), told.k("much.chart", title=benefit.title), listed, *drawn
        )
        columns = [Col(told.k("col.bin")), Col(told.k("col.households"), "n"), Col(told.k("col.change"), "n")]
        numbers = details(told.k("numbers"), table(columns, rows, benefit.title, told.k("much.unit")))
        parts.append(figure(finding, told.k("much.measure"), drawing, numbers))
    return part("much", told.k("much"), told.k("much.aside"), el("div", *parts, cls="pair"))


def _stock(told: Told, benefits: Sequence[Benefit]) -> Html:
    """What both policies cost in all, by benefit: two bars, the old one and the new one."""
    drawn: list[Child] = []
    rows: list[list[Child]] = []
    listed = []
    for at, benefit in enumerate(benefits):
        old, new = benefit.found["old"], benefit.found["new"]
        most, y = max(old, new, 1), 4 + 58 * at
        drawn.append(label("b", 2, y + 10, told.drawn(benefit.title)))
        for side, value, cls in ((0, old, "d5"), (1, new, "d3")):
            drawn.append(rect(cls, 62, y + 16 + 18 * side, max(1.0, 180 * value / most), 14))
            drawn.append(label("soft end", 56, y + 27 + 18 * side, told.drawn(told.k("new" if side else "old"))))
            drawn.append(label("", 68 + 180 * value / most, y + 27 + 18 * side, benefit.amount(value)))
        rows.append(
            [benefit.title, benefit.amount(old), benefit.amount(new), benefit.change(new - old), _share(told, old, new)]
        )
        listed.append(f"{benefit.title}: {benefit.amount(old)}, {benefit.amount(new)}")
    top = max(benefits, key=lambda b: abs(Fraction(b.found["new"] - b.found["old"], max(b.found["old"], 1))))
    change = top.found["new"] - top.found["old"]
    finding = told.k("stock.same")
    if change:
        finding = told.k("stock.more" if change > 0 else "stock.less", title=top.title, change=top.amount(abs(change)))
    drawing = picture("stock", 360, 4 + 58 * len(benefits), told.k("stock.chart"), "; ".join(listed), *drawn)
    columns = [Col(told.k("benefit")), Col(told.k("col.old"), "n spare"), Col(told.k("col.new"), "n spare"),
               Col(told.k("col.change"), "n"), Col("%", "n")]  # fmt: skip
    numbers = table(columns, rows, told.k("stock.table"), told.k("stock.unit"))
    title = told.k("stock" if any(benefit.found["stocked"] for benefit in benefits) else "stock.plain")
    return part("stock", title, told.k("stock.aside"), figure(finding, told.k("stock.measure"), drawing), numbers)


def _share(told: Told, old: int, new: int) -> str:
    if not old:
        return told.k("from.nothing") if new else ""
    value = Fraction(100 * (new - old), old)
    return told.signed(1 if value > 0 else -1, told.number(Fraction(round(value * 10), 10))) if value else "0"


def _classes(told: Told, benefits: Sequence[Benefit]) -> Html:
    """By the rows that decided: for whom it becomes more or less."""
    parts: list[Child] = []
    for benefit in benefits:
        rows: list[list[Child]] = []
        for found in _merged(benefit.found["classes"]):
            name = el("span", f"{told.k(found['policy'])}: {told.alone(found['row'])}", cls="law")
            change = benefit.change(found["gained"] - found["lost"])
            rows.append([[told.own(found, "because") or told.alone(found["row"]), name],
                         *[told.count(found[key]) for key in ("households", "gain", "lose")], change])  # fmt: skip
        if rows:
            parts.append(table(_counted(told, "class"), rows, benefit.title, told.k("class.unit"), cls="table stack"))
    return part("class", told.k("class"), told.k("class.aside"), *parts, cls="body stack worked")


def _counted(told: Told, first: str) -> list[Col]:
    names = (("households", "n spare"), ("gain", "n"), ("lose", "n"), ("change", "n"))
    return [Col(told.k(f"col.{first}")), *[Col(told.k(f"col.{name}"), cls) for name, cls in names]]


def _merged(classes: Sequence[Found]) -> list[Found]:
    """The rows, those that touch most households first; a row that says and does the same in both policies stands once."""
    by_key: dict[tuple[object, ...], list[Found]] = {}
    for found in classes:
        key = tuple(value for name, value in found.items() if name not in ("policy", "because_in"))
        by_key.setdefault(key, []).append(found)
    merged = [{**group[0], "policy": "both"} if len(group) == 2 else group[0] for group in by_key.values()]
    return sorted(merged, key=lambda f: (-(f["gain"] + f["lose"]), str(f["row"]), f["policy"] != "new"))


def _areas(told: Told, benefits: Sequence[Benefit]) -> Html:
    """By area: the change in all, largest first."""
    parts: list[Child] = []
    for number, benefit in enumerate(benefits):
        areas = sorted(benefit.found["areas"], key=lambda f: (-abs(f["new"] - f["old"]), f["area"]))
        shown = [found for found in areas if found["gained"] or found["lost"]][:MOST_AREAS]
        if not shown:
            continue
        most = max(max(found["gained"], found["lost"]) for found in shown)
        drawn: list[Child] = [line("axis axis--0", 180, 2, 180, 4 + 42 * len(shown))]
        for at, found in enumerate(shown):
            y = 2 + 42 * at
            drawn.append(label("b halo", 2, y + 12, told.drawn(found["area"])))
            drawn += _both(told, y + 17, found["lost"], found["gained"], most, benefit.amount(-found["lost"]),
                           benefit.change(found["gained"]))  # fmt: skip
        changes = [benefit.change(found["new"] - found["old"]) for found in areas]
        rows: list[list[Child]] = [
            [told.alone(found["area"]), *[told.count(found[key]) for key in ("households", "gain", "lose")], change]
            for found, change in zip(areas, changes, strict=True)
        ]
        numbers = table(_counted(told, "area"), rows, benefit.title, told.k("area.unit"), cls="table stack")
        finding = told.k("area.finding", title=benefit.title, area=shown[0]["area"], change=changes[0])
        listed = "; ".join(f"{row[0]}: {row[4]}" for row in rows[:MOST_AREAS])
        drawing = picture(
            f"area{number}", 360, 8 + 42 * len(shown), told.k("area.chart", title=benefit.title), listed, *drawn
        )
        below = numbers if len(rows) <= MOST_AREAS else details(told.k("numbers"), numbers)
        parts.append(el("div", figure(finding, told.k("area.measure"), drawing), below, cls="pair"))
    return part("area", told.k("area"), None, *parts, cls="body stack worked")


def _files(told: Told, names: Sequence[str]) -> Html:
    listed = [el("li", el("a", name, href=name, dir="ltr"), ": ", told.k(f"file.{name}")) for name in names]
    return part("files", told.k("files"), None, el("ul", *listed, cls="prose"))
