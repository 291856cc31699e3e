"""Words of the papers that travel with goods. French, Arabic and Hindi are drafted translations: each needs a native
reader, and every paper says so."""

# ruff: noqa: E501 (a sentence is one line)

from __future__ import annotations

TEXT: dict[str, dict[str, str]] = {
    "en": {
        "waybill": "Waybill", "waybills": "Waybills of {cycle}", "over": "{programme} · cycle {cycle}", "lane": "Lane {lane}",
        "from": "From", "to": "To", "what": "What", "sent": "Sent", "packs": "In packs", "steps": "In steps",
        "received": "Received", "damaged": "Damaged", "reason": "Reason, if not all", "load": "Load",
        "sign.sent": "Sent by, date", "sign.driver": "Driver, lorry", "sign.received": "Received by, date",
        "loose": "{amount} loose", "signed": "Signed by the log of {origin}. The code holds the load and the signature; to check it: evenhand waybills check CODE",
        "page": "{n} of {all}", "nothing": "This page loads nothing from any host.", "skip": "Go to the page",
        "draft": "This translation is a draft and needs a native reader.",
        "list": "Load list", "day": "Day {day}, {lorry}", "trip": "Trip", "stop": "Stop", "point": "Point", "arrives": "Arrives", "amount": "Load",
        "together": "Together", "home": "{km} km, {litres} litres, home at {clock}", "map": "North is up; lines are straight from stop to stop, whatever the road.",
        "hand": "Name, time",
    },
    "fr": {
        "waybill": "Bordereau de transport", "waybills": "Bordereaux de {cycle}", "over": "{programme} · cycle {cycle}", "lane": "Liaison {lane}",
        "from": "De", "to": "À", "what": "Produit", "sent": "Expédié", "packs": "En colis", "steps": "En unités de remise",
        "received": "Reçu", "damaged": "Abîmé", "reason": "Motif, si incomplet", "load": "Chargement",
        "sign.sent": "Expédié par, date", "sign.driver": "Chauffeur, camion", "sign.received": "Reçu par, date",
        "loose": "{amount} en vrac", "signed": "Signé par le journal de {origin}. Le code contient le chargement et la signature ; pour le vérifier : evenhand waybills check CODE",
        "page": "{n} sur {all}", "nothing": "Cette page ne charge rien d’aucun serveur.", "skip": "Aller à la page",
        "draft": "Cette traduction est une ébauche et doit être relue par un locuteur natif.",
        "list": "Liste de chargement", "day": "Jour {day}, {lorry}", "trip": "Tournée", "stop": "Arrêt", "point": "Point", "arrives": "Arrivée", "amount": "Charge",
        "together": "Ensemble", "home": "{km} km, {litres} litres, retour à {clock}", "map": "Le nord est en haut ; les lignes vont droit d’un arrêt à l’autre, quelle que soit la route.",
        "hand": "Nom, heure",
    },
    "ar": {
        "waybill": "بوليصة شحن", "waybills": "بوالص شحن {cycle}", "over": "{programme} · دورة {cycle}", "lane": "المسار {lane}",
        "from": "من", "to": "إلى", "what": "الصنف", "sent": "المُرسَل", "packs": "بالعبوات", "steps": "بوحدات التسليم",
        "received": "المُستلَم", "damaged": "التالف", "reason": "السبب إن نقص", "load": "الحمولة",
        "sign.sent": "المُرسِل والتاريخ", "sign.driver": "السائق والشاحنة", "sign.received": "المُستلِم والتاريخ",
        "loose": "{amount} سائبة", "signed": "موقَّعة من سجل {origin}. يحمل الرمز الحمولة والتوقيع؛ للتحقق منه: evenhand waybills check CODE",
        "page": "{n} من {all}", "nothing": "هذه الصفحة لا تحمّل شيئًا من أي خادم.", "skip": "إلى الصفحة",
        "draft": "هذه الترجمة مسودة وتحتاج إلى مراجعة قارئ أصلي.",
        "list": "قائمة التحميل", "day": "اليوم {day}، {lorry}", "trip": "الرحلة", "stop": "المحطة", "point": "نقطة التوزيع", "arrives": "الوصول", "amount": "الحمولة",
        "together": "المجموع", "home": "{km} كم، {litres} لتر، العودة في {clock}", "map": "الشمال إلى الأعلى؛ الخطوط مستقيمة من محطة إلى أخرى أيًّا كان الطريق.",
        "hand": "الاسم والساعة",
    },
    "hi": {
        "waybill": "माल पर्ची", "waybills": "{cycle} की माल पर्चियाँ", "over": "{programme} · चक्र {cycle}", "lane": "मार्ग {lane}",
        "from": "कहाँ से", "to": "कहाँ तक", "what": "वस्तु", "sent": "भेजा गया", "packs": "बोरियों में", "steps": "वितरण इकाइयों में",
        "received": "प्राप्त", "damaged": "खराब", "reason": "कम हो तो कारण", "load": "माल",
        "sign.sent": "भेजने वाला, तारीख", "sign.driver": "चालक, ट्रक", "sign.received": "पाने वाला, तारीख",
        "loose": "{amount} खुला", "signed": "{origin} के लॉग ने हस्ताक्षर किए। कोड में माल और हस्ताक्षर हैं; जाँच के लिए: evenhand waybills check CODE",
        "page": "{all} में से {n}", "nothing": "यह पृष्ठ किसी सर्वर से कुछ नहीं लेता।", "skip": "पृष्ठ पर जाएँ",
        "draft": "यह अनुवाद एक मसौदा है और इसे मातृभाषी पाठक की ज़रूरत है।",
        "list": "लदान सूची", "day": "दिन {day}, {lorry}", "trip": "फेरा", "stop": "पड़ाव", "point": "वितरण केंद्र", "arrives": "पहुँच", "amount": "माल",
        "together": "कुल", "home": "{km} किमी, {litres} लीटर, वापसी {clock} बजे", "map": "उत्तर ऊपर है; सड़क जो भी हो, रेखाएँ पड़ाव से पड़ाव तक सीधी हैं।",
        "hand": "नाम, समय",
    },
}  # fmt: skip
