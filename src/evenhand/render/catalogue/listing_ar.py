"""Arabic of the tables of the console. Needs a native reader."""

# ruff: noqa: E501 (a sentence is one line)

TEXT = {
    "ls.filter": "ابحث في هذا الجدول",
    "ls.filter.do": "ابحث",
    "ls.filter.all": "أظهر كل الصفوف",
    "ls.all": "صف واحد|صفان|{n} صفوف|{n} صفًا|{n} صف",
    "ls.part": "الصفوف من {first} إلى {last} من {n}",
    "ls.far": "الصفوف من {first} إلى {last} من أكثر من {n}",
    "ls.bounded": "هناك صفوف أخرى. ابحث عمّا تريد أو رتّب من الطرف الآخر.",
    "ls.pages": "صفحات هذا الجدول",
    "ls.page": "صفحة {page} من {pages}",
    "ls.before": "الصفحة السابقة",
    "ls.after": "الصفحة التالية",
    "ls.export": "خذ هذا الجدول معك:",
    "ls.export.cut": "خذ أول {n} صف معك:",
    "ls.nothing": "لا صف فيه «{filter}». راجع الكتابة أو أظهر كل الصفوف.",
    "ls.none": "لا شيء مدرج هنا بعد.",
    "ls.share": "{share} %",
    "ls.parts": "جدول يُرتَّب ويُبحث فيه وتُقلَب صفحاته ويؤخذ معك",
    "ls.parts.cycle": "الدورة",
    "ls.parts.kg": "kg",
    "ls.parts.at": "وقت العدّ",
}
