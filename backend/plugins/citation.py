"""Where a passage stands, as a reader is told: document, section and page."""

from backend.domain.language import Language
from backend.plugins.words import say


def citation(
    language: Language, title: str, section: str, *, page: int | None = None, part: int = 1
) -> str:
    """As in "Política de descontos — 2. Limites, p. 3"; of what has neither, which part it is."""
    where = title
    if section:
        where = say(language, "playbook.citation", title=title, section=section)
    elif page is None and part > 1:
        numbered = say(language, "playbook.part", part=str(part))
        where = say(language, "playbook.citation", title=title, section=numbered)
    if page is None:
        return where
    return say(language, "playbook.on_page", citation=where, page=str(page))
