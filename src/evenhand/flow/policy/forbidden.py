"""What no rule may use: politics, religion, ethnicity, origin, obedience (DESIGN §5.6).

The registry has no such columns; this refuses to let a programme declare one under a plain name, in the languages of the
faces. It reads words, so it cannot see a disguise: purposes are published with the policy for that reason.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

# One ground a block, one language a line. `*`: any ending; `_`: a space. Accents, vowel signs that may be left out, and the
# forms of alif and ta marbuta are taken away on both sides before they are compared.
_WORDS = """
politics
  politic* party parties partisan* ideolog* dissiden* vote* voting elector* ballot* propagand* songbun activis* militan*
  union_member* trade_union* regime opposition
  politiq* parti partis partisan* electeur* electoral* scrutin* syndicat* syndique* opposant*
  سياس* حزب* احزاب انتخاب* ناخب* تصويت* ايديولوج* معارض* نقاب*
  राजनीत* राजनैतिक* दल दलीय पार्टी* मतदा* वोट* विचारधारा* चुनाव*
  rajneeti rajniti siyasi
religion
  relig* faith* creed* belief* worship* confession* church* mosque* temple* sect sects christian* catholic* protestant*
  muslim* islam* sunni* shia* shiite* hindu* sikh* buddhis* jew jews jewish atheis*
  eglise* mosquee* croyan* culte cultes chretien* catholiq* musulman* juif* juive* hindou* bouddhi* athee*
  دين ديني دينيه ديانه ديانات اديان عقيده عقائد معتقد* مذهب* مذاهب طائف* طوائف مسلم* اسلام* مسيح* مسجد مساجد كنيس* كنائس
  يهود* هندوس* بوذ* سني شيع* ملحد*
  धर्म* धार्मिक* मजहब* संप्रदाय* सम्प्रदाय* सांप्रदायिक* मंदिर* मस्जिद* चर्च* गिरजा* हिंदू* हिन्दू* मुस्लिम* मुसलमान* ईसाई* सिख* बौद्ध* नास्तिक*
  dharm dharma mazhab majhab
ethnicity
  ethni* race races racial* tribe* tribal* caste castes clan clans skin minority minorities indigenous* mother_tongue
  tribu tribus clanique* autochtone* minorite* langue_maternelle couleur_de_peau
  عرق* اعراق اثني* عشيره عشائر قبيل* قبائل اقليه اقليات قوميه قوميات لون_البشره اللغه_الام
  जाति* जातीय* जनजाति* नस्ल* कबील* गोत्र* अल्पसंख्यक* आदिवासी* मातृभाषा*
  jati jaati jaat gotra varna adivasi
origin
  origin origins birthplace* nationalit* citizenship* descent ancest* lineage* foreign_born born_in born_abroad birth_country
  place_of_birth country_of_birth region_of_birth province_of_birth town_of_birth village_of_birth
  origine* originaire* citoyennete* ascendan* lieu_de_naissance pays_de_naissance ne_en ne_a_l_etranger
  اصل منشا* جنسيه جنسيات سلاله مسقط_راس* مكان_الولاده محل_الولاده مكان_الميلاد محل_الميلاد بلد_الميلاد بلد_الولاده
  राष्ट्रीयता* नागरिकता* जन्मस्थान* जन्म_स्थान* जन्मभूमि* मूल_स्थान* मूल_निवास* वंश* पूर्वज*
obedience
  obedien* disobedien* loyal* allegiance* conduct behaviour* behavior* reliability* punish* criminal* crime* convict*
  offender* deserter* defector*
  obeiss* loyaut* comportement* conduite* punition* puni* condamn* criminel* delinquan* deserteur* casier_judiciaire
  طاعه ولاء* سلوك* انضباط* عقوب* معاقب* جنائي* مجرم* اجرام* سوابق* حسن_السيره
  आज्ञाकार* आज्ञापालन* वफादार* निष्ठा* आचरण* व्यवहार* अनुशासन* अपराध* सजा* दंड* दण्ड* दोषी* भगोड*
"""
_TAKEN_AWAY = re.compile("[\u0300-\u036f\u0640\u064b-\u065f\u0670\u093c\u200b-\u200f\u2060\ufeff]")
_ALIKE = str.maketrans("أإآٱىةؤئ", "اااايهوي")
_ARABIC_BEFORE = re.compile(r"[وفبكل]?(?:ال|لل)(?=\w{2})|[وفبكل](?=\w{3})")


def forbidden(text: str) -> tuple[str, str] | None:
    """(the word, the ground it falls under) if `text` names one of the forbidden grounds."""
    words = _plain(text).split()
    for ground, wanted in _grounds().items():
        for place, word in enumerate(words):
            for parts in wanted:
                if any(_fits(bare, parts[0]) for bare in _bared(word)) and all(
                    place + n < len(words) and _fits(words[place + n], part) for n, part in enumerate(parts)
                    if n
                ):  # fmt: skip
                    return " ".join(words[place : place + len(parts)]), ground
    return None


@cache
def _grounds() -> dict[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in _WORDS.strip().split("\n"):
        if not line.startswith(" "):
            found[line] = []
        else:
            found[next(reversed(found))] += [tuple(_plain(one, "*").split()) for one in line.split()]
    return found


def _plain(text: str, kept: str = "") -> str:
    """Small letters without accents, one space between words, which are of letters and their marks only."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_ALIKE)).casefold()
    letters = unicodedata.normalize("NFC", _TAKEN_AWAY.sub("", decomposed)).translate(_ALIKE)
    return "".join(sign if unicodedata.category(sign)[0] in "LM" or sign in kept else " " for sign in letters)


def _bared(word: str) -> tuple[str, ...]:
    """A word, and without the article and particles that Arabic writes onto it."""
    if not "\u0600" <= word[0] <= "\u06ff":
        return (word,)
    return (word, *(word[found.end() :] for found in [_ARABIC_BEFORE.match(word)] if found))


def _fits(word: str, wanted: str) -> bool:
    return word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
