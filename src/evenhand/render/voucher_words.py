"""Words of vouchers. French, Arabic and Hindi are drafted translations: each needs a native reader, and every sheet says so
outside what is cut out."""

from __future__ import annotations

from evenhand.render.card_words import TEXT as CARDS

_OWN: dict[str, dict[str, str]] = {
    "en": {
        "title": "Voucher", "valid": "From {first} to {last}", "parts": "May be spent in parts.",
        "whole": "Is spent whole.", "only": "Only at: {merchant}", "any": "At any shop of the programme.",
        "card": "With ration card {card} only.", "number": "{series} no. {number}", "leaf": "leaf {leaf} of {leaves}",
        "foot": "Vouchers · {programme} · sheet {n} of {all}",
    },
    "fr": {
        "title": "Bon", "valid": "Du {first} au {last}", "parts": "Peut être utilisé en plusieurs fois.",
        "whole": "S’utilise en une fois.", "only": "Seulement chez : {merchant}",
        "any": "Dans tout magasin du programme.", "card": "Avec la carte {card} seulement.",
        "number": "{series} n° {number}", "leaf": "feuillet {leaf} sur {leaves}",
        "foot": "Bons · {programme} · feuille {n} sur {all}",
    },
    "ar": {
        "title": "قسيمة شراء", "valid": "من {first} إلى {last}", "parts": "يمكن استعمالها على دفعات.",
        "whole": "تُستعمل دفعة واحدة.", "only": "فقط عند: {merchant}", "any": "في أي متجر من متاجر البرنامج.",
        "card": "مع بطاقة التموين {card} فقط.", "number": "{series} رقم {number}", "leaf": "ورقة {leaf} من {leaves}",
        "foot": "قسائم شراء · {programme} · ورقة {n} من {all}",
    },
    "hi": {
        "title": "वाउचर", "valid": "{first} से {last} तक", "parts": "कई बार में ख़र्च हो सकता है।",
        "whole": "एक ही बार में ख़र्च होता है।", "only": "केवल यहाँ: {merchant}",
        "any": "कार्यक्रम की किसी भी दुकान पर।", "card": "केवल राशन कार्ड {card} के साथ।",
        "number": "{series} सं. {number}", "leaf": "पन्ना {leaf} / {leaves}",
        "foot": "वाउचर · {programme} · पृष्ठ {n} / {all}",
    },
}  # fmt: skip

TEXT = {
    language: {"demo": CARDS[language]["demo"], "draft": CARDS[language]["draft"]} | own
    for language, own in _OWN.items()
}
