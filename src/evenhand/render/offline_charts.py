"""Two pictures: what families get by the size of the reserve, and what rules give out twice."""

from __future__ import annotations

from evenhand.render.html import Child, Html, el, label, line, picture, rect
from evenhand.render.offline_words import Said

LEFT, RIGHT, ROW, BAR = 44.0, 356.0, 26.0, 16.0


def key(words: list[str]) -> Html:
    """What the three colours of `reserves` are."""
    spans: list[Child] = []
    for cls, word in zip(("d2", "d4", "claimed"), words, strict=True):
        sample = el("svg", rect(cls, 0, 2, 24, 12), viewBox="0 0 24 16", aria_hidden="true")
        spans.append(el("span", sample, word))
    return el("p", *spans, cls="key")


def reserves(said: Said, title: str, told: str, words: list[str]) -> Html:
    """A bar a reserve: families that got all, a part, a claim only."""
    rows = said.trial.reserves
    most = max(1, *(r.fed + r.part + r.claimed for r in rows))
    drawn: list[Child] = []
    for n, r in enumerate(rows):
        y, x = n * ROW, LEFT
        chosen = r.permille == said.trial.reserve_permille
        drawn.append(label("b end" if chosen else "end", LEFT - 8, y + 13, f"{said.permille(r.permille)}\u00a0%"))
        for cls, ink, count in (("d2", "o2", r.fed), ("d4", "o4", r.part), ("claimed", "must", r.claimed)):
            wide = (RIGHT - LEFT) * count / most
            if count:
                drawn.append(rect(cls, x, y, wide, BAR))
            if wide > 22:
                drawn.append(label(f"{ink} mid", x + wide / 2, y + 12, said.whole(count)))
            x += wide
    bottom = len(rows) * ROW
    drawn.append(line("axis axis--0", LEFT, -4, LEFT, bottom - 4))
    return picture("reserves", 360, bottom, title, f"{told}. {', '.join(words)}.", *drawn)


def rules(said: Said, title: str, told: str) -> Html:
    """A bar a rule: what it gave out a second time; the one holder also what it never passes."""
    trial = said.trial
    most = max(1, trial.rations * trial.reserve_permille // 1000, *(rule.over_issue for rule in trial.rules))
    drawn: list[Child] = []
    for n, rule in enumerate(trial.rules):
        y = n * 42.0
        ours = rule.name == "one holder"
        drawn.append(label("b" if ours else "", 0, y + 12, said.say(f"of.r.{rule.name}")))
        wide = (RIGHT - 60) * rule.over_issue / most
        if ours:
            bound = (RIGHT - 60) * (trial.rations * trial.reserve_permille // 1000) / most
            drawn.append(rect("due", 0, y + 18, bound, BAR))
        drawn.append(rect("d2" if ours else "d4", 0, y + 18, max(wide, 0.5), BAR))
        cls = "o2 end" if ours and wide > 60 else ""
        x = wide - 6 if cls else wide + 6
        drawn.append(line("axis axis--0", 0, y + 16, 0, y + 36))
        drawn.append(label(cls or "b", x, y + 30, f"{said.share(rule.over_issue)}\u00a0%"))
    bottom = 42.0 * len(trial.rules)
    return picture("rules", 360, bottom, title, told, *drawn)
