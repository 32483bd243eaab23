"""Lines that head what follows, where nothing but their form says so."""

import re

#: "2. Descontos", "2.1 Quem pode dar", "Seção 3 – Devoluções", "Artigo 5 Prazos".
_NUMBERED = re.compile(
    r"(?:(?:se[çc][ãa]o|secci[óo]n|section|cap[íi]tulo|chapter|artigo|art[íi]culo|article|anexo|annex|parte|part)\s+)?"
    r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})[.)]?\s*[–—:-]?\s+(?P<name>[^\W\d_].*)",
    re.IGNORECASE,
)
#: A heading is a name, not a sentence.
_LONGEST = 80
_SENTENCE_END = (".", ";", ",", ":", "?", "!")


def level_of(line: str, *, alone: bool) -> int:
    """From 1, or 0 where the line is no heading. `alone`: empty lines stand around it."""
    if not line or len(line) > _LONGEST or line.endswith(_SENTENCE_END):
        return 0
    numbered = _NUMBERED.fullmatch(line)
    if numbered is not None and numbered["name"][0].isupper():
        return numbered["number"].count(".") + 1
    letters = [letter for letter in line if letter.isalpha()]
    # Shouted, as in contracts: "DAS DEVOLUÇÕES".
    return 1 if alone and len(letters) > 3 and all(map(str.isupper, letters)) else 0
