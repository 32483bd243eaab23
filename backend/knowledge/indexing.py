"""What a passage is found by: its words, those of its heading and title above all, and its meaning."""

from collections import Counter
from collections.abc import Mapping

from backend.domain.identity import TenantId
from backend.domain.language import Language
from backend.knowledge.blocks import Read
from backend.knowledge.cut import cut
from backend.memory.terms import language_of, terms_of
from backend.store.document_reading import NewPassage

#: Words of a heading or a title say what a passage is about, so each counts as several.
_HEADING_WEIGHT = 3
_TITLE_WEIGHT = 2
#: Of a document, enough to tell its language by.
_LANGUAGE_CHARACTERS = 20_000


def passages_of(tenant_id: TenantId, title: str, read: Read) -> list[NewPassage]:
    """The document's passages in their order, each in the language of its own words."""
    opening = "\n".join(block.text for block in read.blocks[:500])[:_LANGUAGE_CHARACTERS]
    language = language_of(opening)
    return [
        NewPassage(
            section=piece.section,
            page=piece.page,
            language=language_of(piece.text, language),
            text=piece.text,
            terms=_terms(tenant_id, title, piece.section, piece.text, language),
        )
        for piece in cut(read.blocks, title)
    ]


def meaning_of(section: str, text: str) -> str:
    """What the encoder is given."""
    return f"{section}\n{text}" if section else text


def _terms(
    tenant_id: TenantId, title: str, section: str, text: str, default: Language
) -> Mapping[int, int]:
    language = language_of(text, default)
    counts: Counter[int] = Counter(terms_of(tenant_id, text, language))
    for said, weight in ((section, _HEADING_WEIGHT), (title, _TITLE_WEIGHT)):
        for term in terms_of(tenant_id, said, language):
            counts[term] += weight
    return counts
