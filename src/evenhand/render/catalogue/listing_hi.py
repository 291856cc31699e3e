"""Hindi of the tables of the console. Needs a native reader."""

# ruff: noqa: E501 (a sentence is one line)

TEXT = {
    "ls.filter": "इस तालिका में खोजें",
    "ls.filter.do": "खोजें",
    "ls.filter.all": "सभी पंक्तियाँ दिखाएँ",
    "ls.all": "{n} पंक्ति|{n} पंक्तियाँ",
    "ls.part": "{n} में से पंक्ति {first} से {last}",
    "ls.far": "{n} से अधिक में से पंक्ति {first} से {last}",
    "ls.bounded": "और भी पंक्तियाँ हैं। जो चाहिए उसे खोजें, या दूसरे सिरे से क्रम लगाएँ।",
    "ls.pages": "इस तालिका के पृष्ठ",
    "ls.page": "पृष्ठ {page}, कुल {pages}",
    "ls.before": "पिछला पृष्ठ",
    "ls.after": "अगला पृष्ठ",
    "ls.export": "यह तालिका साथ ले जाएँ:",
    "ls.export.cut": "पहली {n} पंक्तियाँ साथ ले जाएँ:",
    "ls.nothing": "किसी पंक्ति में “{filter}” नहीं है। वर्तनी देखें, या सभी पंक्तियाँ दिखाएँ।",
    "ls.none": "यहाँ अभी कुछ दर्ज नहीं है।",
    "ls.share": "{share} %",
    "ls.parts": "तालिका जिसमें क्रम, खोज, पृष्ठ और डाउनलोड हैं",
    "ls.parts.cycle": "चक्र",
    "ls.parts.kg": "kg",
    "ls.parts.at": "गिना गया",
}
