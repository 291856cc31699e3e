"""French of the tables of the console. Needs a native reader."""

# ruff: noqa: E501 (a sentence is one line)

TEXT = {
    "ls.filter": "Chercher dans ce tableau",
    "ls.filter.do": "Chercher",
    "ls.filter.all": "Afficher toutes les lignes",
    "ls.all": "{n} ligne|{n} lignes",
    "ls.part": "Lignes {first} à {last} sur {n}",
    "ls.far": "Lignes {first} à {last} sur plus de {n}",
    "ls.bounded": "Il y a d’autres lignes. Cherchez ce que vous voulez, ou triez par l’autre bout.",
    "ls.pages": "Pages de ce tableau",
    "ls.page": "page {page} sur {pages}",
    "ls.before": "Page précédente",
    "ls.after": "Page suivante",
    "ls.export": "Emporter ce tableau :",
    "ls.export.cut": "Emporter les {n} premières lignes :",
    "ls.nothing": "Aucune ligne ne contient « {filter} ». Vérifiez l’orthographe ou affichez toutes les lignes.",
    "ls.none": "Rien n’est encore inscrit ici.",
    "ls.share": "{share} %",
    "ls.parts": "Un tableau qui se trie, se cherche, se feuillette et s’emporte",
    "ls.parts.cycle": "Cycle",
    "ls.parts.kg": "kg",
    "ls.parts.at": "Compté le",
}
