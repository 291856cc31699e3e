"""What no rule may use: politics, religion, ethnicity, origin, obedience (DESIGN §5.6).

The registry has no such columns; this refuses to let a programme declare one under a plain name. It reads words, so it
cannot see a disguise: purposes are published with the policy for that reason.
"""

from __future__ import annotations

import re

_STEMS = {
    "politics": "politic party parties ideolog loyal songbun dissiden vote votes voter voting union_member propagand",
    "religion": "relig faith creed worship confession church mosque temple sect sects christian catholic protestant muslim "
    "islam sunni shia hindu sikh buddhis jew jewish atheis",
    "ethnicity": "ethnic race races racial tribe tribes tribal caste castes clan clans skin minority minorities indigenous",
    "origin": "origin origins birthplace nationality nationalities citizenship descent ancestry ancestor ancestors lineage",
    "obedience": "obedien disobedien conduct behaviour behavior reliability punish criminal convict deserter defector",
}
_WHOLE = re.compile(r"(party|parties|votes?|voter|voting|sects?|races?|racial|tribes?|tribal|castes?|clans?|skin|jew|jewish"
                    r"|origins?|conduct)\Z")  # fmt: skip


_BORN = re.compile(
    r"(?:place|country|province|region|town|village) of (?:his |her |their )?birth\b|\bborn (?:in|abroad)\b|birth ?country"
)
"""Where somebody was born is origin; when is not."""


def forbidden(text: str) -> tuple[str, str] | None:
    """(the word, the ground it falls under) if `text` names one of the forbidden grounds."""
    plain = text.lower().replace("_", " ")
    if born := _BORN.search(plain):
        return born[0], "origin"
    for word in re.findall(r"[a-z]+", plain):
        for ground, stems in _STEMS.items():
            for stem in stems.split():
                if word == stem or (not _WHOLE.match(stem) and word.startswith(stem)):
                    return word, ground
    return None
