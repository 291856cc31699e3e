"""What a change of policy does, as a page for the officer who has to approve it: finding, picture, numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from evenhand.core.unit import UNITS
from evenhand.render.grid import Col, details, figure, part, table
from evenhand.render.html import Child, Html, el, label, line, picture, rect
from evenhand.render.policy_compare_words import TEXT
from evenhand.render.policy_frame import dated, framed
from evenhand.render.policy_said import Said

Found = Mapping[str, Any]
MOST_AREAS = 20
"""Areas drawn: those that change most. The table has them all."""


def say(key: str, /, **values: object) -> str:
    """The sentence `key` with its values."""
    return TEXT[key].format(**values).replace(" %", "\u00a0%")


class Benefit:
    """A benefit of the comparison with its numbers as they are written."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.said = Said("en")
        self.title = str(found["title"])
        self.scale = Fraction(1, int(found["parts"]) * UNITS[str(found["unit"])].base_per_unit)

    def amount(self, value: int, sign: bool = False) -> str:
        """Base units of 1/parts in the benefit's unit."""
        text = self.said.unit(value * self.scale, str(self.found["unit"]))
        return "0" if sign and not value else f"+{text}" if sign and value > 0 else text

    @property
    def changes(self) -> bool:
        """Whether anybody gets more or less of it, or it is decided for others."""
        return any(self.found[name] for name in ("gain", "lose", "newly_decided", "no_longer_decided"))


def page(comparison: Found) -> str:
    """The page."""
    benefits = [Benefit(found) for found in comparison["benefits"]]
    changed = [benefit for benefit in benefits if benefit.changes]
    main: list[Child] = [_title(comparison), _who(comparison, benefits)]
    if changed:
        main += [_how_much(changed), _stock(benefits), _classes(changed)]
        if any(benefit.found["areas"] for benefit in changed):
            main.append(_areas(changed))
    main.append(_files())
    titles = {"old": comparison["old"]["title"], "new": comparison["new"]["title"]}
    return framed("en", say("head", **titles), say("page"), say("skip"), main, [say("foot")])


def _title(comparison: Found) -> Html:
    counts = {name: f"{comparison[name]:,}" for name in ("households", "gain", "lose", "mixed", "same", "undecided")}
    lead = say("lead.none" if comparison["same"] == comparison["households"] else "lead", **counts)
    if comparison["mixed"]:
        lead += " " + say("lead.mixed", **counts)
    if comparison["undecided"]:
        lead += " " + say("lead.open", **counts)
    docket = []
    for side in ("old", "new"):
        policy = comparison[side]
        docket.append((say(f"docket.{side}"), f"{policy['title']} ({policy['id']})"))
        docket.append((say("docket.period"), dated(f"{policy['first']} to {policy['last']}")))
    docket.append((say("docket.households"), counts["households"]))
    return el(
        "div",
        el("p", say("over", old=comparison["old"]["id"], new=comparison["new"]["id"]), cls="over"),
        el("h1", say("title")),
        el("p", lead, cls="lead"),
        el("dl", *[el("div", el("dt", name), el("dd", value)) for name, value in docket], cls="docket"),
        cls="title",
    )


def _percent(count: int, whole: int) -> str:
    """A share in whole per cent; `under 1` where it is not nothing, `over 99` where it is not all."""
    value = Fraction(100 * count, whole) if whole else Fraction(0)
    if 0 < value < 1:
        return "under 1"
    return "over 99" if 99 < value < 100 else str(round(value))


def _who(comparison: Found, benefits: Sequence[Benefit]) -> Html:
    """Households that gain and lose, by benefit: bars to both sides of a line."""
    households = comparison["households"]
    most = max([max(b.found["gain"], b.found["lose"]) for b in benefits] + [1])
    drawn: list[Child] = [line("axis axis--0", 180, 2, 180, 4 + 42 * len(benefits))]
    for at, benefit in enumerate(benefits):
        y = 2 + 42 * at
        drawn.append(label("b halo", 2, y + 12, benefit.title))
        drawn += _both(y + 17, benefit.found["lose"], benefit.found["gain"], most,
                       f"{benefit.found['lose']:,}", f"{benefit.found['gain']:,}")  # fmt: skip
    top = max(benefits, key=lambda b: b.found["gain"] + b.found["lose"])
    finding = say("who.none")
    if top.found["gain"] + top.found["lose"]:
        finding = say("who.finding", title=top.title, gain=_percent(top.found["gain"], households),
                      lose=_percent(top.found["lose"], households))  # fmt: skip
    columns = [Col(say("benefit")), *[Col(say(f"col.{name}"), "n") for name in ("gain", "lose", "same")],
               Col(say("col.open"), "n spare")]  # fmt: skip
    rows: list[list[Child]] = [
        [b.title, *[f"{b.found[name]:,}" for name in ("gain", "lose", "same")],
         f"{b.found['newly_decided'] + b.found['no_longer_decided'] + b.found['undecided']:,}"] for b in benefits
    ]  # fmt: skip
    height = 8 + 42 * len(benefits)
    told = "; ".join(say("who.one", title=b.title, gain=b.found["gain"], lose=b.found["lose"]) for b in benefits)
    drawing = picture("who", 360, height, say("who.chart"), told, *drawn)
    numbers = table(columns, rows, say("who.table"), say("who.unit"))
    shown = el("div", figure(finding, say("who.measure"), drawing), numbers, cls="pair")
    return part("who", say("who"), say("who.aside"), shown)


def _both(y: float, left: int, right: int, most: int, left_text: str, right_text: str) -> list[Child]:
    """A bar to the left for those who lose and one to the right for those who gain, each with its number."""
    drawn: list[Child] = [] if left or right else [label("soft", 186, y + 12.5, say("nobody"))]
    for value, text, sign in ((left, left_text, -1), (right, right_text, 1)):
        if not value:
            continue
        length = max(1.5, 96 * value / most)
        drawn.append(rect("less" if sign < 0 else "more", 180 - length if sign < 0 else 180, y, length, 16))
        drawn.append(label("end" if sign < 0 else "", 180 + sign * (length + 5), y + 12.5, text))
    return drawn


def _how_much(benefits: Sequence[Benefit]) -> Html:
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
            name, down = say(f"bin.{found['bin']}"), found["bin"].startswith("lose")
            drawn.append(label("end", 144, y + 13, name))
            length = max(1.5, 150 * count / most)
            drawn += [
                rect("less" if down else "more", 150, y, length, 17),
                label("", 156 + length, y + 13, f"{count:,}"),
            ]
            rows.append([name, f"{count:,}", benefit.amount(found["change"], True)])
        worst = max(bins, key=lambda found: found["households"])
        finding = say("much.finding", title=benefit.title, count=f"{worst['households']:,}",
                      change=say(f"bin.{worst['bin']}.said"))  # fmt: skip
        told = "; ".join(f"{row[0]}: {row[1]}" for row in rows)
        drawing = picture(
            f"much{number}", 360, 10 + 24 * len(bins), say("much.chart", title=benefit.title), told, *drawn
        )
        columns = [Col(say("col.bin")), Col(say("col.households"), "n"), Col(say("col.change"), "n")]
        numbers = details(say("numbers"), table(columns, rows, benefit.title, say("much.unit")))
        parts.append(figure(finding, say("much.measure"), drawing, numbers))
    return part("much", say("much"), say("much.aside"), el("div", *parts, cls="pair"))


def _stock(benefits: Sequence[Benefit]) -> Html:
    """What both policies cost in all, by benefit: two bars, the old one and the new one."""
    drawn: list[Child] = []
    rows: list[list[Child]] = []
    told = []
    for at, benefit in enumerate(benefits):
        old, new = benefit.found["old"], benefit.found["new"]
        most, y = max(old, new, 1), 4 + 58 * at
        drawn.append(label("b", 2, y + 10, benefit.title))
        for side, value, cls in ((0, old, "d5"), (1, new, "d3")):
            drawn.append(rect(cls, 30, y + 16 + 18 * side, max(1.0, 200 * value / most), 14))
            drawn.append(label("soft end", 26, y + 27 + 18 * side, say("old" if side == 0 else "new")))
            drawn.append(label("", 36 + 200 * value / most, y + 27 + 18 * side, benefit.amount(value)))
        change = benefit.amount(new - old, True)
        rows.append([benefit.title, benefit.amount(old), benefit.amount(new), change, _share(old, new)])
        told.append(f"{benefit.title}: {benefit.amount(old)}, {benefit.amount(new)}")
    top = max(benefits, key=lambda b: abs(Fraction(b.found["new"] - b.found["old"], max(b.found["old"], 1))))
    finding = say("stock.same")
    if top.found["new"] != top.found["old"]:
        key = "stock.more" if top.found["new"] > top.found["old"] else "stock.less"
        finding = say(key, title=top.title, change=benefit_change(top))
    drawing = picture("stock", 360, 4 + 58 * len(benefits), say("stock.chart"), "; ".join(told), *drawn)
    columns = [Col(say("benefit")), Col(say("col.old"), "n spare"), Col(say("col.new"), "n spare"),
               Col(say("col.change"), "n"), Col("%", "n")]  # fmt: skip
    numbers = table(columns, rows, say("stock.table"), say("stock.unit"))
    return part("stock", say("stock"), say("stock.aside"), figure(finding, say("stock.measure"), drawing), numbers)


def benefit_change(benefit: Benefit) -> str:
    """The change of a total without its sign."""
    return benefit.amount(abs(benefit.found["new"] - benefit.found["old"]))


def _share(old: int, new: int) -> str:
    if not old:
        return "" if not new else say("from.nothing")
    value = Fraction(100 * (new - old), old)
    text = Said("en").number(Fraction(round(value * 10), 10))
    return f"+{text}" if value > 0 else text


def _classes(benefits: Sequence[Benefit]) -> Html:
    """By the rows that decided: for whom it becomes more or less."""
    parts: list[Child] = []
    for benefit in benefits:
        rows: list[list[Child]] = []
        for found in _merged(benefit.found["classes"]):
            name = el("span", f"{say(found['policy'])}: {found['row']}", cls="law")
            change = found["gained"] - found["lost"]
            rows.append([[found["because"] or found["row"], name], f"{found['households']:,}", f"{found['gain']:,}",
                         f"{found['lose']:,}", benefit.amount(change, True)])  # fmt: skip
        if rows:
            columns = [Col(say("col.class")), Col(say("col.households"), "n spare"), Col(say("col.gain"), "n"),
                       Col(say("col.lose"), "n"), Col(say("col.change"), "n")]  # fmt: skip
            parts.append(table(columns, rows, benefit.title, say("class.unit")))
    return part("class", say("class"), say("class.aside"), *parts, cls="body stack worked")


def _merged(classes: Sequence[Found]) -> list[Found]:
    """The rows, those that touch most households first; a row that says and does the same in both policies stands once."""
    by_key: dict[tuple[object, ...], list[Found]] = {}
    for found in classes:
        key = tuple(value for name, value in found.items() if name not in ("policy", "because_in"))
        by_key.setdefault(key, []).append(found)
    merged = [{**group[0], "policy": "both"} if len(group) == 2 else group[0] for group in by_key.values()]
    return sorted(merged, key=lambda f: (-(f["gain"] + f["lose"]), str(f["row"]), f["policy"] != "new"))


def _areas(benefits: Sequence[Benefit]) -> Html:
    """By area: the change in all, largest first."""
    parts: list[Child] = []
    for number, benefit in enumerate(benefits):
        areas = sorted(benefit.found["areas"], key=lambda f: (-abs(f["new"] - f["old"]), f["area"]))
        if not areas:
            continue
        shown = [found for found in areas if found["gained"] or found["lost"]][:MOST_AREAS]
        most = max([max(found["gained"], found["lost"]) for found in shown] + [1])
        drawn: list[Child] = [line("axis axis--0", 180, 2, 180, 4 + 42 * len(shown))]
        for at, found in enumerate(shown):
            y = 2 + 42 * at
            drawn.append(label("b halo", 2, y + 12, found["area"]))
            drawn += _both(y + 17, found["lost"], found["gained"], most, benefit.amount(-found["lost"]),
                           benefit.amount(found["gained"], True))  # fmt: skip
        rows: list[list[Child]] = [
            [found["area"], f"{found['households']:,}", f"{found['gain']:,}", f"{found['lose']:,}",
             benefit.amount(found["new"] - found["old"], True)] for found in areas
        ]  # fmt: skip
        columns = [Col(say("col.area")), Col(say("col.households"), "n spare"), Col(say("col.gain"), "n"),
                   Col(say("col.lose"), "n"), Col(say("col.change"), "n")]  # fmt: skip
        numbers = table(columns, rows, benefit.title, say("area.unit"))
        if not shown:
            continue
        finding = say("area.finding", title=benefit.title, area=shown[0]["area"],
                      change=benefit.amount(shown[0]["new"] - shown[0]["old"], True))  # fmt: skip
        told = "; ".join(f"{row[0]}: {row[4]}" for row in rows[:MOST_AREAS])
        drawing = picture(
            f"area{number}", 360, 8 + 42 * len(shown), say("area.chart", title=benefit.title), told, *drawn
        )
        below = numbers if len(rows) <= MOST_AREAS else details(say("numbers"), numbers)
        parts.append(el("div", figure(finding, say("area.measure"), drawing), below, cls="pair"))
    return part("area", say("area"), None, *parts, cls="body stack worked")


def _files() -> Html:
    names = ("compare.json", "benefits.csv", "classes.csv", "areas.csv", "bins.csv", "changes.csv")
    listed = [el("li", el("a", name, href=name), ": ", say(f"file.{name}")) for name in names]
    return part("files", say("files"), None, el("ul", *listed, cls="prose"))
