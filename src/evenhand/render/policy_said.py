"""Terms of an explanation in words: quantities, filled-in formulas, the sentence for a family."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from evenhand.render.catalogue import Catalogue

Term = Mapping[str, Any]

_LARGER = {"g": ("kg", 1000), "ml": ("l", 1000), "kg": ("t", 1000), "Wh": ("kWh", 1000)}
_SYMBOL = {"L": "l"}
_CARRY = re.compile(r"lapse after ([0-9]+) (day|week|month|year|cycle)s?")
MOST_SOURCES = 2
"""Sources a sentence names; where there are more they stand in the table under it."""


class Said(Catalogue):
    """Says terms in one language. `titles`: what the names of the policy at hand are called in words."""

    titles: Mapping[str, Mapping[str, Any]] = {}

    # -- numbers

    def number(self, value: Fraction) -> str:
        """A number as it is written: exact, as a decimal of at most six digits, or else as a fraction."""
        sign, value = ("\u2212" if value < 0 else ""), abs(value)
        rest = value.denominator
        for prime in (2, 5):
            while rest % prime == 0:
                rest //= prime
        if rest != 1 or value * 10**6 % 1:
            whole, part = divmod(value, 1)
            fraction = f"{part.numerator}/{part.denominator}"
            shown = f"{self._grouped(int(whole))} {fraction}" if whole else fraction
        else:
            text = f"{int(value * 10**6):07d}"
            decimals = text[-6:].rstrip("0")
            shown = self._grouped(int(text[:-6])) + (self.text["point"] + decimals if decimals else "")
        return self.left_to_right(sign + shown) if sign else shown

    def left_to_right(self, text: str) -> str:
        """A number with a sign, which keeps its order where writing goes right to left."""
        return f"\u2066{text}\u2069" if self.rtl else text

    def share(self, value: Fraction) -> str:
        """A share in per cent, or as a fraction where that is not a short number."""
        if (1000 * value).denominator != 1:
            return self.number(value)
        return self.left_to_right(f"{self.number(100 * value)}\u00a0%")

    def _grouped(self, value: int) -> str:
        return f"{value:,}".replace(",", self.text["thousands"])

    def unit(self, value: Fraction, name: str) -> str:
        """`value` of a unit; the larger unit where that is easier to read (55.8 kg)."""
        while name in _LARGER and abs(value) >= _LARGER[name][1] and (name != "kg" or abs(value) >= 10_000):
            larger, size = _LARGER[name]
            if (value / size * 1000).denominator != 1:
                break
            name, value = larger, value / size
        shown, whole = self.number(value), int(value) if value.denominator == 1 else None
        if not name and whole is not None and abs(whole) < 10_000:
            shown = shown.replace(self.text["thousands"], "")  # a year is no amount
        key = f"unit.{_SYMBOL.get(name, name)}"
        if key not in self.text:
            return f"{shown} {name}".strip()
        return self.alone(self.counted(key, shown, whole))

    def quantity(self, term: Term, bare: bool = False) -> str:
        """A quantity with its unit and what it is for each of (not if `bare`)."""
        text = self.unit(Fraction(term["shown"]), term["unit"])
        return text if bare else self.per(text, term["per"])

    def per(self, text: str, names: Sequence[str]) -> str:
        """`text` for each of some things: a day, per member."""
        for name in sorted(names, key=lambda name: name == "day"):
            key = f"per.{name}"
            text = self.say(key, q=text) if key in self.text else self.say("per.other", q=text, unit=self._one(name))
        return text

    def _one(self, unit: str) -> str:
        """A unit's name without a number."""
        key = f"unit.{_SYMBOL.get(unit, unit)}"
        return self.text[key].split("|")[0].replace("{n}", "").strip() if key in self.text else unit

    # -- terms

    def term(self, term: Term, inside: bool = False) -> str:
        """Any term. `inside` a product: brackets where they are needed."""
        kind = term["is"]
        if kind == "quantity":
            return self.quantity(term)
        if kind == "sum":
            parts = [
                ("\u2212 " if part["sign"] < 0 else "+ ") + self.term(part["term"], True) for part in term["terms"]
            ]
            text = " ".join(parts).removeprefix("+ ")
            return f"({text})" if inside and len(parts) > 1 else text
        if kind == "product":
            parts = [
                ("÷ " if part["power"] < 0 else "× ") + self.term(part["factor"], True) for part in term["factors"]
            ]
            return " ".join(parts).removeprefix("× ")
        if kind == "each":
            text = self._each(self.quantity(term["of"]), term["count"])
            return f"({text})" if inside and term["count"] > 1 else text
        if kind == "members":
            return self._members(term["groups"], inside)
        if kind in ("greatest", "least"):
            return self.say(kind, list=self.listed([self.term(part) for part in term["terms"]]))
        return self._other(term)

    def _other(self, term: Term) -> str:
        if term["is"] == "bool":
            return self.text["yes" if term["value"] else "no"]
        if term["is"] == "unknown":
            return self.text["unknown"]
        return self.alone(str(term["value"]).replace("_", " "))

    def _each(self, of: str, count: int) -> str:
        return of if count == 1 else self.say("each", of=of, members=self.counted("unit.person", str(count), count))

    def _members(self, groups: Sequence[Mapping[str, Any]], inside: bool) -> str:
        if not groups:
            return self.text["unknown"]
        if len(groups) == 1:
            text = self._each(self.term(groups[0]["term"]), groups[0]["count"])
            return f"({text})" if inside and groups[0]["count"] > 1 else text
        terms = [group["term"] for group in groups]
        simple = all(term["is"] == "quantity" for term in terms) and len({tuple(term["per"]) for term in terms}) == 1
        parts = []
        for group in groups:
            text = self.quantity(group["term"], True) if simple else self.term(group["term"], True)
            parts.append(text if group["count"] == 1 else f"{group['count']} × {text}")
        joined = " + ".join(parts)
        if simple and terms[0]["per"]:
            return self.per(f"({joined})", terms[0]["per"])
        return f"({joined})" if inside else joined

    def name(self, name: str) -> str:
        """A name of the policy in words: its title if it has one, a word of ours, or the name without underscores."""
        if name in self.titles:
            return self.own(self.titles[name], "title")
        return self.text[name] if name in _NAMES else name.replace("_", " ")

    def own(self, entry: Mapping[str, Any], key: str) -> str:
        """A text of the policy in this language if its author gave it, else as written."""
        return self.alone(str(entry.get(f"{key}_in", {}).get(self.language, entry.get(key, ""))))

    def titled(self, due: Mapping[str, Any]) -> str:
        """What an entitlement is called: its benefit's title, and its own name where the benefit has several."""
        title = self.own(due, "title")
        if not due["shared"]:
            return title
        own = self.own(due, "entitlement_title") or self.alone(due["name"].replace("_", " "))
        return f"{title} ({own})"

    # -- dates, people, rules for what was not had

    def period(self, period: Mapping[str, Any]) -> str:
        """The period's name: `May 2008`, or its first and last day."""
        if period["kind"] == "month":
            year, month = str(period["id"]).split("-")
            return self.say("period.month", month=self.text["months"].split("|")[int(month) - 1], year=year)
        return self.say("period.span", first=period["first"], last=period["last"])

    def whom(self, members: Sequence[str] | None, size: int | None) -> str:
        """Who a row counted for."""
        if members is None:
            return self.text["household"]
        if len(members) == size and len(members) > 1:
            return self.text["x.everyone"]
        if len(members) == 1:
            return self.say("member", member=members[0])
        shown = self.listed([self.alone(member) for member in members[:6]])
        if len(members) > 6:
            shown = self.say("members.more", members=self.text["list.comma"].join(members[:6]), more=len(members) - 6)
        return self.say("member.list", members=shown)

    def carry(self, text: str) -> str:
        """What becomes of a part that was not had."""
        if found := re.fullmatch(r"carry ([0-9]+) cycles?", text):
            return self.say("carry.cycles", time=self.counted("unit.cycle", found[1], int(found[1])))
        if found := _CARRY.fullmatch(text):
            return self.say("carry.after", time=self.counted(f"unit.{found[2]}", found[1], int(found[1])))
        known = {"carry": "carry.keep", "lapse": "carry.lapse", "lapse at period end": "carry.end"}
        return self.text[known[text]] if text in known else self.alone(text)

    def law(self, entry: Mapping[str, Any]) -> str:
        """Where something is written and since when; empty if it has no source."""
        source = self.own(entry, "source")
        if not source:
            return ""
        first, last = entry.get("from"), entry.get("to")
        if first and last:
            return self.say("from.span", source=source, date=first, to=last)
        return self.say("from.since", source=source, date=first) if first else self.say("from", source=source)

    def laws(self, entries: Sequence[Mapping[str, Any]]) -> list[str]:
        """Where things are written, each once; a source without a day is left out where one with a day says it too."""
        dated = [self.own(entry, "source") for entry in entries if entry.get("source") and entry.get("from")]
        kept = [entry for entry in entries if entry.get("from")
                or not any(self.own(entry, "source") in other for other in dated)]  # fmt: skip
        return list(dict.fromkeys(text for entry in kept if (text := self.law(entry))))

    # -- the sentence

    def sentence(self, due: Mapping[str, Any]) -> str:
        """How much and why, in one sentence: `5 kg for each of 4 members = 20 kg; from NFSA 2013 s.3, …`."""
        if due["amount"] is None:
            return self.missing(due["missing"])
        amount = self.quantity(due["amount"])
        rules = {rule["rule"]: rule for rule in due["rules"]}
        filled = self.term(_inlined(due["formula"]["filled"], rules))
        hits = [hit for rule in due["rules"] for hit in rule["hits"]]
        if due["amount_base"]:  # what gave nothing is no reason for something
            hits = [hit for hit in hits if not _zero(hit["value"])] or hits
        reasons = list(dict.fromkeys(self.own(hit, "because") for hit in hits if hit.get("because")))
        if plain(filled) == plain(amount):
            text = self.say("why", amount=amount, because="; ".join(reasons)) if reasons else amount
        else:
            text = self.say("is", filled=filled, amount=amount)
        for changed in self.changes(_sources(due)):
            text = self.say("with", sentence=text, law=changed)
        written = self.laws(_sources(due))
        if 0 < len(written) <= MOST_SOURCES:
            return self.say("with", sentence=text, law="; ".join(written))
        return text

    def changes(self, entries: Sequence[Mapping[str, Any]]) -> list[str]:
        """Values that changed within the period: each part of it with its days."""
        parts: dict[str, list[str]] = {}
        for entry in entries:
            if "days" in entry and "value" in entry:
                days = self.counted("unit.day", str(entry["days"]), entry["days"])
                part = self.say("changed.part", value=self.quantity(entry["value"]), days=days)
                if part not in parts.setdefault(entry["name"], []):
                    parts[entry["name"]].append(part)
        return [self.say("changed", name=self.name(name), parts=self.listed(told)) for name, told in parts.items()]

    def missing(self, missing: Mapping[str, Any]) -> str:
        """What is missing, and of whom."""
        name = str(missing["input"])
        if " " in name or ":" in name:
            return self.say("missing.rule", input=name)
        if missing["members"]:
            who = self.whom(missing["members"], None)
            text = self.say("missing.of", input=self.name(name), who=who)
        else:
            text = self.say("missing", input=self.name(name))
        if missing["written"]:
            said = self.say("missing.written", written=missing["written"][0])
            text = self.say("with", sentence=text, law=said)
        return text


_NAMES = ("size", "days_in_period", "period_start", "period_end", "birth_date", "sex", "occupation", "household")


def plain(text: str) -> str:
    """A text without the marks that isolate its parts."""
    return text.translate({0x2066: None, 0x2068: None, 0x2069: None})


def _zero(term: Term) -> bool:
    return bool(term["is"] == "quantity" and Fraction(term["value"]) == 0)


def _inlined(term: Term, rules: Mapping[str, Any]) -> Term:
    """A formula that only names a table, with the row that decided put in its place; zeros left out of sums."""
    if term["is"] == "sum":
        terms = [{**part, "term": _inlined(part["term"], rules)} for part in term["terms"]]
        terms = [part for part in terms if not _zero(part["term"])] or terms[:1]
        return terms[0]["term"] if len(terms) == 1 and terms[0]["sign"] == 1 else {"is": "sum", "terms": terms}
    rule = rules.get(str(term.get("name", ""))) if term["is"] == "quantity" else None
    if rule is None or rule["of"] != "household" or "round" in rule or len(rule["hits"]) != 1:
        return term
    return _inlined(rule["hits"][0]["filled"], rules)


def _sources(due: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Everything with a source that had a say in an amount, the rows before the values they read."""
    entries: list[Mapping[str, Any]] = []
    for rule in due["rules"]:
        entries += rule.get("params", [])
        for hit in rule["hits"] if not due["amount_base"] else [hit for hit in rule["hits"] if not _zero(hit["value"])]:
            entries += [hit, *hit.get("params", [])] if hit.get("row") else []
    return entries
