"""English of the guide inside the console."""

# ruff: noqa: E501 (a sentence is one line)

TEXT = {
    "gu.help": "Help with this page",
    "gu.all": "All pages of the guide",
    "gu.inside": "On this page",
    "gu.english": "The guide is in English.",
}
