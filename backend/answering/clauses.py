"""The clauses of a statement, and the words that say which way a figure went or that it is a share. Pure."""

import re
from collections.abc import Sequence

from backend.answering.mentions import Mention

#: Ends a clause: what stands behind it is about something else, unless it names nothing.
_CLAUSE = re.compile(
    r"[,;()\n]|\b(?:e|y|and|mas|but|pero|contra|ante|versus|vs|sobre|para|frente|enquanto|while|"
    r"against|mientras|from|over|em comparação|compared|(?:to|a)(?=\s*(?:R\$|US\$|\$|€|\d)))\b",
    re.IGNORECASE,
)
RISE = re.compile(
    r"\b(?:alta|aument\w+|cresc\w+|sub(?:iu|iram|ida)|acima|ganho|rose|rise|risen|grew|grow\w*|up|"
    r"increas\w+|gain\w*|creci\w+|sub(?:ió|ieron)|alza|incremento)\b",
    re.IGNORECASE,
)
FALL = re.compile(
    r"\b(?:queda|ca(?:iu|íram|ída|yó|yeron)|recu\w+|redu[çz]\w+|diminu\w+|baix(?:a|ou|aram)|perda|"
    r"fell|fall\w*|drop\w*|declin\w+|decreas\w+|down|lower|descen\w+|baj(?:ó|aron|a)|disminu\w+)\b",
    re.IGNORECASE,
)
SHARE = re.compile(
    r"\b(?:do total|of (?:the )?total|del total|participa\w+|share|represent\w+|respond\w+ por|"
    r"fatia|proporç\w+|proportion|cuota|accounts? for)\b",
    re.IGNORECASE,
)


def clause_ends(text: str, mentions: Sequence[Mention], at: int) -> tuple[int, int]:
    """Where the clause around a place begins and ends; a name is never cut in two."""
    cuts = [
        cut
        for cut in _CLAUSE.finditer(text)
        if not any(each.start <= cut.start() < each.end for each in mentions)
        and not _inside_number(text, cut.start())
    ]
    start = max((cut.end() for cut in cuts if cut.end() <= at), default=0)
    end = min((cut.start() for cut in cuts if cut.start() >= at), default=len(text))
    return start, end


def _inside_number(text: str, at: int) -> bool:
    return (
        text[at : at + 1] == "," and text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit()
    )
