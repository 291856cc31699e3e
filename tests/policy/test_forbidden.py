"""What no rule may use is refused in the four languages, by name, by purpose, by title and by word."""

import pytest
from policy.samples import GRAIN, line_of

from evenhand.core.errors import InputError
from evenhand.flow.policy import load
from evenhand.flow.policy.forbidden import forbidden

GROUNDS = {
    "politics": ["votes_in_2020", "party_member", "political opinion", "trade union", "opinion politique", "parti",
                 "électeur inscrit", "الانتماء السياسي", "عضو في حزب", "राजनीतिक दल", "पार्टी का सदस्य", "songbun", "rajniti"],
    "religion": ["faith", "goes to church", "creed", "beliefs", "croyances", "l’église du village", "الديانة", "المذهب",
                 "طائفة", "धर्म", "मज़हब", "dharm", "fréquente la mosquée"],
    "ethnicity": ["ethnic_group", "tribe", "caste", "mother tongue", "groupe ethnique", "tribu", "القبيلة", "العِرق",
                  "जाति", "जनजाति", "नस्ल", "jati", "minorité"],
    "origin": ["origin", "place of birth", "born_in", "nationality", "ancestors", "pays d’origine", "lieu de naissance",
               "nationalité", "الجنسية", "محل الميلاد", "राष्ट्रीयता", "जन्म स्थान", "descent"],
    "obedience": ["obedience", "loyalty", "good conduct", "behaviour at work", "criminal record", "obéissance", "loyauté",
                  "comportement", "الولاء", "حسن السيرة والسلوك", "आज्ञाकारिता", "वफ़ादारी", "आचरण"],
}  # fmt: skip
PLAIN = [
    "monthly income", "rent paid", "plot area", "size of the garden", "which state's rule", "particulier", "culture",
    "birth date", "date of birth", "born on", "mineur de fond", "minor children", "tribunal", "classe d'âge", "électricité",
    "original invoice", "place of work", "country shop", "part time", "electric meter", "conductor", "jewels", "casting",
    "سلة الغذاء", "نسبة الإيجار", "عدد الأطفال", "الدخل", "مقدم الطلب",
    "दाल की मात्रा", "मूल्य", "कुल आय", "किराया", "जन्म तिथि", "loyer", "ration card class",
]  # fmt: skip


@pytest.mark.parametrize(("ground", "text"), [(ground, text) for ground, texts in GROUNDS.items() for text in texts])
def test_a_word_for_a_ground_is_known_in_every_language(ground: str, text: str) -> None:
    found = forbidden(text)
    assert found is not None and found[1] == ground


@pytest.mark.parametrize("text", PLAIN)
def test_plain_words_are_left_alone(text: str) -> None:
    assert forbidden(text) is None


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("rent = {of", "jati = {of", "jati"),
        ('unit = "USD", range = [0, 5000], purpose = "need"', 'unit = "USD", purpose = "पार्टी का चंदा"', "पार्टी"),
        ('purpose = "class"', 'purpose = "class", title = {en = "card", ar = "الطائفة"}', "الطائفة"),
        ('"PHH", "none"]', '"PHH", "none", "fidèle de la mosquée"]', "mosquée"),
        ("[category]", '[category]\nethnie = ["a", "b"]', "ethnie"),
    ],
)
def test_it_is_refused_wherever_an_input_is_declared(old: str, new: str, at: str) -> None:
    text = GRAIN.replace(old, new, 1)
    with pytest.raises(InputError) as caught:
        load(text, "grain.toml")
    (problem,) = [one for one in caught.value.problems if "no rule may use" in one.message]
    assert problem.row == line_of(text, at)
    assert "not who it is" in problem.remedy
