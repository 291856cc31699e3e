"""Our fixed words in the languages of the faces: of each one module, and one
for every area that has many of its own.

A policy's own words are its author's.

English is written here first. The others are drafted translations; each of their modules says "needs a native reader" until
one has read it, and so does every page made with it (`drafted`).
"""

from __future__ import annotations

from importlib import import_module

from evenhand.core.errors import UsageError

AREAS = (
    "account",
    "cards",
    "compare",
    "console",
    "cycle",
    "first",
    "grievances",
    "guide",
    "household",
    "listing",
    "offline",
    "planning",
    "policies",
    "public",
    "publishing",
    "registry",
    "stock",
)
"""What has its words in modules of its own, `<area>_<language>.py`; the rest stands in `<language>.py`."""

LANGUAGES = ("en", "fr", "ar", "hi")
CATALOGUES: dict[str, dict[str, str]] = {
    language: {
        key: text
        for name in (language, *(f"{area}_{language}" for area in AREAS))
        for key, text in import_module(f"{__name__}.{name}").TEXT.items()
    }
    for language in LANGUAGES
}
DRAFTED = frozenset({"fr", "ar", "hi"})
"""Catalogues that no native reader has read."""

RIGHT_TO_LEFT = frozenset({"ar"})
_ISOLATE, _POP = "\u2068", "\u2069"
_FORMS = {"en": ("one", "other"), "fr": ("one", "other"), "hi": ("one", "other"),
          "ar": ("one", "two", "few", "many", "other")}  # fmt: skip


def form(language: str, value: int | None) -> str:
    """The plural form of a whole number (None: of a fraction)."""
    if value is None:
        return "other"
    if language == "ar":
        if value in (1, 2):
            return ("one", "two")[value - 1]
        if 3 <= value % 100 <= 10:
            return "few"
        return "many" if 11 <= value % 100 <= 99 else "other"
    return "one" if value == 1 or (value == 0 and language in ("fr", "hi")) else "other"


class Catalogue:
    """The words of one language. UsageError for a language without a catalogue."""

    def __init__(self, language: str) -> None:
        if language not in CATALOGUES:
            raise UsageError(f'there is no catalogue "{language}"', f"use one of {', '.join(LANGUAGES)}")
        self.language = language
        self.text = CATALOGUES[language]
        self.rtl = language in RIGHT_TO_LEFT
        self.drafted = language in DRAFTED

    def say(self, key: str, /, **values: object) -> str:
        """The sentence `key`. Where writing goes right to left every value is isolated, so that it keeps its own order."""
        shown = {name: self.alone(str(value)) for name, value in values.items()}
        return self.text[key].format(**shown).replace(" %", "\u00a0%")

    def alone(self, text: str) -> str:
        """A text that may run in the other direction, so that its surroundings keep theirs."""
        if not self.rtl or not text or text.startswith(_ISOLATE):
            return text
        return f"{_ISOLATE}{text}{_POP}"

    def counted(self, key: str, number: str, value: int | None) -> str:
        """`key` in the plural form of `value`; forms stand in one text, divided by |, with {n} for the number."""
        forms = self.text[key].split("|")
        names = _FORMS[self.language]
        chosen = forms[names.index(form(self.language, value))] if len(forms) == len(names) else forms[-1]
        return chosen.format(n=number)

    def listed(self, parts: list[str]) -> str:
        """Things one after another, the last one joined by `and`."""
        parts = [self.alone(part) for part in parts]
        if len(parts) < 2:
            return "".join(parts)
        return self.text["list.last"].format(first=self.text["list.comma"].join(parts[:-1]), last=parts[-1])
