"""French of the guide inside the console. Drafted: needs a native reader."""

# ruff: noqa: E501 (a sentence is one line)

TEXT = {
    "gu.help": "Aide pour cette page",
    "gu.all": "Toutes les pages du guide",
    "gu.inside": "Sur cette page",
    "gu.english": "Le guide est en anglais.",
}
