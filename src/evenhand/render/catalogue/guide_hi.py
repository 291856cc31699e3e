"""Hindi of the guide inside the console. Drafted: needs a native reader."""

# ruff: noqa: E501 (a sentence is one line)

TEXT = {
    "gu.help": "इस पन्ने पर मदद",
    "gu.all": "मार्गदर्शिका के सब पन्ने",
    "gu.inside": "इस पन्ने पर",
    "gu.english": "मार्गदर्शिका अंग्रेज़ी में है।",
}
