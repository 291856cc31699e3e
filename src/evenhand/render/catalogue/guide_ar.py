"""Arabic of the guide inside the console. Drafted: needs a native reader."""

# ruff: noqa: E501 (a sentence is one line)

TEXT = {
    "gu.help": "مساعدة في هذه الصفحة",
    "gu.all": "كل صفحات الدليل",
    "gu.inside": "في هذه الصفحة",
    "gu.english": "الدليل بالإنجليزية.",
}
