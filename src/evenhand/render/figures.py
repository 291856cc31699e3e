"""Numbers of the planning pages in the language of the page: quantities, shares in per cent, people."""

from __future__ import annotations

from fractions import Fraction

from evenhand.render.catalogue import Catalogue


class Figures:
    """Writes numbers as the catalogue's language does. `unit` is a word put behind quantities, "" for none; `each` is how
    many of it one of the numbers given stands for, such as 1/2 where hand-out steps of 500 g are shown as kg."""

    def __init__(self, catalogue: Catalogue, unit: str = "", each: Fraction = Fraction(1)) -> None:
        self.say = catalogue.say
        self.catalogue = catalogue
        self.unit, self.each = unit, each

    def whole(self, value: int) -> str:
        """A whole number with its thousands apart."""
        return f"{value:,}".replace(",", self.catalogue.text["thousands"])

    def decimal(self, value: Fraction, digits: int) -> str:
        """A number rounded half up to so many digits, none of them a trailing zero."""
        scale = 10**digits
        count = (2 * abs(value).numerator * scale + value.denominator) // (2 * value.denominator)
        whole, rest = divmod(count, scale)
        text = self.whole(whole) + (f"{self.catalogue.text['point']}{rest:0{digits}d}".rstrip("0") if rest else "")
        return f"\u2212{text}" if value < 0 and count else text

    def quantity(self, value: Fraction | int) -> str:
        """A quantity: whole from 100 on, else one digit; with the unit."""
        return f"{self.bare(value)}\u00a0{self.unit}" if self.unit else self.bare(value)

    def bare(self, value: Fraction | int) -> str:
        """The same without the unit, for a column that names it."""
        shown = value * self.each
        return self.decimal(shown, 0 if shown >= 100 else 1)

    def percent(self, share: Fraction, digits: int = 0) -> str:
        """A share in per cent without the sign, half up; never 100 for less than all, never 0 for more than none."""
        text = self.decimal(share * 100, digits)
        if share < 1 and self.decimal(Fraction(100), 0) == text:
            return self.decimal(100 - Fraction(1, 10 ** max(1, digits)), max(1, digits))
        if share > 0 and text == "0":
            return self.percent(share, digits + 1) if digits < 3 else "0"
        return text

    def span(self, low: Fraction, high: Fraction, digits: int = 0) -> str:
        """A range of shares in per cent, or the one number both round to."""
        ends = self.percent(low, digits), self.percent(high, digits)
        return ends[0] if ends[0] == ends[1] else self.say("al.range", low=ends[0], high=ends[1])

    def counted(self, key: str, value: int) -> str:
        """`3 points`: the key in the plural form of a number."""
        return self.catalogue.counted(key, self.whole(value), value)
