"""English of the tables of the console."""

# ruff: noqa: E501 (a sentence is one line)

TEXT = {
    "ls.filter": "Search in this table",
    "ls.filter.do": "Search",
    "ls.filter.all": "Show all rows",
    "ls.all": "{n} row|{n} rows",
    "ls.part": "Rows {first} to {last} of {n}",
    "ls.far": "Rows {first} to {last} of more than {n}",
    "ls.bounded": "There are more rows. Search for what you want, or sort from the other end.",
    "ls.pages": "Pages of this table",
    "ls.page": "page {page} of {pages}",
    "ls.before": "Page before",
    "ls.after": "Next page",
    "ls.export": "Take this table along:",
    "ls.export.cut": "Take the first {n} rows along:",
    "ls.nothing": "No row holds “{filter}”. Look at the spelling, or show all rows.",
    "ls.none": "Nothing is listed here yet.",
    "ls.share": "{share} %",
    "ls.parts": "A table that sorts, searches, turns pages and can be taken along",
    "ls.parts.cycle": "Cycle",
    "ls.parts.kg": "kg",
    "ls.parts.at": "Counted",
}
