"""Words of cards, coupons and check slips. French, Arabic and Hindi are drafted translations: each needs a native reader,
and every sheet says so outside what is cut out."""

# ruff: noqa: E501 (a sentence is one line)

from __future__ import annotations

TEXT: dict[str, dict[str, str]] = {
    "en": {
        "card": "Ration card", "number": "Card number", "point": "Distribution point", "issue": "Issue {n}: counts from {when} on, in place of those before",
        "found": "Found this card? Hand it in at any distribution point. It gives no goods.",
        "coupon": "Coupon", "coupons": "Coupons", "tear": "Tear one off each time you collect. Lost one? Say so at the point, with your card.",
        "once": "Serves once. A copy serves nobody.",
        "slip": "Check slip", "slip.whose": "For this household alone. Keep it at home; show it to nobody at the point.",
        "slip.how": "It opens your own line: what you were due, what was given, and why. {command}",
        "proxies": "May collect for you: {names}", "demo": "DEMONSTRATION: not valid",
        "foot": "{kind} · {programme} · {point} · sheet {n} of {all}", "cut": "Cut along the marks.",
        "draft": "This translation is a draft and needs a native reader.",
    },
    "fr": {
        "card": "Carte de rationnement", "number": "Numéro de carte", "point": "Point de distribution", "issue": "Émission {n} : valable à partir de {when}, à la place des précédentes",
        "found": "Carte trouvée ? Remettez-la à n’importe quel point de distribution. Elle ne donne droit à rien.",
        "coupon": "Coupon", "coupons": "Coupons", "tear": "Détachez-en un à chaque retrait. Perdu ? Dites-le au point, avec votre carte.",
        "once": "Sert une seule fois. Une copie ne sert à personne.",
        "slip": "Talon de contrôle", "slip.whose": "Pour ce ménage seulement. Gardez-le chez vous ; ne le montrez à personne au point.",
        "slip.how": "Il ouvre votre propre ligne : ce qui vous était dû, ce qui a été remis, et pourquoi. {command}",
        "proxies": "Peuvent retirer pour vous : {names}", "demo": "DÉMONSTRATION : sans valeur",
        "foot": "{kind} · {programme} · {point} · feuille {n} sur {all}", "cut": "Découpez aux repères.",
        "draft": "Cette traduction est une ébauche et doit être relue par un locuteur natif.",
    },
    "ar": {
        "card": "بطاقة تموين", "number": "رقم البطاقة", "point": "نقطة التوزيع", "issue": "الإصدار {n}: يسري ابتداءً من {when} بدلًا مما قبله",
        "found": "وجدت هذه البطاقة؟ سلّمها في أي نقطة توزيع. لا تُصرف بها أي سلع.",
        "coupon": "قسيمة", "coupons": "القسائم", "tear": "اقطع قسيمة واحدة في كل استلام. ضاعت واحدة؟ أخبر نقطة التوزيع ومعك بطاقتك.",
        "once": "تُستعمل مرة واحدة. النسخة لا تفيد أحدًا.",
        "slip": "قصاصة التحقق", "slip.whose": "لهذه الأسرة وحدها. احفظها في البيت ولا تُرِها لأحد في نقطة التوزيع.",
        "slip.how": "تفتح سطرك أنت: ما كان مستحقًا لك، وما سُلّم، ولماذا. {command}",
        "proxies": "يجوز أن يستلم عنكم: {names}", "demo": "عرض تجريبي: غير صالحة",
        "foot": "{kind} · {programme} · {point} · ورقة {n} من {all}", "cut": "قُصّ عند العلامات.",
        "draft": "هذه الترجمة مسودة وتحتاج إلى مراجعة قارئ أصلي.",
    },
    "hi": {
        "card": "राशन कार्ड", "number": "कार्ड संख्या", "point": "वितरण केंद्र", "issue": "अंक {n}: {when} से मान्य, पहले वालों की जगह",
        "found": "यह कार्ड मिला? किसी भी वितरण केंद्र पर दे दें। इससे कोई सामान नहीं मिलता।",
        "coupon": "कूपन", "coupons": "कूपन", "tear": "हर बार सामान लेते समय एक फाड़ें। खो गया? कार्ड लेकर केंद्र पर बताएँ।",
        "once": "एक ही बार चलता है। नक़ल किसी के काम की नहीं।",
        "slip": "जाँच पर्ची", "slip.whose": "केवल इस परिवार के लिए। घर पर रखें; केंद्र पर किसी को न दिखाएँ।",
        "slip.how": "यह आपकी अपनी पंक्ति खोलती है: क्या देय था, क्या दिया गया, और क्यों। {command}",
        "proxies": "आपकी ओर से ले सकते हैं: {names}", "demo": "प्रदर्शन: मान्य नहीं",
        "foot": "{kind} · {programme} · {point} · पन्ना {n} / {all}", "cut": "निशानों पर काटें।",
        "draft": "यह अनुवाद एक मसौदा है और इसे मातृभाषी पाठक की ज़रूरत है।",
    },
}  # fmt: skip
