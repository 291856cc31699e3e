"""First run: five answers become files a programme can begin with, and a programme is made of them, with real keys.

The files are ordinary ones, kept in `first-run/` of the data folder: a policy that passes its own test, an area, points, a
store, lanes. Whoever wants more changes them as any other.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zoneinfo
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from evenhand.actions.accounts import NAME, add_on_machine
from evenhand.actions.adopt import adopt, checked, propose
from evenhand.actions.enrol import enrol_person
from evenhand.actions.importing import import_file, policy_in_force
from evenhand.actions.init import DEMO_ORIGIN, init
from evenhand.core.engine import Engine
from evenhand.core.errors import InputError, Problem
from evenhand.core.period import month
from evenhand.store import open_store

FOLDER = "first-run"
UNITS = {"kg": "g", "l": "ml", "piece": "piece"}
POINTS_MAX, GOODS_MAX, NAME_MAX, PASSPHRASE_MIN = 200, 6, 60, 12
FIRST_ROLES = ("admin", "policy", "registrar", "store")
SECOND_ROLES = ("admin", "approver")
_AMOUNT = re.compile(r"[0-9]{1,6}([.,][0-9]{1,3})?")


@dataclass(frozen=True)
class Good:
    """What is handed out: name, unit (kg, l, piece), how much to each `person` or `household`, in hand-outs of `step`."""

    name: str
    unit: str
    amount: str
    per: str
    step: str


@dataclass(frozen=True)
class Answers:
    """What was answered. `first` and `second` are accounts; each has the passphrase of a key of their own."""

    place: str
    programme: str
    origin: str
    zone: str
    points: tuple[str, ...]
    store: str
    goods: tuple[Good, ...]
    begins: str
    first: str
    second: str


@dataclass(frozen=True)
class Words:
    """Passphrases: of the root key, and of each person's key. Nowhere written down."""

    root: str
    first: str
    second: str


@dataclass(frozen=True)
class Made:
    """A programme that is ready: the root's verifier key, and the passwords of both accounts, shown once."""

    root_vkey: str
    first_password: str
    second_password: str


def check(answers: Answers, words: Words | None = None) -> None:
    """InputError naming everything that cannot be, by the question's field."""
    faults = [*_place(answers), *_points(answers), *_goods(answers), *_begins(answers), *_people(answers, words)]
    if faults:
        raise InputError(Problem("answers", 0, *fault) for fault in faults)


Fault = tuple[str, str, str, str]
"""(field, value, message, remedy)."""


def _name(field: str, said: str, longest: int = NAME_MAX) -> list[Fault]:
    if not said.strip() or len(said) > longest or not said.isprintable() or said != said.strip():
        return [(field, said[:longest], "a name is missing, too long, or has blanks around it", "write it plainly")]
    return []


def _place(answers: Answers) -> list[Fault]:
    faults = _name("place", answers.place)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", answers.programme):
        faults.append(("programme", answers.programme, "not a short name", "letters a to z, digits, dots and hyphens"))
    if (
        not re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,60}[a-z0-9])?", answers.origin)
        or "." not in answers.origin
        or (answers.origin.startswith(DEMO_ORIGIN))
    ):
        faults.append(("origin", answers.origin, "not a name such as ration.example.org", "use a web name you own"))
    if answers.zone not in zoneinfo.available_timezones():
        faults.append(("zone", answers.zone, "there is no such time zone", "name one as in Africa/Nairobi"))
    return faults


def _points(answers: Answers) -> list[Fault]:
    faults = _name("store", answers.store)
    if not answers.points or len(answers.points) > POINTS_MAX:
        faults.append(("points", "", "no point is named, or too many", f"one a line, at most {POINTS_MAX}"))
    names = [name.casefold() for name in answers.points]
    for name in answers.points:
        faults += _name("points", name)
        if names.count(name.casefold()) > 1 or name.casefold() == answers.store.casefold():
            faults.append(("points", name, "two places have one name", "give each its own"))
    return faults


def _goods(answers: Answers) -> list[Fault]:
    faults: list[Fault] = []
    if not answers.goods or len(answers.goods) > GOODS_MAX:
        faults.append(("goods", "", "nothing is handed out, or too much to begin with", f"1 to {GOODS_MAX} goods"))
    names = [good.name.casefold() for good in answers.goods]
    for good in answers.goods:
        faults += _name("goods", good.name)
        if names.count(good.name.casefold()) > 1:
            faults.append(("goods", good.name, "it stands twice", "name each good once"))
        if good.unit not in UNITS or good.per not in ("person", "household"):
            faults.append(("goods", good.unit, "no unit that is known", f"choose {', '.join(UNITS)}"))
        for said in (good.amount, good.step):
            if not _AMOUNT.fullmatch(said) or not Fraction(said.replace(",", ".")):
                faults.append(("goods", said, f"{good.name}: not an amount", "write a number such as 10 or 0.5"))
            elif good.unit == "piece" and Fraction(said.replace(",", ".")).denominator != 1:
                faults.append(("goods", said, f"{good.name}: pieces are whole", "write a whole number"))
    return faults


def _begins(answers: Answers) -> list[Fault]:
    if not re.fullmatch(r"20[0-9]{2}-(0[1-9]|1[0-2])", answers.begins):
        return [("begins", answers.begins, "not a month", "write year and month, such as 2026-12")]
    return []


def _people(answers: Answers, words: Words | None) -> list[Fault]:
    faults = [
        (field, name, "this cannot be the name of an account", "1 to 30 small letters a to z, digits, dots, hyphens")
        for field, name in (("first", answers.first), ("second", answers.second))
        if not NAME.fullmatch(name)
    ]
    if answers.first == answers.second:
        faults.append(("second", answers.second, "two different people are needed", "name the second one"))
    if words is not None:
        for field, word in (("root_word", words.root), ("first_word", words.first), ("second_word", words.second)):
            if len(word) < PASSPHRASE_MIN:
                faults.append((field, "", "the passphrase is too short", f"use at least {PASSPHRASE_MIN} letters"))
        if len({words.root, words.first, words.second}) < 3:
            faults.append(
                ("second_word", "", "two passphrases are the same", "each their own, and another for the root")
            )
    return faults


def files(answers: Answers) -> dict[str, str]:
    """The files by name. The policy passes its own test."""
    points = [{"point": name, "name": name, "area": "A1"} for name in answers.points]
    lanes = [
        {"lane": f"L{number}", "from": answers.store, "to": name, "commodity": "", "capacity": "", "cost": "1"}
        for number, name in enumerate(answers.points, 1)
    ]
    return {
        "areas.csv": _csv(("pcode", "name", "parent", "level"), [("A1", answers.place, "", 0)]),
        "points.csv": _csv(("point", "name", "area"), [tuple(p.values()) for p in points]),
        "depots.csv": _csv(("node", "name", "kind"), [(answers.store, answers.store, "entry")]),
        "lanes.csv": _csv(tuple(lanes[0]), [tuple(lane.values()) for lane in lanes]),
        "policy.toml": policy_text(answers),
    }


def policy_text(answers: Answers) -> str:
    """A policy of what was answered: so much of each good to each person or household, every month, equally."""
    first = month(answers.begins).first.isoformat()
    source = _text(f"Decided by {answers.first} and {answers.second} when the programme began")
    parts = [
        f"# Made by the first run. Change it as any policy: propose a new version, let a second person adopt it.\n"
        f'[policy]\nid = {_text(answers.programme.lower())}\ntitle = {_text(answers.place)}\nperiod = "month"\n'
    ]
    expected = []
    for number, good in enumerate(answers.goods, 1):
        key, amount, step = f"good{number}", good.amount.replace(",", "."), good.step.replace(",", ".")
        per = "/person" if good.per == "person" else ""
        due = f"{key} * size" if per else key
        because = f"{amount} {good.unit} for each {'member' if per else 'household'}"
        parts.append(
            f'[benefit.{key}]\nkind = "good"\ntitle = {_text(good.name)}\nunit = "{good.unit}"\n'
            f'step = "{step} {good.unit}"\nundersupplied = "carry 2 cycles"\nuncollected = "lapse after 2 cycles"\n'
        )
        parts.append(
            f'[param.{key}]\nunit = "{good.unit}{per}"\nsource = {source}\n'
            f"values = [{{from = {first}, value = {amount}}}]\n"
        )
        parts.append(
            f'[table.{key}_due]\nof = "household"\nunit = "{good.unit}"\n'
            f'rows = [{{id = "each", when = "size > 0", then = "{due}", because = {_text(because)}}}]\n'
            'otherwise = {then = "0", because = "nobody is registered there"}\n'
        )
        parts.append(f'[[entitlement]]\nbenefit = "{key}"\namount = "{key}_due"\n')
        whole = Fraction(amount) * (4 if per else 1)
        expected.append(f'{key} = "{_decimal(whole)} {good.unit}"')
    parts.append(
        f'[[test]]\nname = "a household of four"\non = {first}\ngiven = {{size = 4}}\n'
        f"expect = {{{', '.join(expected)}}}\n"
    )
    return "\n".join(parts)


def make(
    data: Path, engine: Engine, answers: Answers, words: Words, clock: Callable[[], int],
    prepare: Callable[[], None],
) -> Made:  # fmt: skip
    """Make the programme in `data`: keys, both people, places, and the policy that one proposes and the other adopts.
    `prepare` makes the tables of accounts. InputError for answers that cannot be; then nothing was made."""
    check(answers, words)
    made = files(answers)
    checked(made["policy.toml"], "policy.toml")
    vkey = init(data, answers.programme, answers.origin, answers.zone, words.root, clock)
    folder = data / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    with open_store(data, clock) as store:
        prepare()
        enrol_person(store, answers.first, ["preparer"], words.root, words.first)
        enrol_person(store, answers.second, ["approver"], words.root, words.second)
        for kind in ("areas", "points", "depots"):
            import_file(store, engine, kind, folder / f"{kind}.csv", None)
        adopt(store, propose(store, made["policy.toml"], answers.first, words.first), answers.second, words.second)
        import_file(store, engine, "lanes", folder / "lanes.csv", policy_in_force(store))
        passwords = [
            add_on_machine(store, name, list(roles))
            for name, roles in ((answers.first, FIRST_ROLES), (answers.second, SECOND_ROLES))
        ]
    return Made(vkey, *passwords)


def answers_from(said: Mapping[str, object]) -> Answers:
    """Answers as they come from a form, by field; what is missing is empty."""
    text = {name: str(said.get(name, "")).strip() for name in ("place", "programme", "origin", "zone", "store", "begins",
                                                                "first", "second")}  # fmt: skip
    goods = said.get("goods", ())
    points = said.get("points", ())
    assert isinstance(goods, Sequence) and isinstance(points, Sequence)
    return Answers(
        text["place"], text["programme"], text["origin"], text["zone"], tuple(str(p) for p in points), text["store"],
        tuple(Good(*(str(cell) for cell in good)) for good in goods), text["begins"], text["first"], text["second"],
    )  # fmt: skip


def _text(said: str) -> str:
    return json.dumps(said, ensure_ascii=False)


def _decimal(value: Fraction) -> str:
    thousandths = int(value * 1000)
    return f"{thousandths // 1000}.{thousandths % 1000:03d}".rstrip("0").rstrip(".")


def _csv(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue()
