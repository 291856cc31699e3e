"""What a trial without a network shows, in sentences, in the languages of the catalogue."""

from __future__ import annotations

from fractions import Fraction

from evenhand.render.catalogue import Catalogue
from evenhand.render.figures import Figures
from evenhand.render.offline_figures import Check, Trial


class Said(Figures):
    """The sentences of a trial."""

    def __init__(self, trial: Trial, language: str = "en") -> None:
        super().__init__(Catalogue(language))
        self.trial = trial

    def finding(self) -> str:
        """What the trial shows, in one sentence."""
        failed = {check.name for check in self.trial.checks if not check.holds}
        if not failed:
            return self.say("of.title")
        if failed == {"victims"}:
            return self.say("of.title.claims", n=self.whole(self.victims.figures["claim_only"]))
        return self.say("of.title.not")

    @property
    def victims(self) -> Check:
        """The check of families whose coupon was used before them."""
        return next(check for check in self.trial.checks if check.name == "victims")

    def claim(self, check: Check) -> str:
        """The claim of a check."""
        return self.say(f"of.c.{check.name}")

    def counted_of(self, check: Check) -> str:
        """Its figures in words."""
        shown = {name: self.whole(count) for name, count in check.figures.items()}
        return self.say(f"of.f.{check.name}", **shown)

    def share(self, steps: int) -> str:
        """Steps as per cent of all rations, two digits."""
        return self.decimal(self.trial.share(steps) * 100, 2)

    def lead(self) -> str:
        """The sizes behind the finding."""
        trial = self.trial
        return self.say(
            "of.lead", over=self.share(trial.over_issue), reserve=self.permille(trial.reserve_permille),
            copied=self.permille(trial.copied_permille), copies=trial.copies,
        )  # fmt: skip

    def permille(self, permille: int) -> str:
        """So many per mille, in per cent without the sign."""
        return self.decimal(Fraction(permille, 10), 1)

    def without_paper(self) -> str:
        """What the same days come to when the paper is lost as well."""
        by_name = {check.name: check.figures for check in self.trial.without_paper}
        twice = self.whole(by_name["over-issue"]["given_twice_unknown"])
        away, claims = by_name["open-rows"]["sent_away"], by_name["victims"]["claim_only"]
        if not away and not claims:
            return self.say("of.paper.none", steps=twice)
        return self.say("of.paper.body", steps=twice, away=self.whole(away), n=self.whole(claims))
